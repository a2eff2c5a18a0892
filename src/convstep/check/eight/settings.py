"""The cases of the eight functions: sizes, strides, paddings, kinds of numbers.

Every case stays inside the lesson: the window fits at least once, and no number is a NaN. Some are
chosen, so that each family has small members; the rest are drawn from a seed.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np

from convstep.check.exercise import Setting

Families = Mapping[str, Callable[[Setting], bool]]

_DRAWN = 50
_SEED = 1


def _drawn(
    choices: Mapping[str, tuple[Any, ...]], valid: Callable[[Setting], bool]
) -> Iterator[Setting]:
    """Settings whose every field is drawn, without end; those that are not valid are left out."""
    rng = np.random.default_rng(_SEED)
    while True:
        setting = {name: values[int(rng.integers(len(values)))] for name, values in choices.items()}
        setting["seed"] = int(rng.integers(1000))
        if valid(setting):
            yield setting


def _all(
    chosen: list[dict[str, Any]],
    defaults: dict[str, Any],
    choices: Mapping[str, tuple[Any, ...]],
    valid: Callable[[Setting], bool],
) -> tuple[Setting, ...]:
    drawn = _drawn(choices, valid)
    return (*({**defaults, **fields} for fields in chosen), *(next(drawn) for _ in range(_DRAWN)))


def rest(setting: Setting, size: str) -> int:
    """Rows or columns at the end of the padded input that no window reaches."""
    return int((setting[size] + 2 * setting.get("pad", 0) - setting["f"]) % setting["stride"])


def steps(setting: Setting, size: str) -> int:
    """Output rows or columns."""
    room = setting[size] + 2 * setting.get("pad", 0) - setting["f"]
    return int(room // setting["stride"] + 1)


def fits(setting: Setting) -> bool:
    """Whether the window fits into the padded input, and does not lie wholly in the padding."""
    f, pad = setting["f"], setting.get("pad", 0)
    return bool(min(setting["n_H"], setting["n_W"]) + 2 * pad >= f and pad <= f)


def _overlaps(setting: Setting) -> bool:
    several = steps(setting, "n_H") > 1 or steps(setting, "n_W") > 1
    return bool(several and setting["f"] > setting["stride"])


_WINDOW: Families = {
    "stride over 1": lambda s: s["stride"] > 1 and (steps(s, "n_H") > 1 or steps(s, "n_W") > 1),
    "height and width differ": lambda s: s["n_H"] != s["n_W"],
    "several examples": lambda s: s["m"] > 1,
    "overlapping windows": _overlaps,
    "a rest that no window reaches": lambda s: rest(s, "n_H") > 0 or rest(s, "n_W") > 0,
    "float32": lambda s: s["values"] == "float32",
    "large numbers": lambda s: s["values"] == "large",
}

# zero_pad

PADDING = _all(
    [
        {},
        {"pad": 2},
        {"pad": 0},
        {"n_H": 2, "n_W": 3},
        {"m": 2, "n_H": 3, "n_W": 2, "n_C": 3},
        {"m": 3, "n_H": 2, "n_W": 2, "n_C": 2, "pad": 2},
        {"m": 2, "n_H": 4, "n_W": 4, "n_C": 4, "values": "float32"},
        {"m": 2, "n_H": 3, "n_W": 5, "n_C": 2, "pad": 3, "values": "negative"},
    ],
    {"m": 1, "n_H": 2, "n_W": 2, "n_C": 1, "pad": 1, "values": "small", "seed": 0},
    {
        "m": (1, 2, 3),
        "n_H": (1, 2, 3, 4),
        "n_W": (1, 2, 3, 5),
        "n_C": (1, 2, 4),
        "pad": (0, 1, 1, 2, 3),
        "values": ("small", "distinct", "negative", "large", "float32"),
    },
    lambda s: True,
)
PADDING_FAMILIES: Families = {
    "padding 0": lambda s: s["pad"] == 0,
    "padding over 1": lambda s: s["pad"] > 1,
    "height and width differ": lambda s: s["n_H"] != s["n_W"],
    "several examples": lambda s: s["m"] > 1,
    "several channels": lambda s: s["n_C"] > 1,
    "float32": lambda s: s["values"] == "float32",
}

# conv_single_step

STEP = _all(
    [{}, {"f": 2}, {"n_C_prev": 2}, {"f": 3, "n_C_prev": 3}, {"f": 4, "n_C_prev": 3}],
    {"f": 1, "n_C_prev": 1, "values": "small", "seed": 0},
    {
        "f": (1, 2, 3, 4),
        "n_C_prev": (1, 2, 3, 5),
        "values": ("small", "distinct", "negative", "large", "float32"),
    },
    lambda s: True,
)
STEP_FAMILIES: Families = {
    "a window of more than one cell": lambda s: s["f"] > 1,
    "several channels": lambda s: s["n_C_prev"] > 1,
    "float32": lambda s: s["values"] == "float32",
    "large numbers": lambda s: s["values"] == "large",
}

# conv_forward and conv_backward

CONVOLUTION = _all(
    [
        {},
        {"f": 1},
        {"stride": 2, "n_H": 4, "n_W": 4},
        {"pad": 1},
        {"pad": 1, "f": 3},
        {"n_H": 2, "n_W": 3},
        {"n_H": 4, "n_W": 3},
        {"m": 2, "n_H": 2, "n_W": 2},
        {"n_C_prev": 2, "n_H": 2, "n_W": 2},
        {"n_C": 2, "n_H": 2, "n_W": 2},
        {"n_C": 3, "n_C_prev": 2, "n_H": 2, "n_W": 3},
        {"stride": 2, "n_H": 5, "n_W": 5},
        {"stride": 2, "n_H": 5, "n_W": 4, "pad": 1},
        {"stride": 3, "n_H": 7, "n_W": 5, "f": 2},
        {"stride": 2, "f": 1, "n_H": 4, "n_W": 3},
        {"stride": 2, "n_H": 4, "n_W": 5, "f": 3, "pad": 2, "n_C": 2},
        {"m": 3, "n_H": 4, "n_W": 5, "n_C_prev": 2, "n_C": 4, "f": 3, "pad": 1},
        {"m": 2, "n_H": 6, "n_W": 5, "n_C_prev": 3, "n_C": 2, "f": 4, "pad": 2, "stride": 3},
        {"m": 2, "n_H": 5, "n_W": 4, "n_C_prev": 3, "n_C": 2, "f": 2, "stride": 2},
        {"m": 2, "n_H": 3, "n_W": 3, "n_C_prev": 2, "n_C": 3, "f": 3, "pad": 2},
        {"m": 2, "n_H": 6, "n_W": 4, "n_C_prev": 2, "n_C": 3, "f": 2, "stride": 2, "pad": 1},
    ],
    {
        "m": 1, "n_H": 3, "n_W": 3, "n_C_prev": 1, "n_C": 1, "f": 2, "stride": 1, "pad": 0,
        "values": "small", "seed": 0,
    },
    {
        "m": (1, 2, 3),
        "n_H": (2, 3, 4, 5, 6),
        "n_W": (2, 3, 4, 5, 7),
        "n_C_prev": (1, 2, 3),
        "n_C": (1, 2, 4),
        "f": (1, 2, 3, 4),
        "stride": (1, 2, 2, 3),
        "pad": (0, 0, 1, 2),
        "values": ("small", "distinct", "negative", "large", "float32"),
    },
    fits,
)  # fmt: skip
CONVOLUTION_FAMILIES: Families = {
    **_WINDOW,
    "padding 0": lambda s: s["pad"] == 0,
    "padding": lambda s: s["pad"] > 0,
    "several input channels": lambda s: s["n_C_prev"] > 1,
    "several filters": lambda s: s["n_C"] > 1,
    "a window of one cell": lambda s: s["f"] == 1,
}

# pool_forward and pool_backward

POOLING = _all(
    [
        {"mode": mode, **fields}
        for fields in (
            {},
            {"n_H": 2, "n_W": 3},
            {"stride": 2, "n_H": 4, "n_W": 4},
            {"n_C": 2, "n_H": 2, "n_W": 2},
            {"m": 2, "n_H": 2, "n_W": 2},
            {"values": "negative"},
            {"values": "ties"},
            {"f": 3, "n_H": 5, "n_W": 4, "stride": 2},
            {"f": 1, "stride": 2, "n_H": 4, "n_W": 3},
            {"f": 2, "stride": 3, "n_H": 7, "n_W": 5, "m": 2, "n_C": 3},
            {"f": 3, "stride": 1, "n_H": 4, "n_W": 6, "m": 3, "n_C": 2},
            {"f": 4, "stride": 2, "n_H": 6, "n_W": 7, "m": 2, "n_C": 3},
        )
        for mode in ("max", "average")
    ],
    {
        "m": 1, "n_H": 3, "n_W": 3, "n_C": 1, "f": 2, "stride": 1, "mode": "max",
        "values": "distinct", "seed": 0,
    },
    {
        "m": (1, 2, 3),
        "n_H": (2, 3, 4, 5, 6),
        "n_W": (2, 3, 4, 5, 7),
        "n_C": (1, 2, 3),
        "f": (1, 2, 3, 4),
        "stride": (1, 2, 2, 3),
        "mode": ("max", "average"),
        "values": ("distinct", "distinct", "negative", "ties", "large", "float32"),
    },
    fits,
)  # fmt: skip
POOLING_FAMILIES: Families = {
    "max": lambda s: s["mode"] == "max",
    "average": lambda s: s["mode"] == "average",
    **_WINDOW,
    "several channels": lambda s: s["n_C"] > 1,
    "tied maxima": lambda s: s["mode"] == "max" and s["values"] == "ties",
    "all numbers negative": lambda s: s["values"] == "negative",
}

# create_mask_from_window and distribute_value

MASK = _all(
    [
        {},
        {"rows": 2, "cols": 3},
        {"values": "negative"},
        {"rows": 3, "cols": 3, "values": "ties"},
        {"rows": 1, "cols": 1},
        {"rows": 3, "cols": 2, "values": "negative"},
    ],
    {"rows": 2, "cols": 2, "values": "distinct", "seed": 0},
    {
        "rows": (1, 2, 3, 4),
        "cols": (1, 2, 3, 5),
        "values": ("distinct", "negative", "ties", "large", "float32"),
    },
    lambda s: True,
)
MASK_FAMILIES: Families = {
    "rows and columns differ": lambda s: s["rows"] != s["cols"],
    "tied maxima": lambda s: s["values"] == "ties",
    "all numbers negative": lambda s: s["values"] == "negative",
    "float32": lambda s: s["values"] == "float32",
}

SHARE: tuple[Setting, ...] = tuple(
    {"dz": dz, "n_H": n_H, "n_W": n_W}
    for n_H, n_W in ((2, 2), (1, 1), (1, 2), (2, 1), (2, 3), (3, 3), (4, 2), (3, 5))
    for dz in (2.0, -1.5, 0.75)
)
SHARE_FAMILIES: Families = {
    "rows and columns differ": lambda s: s["n_H"] != s["n_W"],
    "a negative number": lambda s: s["dz"] < 0,
}
