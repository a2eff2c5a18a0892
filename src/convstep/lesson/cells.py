"""The lesson as a list of cells, from which both the script and the notebook are written."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from convstep.lesson.drawing import Figure
from convstep.lesson.figures import figure
from convstep.lesson.text import filled, sections

__all__ = ["FUNCTIONS", "Cell", "Code", "Onward", "Picture", "Prose", "cells", "common_words"]

FUNCTIONS = (
    "zero_pad",
    "conv_single_step",
    "conv_forward",
    "pool_forward",
    "conv_backward",
    "create_mask_from_window",
    "distribute_value",
    "pool_backward",
)

_PICTURE = re.compile(r"^!\[\[(\w+)\]\]$", re.MULTILINE)


@dataclass(frozen=True)
class Prose:
    """Markdown, with lines of less than 90 columns."""

    text: str


@dataclass(frozen=True)
class Picture:
    """A figure, and the name of its file."""

    name: str
    figure: Figure


@dataclass(frozen=True)
class Code:
    """Definitions, and the line that does something with them when the lesson is run."""

    source: str
    call: str = ""


@dataclass(frozen=True)
class Onward:
    """The way from a function to the checker."""

    function: str


Cell = Prose | Picture | Code | Onward


def cells(language: str, file: str) -> Iterator[Cell]:
    """All of the lesson, in one language, for a file of that name."""
    words = {**common_words(language), "file": file}
    yield from _start(language, words, "notebook" if file.endswith(".ipynb") else "script")
    for function in FUNCTIONS:
        yield from _function(language, words, function)
    for part in ("network", "layers", "end"):
        yield from _closing(language, words, part)


def common_words(language: str) -> Mapping[str, str]:
    """The words that belong to no part alone."""
    return sections("text", language, "words.md")


def _start(language: str, words: Mapping[str, str], kind: str) -> Iterator[Cell]:
    own = sections("text", language, "start.md")
    for name in ("prose", f"how_{kind}", "prose_2"):
        yield Prose(own[name])
    yield Code(filled(sections("code", "start.txt")["code"], {**words, **own}))


def _function(language: str, words: Mapping[str, str], function: str) -> Iterator[Cell]:
    own, code = sections("text", language, f"{function}.md"), sections("code", f"{function}.txt")
    words = {**words, **own}
    yield from _prose(language, own["prose"])
    yield Code(filled(code["code"], words))
    yield Code(filled(code["check"], words), f"run_check(check_{function})")
    yield Onward(function)


def _closing(language: str, words: Mapping[str, str], part: str) -> Iterator[Cell]:
    own, code = sections("text", language, f"{part}.md"), sections("code", f"{part}.txt")
    yield from _prose(language, own["prose"])
    yield Code(filled(code["code"], {**words, **own}), code["call"])


def _prose(language: str, text: str) -> Iterator[Cell]:
    """Text and the figures in it, which stand as ``![[name]]`` on lines of their own."""
    before, *others = _PICTURE.split(text)
    yield Prose(before.strip("\n"))
    for name, after in zip(others[::2], others[1::2], strict=True):
        yield Picture(name, figure(name, _figure_words(language, name)))
        if after.strip():
            yield Prose(after.strip("\n"))


def _figure_words(language: str, figure: str) -> Mapping[str, str]:
    words, own = sections("text", language, "figures.md"), f"{figure}_"
    return {name.removeprefix(own): word for name, word in words.items() if name.startswith(own)}
