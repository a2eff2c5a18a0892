"""Finds the files of a class, and gives each a name that stays the same."""

import hashlib
import os
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Found", "find", "safe_name"]

SUFFIXES = (".py", ".ipynb")
_SKIPPED = ("__pycache__", "__MACOSX")
_LONGEST = 100


@dataclass(frozen=True)
class Found:
    """A file that was handed in, and its name in all results."""

    path: Path
    name: str


def find(paths: Sequence[Path]) -> list[Found]:
    """List the files that were named, and the Python files and notebooks in the folders.

    Hidden files and folders are left out, and what Jupyter, Python and macOS put beside. A link to
    a folder is not followed, as it may lead anywhere. A folder whose own name ends like a file is
    listed too, so that whoever handed it in is told.

    Returns
    -------
    list of Found
        Sorted by name, each once; names are relative to the folder that all of them lie in.
    """
    files = {Path(os.path.abspath(file)): None for path in paths for file in _in(path)}
    base = _base(paths)
    return sorted((Found(file, _name(file, base)) for file in files), key=lambda found: found.name)


def _in(path: Path) -> Iterator[Path]:
    if not path.is_dir():
        yield path
        return
    for folder, folders, files in os.walk(path):
        for name in (*files, *folders):
            if name.lower().endswith(SUFFIXES) and not _skipped(name):
                yield Path(folder, name)
        folders[:] = [name for name in folders if not _skipped(name)]


def _skipped(name: str) -> bool:
    return name.startswith(".") or name in _SKIPPED


def _base(paths: Iterable[Path]) -> Path | None:
    folders = [os.path.abspath(path if path.is_dir() else path.parent) for path in paths]
    try:
        return Path(os.path.commonpath(folders))
    except ValueError:  # two drives of Windows
        return None


def _name(file: Path, base: Path | None) -> str:
    name = (file if base is None else file.relative_to(base)).as_posix()
    # What is in no encoding is shown by its bytes, so that two such names stay two.
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def safe_name(name: str) -> str:
    """Return a name for a file in the results, for any name of a submission.

    Plain names stay as they are; others get a few letters of their SHA-256, so that no two are
    the same, even where a system takes "A" for "a".

    Examples
    --------
    >>> safe_name("my_conv.py")
    'my_conv.py'
    >>> safe_name("ann/my_conv.py")
    'ann_my_conv.py-f332cae5'
    """
    if re.fullmatch(r"[a-z0-9_][a-z0-9_.]*", name) and len(name) <= _LONGEST:
        return name
    plain = re.sub(r"[^\w.]+", "_", name, flags=re.ASCII).lstrip(".")[-_LONGEST:]
    return f"{plain}-{hashlib.sha256(name.encode()).hexdigest()[:8]}"
