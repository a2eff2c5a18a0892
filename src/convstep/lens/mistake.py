"""A learner's mistake as a page, at the first window that makes, or adds into, a wrong number."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, get_args

import numpy as np

from convstep.check.report import Example, FunctionReport, Report
from convstep.check.views.planes import as_array, number
from convstep.check.views.text import Hints
from convstep.errors import Shown, argument_error, type_error
from convstep.lens.page import Lens, page
from convstep.lens.situation import Data, packed, situation
from convstep.lens.windows import first_window
from convstep.ops.checks import choice

__all__ = ["MistakeLens", "mistake"]

_SHOWN_AS = {"mask": "dA_prev", "a": "dA_prev"}  # the helpers stand as a pooling with one window


class MistakeLens(Lens):
    """The page of what is wrong in a submission: one situation for each wrong function.

    A notebook shows it as it is; it is false where nothing is wrong that could be shown.
    `left_out` names the wrong functions of which a report has no numbers: they are too many.
    """

    def __init__(self, file: str, situations: Sequence[Data], left_out: Sequence[str] = ()) -> None:
        self.situations = list(situations)
        self.left_out = tuple(left_out)
        self._title = f"{file}: the mistake, seen" if file else "The mistake, seen"

    def html(self) -> str:
        """Return the page.

        Raises
        ------
        ArgumentError
            If nothing is wrong that could be shown.
        """
        if not self.situations:
            raise argument_error(
                "mistake", "report", "have a wrong function with an example", Shown("none"),
                "print(report) shows all that was found.",
            )  # fmt: skip
        return page({"view": "steps", "situations": self.situations}, title=self._title)

    def __bool__(self) -> bool:
        return bool(self.situations)

    def _repr_html_(self) -> str:
        return super()._repr_html_() if self else "<p>No mistake to show.</p>"

    def __repr__(self) -> str:
        return f"MistakeLens(functions={len(self.situations)})"


def mistake(report: Any, hints: Hints = "nudge") -> MistakeLens:
    """Show the mistakes of a report where they happen, the learner's numbers beside the right ones.

    Parameters
    ----------
    report : Report
        What `convstep.check.check` returned, on the lesson's functions.
    hints : {"none", "nudge", "explain"}
        How much to give away of a mistake: its name; a hint; what is wrong.

    Returns
    -------
    MistakeLens
        ``.to_html("page.html")``; a notebook shows it as it is. It opens at the lesson's first
        wrong function; those that only wait for a right helper are left out.

    Raises
    ------
    ArgumentError
        If `report` is no report, or `hints` none of these.

    Examples
    --------
    >>> import convstep as cs
    >>> report = cs.check.check(zero_pad=lambda X, pad: X)
    >>> mistake(report)
    MistakeLens(functions=1)
    >>> bool(mistake(cs.check.check(zero_pad=cs.zero_pad)))
    False
    """
    if not isinstance(report, Report):
        rule, advice = "be a Report", "Pass what cs.check.check(...) returned."
        raise type_error("mistake", "report", rule, report, advice)
    choice("mistake", "hints", hints, get_args(Hints))
    wrong = [one for one in report.functions if one.status == "wrong"]
    found = {one.name: _situation(one, hints) for one in wrong}
    left_out = [name for name, one in found.items() if one is None]
    return MistakeLens(report.file, [one for one in found.values() if one is not None], left_out)


def _situation(function: FunctionReport, hints: Hints) -> Data | None:
    """What the page is given; None where the report has no numbers to show."""
    example = function.example
    if example is None or (known := _ARRAYS.get(function.name)) is None:
        return None
    try:
        arrays = known(example)
    except (LookupError, TypeError, ValueError):  # arrays too large for a report: words instead
        return None
    theirs = _theirs(example)
    extra: Data = {"title": _title(function), "note": " ".join(_note(function, example, hints))}
    if theirs is not None:
        name, index = _SHOWN_AS.get(example.output, example.output), _index(example)
        extra["theirs"] = {"name": name, "array": packed(theirs), "index": index}
        if name != example.output:
            extra["theirs"]["called"] = example.output
        arrays["cell"] = first_window(arrays, name, index)
    return situation(**arrays, **extra)


def _theirs(example: Example) -> Any:
    """The learner's array in the page's axes; None if it is none or of another shape."""
    right, got = _numbers(example.expected), _numbers(example.got)
    if right is None or got is None or right.shape != got.shape:
        return None
    if example.output in _SHOWN_AS:
        return got[None, :, :, None]
    return got.reshape(_axes(example.output, got.shape))


def _axes(output: str, shape: tuple[int, ...]) -> tuple[int, ...]:
    """On the page a single step's Z has four axes, and db one."""
    if output == "db":
        return (shape[-1],)
    return shape or (1, 1, 1, 1)


def _index(example: Example) -> list[int]:
    """Where the first differing cell lies in the page's axes."""
    index = example.index or [0] * np.ndim(_numbers(example.expected))
    if example.output == "db":
        return [index[-1]]
    return [0, *index, 0] if example.output in _SHOWN_AS else index or [0, 0, 0, 0]


def _numbers(value: Any) -> Any:
    """An array of a report, or one number; None for what is neither."""
    if isinstance(value, int | float | str) and as_array([value]) is not None:
        return np.array(value, np.float64)
    return as_array(value)


def _title(function: FunctionReport) -> str:
    titles = [
        _plain(one.title) + ("" if one.certainty == "certain" else " (likely)")
        for one in function.diagnoses
    ]
    return f"{function.name}: {'; '.join(titles) or 'none of the known mistakes'}"


def _note(function: FunctionReport, example: Example, hints: Hints) -> Iterator[str]:
    """What may be said of the mistake, and where the numbers part."""
    if hints != "none":
        words = [one.nudge if hints == "nudge" else one.explanation for one in function.diagnoses]
        yield from (_plain(one) for one in words if one)
    output, got = example.output, example.got
    right, other = _numbers(example.expected), _numbers(got)
    if right is None:
        yield f"The numbers below are right; what differs is your {output}."
    elif other is None:
        came = got if isinstance(got, str) else "something else"
        yield f"Below is what is right; in place of your {output} came: {came.rstrip('.')}."
    elif other.size == 0:  # lists do not tell its shape
        yield f"Below is what is right; your {output} has no cells."
    elif right.shape != other.shape:
        yield (
            f"Below is what is right; your {output} has the shape {other.shape} "
            f"and not {right.shape}."
        )
    elif example.index is not None:
        told = f"{_told(example.cell_got, output)} and not {_told(example.cell_expected, output)}"
        yield f"Your {output} is {told} at {example.where or 'its first cell'}."
    elif right.ndim == 0:
        yield f"Your {output} is {number(got)} and not {number(example.expected)}."


def _told(value: Any, output: str) -> str:
    """A number in words; a mask's are True and False."""
    if output == "mask" and value in (0, 1):
        return str(bool(value))
    return number(value)


def _plain(words: str) -> str:
    """A sentence of the catalogue without the marks of code."""
    return words.replace("`", "")


def _images(value: Any) -> Any:
    """An argument as an array; TypeError for the words that stand for a large one."""
    array = as_array(value)
    if array is None:
        raise TypeError(f"no array: {value}")
    return array.astype(np.float64)


def _zero_pad(example: Example) -> Data:
    pad = example.arguments["pad"]
    return {
        "operation": "zero_pad",
        "A_prev": _images(example.arguments["X"]),
        "kernel": (1, 1),
        "padding": (pad,) * 4,
    }


def _conv_single_step(example: Example) -> Data:
    """A convolution with one window and one filter."""
    one_slice, W, b = (example.arguments[name] for name in ("a_slice_prev", "W", "b"))
    return {
        "operation": "conv_forward",
        "A_prev": _images(one_slice)[None],
        "W": _images(W)[..., None],
        "b": np.ravel(_numbers(b)),
    }


def _conv_forward(example: Example) -> Data:
    arguments = example.arguments
    return {"operation": "conv_forward", **_convolution(**arguments)}


def _conv_backward(example: Example) -> Data:
    parts = zip(("A_prev", "W", "b", "hparameters"), example.arguments["cache"], strict=True)
    return {
        "operation": "conv_backward",
        "grad": _images(example.arguments["dZ"]),
        **_convolution(**dict(parts)),
    }


def _convolution(A_prev: Any, W: Any, b: Any, hparameters: Mapping[str, Any]) -> Data:
    return {
        "A_prev": _images(A_prev),
        "W": _images(W),
        "b": _images(b),
        "stride": (hparameters["stride"],) * 2,
        "padding": (hparameters["pad"],) * 4,
    }


def _pool_forward(example: Example) -> Data:
    arguments = example.arguments
    return {
        "operation": f"{arguments['mode']}_pool_forward",
        **_pooling(arguments["A_prev"], arguments["hparameters"]),
    }


def _pool_backward(example: Example) -> Data:
    arguments = example.arguments
    return {
        "operation": f"{arguments['mode']}_pool_backward",
        "grad": _images(arguments["dA"]),
        **_pooling(*arguments["cache"]),
    }


def _pooling(A_prev: Any, hparameters: Mapping[str, Any]) -> Data:
    return {
        "A_prev": _images(A_prev),
        "kernel": (hparameters["f"],) * 2,
        "stride": (hparameters["stride"],) * 2,
    }


def _create_mask_from_window(example: Example) -> Data:
    """A max pooling with one window and the gradient 1, which the mask lets through."""
    window = _images(example.arguments["x"])
    return {
        "operation": "max_pool_backward",
        "A_prev": window[None, :, :, None],
        "kernel": window.shape,
        "grad": np.ones((1, 1, 1, 1)),
    }


def _distribute_value(example: Example) -> Data:
    """An average pooling with one window: what is in the window does not matter."""
    rows, columns = example.arguments["shape"]
    return {
        "operation": "average_pool_backward",
        "A_prev": np.zeros((1, rows, columns, 1)),
        "kernel": (rows, columns),
        "grad": np.full((1, 1, 1, 1), float(example.arguments["dz"])),
    }


_ARRAYS = {
    "zero_pad": _zero_pad,
    "conv_single_step": _conv_single_step,
    "conv_forward": _conv_forward,
    "pool_forward": _pool_forward,
    "conv_backward": _conv_backward,
    "create_mask_from_window": _create_mask_from_window,
    "distribute_value": _distribute_value,
    "pool_backward": _pool_backward,
}
