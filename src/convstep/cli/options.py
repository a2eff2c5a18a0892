"""What options take: a function for each kind of value, from its text."""

import argparse
import math

from convstep.ops.geometry import MOST


def count(text: str) -> int:
    """Read a whole number from 1."""
    return _whole(text, least=1)


def seed(text: str) -> int:
    """Read a whole number from 0."""
    return _whole(text, least=0)


def _whole(text: str, least: int) -> int:
    # A long text is not made a number: Python refuses thousands of digits.
    if not text.isdecimal() or len(text) > len(str(MOST)) or not least <= int(text) <= MOST:
        rule = f"must be a whole number from {least} to {MOST}"
        raise argparse.ArgumentTypeError(f"{rule}; got {text}")
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


def file(text: str) -> str:
    """Read the name of a file."""
    if not text:
        raise argparse.ArgumentTypeError("must name a file; got ''")
    return text


def folder(text: str) -> str:
    """Read the name of a folder."""
    if not text:
        raise argparse.ArgumentTypeError("must name a folder; got ''")
    return text
