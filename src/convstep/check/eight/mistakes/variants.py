"""How the catalogue writes its variants: one edit, or several, in one style or in several."""

from convstep.check.exercise import Variant

Edit = tuple[str, str]

# Styles that go from window to window, and have the same words for where a window is.
WINDOWED = ("loops", "images", "filters", "examples")
LOOPED = ("loops", "images")


def edit(old: str, new: str, *styles: str) -> tuple[Variant, ...]:
    """One edit, in each of these styles ("loops" by default)."""
    return edits((old, new), styles=styles or ("loops",))


def edits(*pairs: Edit, styles: tuple[str, ...] = ("loops",)) -> tuple[Variant, ...]:
    """Several edits together, in each of these styles."""
    return tuple(Variant(pairs, style) for style in styles)
