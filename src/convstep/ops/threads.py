"""The number of threads that the compiled core may use."""

from typing import Any

from convstep.errors import argument_error
from convstep.ops.compiled.core import kernels
from convstep.ops.geometry import integer

_MOST = 1024


def set_num_threads(n: Any) -> None:
    """Choose how many threads the compiled core may use, for the whole process.

    Parameters
    ----------
    n : int
        From 1 to 1024.

    Raises
    ------
    ArgumentError
        If n is anything else.

    Notes
    -----
    Results have the same bits for any number of threads. Until it is called, the number is
    that of ``OMP_NUM_THREADS``, or of the CPUs that the process may use: by its affinity, and by
    the quota of its container. ``threadpoolctl``, where it is installed, knows the core's threads
    as the API ``"convstep"``. Without the compiled core this has no effect: NumPy's own threads
    are set elsewhere.

    Examples
    --------
    >>> import convstep as cs
    >>> before = cs.get_num_threads()
    >>> cs.set_num_threads(1)
    >>> cs.get_num_threads()
    1
    >>> cs.set_num_threads(before)
    """
    number = integer("set_num_threads", "n", n, 1)
    if number > _MOST:
        raise argument_error("set_num_threads", "n", f"be at most {_MOST}", n)
    if kernels:
        kernels.set_num_threads(number)


def get_num_threads() -> int:
    """Return how many threads the compiled core may use; 1 without it.

    Examples
    --------
    >>> import convstep as cs
    >>> cs.get_num_threads() >= 1
    True
    """
    return kernels.num_threads() if kernels else 1


def _tell_threadpoolctl() -> None:
    """Let threadpoolctl, where it is installed, find the core's pool and limit it."""
    try:
        import threadpoolctl
    except ImportError:
        return

    class Controller(threadpoolctl.LibController):  # type: ignore[misc,unused-ignore]
        user_api = internal_api = "convstep"
        filename_prefixes = ("_kernels",)
        check_symbols = ("convstep_num_threads",)

        def get_num_threads(self) -> int:
            return get_num_threads()

        def set_num_threads(self, num_threads: int) -> None:
            set_num_threads(num_threads)

        def get_version(self) -> None:
            return None

    threadpoolctl.register(Controller)


if kernels:
    _tell_threadpoolctl()
