"""What options take: a function for each kind of value, from its text."""

import argparse
import math


def count(text: str) -> int:
    """Read a whole number from 1."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"must be a whole number from 1; got {text}")
    return int(text)


def seed(text: str) -> int:
    """Read a whole number from 0."""
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"must be a whole number from 0; got {text}")
    return int(text)


def rate(text: str) -> float:
    """Read a finite number above 0."""
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not 0 < number < math.inf:
        raise argparse.ArgumentTypeError(f"must be a number above 0; got {text}")
    return number


def folder(text: str) -> str:
    """Read the name of a folder."""
    if not text:
        raise argparse.ArgumentTypeError("must name a folder; got ''")
    return text
