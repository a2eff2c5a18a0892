"""Text for the terminal: how wide it is, colour or none, notes, images as blocks."""

import os
import shutil
import sys
import textwrap
import unicodedata
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

LARGEST_DRAWING = 12  # pixels a side
_LABEL = 15  # columns for the word before a fact
_GLUE = "\0"  # a space that is not folded at; no path has it
_CODES = {"bold": "1", "dim": "2", "red": "31", "green": "32"}
_SHADES = (" ░▒▓█", " .+%@")  # the second for an output that has only ASCII


def width() -> int:
    """Columns of the terminal; 80 where there is none."""
    return shutil.get_terminal_size((80, 24)).columns


def cells(text: str) -> int:
    """Columns that a text takes: two for each East Asian letter, none for an accent put on one."""
    wide = sum(unicodedata.east_asian_width(letter) in "WF" for letter in text)
    return len(text) + wide - sum(bool(unicodedata.combining(letter)) for letter in text)


def harmless(text: str) -> str:
    """Put "?" in place of what would break a line or steer the terminal: names come from data."""
    return "".join("?" if unicodedata.category(c) in ("Cc", "Zl", "Zp") else c for c in text)


def worded(error: Exception) -> str:
    """Say what went wrong: for an error of the system, the file and the reason."""
    if isinstance(error, OSError) and error.strerror:
        return ": ".join([*([str(error.filename)] if error.filename else []), error.strerror])
    return str(error)


def note(command: str, text: str) -> None:
    """Tell something beside the result, in one line; a terminal gets it folded to its width."""
    line = f"convstep {command}: {text}"
    print(textwrap.fill(line, width()) if sys.stderr.isatty() else line, file=sys.stderr)


def styled(text: str, style: str) -> str:
    """Wrap text in a colour, where the output is a terminal that wants it."""
    plain = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
    if plain or not sys.stdout.isatty():
        return text
    return f"\x1b[{_CODES[style]}m{text}\x1b[0m"


def draw(image: NDArray[np.float32]) -> list[str]:
    """Draw an image (H, W, C) in lines of shaded blocks, two characters to a pixel.

    Its darkest pixel becomes a blank, its lightest a full block.
    """
    grey = _reduced(image.mean(axis=2))  # (rows, columns)
    unit = (grey - grey.min()) / ((grey.max() - grey.min()) or 1)
    shades = _shades()
    levels = np.rint(unit * (len(shades) - 1)).astype(int)
    return ["".join(shades[level] * 2 for level in row) for row in levels]


def _reduced(grey: NDArray[np.float32]) -> NDArray[np.float32]:
    """Average blocks until the drawing is small enough; what is left over at the ends is cut."""
    block = -(-max(grey.shape) // LARGEST_DRAWING)
    block = min(block, *grey.shape)
    rows, columns = (size // block for size in grey.shape)
    cut = grey[: rows * block, : columns * block]
    means: NDArray[np.float32] = cut.reshape(rows, block, columns, block).mean(axis=(1, 3))
    return means


def _shades() -> str:
    try:
        _SHADES[0].encode(sys.stdout.encoding or "ascii")
    except UnicodeEncodeError:
        return _SHADES[1]
    return _SHADES[0]


def side_by_side(drawings: Sequence[Sequence[str]], rows: int = 2, gap: int = 4) -> list[str]:
    """Put drawings of one height next to each other, in so many rows as wide as the terminal.

    Those that find no place are left out.
    """
    cell = max((cells(line) for drawing in drawings for line in drawing), default=1)
    per_row = max(1, (width() + gap) // (cell + gap))
    lines: list[str] = []
    for start in range(0, min(len(drawings), rows * per_row), per_row):
        together = zip(*drawings[start : start + per_row], strict=True)
        joined = (
            (" " * gap).join(part + " " * (cell - cells(part)) for part in parts)
            for parts in together
        )
        lines += ["", *(line.rstrip() for line in joined)]
    return lines[1:]


def unbroken(text: object) -> str:
    """Keep `wrapped` from folding a path or a command, which is there to be copied."""
    return str(text).replace(" ", _GLUE)


def wrapped(label: str, text: str) -> str:
    """Put a label beside a text, folded to the terminal's width."""
    indent = " " * _LABEL
    columns = max(width(), _LABEL + 20)
    folded = textwrap.fill(
        text,
        columns,
        initial_indent=label.ljust(_LABEL),
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )
    return folded.replace(_GLUE, " ")
