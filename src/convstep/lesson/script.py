"""The lesson as a Python file: prose in comments, and cells that editors know by ``# %%``."""

from collections.abc import Iterable

from convstep.lesson.cells import Cell, Code, Onward, Picture, Prose
from convstep.lesson.drawing import text

__all__ = ["script"]

FIGURES = "figures"


def script(cells: Iterable[Cell], header: str, onward: str) -> str:
    """Write the lesson as the source of a module."""
    parts, in_prose = [f'"""{header}"""'], False
    for cell in cells:
        prose = isinstance(cell, Prose | Picture)
        if isinstance(cell, Onward):
            parts[-1] += "\n\n" + _comment(onward.replace("$command", _command(cell)))
        elif prose and in_prose:
            parts[-1] += "\n#\n" + _comment(_markdown(cell))
        elif prose:
            parts.append("# %% [markdown]\n" + _comment(_markdown(cell)))
        elif isinstance(cell, Code):
            parts.append("# %%\n" + _code(cell))
        in_prose = prose
    return "\n\n\n".join(parts) + "\n"


def _command(cell: Onward) -> str:
    return f"convstep check my_conv.py --only {cell.function}"


def _code(cell: Code) -> str:
    guarded = f'\n\n\nif __name__ == "__main__":\n    {cell.call}' if cell.call else ""
    return cell.source + guarded


def _markdown(cell: Cell) -> str:
    if isinstance(cell, Picture):
        drawing = "\n".join(f"    {line}".rstrip() for line in text(cell.figure).split("\n"))
        return f"{drawing}\n\n![{cell.figure.caption}]({FIGURES}/{cell.name}.svg)"
    return cell.text if isinstance(cell, Prose) else ""


def _comment(markdown: str) -> str:
    return "\n".join(f"# {line}".rstrip() for line in markdown.split("\n"))
