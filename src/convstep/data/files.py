"""Opening a file of data: what may be wrong with any of them, told in one line."""

import gzip
import os
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, cast

from convstep.errors import FileFormatError

PathLike = str | os.PathLike[str]

_GZIP = b"\x1f\x8b"
_PICKLES = tuple(bytes([0x80, protocol]) for protocol in range(2, 6))
_ONE_PICTURE = "one picture; training takes a folder with a folder of pictures for each class"
# Beginnings of files that people have and that are not read.
_FOREIGN = {
    b"MATLAB 5.0 MAT-file": "a file of MATLAB's; save its arrays with numpy.savez",
    b"\x89PNG": _ONE_PICTURE,
    b"\xff\xd8\xff": _ONE_PICTURE,
    b"BZh": "an archive (bzip2); unpack it first",
    b"\xfd7zXZ": "an archive (xz); unpack it first",
    b"%PDF": "a PDF document",
}
_TAR_AT, _TAR = 257, b"ustar"


class Flaw(FileFormatError):
    """What is wrong with a file, in words without its name: `naming` puts that before them."""


@contextmanager
def naming(path: PathLike) -> Iterator[None]:
    """Put the name of the file before every flaw that is found in it."""
    try:
        yield
    except Flaw as flaw:
        raise FileFormatError(f"{path}: {flaw}.") from flaw.__cause__
    except FileFormatError:
        raise
    except MemoryError as error:
        raise FileFormatError(f"{path}: there is not enough memory to read it.") from error
    except OSError as error:
        raise FileFormatError(f"{path}: {error.strerror or error}.") from error


def require_file(path: Path) -> None:
    """Refuse a path that is not a file with something in it.

    Raises
    ------
    Flaw
        If there is no such file, if it is a folder, or empty.
    """
    if not path.exists():
        raise Flaw("no such file")
    if path.is_dir():
        raise Flaw("a folder, not a file")
    if path.stat().st_size == 0:
        raise Flaw("the file is empty")


@contextmanager
def opened(path: Path) -> Iterator[IO[bytes]]:
    """Open a file to read bytes; one that gzip wrote, whatever its name, is unpacked on the way."""
    with naming(path):
        require_file(path)
        try:
            if beginning(path, 2) == _GZIP:
                with gzip.open(path, "rb") as unpacked:
                    yield cast(IO[bytes], unpacked)
            else:
                with path.open("rb") as file:
                    yield file
        except (EOFError, gzip.BadGzipFile, zlib.error) as error:
            raise Flaw(f"the file is damaged or cut short ({error})") from error


def beginning(path: Path, count: int) -> bytes:
    """Return the first bytes of a file, as they are."""
    with path.open("rb") as file:
        return file.read(count)


def foreign(start: bytes) -> str:
    """Say what a file is that no reader takes, from its beginning; "" where that is not known."""
    if start.startswith(_PICKLES):
        return (
            "a pickle, which is never unpickled, for it may run any program; take the data set's "
            "binary version (CIFAR has one), or save its arrays with numpy.savez"
        )
    if start[_TAR_AT:].startswith(_TAR):
        return "an archive (tar); unpack it first"
    return next((words for magic, words in _FOREIGN.items() if start.startswith(magic)), "")
