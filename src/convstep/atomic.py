"""Files that are there as a whole or not at all."""

import errno
import glob
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_REASONS = {
    errno.ENOENT: "The folder for this file does not exist",
    errno.EISDIR: "This is a folder, not the name of a file",
}
_PART = ".part"


def write_atomically(path: Path, content: bytes, before: Callable[[], None] = lambda: None) -> None:
    """Write a file so that a crash, at any moment, leaves the old one or the new one.

    The content goes to a new file in the same folder, is forced to the disk, and then takes
    the name; `before` is called just then.

    Raises
    ------
    OSError
        With `path` as its file name.
    """
    with _errors_about(path):
        descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=_PART)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            os.chmod(name, 0o666 & ~_umask())  # mkstemp lets the owner alone read
            before()
            os.replace(name, path)
        except BaseException:
            os.unlink(name)
            raise


def remove_leftovers(path: Path) -> None:
    """Take away what was being written for this file when its process was killed."""
    for leftover in path.parent.glob(f".{glob.escape(path.name)}.*{_PART}"):
        with suppress(OSError):
            leftover.unlink()


@contextmanager
def _errors_about(path: Path) -> Iterator[None]:
    """Let an error of the system name the file that was asked for, not the one beside it."""
    try:
        yield
    except OSError as error:
        if error.errno is None:
            raise
        reason = _REASONS.get(error.errno, error.strerror)
        raise OSError(error.errno, reason, str(path)) from error


def _umask() -> int:
    """Return the process's mask; it can only be read by setting it."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
