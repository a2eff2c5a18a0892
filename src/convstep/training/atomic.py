"""Files that are there as a whole or not at all."""

import errno
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_REASONS = {
    errno.ENOENT: "The folder for this file does not exist",
    errno.EISDIR: "This is a folder, not the name of a file",
}


def write_atomically(path: Path, content: bytes) -> None:
    """Write a file so that a crash, at any moment, leaves the old one or the new one.

    The content goes to a new file in the same folder, is forced to the disk, and then takes
    the name.

    Raises
    ------
    OSError
        With `path` as its file name.
    """
    with _errors_about(path):
        descriptor, name = tempfile.mkstemp(
            dir=path.parent, prefix=f".{path.name}.", suffix=".part"
        )
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            os.chmod(name, 0o666 & ~_umask())  # mkstemp lets the owner alone read
            os.replace(name, path)
        except BaseException:
            os.unlink(name)
            raise


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
