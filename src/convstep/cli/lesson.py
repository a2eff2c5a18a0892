"""Write the fill-in exercise: convolution and pooling in eight functions.

my_conv.py explains each function and leaves it blank for you; run it, and it
checks what is written so far and says what is next. The figures are in the
folder figures/. With --notebook, all of it is in my_conv.ipynb. Nothing of
yours is overwritten. Afterwards, convstep check my_conv.py tries many more
cases, and names the mistake.

example: convstep lesson
example: convstep lesson --notebook --language zh course/
"""

import argparse
import shlex
from functools import partial
from pathlib import Path

from convstep import lesson
from convstep.atomic import write_atomically
from convstep.cli.options import folder
from convstep.cli.terminal import unbroken, wrapped
from convstep.errors import Shown, argument_error


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what `lesson` takes."""
    add = parser.add_argument
    add("folder", nargs="?", type=folder, default=".", metavar="DIR", help="where to (here)")
    add("--notebook", action="store_true", help="a Jupyter notebook in place of a script")
    add("--language", choices=lesson.LANGUAGES, default="en", help="en, or zh: Chinese (en)")
    add("--force", action="store_true", help="write over files that are there")


def run(args: argparse.Namespace) -> int:
    """Write the files, and say what to do with them."""
    contents = lesson.files(args.language, notebook=args.notebook)
    paths = {Path(args.folder) / name: text.encode() for name, text in contents.items()}
    if not args.force:
        for path, content in reversed(paths.items()):
            _require_free(path, content)
    for path, content in paths.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        check = (lambda: None) if args.force else partial(_require_free, path, content)
        write_atomically(path, content, before=check)
    _say(path, notebook=args.notebook)
    return 0


def _require_free(path: Path, content: bytes) -> None:
    """Refuse to write over a file, unless it is this very one."""
    if path.is_file() and path.read_bytes() == content:
        return
    if path.exists() or path.is_symlink():
        advice = "Name another folder, or write over it with --force."
        raise argument_error("lesson", "DIR", f"not have a file {path.name}", Shown(path), advice)


def _say(path: Path, *, notebook: bool) -> None:
    program, file = "jupyter lab" if notebook else "python", shlex.quote(str(path))
    print(wrapped("Written", unbroken(path)))
    print(wrapped("Next", f"read it, write zero_pad, then {unbroken(f'{program} {file}')}"))
    print(wrapped("Then", unbroken(f"convstep check {file}")))
