"""The eight functions of the lesson as tasks: how a setting becomes a call, and what a cell is."""

from typing import Any

from convstep.check.eight import settings as cases
from convstep.check.eight.arrays import draw
from convstep.check.exercise import Setting, Task

_IMAGES = ("example", "row", "column", "channel")
_FILTERS = ("row", "column", "input channel", "filter")
_PLANE = ("row", "column")


def _zero_pad(s: Setting) -> tuple[Any, ...]:
    (X,) = draw(s["values"], s["seed"], (s["m"], s["n_H"], s["n_W"], s["n_C"]))
    return X, s["pad"]


def _conv_single_step(s: Setting) -> tuple[Any, ...]:
    shape = (s["f"], s["f"], s["n_C_prev"])
    return tuple(draw(s["values"], s["seed"], shape, shape, (1, 1, 1)))


def _conv_forward(s: Setting) -> tuple[Any, ...]:
    A_prev, W, b = draw(
        s["values"],
        s["seed"],
        (s["m"], s["n_H"], s["n_W"], s["n_C_prev"]),
        (s["f"], s["f"], s["n_C_prev"], s["n_C"]),
        (1, 1, 1, s["n_C"]),
    )
    return A_prev, W, b, {"stride": s["stride"], "pad": s["pad"]}


def _conv_backward(s: Setting) -> tuple[Any, ...]:
    shape = (s["m"], cases.steps(s, "n_H"), cases.steps(s, "n_W"), s["n_C"])
    (dZ,) = draw(s["values"], s["seed"] + 1, shape)
    return dZ, _conv_forward(s)


def _pool_forward(s: Setting) -> tuple[Any, ...]:
    (A_prev,) = draw(s["values"], s["seed"], (s["m"], s["n_H"], s["n_W"], s["n_C"]))
    return A_prev, {"f": s["f"], "stride": s["stride"]}, s["mode"]


def _pool_backward(s: Setting) -> tuple[Any, ...]:
    A_prev, hparameters, mode = _pool_forward(s)
    shape = (s["m"], cases.steps(s, "n_H"), cases.steps(s, "n_W"), s["n_C"])
    kind = "float32" if s["values"] == "float32" else "distinct"
    (dA,) = draw(kind, s["seed"] + 1, shape)
    return dA, (A_prev, hparameters), mode


def _create_mask(s: Setting) -> tuple[Any, ...]:
    return tuple(draw(s["values"], s["seed"], (s["rows"], s["cols"])))


def _distribute(s: Setting) -> tuple[Any, ...]:
    return s["dz"], (s["n_H"], s["n_W"])


def _window_of_output(s: Setting, output: str, index: tuple[int, ...]) -> str:
    """Where the window of an output cell lies in the (padded) input."""
    if output not in ("Z", "A") or len(index) != 4:
        return ""
    (top, left), f = (n * s["stride"] for n in index[1:3]), s["f"]
    padded = "the padded input" if s.get("pad") else "the input"
    return f"its window is rows {top}:{top + f}, columns {left}:{left + f} of {padded}"


def _windows_of_input(s: Setting, output: str, index: tuple[int, ...]) -> str:
    """Which output cells send gradient to an input cell."""
    if output != "dA_prev" or len(index) != 4:
        return ""
    rows, columns = (
        _users(at + s.get("pad", 0), s["f"], s["stride"], cases.steps(s, size))
        for at, size in zip(index[1:3], ("n_H", "n_W"), strict=True)
    )
    if not rows or not columns:
        return "no window uses this cell"
    cells = [f"({h}, {w})" for h in rows for w in columns]
    few = ", ".join(cells[:4]) + (", ..." if len(cells) > 4 else "")
    plural = "windows use" if len(cells) > 1 else "window uses"
    return f"{len(cells)} {plural} this cell: (h, w) = {few}"


def _users(at: int, f: int, stride: int, count: int) -> list[int]:
    return [n for n in range(count) if n * stride <= at < n * stride + f]


_WORDS = {"pad": "padding"}  # a second notebook of the lesson says it so

_LEAST_IMAGES = {"m": 1, "n_H": 1, "n_W": 1, "n_C": 1}
_LEAST_WINDOW = {"stride": 1, "f": 1}
_LEAST_CONVOLUTION = {**_LEAST_IMAGES, **_LEAST_WINDOW, "n_C_prev": 1, "pad": 0}

TASKS = (
    Task(
        name="zero_pad",
        arguments=("X", "pad"),
        outputs=("X_pad",),
        settings=cases.PADDING,
        build=_zero_pad,
        families=cases.PADDING_FAMILIES,
        least={**_LEAST_IMAGES, "pad": 0},
        axes={"X_pad": _IMAGES},
    ),
    Task(
        name="conv_single_step",
        arguments=("a_slice_prev", "W", "b"),
        outputs=("Z",),
        settings=cases.STEP,
        build=_conv_single_step,
        families=cases.STEP_FAMILIES,
        least={"f": 1, "n_C_prev": 1},
    ),
    Task(
        name="conv_forward",
        arguments=("A_prev", "W", "b", "hparameters"),
        outputs=("Z", "cache"),
        settings=cases.CONVOLUTION,
        build=_conv_forward,
        helpers=("zero_pad", "conv_single_step"),
        families=cases.CONVOLUTION_FAMILIES,
        least=_LEAST_CONVOLUTION,
        valid=cases.fits,
        axes={"Z": _IMAGES},
        place=_window_of_output,
        words=_WORDS,
    ),
    Task(
        name="pool_forward",
        arguments=("A_prev", "hparameters", "mode"),
        outputs=("A", "cache"),
        settings=cases.POOLING,
        build=_pool_forward,
        families=cases.POOLING_FAMILIES,
        least={**_LEAST_IMAGES, **_LEAST_WINDOW},
        valid=cases.fits,
        axes={"A": _IMAGES},
        place=_window_of_output,
    ),
    Task(
        name="conv_backward",
        arguments=("dZ", "cache"),
        outputs=("dA_prev", "dW", "db"),
        settings=cases.CONVOLUTION,
        build=_conv_backward,
        helpers=("zero_pad",),
        families=cases.CONVOLUTION_FAMILIES,
        least=_LEAST_CONVOLUTION,
        valid=cases.fits,
        axes={"dA_prev": _IMAGES, "dW": _FILTERS, "db": ("", "", "", "filter")},
        place=_windows_of_input,
        words=_WORDS,
    ),
    Task(
        name="create_mask_from_window",
        arguments=("x",),
        outputs=("mask",),
        settings=cases.MASK,
        build=_create_mask,
        families=cases.MASK_FAMILIES,
        least={"rows": 1, "cols": 1},
        axes={"mask": _PLANE},
    ),
    Task(
        name="distribute_value",
        arguments=("dz", "shape"),
        outputs=("a",),
        settings=cases.SHARE,
        build=_distribute,
        families=cases.SHARE_FAMILIES,
        least={"n_H": 1, "n_W": 1},
        axes={"a": _PLANE},
    ),
    Task(
        name="pool_backward",
        arguments=("dA", "cache", "mode"),
        outputs=("dA_prev",),
        settings=cases.POOLING,
        build=_pool_backward,
        helpers=("create_mask_from_window", "distribute_value"),
        families=cases.POOLING_FAMILIES,
        least={**_LEAST_IMAGES, **_LEAST_WINDOW},
        valid=cases.fits,
        axes={"dA_prev": _IMAGES},
        place=_windows_of_input,
    ),
)
