"""One call of somebody's function: on fresh arguments, watched, and repaired where NumPy moved on.

The same code runs in a notebook's own process and in the process of a submission.
"""

import builtins
import contextlib
import copy
import io
import math
import re
import traceback
import warnings
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from convstep.check.outcome import Failure, FailureKind, Outcome

# What NumPy had once, and what to write in its place.
REMOVED: dict[str, tuple[Any, str]] = {
    **{name: (getattr(builtins, name), name) for name in ("bool", "int", "float", "complex")},
    **{name: (getattr(builtins, name), name) for name in ("object", "str")},
    "long": (int, "int"),
    "unicode": (str, "str"),
    "float_": (np.float64, "np.float64"),
    "longfloat": (np.longdouble, "np.longdouble"),
    "complex_": (np.complex128, "np.complex128"),
    "bool8": (np.bool_, "np.bool_"),
    "int0": (np.intp, "np.intp"),
    "uint0": (np.uintp, "np.uintp"),
    "alltrue": (np.all, "np.all"),
    "sometrue": (np.any, "np.any"),
    "product": (np.prod, "np.prod"),
    "cumproduct": (np.cumprod, "np.cumprod"),
    "round_": (np.round, "np.round"),
    "in1d": (np.isin, "np.isin"),
    "row_stack": (np.vstack, "np.vstack"),
    "rank": (np.ndim, "np.ndim"),
    "alen": (len, "len"),
    "msort": (lambda a: np.sort(a, axis=0), "np.sort"),
    "asscalar": (lambda a: np.asarray(a).item(), "a.item()"),
    "asfarray": (lambda a, dtype=np.float64: np.asarray(a, dtype), "np.asarray"),
    "mat": (np.asmatrix, "np.asmatrix"),
    "math": (math, "math, which is a module of its own"),
    **dict.fromkeys(("Inf", "Infinity", "infty", "PINF"), (np.inf, "np.inf")),
    **dict.fromkeys(("NaN", "NAN"), (np.nan, "np.nan")),
    "NINF": (-np.inf, "-np.inf"),
    "PZERO": (0.0, "0.0"),
    "NZERO": (-0.0, "-0.0"),
}
LIB_PAD = "lib"  # np.lib.pad, as the first edition of the lesson had it

ONE_NUMBER = "one_number"  # float(b) of an array of shape (1, 1, 1)
_ONE_NUMBER_REFUSED = re.compile(
    "only (0-dimensional|length-1|size-1) arrays can be converted|"
    "setting an array element with a sequence"
)
_REMOVED_NAME = re.compile(
    r"module 'numpy' has no attribute '(\w+)'|`np\.(\w+)` was removed in the NumPy 2|"
    r"module 'numpy\.(lib)' has no attribute 'pad'"
)
_CELL = re.compile(r"<cell (\d+)>")  # what a cell of a notebook is compiled as
_MOST_REPAIRS = 6
_MOST_WRAPPERS = 10
_LONGEST_MESSAGE = 300
_LONGEST_OUTPUT = 2000


class _Lenient(np.ndarray[Any, Any]):
    """An array that is taken for a number where it holds but one, as NumPy before 2.4 did."""

    def __float__(self) -> float:
        return float(self.item())

    def __int__(self) -> int:
        return int(self.item())


class _Counting(io.TextIOBase):
    """Where prints go: lines are counted, and the text is dropped."""

    def __init__(self) -> None:
        self.lines = 0

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        self.lines += text.count("\n")
        return len(text)


def execute(function: Callable[..., Any], arguments: Sequence[Any]) -> Outcome:
    """Call a function on copies of the arguments, and see what it does."""
    repairs: list[str] = []
    outcome = _once(function, arguments, repairs)
    while outcome.failure is not None and len(repairs) < _MOST_REPAIRS:
        repair = _repair_for(outcome.failure)
        if repair is None or repair in repairs:
            break
        repairs.append(repair)
        outcome = _once(function, arguments, repairs)
    return outcome


def _repair_for(failure: Failure) -> str | None:
    if failure.type in ("TypeError", "ValueError") and _ONE_NUMBER_REFUSED.search(failure.message):
        return ONE_NUMBER
    removed = _REMOVED_NAME.search(failure.message)
    name: str | None = next(filter(None, removed.groups()), None) if removed else None
    if failure.type == "AttributeError" and (name in REMOVED or name == LIB_PAD):
        return name
    return None


def _once(
    function: Callable[..., Any], arguments: Sequence[Any], repairs: Sequence[str]
) -> Outcome:
    given = [_fresh(argument, ONE_NUMBER in repairs) for argument in arguments]
    output = _Counting()
    value, failure = None, None
    with (
        _old_numpy(repairs),
        contextlib.redirect_stdout(output),
        contextlib.redirect_stderr(_Counting()),
        warnings.catch_warnings(),
    ):
        warnings.simplefilter("ignore")
        with np.errstate(all="ignore"):
            try:
                value = function(*given)
            except KeyboardInterrupt:  # the user's own
                raise
            except BaseException as error:
                failure = _failure(error, function)
    return Outcome(
        value=value,
        failure=failure,
        changed=tuple(
            i for i, pair in enumerate(zip(arguments, given, strict=True)) if _differ(*pair)
        ),
        shared=tuple(i for i, item in enumerate(given) if _share(value, item)),
        printed=output.lines,
        repairs=tuple(repairs) if failure is None else (),
    )


@contextlib.contextmanager
def _old_numpy(repairs: Sequence[str]) -> Iterator[None]:
    """Give NumPy back, for one call, what it once had."""
    lent = [(np, name, REMOVED[name][0]) for name in repairs if name in REMOVED]
    if LIB_PAD in repairs:
        lent.append((np.lib, "pad", np.pad))
    for module, name, value in lent:
        setattr(module, name, value)
    try:
        yield
    finally:
        for module, name, _ in lent:
            delattr(module, name)


def _fresh(argument: Any, lenient: bool) -> Any:
    """A copy of everything, arrays inside tuples and dictionaries too."""
    if isinstance(argument, np.ndarray):
        return argument.copy().view(_Lenient) if lenient else argument.copy()
    if isinstance(argument, tuple | list):
        return type(argument)(_fresh(item, lenient) for item in argument)
    return copy.deepcopy(argument)


def _differ(before: Any, after: Any) -> bool:
    if isinstance(before, np.ndarray):
        return not np.array_equal(before, after)
    if isinstance(before, tuple | list):
        return len(before) != len(after) or any(map(_differ, before, after))
    try:
        return bool(before != after)
    except Exception:  # an array was put in the place of a number
        return True


def _share(value: Any, argument: Any) -> bool:
    """Whether a result lies in an argument's memory; a cache, which is a tuple, may."""
    if not issubclass(type(value), np.ndarray):  # isinstance would believe a __class__
        return False
    if not isinstance(argument, np.ndarray | tuple):
        return False
    if isinstance(argument, tuple):
        return any(_share(value, item) for item in argument)
    return bool(np.may_share_memory(value, argument))


def _failure(error: BaseException, function: Callable[..., Any]) -> Failure:
    file = getattr(_innermost(function), "co_filename", None)
    lines = [
        frame.lineno
        for frame in traceback.extract_tb(error.__traceback__)
        if file is not None and frame.filename == file
    ]
    try:
        message = str(error)[:_LONGEST_MESSAGE]
    except Exception:  # an exception of the submission's own, whose text fails
        message = ""
    cell = _CELL.fullmatch(file or "")
    return Failure(
        _kind(error),
        type(error).__name__,
        message,
        lines[-1] if lines else None,
        int(cell[1]) if cell and lines else None,
    )


def _innermost(function: Callable[..., Any]) -> Any:
    """The code of a function, under decorators and `functools.partial`."""
    for _ in range(_MOST_WRAPPERS):
        inner = getattr(function, "__wrapped__", None) or getattr(function, "func", None)
        if inner is None:
            break
        function = inner
    return getattr(function, "__code__", None)


def _kind(error: BaseException) -> FailureKind:
    if isinstance(error, MemoryError):
        return "memory"
    return "exit" if isinstance(error, SystemExit) else "exception"
