"""Mistakes that are made alike in all functions that go from window to window."""

from convstep.check.eight.mistakes.variants import WINDOWED, edit, edits
from convstep.check.exercise import Mistake, Variant


def window_end_stride(function: str, *more: Variant) -> Mistake:
    """A window that ends a stride after its start."""
    return Mistake(
        function,
        "window_end_stride",
        "the window ends a stride after its start",
        "A window is f long: it ends at start + f, whatever the stride.",
        "How many rows does a window of f = 3 have if the stride is 1?",
        (
            *edits(
                ("vert_end = vert_start + f", "vert_end = vert_start + stride"),
                ("horiz_end = horiz_start + f", "horiz_end = horiz_start + stride"),
                styles=WINDOWED,
            ),
            *more,
        ),
    )


def starts_swapped(function: str, look: str, *more: Variant) -> Mistake:
    """Rows for columns in the window."""
    return Mistake(
        function,
        "starts_swapped",
        "rows and columns of the window are exchanged",
        "The first slice of the image is rows, from vert_start; the second is columns.",
        "Try an image that is not square; which index of the slice counts rows?",
        (
            *edits(
                ("vert_start = h * stride", "vert_start = w * stride"),
                ("horiz_start = w * stride", "horiz_start = h * stride"),
                styles=WINDOWED,
            ),
            *more,
        ),
        look=look,
    )


def loops_swapped(function: str, *more: Variant) -> Mistake:
    """Loops over rows and columns with each other's length."""
    return Mistake(
        function,
        "loops_swapped",
        "the loops over rows and columns have each other's length",
        "h runs over n_H rows, w over n_W columns.",
        "Try an image that is not square: how far does h go?",
        (
            *edits(
                ("for h in range(n_H)", "for h in range(n_W)"),
                ("for w in range(n_W)", "for w in range(n_H)"),
                styles=WINDOWED,
            ),
            *more,
        ),
        look="for h in range(n_H):",
    )


def loops_short(function: str, *more: Variant) -> Mistake:
    """Loops that leave the last row or column out."""
    return Mistake(
        function,
        "loops_short",
        "the loops leave the last row or column out",
        "range(n_H) goes from 0 to n_H - 1, which is all rows.",
        "What is the last value of h?",
        (
            *edits(
                ("for h in range(n_H)", "for h in range(n_H - 1)"),
                ("for w in range(n_W)", "for w in range(n_W - 1)"),
            ),
            *edit("for h in range(n_H)", "for h in range(n_H - 1)"),
            *edit("for w in range(n_W)", "for w in range(n_W - 1)"),
            *more,
        ),
        look="for h in range(n_H):",
    )


def returns_in_loop(function: str, look: str, variants: tuple[Variant, ...]) -> Mistake:
    """A return that belongs after the loops."""
    return Mistake(
        function,
        "returns_in_loop",
        "it returns from inside a loop",
        "A return ends the function: it belongs after all loops.",
        "How many spaces stand before return, and which loop does that make it part of?",
        variants,
        look=look,
        shows="returns",
    )
