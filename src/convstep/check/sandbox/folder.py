"""The empty folder of a submission: how large it has become, and how to be rid of it."""

import contextlib
import os
import stat
from collections.abc import Iterator
from itertools import count

__all__ = ["remove", "size"]

_MOST_ENTRIES = 10_000
_LONGEST_PATH = 1000


def size(folder: str) -> float:
    """The bytes in a folder; infinite where there is more in it, or deeper, than anybody counts."""
    total, seen, waiting = 0, 0, [folder]
    while waiting:
        for entry in _entries(waiting.pop()):
            seen += 1
            if seen > _MOST_ENTRIES or len(entry.path) > _LONGEST_PATH:
                return float("inf")
            with contextlib.suppress(OSError):
                if entry.is_dir(follow_symlinks=False):
                    waiting.append(entry.path)
                total += entry.stat(follow_symlinks=False).st_size
    return total


def remove(folder: str) -> None:
    """Remove a folder and all in it, however deep, and whatever may be done with it.

    What is inside a folder is moved up beside it, so that no path becomes longer than the system
    can tell.
    """
    names = (os.path.join(folder, f".{number}") for number in count())
    while entries := list(_entries(folder)):
        removed = [_remove(entry, names) for entry in entries]
        if not any(removed):
            return  # somebody else's by now
    with contextlib.suppress(OSError):
        os.rmdir(folder)


def _entries(folder: str) -> Iterator[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            yield from entries
    except OSError:
        return


def _remove(entry: os.DirEntry[str], names: Iterator[str]) -> bool:
    try:
        if not entry.is_dir(follow_symlinks=False):
            os.unlink(entry.path)
            return True
        os.chmod(entry.path, stat.S_IRWXU)
        for inner in list(_entries(entry.path)):
            if inner.is_dir(follow_symlinks=False):
                os.chmod(inner.path, stat.S_IRWXU)  # to be moved, it must let its ".." change
                os.rename(inner.path, _free(names))
            else:
                os.unlink(inner.path)
        os.rmdir(entry.path)
    except OSError:
        return False
    return True


def _free(names: Iterator[str]) -> str:
    return next(name for name in names if not os.path.lexists(name))
