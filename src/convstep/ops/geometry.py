"""How a window slides over an input: from kernel, stride, padding and dilation to sizes.

Everything here is about whole numbers; no array is touched. A `Window` says all that a body
needs to know, for convolution and for pooling alike. `taps` walks over it: for each position
(i, j) inside the window it pairs the output cells with the input cells that they meet there.

Sizes, for one axis with ``reach = dilation * (kernel - 1) + 1``::

    out = floor((size + before + after - reach) / stride) + 1
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from convstep.errors import Shown, argument_error, nearest, type_error

Pair = tuple[int, int]
Pads = tuple[Pair, Pair]
MOST_CELLS = 2**40  # of an image; more would fit into no memory
MOST = 2**31 - 1  # of any size that is asked for; sums of a few of them stay in 64 bits
_NO_INTEGERS = (bool, np.bool_, np.timedelta64)  # though Python or NumPy derive them from integers
NAMED_PADDING = ("same", "same_lower", "valid")


class Window(NamedTuple):
    """A window of `kernel` cells that slides over an input of `size` cells.

    Each field is (height, width); `padding` is ((top, bottom), (left, right)).
    """

    size: Pair
    kernel: Pair
    stride: Pair
    padding: Pads
    dilation: Pair
    out: Pair


class Tap(NamedTuple):
    """One position (i, j) of the window, and where it meets real cells.

    ``x[tap.into]`` are the input cells and ``y[tap.out]`` the output cells, pair by pair, for
    arrays with the axes (N, H, W, ...). Outputs that meet padding here are in neither.
    """

    i: int
    j: int
    out: tuple[slice, slice, slice]
    into: tuple[slice, slice, slice]


def taps(window: Window) -> Iterator[Tap]:
    """Yield the window's positions row by row, those that meet no cell left out."""
    rows, columns = list(_meetings(window, 0)), list(_meetings(window, 1))
    everything = slice(None)
    for i, outputs, inputs in rows:
        for j, outputs_across, inputs_across in columns:
            yield Tap(
                i, j, (everything, outputs, outputs_across), (everything, inputs, inputs_across)
            )


def _meetings(window: Window, axis: int) -> Iterator[tuple[int, slice, slice]]:
    """Yield the positions k of one axis that meet cells, with the outputs and inputs that meet."""
    size, stride, out = window.size[axis], window.stride[axis], window.out[axis]
    dilation, before = window.dilation[axis], window.padding[axis][0]
    least = max(0, -(((out - 1) * stride - before) // dilation))
    most = min(window.kernel[axis] - 1, (size - 1 + before) // dilation)
    for k in range(least, most + 1):
        shift = k * dilation - before  # input = output * stride + shift
        first = max(0, -(shift // stride))  # the least output with output * stride + shift >= 0
        last = min(out - 1, (size - 1 - shift) // stride)
        if first <= last:
            into = slice(first * stride + shift, last * stride + shift + 1, stride)
            yield k, slice(first, last + 1), into


def valid_counts(window: Window, *, include_pad: bool) -> np.ndarray[Any, np.dtype[np.intp]]:
    """Count the cells of each window: shape (OH, OW).

    Cells of the input, or with `include_pad` cells of the padded input. Cells beyond the
    padding, over which a window hangs in ceil mode, never count.
    """
    by_axis = []
    for axis in (0, 1):
        before, after = window.padding[axis] if include_pad else (0, 0)
        low, high = -before, window.size[axis] + after
        start = np.arange(window.out[axis]) * window.stride[axis] - window.padding[axis][0]
        # The first positions inside the window that reach `low` and `high`.
        reaching = [-((start - end) // window.dilation[axis]) for end in (low, high)]
        from_low, from_high = np.clip(reaching, 0, window.kernel[axis])
        by_axis.append(from_high - from_low)
    counts: np.ndarray[Any, np.dtype[np.intp]] = np.multiply.outer(by_axis[0], by_axis[1])
    return counts


# ---------------------------------------------------------------------------- arguments


def integer(function: str, argument: str, value: Any, least: int) -> int:
    """Check a whole number: Python's and NumPy's integers, but no bool and no float."""
    if type(value) is int and least <= value <= MOST:
        return value
    if isinstance(value, _NO_INTEGERS) or not isinstance(value, int | np.integer):
        raise type_error(function, argument, f"be an integer of at least {least}", value)
    if value < least:
        raise argument_error(function, argument, f"be an integer of at least {least}", value)
    if value > MOST:
        raise argument_error(function, argument, f"be at most {MOST}", value)
    return int(value)


def flag(function: str, argument: str, value: Any) -> bool:
    """Check a yes or no: Python's and NumPy's, 0 and 1, but no other number and no word."""
    if value is True or value is False:
        return value
    if not isinstance(value, bool | np.bool_ | int | np.integer) or value not in (0, 1):
        raise type_error(function, argument, "be True or False", value)
    return bool(value)


def pair(function: str, argument: str, value: Any, least: int) -> Pair:
    """Check an int or a (height, width)."""
    value = value.tolist() if isinstance(value, np.ndarray) else value
    if isinstance(value, int | np.integer):
        number = integer(function, argument, value, least)
        return number, number
    if not isinstance(value, tuple | list) or len(value) != 2:
        rule = f"be an integer of at least {least} or a pair (height, width) of them"
        raise type_error(function, argument, rule, value)
    height, width = value
    return (
        integer(function, f"{argument}[0]", height, least),
        integer(function, f"{argument}[1]", width, least),
    )


def explicit_padding(function: str, value: Any) -> Pads:
    """Check padding given in numbers: an int, (height, width) or ((top, bottom), (left, right))."""
    value = value.tolist() if isinstance(value, np.ndarray) else value
    if isinstance(value, tuple | list) and any(isinstance(side, tuple | list) for side in value):
        if len(value) != 2 or not all(
            isinstance(side, tuple | list) and len(side) == 2 for side in value
        ):
            raise type_error(
                function, "padding", "be ((top, bottom), (left, right)) when it is nested", value
            )
        rows, columns = value
        return (
            pair(function, "padding[0]", tuple(rows), 0),
            pair(function, "padding[1]", tuple(columns), 0),
        )
    height, width = pair(function, "padding", value, 0)
    return (height, height), (width, width)


def resolve_padding(
    function: str, value: Any, size: Pair, kernel: Pair, stride: Pair, dilation: Pair
) -> Pads:
    """Turn any accepted form of padding into ((top, bottom), (left, right)).

    ``"same"`` gives ceil(size / stride) outputs for every stride, an odd cell going to the end
    (TensorFlow's SAME, ONNX's SAME_UPPER); ``"same_lower"`` puts it at the beginning.
    """
    if not isinstance(value, str):
        return explicit_padding(function, value)
    if value not in NAMED_PADDING:
        guess = nearest(value, NAMED_PADDING)
        raise argument_error(
            function,
            "padding",
            f"be numbers or one of {', '.join(map(repr, NAMED_PADDING))}",
            value,
            f"Did you mean {guess!r}?" if guess else "",
        )
    if value == "valid":
        return (0, 0), (0, 0)
    sides = []
    for axis in (0, 1):
        outputs = -(-size[axis] // stride[axis])
        total = max(0, (outputs - 1) * stride[axis] + reach(kernel, dilation, axis) - size[axis])
        less, more = total // 2, total - total // 2
        sides.append((less, more) if value == "same" else (more, less))
    return sides[0], sides[1]


def reach(kernel: Pair, dilation: Pair, axis: int) -> int:
    """Cells from the first to the last of a dilated kernel."""
    return dilation[axis] * (kernel[axis] - 1) + 1


# ---------------------------------------------------------------------------- windows


def sliding_window(
    function: str,
    size: Pair,
    kernel: Pair,
    *,
    stride: Any,
    padding: Any,
    dilation: Any,
    ceil_mode: bool = False,
    argument: str = "kernel_size",
) -> Window:
    """Check the arguments of a convolution or pooling and lay the window out.

    Raises
    ------
    ArgumentError
        If one of them breaks its rule, or the window is larger than the padded input.
    """
    strides = pair(function, "stride", stride, 1)
    dilations = pair(function, "dilation", dilation, 1)
    pads = resolve_padding(function, padding, size, kernel, strides, dilations)
    out = []
    for axis in (0, 1):
        room = size[axis] + sum(pads[axis]) - reach(kernel, dilations, axis)
        count = _positions(room, strides[axis], size[axis] + pads[axis][0], ceil_mode)
        if count < 1:
            raise _too_large(function, argument, size, kernel, pads, dilations)
        out.append(count)
    require_room(function, "padding", (out[0], out[1]))
    return Window(size, kernel, strides, pads, dilations, (out[0], out[1]))


def transposed_window(
    function: str,
    out: Pair,
    kernel: Pair,
    *,
    stride: Any,
    padding: Any,
    output_padding: Any,
    dilation: Any,
) -> Window:
    """Lay out the window of the convolution whose adjoint turns `out` cells into ``.size``.

    Raises
    ------
    ArgumentError
        If an argument breaks its rule, or nothing is left of the result.
    """
    strides = pair(function, "stride", stride, 1)
    dilations = pair(function, "dilation", dilation, 1)
    extra = pair(function, "output_padding", output_padding, 0)
    target = (out[0] * strides[0], out[1] * strides[1])  # what "same" makes
    pads = resolve_padding(function, padding, target, kernel, strides, dilations)
    same = isinstance(padding, str) and padding != "valid"
    if same and extra != (0, 0):
        rule = f"be 0 with padding={padding!r}, which sets the size by itself"
        raise argument_error(function, "output_padding", rule, output_padding)
    for axis in (0, 1):
        if extra[axis] and extra[axis] >= max(strides[axis], dilations[axis]):
            rule = "be smaller than the stride or the dilation"
            raise argument_error(function, "output_padding", rule, output_padding)
    size = (
        target
        if same
        else tuple(
            (out[axis] - 1) * strides[axis]
            + reach(kernel, dilations, axis)
            - sum(pads[axis])
            + extra[axis]
            for axis in (0, 1)
        )
    )
    if min(size) < 1:
        got = f"{pads}, which leaves {size[0]}x{size[1]}"
        rule = "leave at least one row and one column"
        raise argument_error(function, "padding", rule, Shown(got), "Use less padding.")
    require_room(function, "stride", (size[0], size[1]))
    return Window((size[0], size[1]), kernel, strides, pads, dilations, out)


def require_room(function: str, argument: str, size: Pair) -> None:
    """Refuse an argument that makes images larger than any memory.

    Raises
    ------
    ArgumentError
        If an image of this size has more than `MOST_CELLS` cells.
    """
    if size[0] * size[1] > MOST_CELLS:
        rule = f"leave the result at most {MOST_CELLS} cells"
        raise argument_error(function, argument, rule, Shown(f"{size[0]}x{size[1]}"))


def _positions(room: int, stride: int, end: int, ceil_mode: bool) -> int:
    """Positions of a window along an axis; `end` is where the trailing padding starts."""
    count = room // stride + 1
    if ceil_mode and room % stride and count * stride < end:
        return count + 1
    return count


def _too_large(
    function: str, argument: str, size: Pair, kernel: Pair, pads: Pads, dilation: Pair
) -> Exception:
    padded = tuple(size[axis] + sum(pads[axis]) for axis in (0, 1))
    reaches = tuple(reach(kernel, dilation, axis) for axis in (0, 1))
    got = f"a window of {reaches[0]}x{reaches[1]} over a padded input of {padded[0]}x{padded[1]}"
    if dilation != (1, 1):
        got += f" (kernel {kernel[0]}x{kernel[1]}, dilation {dilation[0]}x{dilation[1]})"
    advice = "Use a smaller window or a larger input."
    return argument_error(function, argument, "fit into the padded input", Shown(got), advice)


def require_cells(function: str, window: Window) -> None:
    """Refuse a pooling window that lies wholly in padding.

    Raises
    ------
    ArgumentError
        If some output would meet no cell of the input.
    """
    for axis, name in ((0, "row"), (1, "column")):
        size, stride, out = window.size[axis], window.stride[axis], window.out[axis]
        dilation, before = window.dilation[axis], window.padding[axis][0]
        # Where the steps inside the window are no longer than the input, a window that begins
        # before it and ends after it meets it; so only those at both ends can miss it.
        for where in (0, out - 1) if dilation <= size else range(out):
            start = where * stride - before
            k = max(0, -(start // dilation))  # the first position at or after the input's start
            if k >= window.kernel[axis] or start + k * dilation >= size:
                got = f"{window.padding}, where the windows of output {name} {where} have none"
                rule = "leave every window at least one cell of the input"
                raise argument_error(function, "padding", rule, Shown(got), "Use less padding.")
