"""Checks of array arguments, and the rule for dtypes.

The result of an operation has the dtype ``np.result_type`` of its array arguments if that is
floating, else float64. A gradient has the dtype of the argument that it belongs to, by the same
rule. float16 is computed in float32. Results are in the machine's own byte order.
"""

from collections.abc import Mapping
from typing import Any, overload

import numpy as np
import numpy.typing as npt

from convstep.errors import Shown, argument_error, nearest, type_error

Array = npt.NDArray[Any]
DType = np.dtype[Any]

FLOAT16 = np.dtype(np.float16)
FLOAT32 = np.dtype(np.float32)
FLOAT64 = np.dtype(np.float64)
_NUMBERS = "biuf"  # bool, signed, unsigned, floating
_NO_ADVICE: Mapping[int, str] = {}
_TO_IMAGES = {
    2: "A picture (height, width) is a batch as x[None, :, :, None].",
    3: "A picture (height, width, channels) is a batch as x[None].",
}


def array(
    function: str,
    argument: str,
    value: Any,
    ndim: int | None,
    axes: str = "",
    advice: Mapping[int, str] = _NO_ADVICE,
) -> Array:
    """Return `value` as a plain array of real numbers with `ndim` axes.

    `advice` says what to do about an array with another number of axes, by that number.

    Raises
    ------
    ArgumentTypeError
        If it is complex, an object, a string or anything else that is no real number.
    ArgumentError
        If it has another number of axes.
    """
    if (
        type(value) is np.ndarray
        and (value.ndim == ndim or ndim is None)
        and value.dtype.kind in _NUMBERS
    ):
        return value
    try:
        x = np.asarray(value)
    except ValueError:
        rule = "be an array of real numbers"
        raise type_error(function, argument, rule, value, "Its rows differ in length.") from None
    if x.dtype.kind not in _NUMBERS:
        raise type_error(function, argument, "be an array of real numbers", x)
    if ndim is not None and x.ndim != ndim:
        count = "1 axis" if ndim == 1 else f"{ndim} axes"
        got = Shown(f"{x.ndim} (shape {x.shape})")
        rule = f"have {count} {axes}".rstrip()
        raise argument_error(function, argument, rule, got, advice.get(x.ndim, ""))
    return x


def one_number(function: str, argument: str, value: Any) -> Array:
    """Check one real number, in an array of any shape; returned without axes."""
    number = array(function, argument, value, None)
    if number.size != 1:
        raise argument_error(function, argument, "be one number", number)
    return number.reshape(())


def images(function: str, argument: str, value: Any) -> Array:
    """Check a batch of images: four axes (N, H, W, C)."""
    return array(function, argument, value, 4, "(batch, height, width, channels)", _TO_IMAGES)


def filters(function: str, weight: Any, channels: str) -> Array:
    """Check a bank of filters: four axes, and a kernel of at least one cell."""
    bank = array(function, "weight", weight, 4, f"(height, width, {channels})")
    if bank.size == 0 and 0 in bank.shape[:2]:
        raise argument_error(function, "weight", "have a kernel of at least 1x1", bank)
    return bank


def bias(function: str, value: Any, channels: int) -> Array:
    """Check a bias: one number per output channel."""
    numbers = array(function, "bias", value, 1, "(output channels)")
    same_shape(function, "bias", numbers, (channels,), "one number per output channel:")
    return numbers


def same_shape(function: str, argument: str, x: Array, shape: tuple[int, ...], whose: str) -> None:
    """Check that x has the one shape that fits."""
    if x.shape != shape:
        raise argument_error(function, argument, f"have {whose} shape {shape}", x)


def result_dtype(*arrays: Array) -> DType:
    """Return the dtype of a result made from these arrays."""
    if _one_throughout(arrays):
        return arrays[0].dtype
    dtype = np.result_type(*(x.dtype for x in arrays))
    return dtype.newbyteorder("=") if dtype.kind == "f" else FLOAT64


def compute_dtype(*arrays: Array) -> DType:
    """Return the dtype in which a result made from these arrays is computed."""
    dtype = result_dtype(*arrays)
    return FLOAT32 if dtype == FLOAT16 else dtype


def in_one_dtype(*arrays: Any) -> tuple[DType, tuple[Any, ...]]:
    """Return the dtype of a result, and its arrays in the one to compute in.

    All but the first may be None, which stays None.
    """
    if _one_throughout(arrays):
        return arrays[0].dtype, arrays
    given = [x for x in arrays if x is not None]
    dtype = compute_dtype(*given)
    return result_dtype(*given), tuple(None if x is None else as_dtype(x, dtype) for x in arrays)


def _one_throughout(arrays: tuple[Any, ...]) -> bool:
    """Tell whether all are float32, or all float64, as in most calls."""
    first = arrays[0].dtype
    for x in arrays:
        if x is not None and x.dtype is not first:
            return False
    return first is FLOAT32 or first is FLOAT64


def as_dtype(x: Array, dtype: DType) -> Array:
    """Return x in this dtype: itself if it has it already."""
    return x if x.dtype is dtype or x.dtype == dtype else x.astype(dtype)


@overload
def like(argument: Array, gradient: Array) -> Array: ...
@overload
def like(argument: Array, gradient: None) -> None: ...
def like(argument: Array, gradient: Array | None) -> Array | None:
    """Give a gradient the dtype of the argument that it belongs to."""
    if gradient is None or gradient.dtype is argument.dtype:
        return gradient
    return as_dtype(gradient, result_dtype(argument))


def choice(function: str, argument: str, value: Any, known: tuple[str, ...]) -> str:
    """Check one word out of a few."""
    if isinstance(value, str) and value in known:
        return value
    guess = nearest(value, known)
    rule = f"be one of {', '.join(map(repr, known))}"
    raise argument_error(
        function, argument, rule, value, f"Did you mean {guess!r}?" if guess else ""
    )


def chosen(function: str, needs: Any, known: tuple[str, ...]) -> tuple[str, ...]:
    """Check which gradients a backward is asked for."""
    if type(needs) is not tuple:
        if not isinstance(needs, str | tuple | list | set | frozenset):
            raise type_error(function, "needs", f"be some of {', '.join(map(repr, known))}", needs)
        needs = (needs,) if isinstance(needs, str) else tuple(needs)
    for name in needs:
        choice(function, "needs", name, known)
    names: tuple[str, ...] = needs
    return names
