"""How the catalogue writes its variants: one edit, or several, in one style or in several."""

import textwrap

from convstep.check.exercise import Variant

Edit = tuple[str, str]

# Styles that go from window to window, and have the same words for where a window is.
WINDOWED = ("loops", "images", "filters", "examples")
LOOPED = ("loops", "images")


def edit(old: str, new: str, *styles: str) -> tuple[Variant, ...]:
    """One edit, in each of these styles ("loops" by default)."""
    return edits((old, new), styles=styles or ("loops",))


def misspelt(right: str, wrong: str) -> tuple[Variant, ...]:
    """A branch that never runs; then nothing happens, or one of several errors is raised."""
    error = "raise ValueError(f\"mode is 'max' or 'average', not {mode!r}\")"
    instead = (
        "pass",
        error,
        "raise KeyError(mode)",
        "raise UnboundLocalError(mode)",
        "return None",
    )
    return tuple(variant for end in instead for variant in edits((right, wrong), (error, end)))


def returned_inside(end: str, *styles: str, loops: int = 4) -> tuple[Variant, ...]:
    """The last lines of a function, indented as far as each of its loops is."""
    return tuple(
        variant
        for depth in range(1, loops + 1)
        for variant in edits((end, textwrap.indent(end, " " * 4 * depth)), styles=styles)
    )


def edits(*pairs: Edit, styles: tuple[str, ...] = ("loops",)) -> tuple[Variant, ...]:
    """Several edits together, in each of these styles."""
    return tuple(Variant(pairs, style) for style in styles)
