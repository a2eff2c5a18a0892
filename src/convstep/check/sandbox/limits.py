"""What a submission may use up, and how the system is told so."""

import contextlib
import signal
import sys
from dataclasses import dataclass

__all__ = ["Limits", "apply", "enforced"]

_MEGABYTE = 1 << 20


@dataclass(frozen=True)
class Limits:
    """What one submission may use up.

    Parameters
    ----------
    call_seconds : float
        The time for one call of a function.
    load_seconds : float
        The time to read the file and to define its functions; imports take most of it.
    total_seconds : float
        The time for all of it. What is left of the calls then fails.
    memory_mb : int
        The address space of the process, of which Python and NumPy take some 110 MB.
    file_mb : int
        The largest file that it may write, in its empty folder.
    folder_mb : int
        The largest that the folder may become.
    source_mb : int
        The largest file that is read as a submission.
    message_mb : int
        The largest result of a call, in the text in which it is passed.
    restarts : int
        How often a process that died is followed by another one.
    """

    call_seconds: float = 10.0
    load_seconds: float = 30.0
    total_seconds: float = 120.0
    memory_mb: int = 2048
    file_mb: int = 16
    folder_mb: int = 64
    source_mb: int = 16
    message_mb: int = 8
    restarts: int = 20


def apply(limits: Limits, no_processes: bool) -> None:
    """Limit this process; `no_processes` where nothing else forbids them."""
    try:
        import resource
    except ImportError:  # Windows
        return
    seconds = int(limits.total_seconds) + 2
    memory, file = limits.memory_mb * _MEGABYTE, limits.file_mb * _MEGABYTE
    signal.alarm(10 * seconds)  # should the checker itself be gone by then
    bounds = [
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_FSIZE, file),
        (resource.RLIMIT_NOFILE, 128),
        (resource.RLIMIT_CORE, 0),
    ]
    if no_processes:  # it counts all of the user's, threads too on Linux: not even one more
        bounds.append((resource.RLIMIT_NPROC, 1))
    for kind, bound in bounds:
        with contextlib.suppress(OSError, ValueError):  # macOS refuses some
            _, hard = resource.getrlimit(kind)
            bound = bound if hard == resource.RLIM_INFINITY else min(bound, hard)
            resource.setrlimit(kind, (bound, bound))


def enforced() -> dict[str, bool]:
    """Which of these limits this system keeps."""
    posix = sys.platform != "win32"
    return {"cpu time": posix, "file size": posix, "memory": sys.platform.startswith("linux")}
