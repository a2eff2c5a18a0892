"""What goes wrong in pool_forward."""

from convstep.check.eight.mistakes import shared
from convstep.check.eight.mistakes.variants import (
    LOOPED,
    WINDOWED,
    edit,
    edits,
    misspelt,
    returned_inside,
)
from convstep.check.exercise import Mistake

_VERT = ("vert_start = h * stride", "vert_start = h")
_HORIZ = ("horiz_start = w * stride", "horiz_start = w")
_N_H = "n_H = (n_H_prev - f) // stride + 1"
_N_W = "n_W = (n_W_prev - f) // stride + 1"
_SLICE = "A_prev[i, vert_start:vert_end, horiz_start:horiz_end, c]"
_CACHE = "cache = (A_prev, hparameters)"


def _sizes(new_h: str, new_w: str) -> tuple[tuple[str, str], tuple[str, str]]:
    return (_N_H, f"n_H = {new_h}"), (_N_W, f"n_W = {new_w}")


_MOVES = "The window of output row h begins at row h * stride of the input."
_MOVES_HINT = "Take a 4 x 4 image, f = 2 and stride 2: where does the second window begin?"
_FLOOR = "The size is floor((n_prev - f) / stride) + 1: round down, then add one."

POOL_FORWARD = (
    Mistake(
        "pool_forward",
        "no_stride",
        "the window does not move by the stride",
        _MOVES,
        _MOVES_HINT,
        edits(_VERT, _HORIZ, styles=WINDOWED)
        + edits(_VERT, _HORIZ, *_sizes("n_H_prev - f + 1", "n_W_prev - f + 1")),
        look="vert_start = h * stride",
    ),
    Mistake(
        "pool_forward",
        "stride_height_only",
        "the window moves by the stride down, but not to the right",
        "Columns move like rows: the window begins at column w * stride.",
        _MOVES_HINT,
        edits(_HORIZ, styles=WINDOWED),
        look="horiz_start = w * stride",
    ),
    Mistake(
        "pool_forward",
        "stride_width_only",
        "the window moves by the stride to the right, but not down",
        _MOVES,
        _MOVES_HINT,
        edits(_VERT, styles=WINDOWED),
        look="vert_start = h * stride",
    ),
    Mistake(
        "pool_forward",
        "start_times_f",
        "the window moves by its own size instead of the stride",
        _MOVES,
        _MOVES_HINT,
        edits(
            ("vert_start = h * stride", "vert_start = h * f"),
            ("horiz_start = w * stride", "horiz_start = w * f"),
            styles=WINDOWED,
        )
        + edits(('hparameters["f"], hparameters["stride"]', 'hparameters["f"], hparameters["f"]')),
        look="vert_start = h * stride",
    ),
    shared.window_end_stride(
        "pool_forward",
        *edits(
            (
                'hparameters["f"], hparameters["stride"]',
                'hparameters["stride"], hparameters["stride"]',
            )
        ),
    ),
    shared.starts_swapped(
        "pool_forward",
        f"a_slice = {_SLICE}",
    ),
    shared.loops_swapped(
        "pool_forward",
        *edit("for w in range(n_W)", "for w in range(n_H)", "loops", "filters", "examples"),
    ),
    Mistake(
        "pool_forward",
        "size_swapped",
        "output height and width are exchanged",
        "A has n_H rows and n_W columns, each computed from its own.",
        "Try an image that is not square: what shape should come out?",
        (
            *edits(
                (_N_H, "n_H = (n_W_prev - f) // stride + 1"),
                (_N_W, "n_W = (n_H_prev - f) // stride + 1"),
            ),
            *edits(("np.zeros((m, n_H, n_W, n_C_prev)", "np.zeros((m, n_W, n_H, n_C_prev)")),
            *edit(_N_W, "n_W = (n_H_prev - f) // stride + 1"),
            *edit(_N_H, "n_H = (n_W_prev - f) // stride + 1"),
            *edits(("    cache = (A", "    A = A.swapaxes(1, 2)\n    cache = (A"), styles=LOOPED),
        ),
        look=_N_W,
    ),
    Mistake(
        "pool_forward",
        "ceil_size",
        "the output size is rounded up",
        _FLOOR,
        "Does the last window of your output still lie inside the image?",
        edits(
            *_sizes(
                "int(np.ceil((n_H_prev - f) / stride)) + 1",
                "int(np.ceil((n_W_prev - f) / stride)) + 1",
            ),
            styles=("loops", "filters", "examples"),
        ),
        look=_N_H,
    ),
    Mistake(
        "pool_forward",
        "round_size",
        "the output size is rounded to the nearest",
        _FLOOR,
        "What is 2.5 + 1, if a part of a window does not count?",
        edits(
            *_sizes(
                "int(np.round((n_H_prev - f) / stride)) + 1",
                "int(np.round((n_W_prev - f) / stride)) + 1",
            )
        )
        + edits(
            *_sizes(
                "int(np.round((n_H_prev - f) / stride + 1))",
                "int(np.round((n_W_prev - f) / stride + 1))",
            )
        ),
        look=_N_H,
    ),
    Mistake(
        "pool_forward",
        "size_without_one",
        "the + 1 is missing in the output size",
        "The first window stands at 0, before any step: one more than the number of steps.",
        "How many windows fit if the image is as large as the window?",
        edits(
            *_sizes("(n_H_prev - f) // stride", "(n_W_prev - f) // stride"),
            styles=("loops", "filters", "examples"),
        ),
        look=_N_H,
    ),
    Mistake(
        "pool_forward",
        "divided_after_one",
        "the + 1 is added before the division, or f is left out",
        _FLOOR,
        "What comes first in the formula, dividing by the stride or adding 1?",
        edits(*_sizes("(n_H_prev - f + 1) // stride", "(n_W_prev - f + 1) // stride"))
        + edits(*_sizes("n_H_prev // stride", "n_W_prev // stride"))
        + edits(*_sizes("n_H_prev // f", "n_W_prev // f")),
        look=_N_H,
    ),
    Mistake(
        "pool_forward",
        "size_without_stride",
        "the output size is not divided by the stride",
        _FLOOR,
        "How many windows fit into 5 cells with f = 1 and stride 2?",
        edits(*_sizes("n_H_prev - f + 1", "n_W_prev - f + 1"), styles=("loops", "filters")),
        look=_N_H,
    ),
    Mistake(
        "pool_forward",
        "max_over_channels",
        "the maximum, or the mean, is taken over all channels together",
        "Each channel is pooled by itself.",
        "How many channels has the output?",
        (
            *edits((_SLICE, _SLICE.replace(", c]", ", :]"))),
            *edits(
                (
                    "np.max(a_slice)",
                    "np.max(A_prev[i, vert_start:vert_end, horiz_start:horiz_end, :])",
                )
            ),
            *edits(
                (
                    "np.mean(a_slice)",
                    "np.mean(A_prev[i, vert_start:vert_end, horiz_start:horiz_end, :])",
                )
            ),
        ),
        look=f"a_slice = {_SLICE}",
    ),
    Mistake(
        "pool_forward",
        "over_examples",
        "the maximum, or the mean, is taken over all examples together",
        "Each example is pooled by itself.",
        "Try a batch of two different images.",
        edits((_SLICE, _SLICE.replace("[i,", "[:,"))),
        look=f"a_slice = {_SLICE}",
    ),
    Mistake(
        "pool_forward",
        "whole_image",
        "the maximum, or the mean, is that of the whole image",
        "Only the cells of the window count.",
        "Which rows and columns belong to the window of output cell (1, 1)?",
        edits(("np.max(a_slice)", "np.max(A_prev[i, :, :, c])"))
        + edits(("np.mean(a_slice)", "np.mean(A_prev[i, :, :, c])"))
        + edits((_SLICE, "A_prev[i, :, :, c]")),
        look=f"a_slice = {_SLICE}",
    ),
    Mistake(
        "pool_forward",
        "absolute_maximum",
        "the largest absolute value is kept, not the largest number",
        "-5 is less than 1: np.max, without abs.",
        "What is the maximum of -5 and 1?",
        (
            *edit("np.max(a_slice)", "np.max(np.abs(a_slice))"),
            *edit("np.max(a_slice)", "a_slice.flat[np.argmax(np.abs(a_slice))]"),
        ),
    ),
    Mistake(
        "pool_forward",
        "at_least_zero",
        "a maximum below zero becomes zero",
        "Where all numbers are negative, the maximum is negative, too.",
        "What is the maximum of -5 and -1?",
        edit("np.max(a_slice)", "max(0, np.max(a_slice))")
        + edit("np.max(a_slice)", "np.max(np.maximum(a_slice, 0))")
        + edits(("    cache = (A", "    A = np.maximum(A, 0)\n    cache = (A")),
    ),
    Mistake(
        "pool_forward",
        "minimum",
        "the smallest number is kept",
        "Max pooling keeps the largest.",
        "What should come out for a window with 1 and 5?",
        edit("np.max(a_slice)", "np.min(a_slice)"),
    ),
    Mistake(
        "pool_forward",
        "first_cell",
        "one fixed cell of the window is kept",
        "Max pooling keeps the largest number of the window.",
        "What should come out for a window with 1 and 5?",
        edit("np.max(a_slice)", "a_slice[0, 0]")
        + edit("np.max(a_slice)", "a_slice[-1, -1]")
        + edit("np.max(a_slice)", "np.max(a_slice, axis=0)[0]"),
    ),
    Mistake(
        "pool_forward",
        "position_for_value",
        "the place of the maximum is kept, not its value",
        "np.argmax tells where the maximum is; np.max tells what it is.",
        "What does np.argmax return?",
        edit("np.max(a_slice)", "np.argmax(a_slice)"),
    ),
    Mistake(
        "pool_forward",
        "sum_for_mean",
        "a sum where the mean is asked for",
        "The average is the sum divided by the number of cells.",
        "What is the average of 2, 2, 2, 2?",
        edit("np.mean(a_slice)", "np.sum(a_slice)"),
    ),
    Mistake(
        "pool_forward",
        "divided_wrongly",
        "the sum is divided by something else than the number of cells",
        "A window has f * f cells.",
        "How many cells has a window of f = 3?",
        (
            *edit("np.mean(a_slice)", "np.sum(a_slice) / f"),
            *edit("np.mean(a_slice)", "np.sum(a_slice) / (stride * stride)"),
            *edit("np.mean(a_slice)", "np.sum(a_slice) / stride"),
            *edit("np.mean(a_slice)", "np.sum(a_slice) / (f * stride)"),
            *edit("np.mean(a_slice)", "np.sum(a_slice) / (n_H * n_W)"),
            *edit("np.mean(a_slice)", "np.mean(a_slice) / (f * f)"),
            *edit("np.mean(a_slice)", "np.sum(a_slice) / 4"),
            *edit("np.mean(a_slice)", "np.sum(a_slice) / (2 * f)"),
            *edit("np.mean(a_slice)", "np.sum(a_slice) // (f * f)"),
        ),
    ),
    Mistake(
        "pool_forward",
        "median",
        "the median where the mean is asked for",
        "The average is the sum divided by the number of cells.",
        "What is the average of 0, 0, 0, 4?",
        edit("np.mean(a_slice)", "np.median(a_slice)"),
    ),
    Mistake(
        "pool_forward",
        "mode_ignored",
        "the mode makes no difference",
        'mode "max" keeps the maximum, mode "average" the mean.',
        "Call it twice, with both modes, and compare.",
        (
            *edits(('mode == "max"', "True")),
            *edits(('mode == "max"', "False"), ('mode == "average"', "True")),
            *edits(('mode == "average"', "mode"), ("elif", "if")),
        ),
        look='if mode == "max":',
    ),
    Mistake(
        "pool_forward",
        "modes_swapped",
        "the two modes are exchanged",
        'mode "max" keeps the maximum, mode "average" the mean.',
        "Which of the two branches runs for mode max?",
        edits(
            ('mode == "max"', 'mode == "AVERAGE"'),
            ('mode == "average"', 'mode == "max"'),
            ('"AVERAGE"', '"average"'),
        ),
        look='if mode == "max":',
    ),
    Mistake(
        "pool_forward",
        "mode_misspelt",
        "a mode is misspelt, so that its branch never runs",
        'The two modes are spelt "max" and "average".',
        "Print mode, and compare it letter by letter.",
        (
            *misspelt('elif mode == "average"', 'elif mode == "avg"'),
            *misspelt('if mode == "max"', 'if mode == "Max"'),
        ),
        look='elif mode == "average":',
    ),
    Mistake(
        "pool_forward",
        "pools_padded",
        "the input is padded before it is pooled",
        "The lesson's pooling has no padding.",
        "Which number may come from outside of the image?",
        edits(
            (
                "    f, stride =",
                "    X = A_prev\n    A_prev = np.pad(A_prev, ((0, 0), (1, 1), (1, 1), (0, 0)))\n    f, stride =",
            ),
            (_CACHE, "cache = (X, hparameters)"),
        )
        + edits(
            (
                "    f, stride =",
                "    A_prev = np.pad(A_prev, ((0, 0), (1, 1), (1, 1), (0, 0)))\n    f, stride =",
            ),
        )
        + edits(
            ("A_prev[i, vert", "np.pad(A_prev, ((0, 0), (1, 1), (1, 1), (0, 0)))[i, vert"),
        ),
        look=f"a_slice = {_SLICE}",
    ),
    Mistake(
        "pool_forward",
        "first_example",
        "every output is made from the first example",
        "Example i of the output comes from example i of the input.",
        "Try a batch of two different images.",
        edit("A_prev[i, ", "A_prev[0, ")
        + edit("A[i, h, w, c]", "A[0, h, w, c]")
        + edit("for i in range(m)", "for i in range(1)"),
        look=f"a_slice = {_SLICE}",
    ),
    Mistake(
        "pool_forward",
        "last_example",
        "one example is left out, or used for all",
        "Example i of the output comes from example i of the input.",
        "Try a batch of two different images.",
        edit("A_prev[i, ", "A_prev[-1, ")
        + edit("for i in range(m)", "for i in range(1, m)")
        + edit("for i in range(m)", "for i in range(m - 1)"),
        look=f"a_slice = {_SLICE}",
    ),
    Mistake(
        "pool_forward",
        "first_channel",
        "every output channel is made from one channel of the input",
        "Channel c of the output comes from channel c of the input.",
        "Try an image of two different channels.",
        edit("horiz_end, c]", "horiz_end, 0]")
        + edit("A[i, h, w, c]", "A[i, h, w, 0]")
        + edit("horiz_end, c]", "horiz_end, -1]")
        + edit("for c in range(n_C_prev)", "for c in range(1)")
        + edit("for c in range(n_C_prev)", "for c in range(n_C_prev - 1)"),
        look=f"a_slice = {_SLICE}",
    ),
    Mistake(
        "pool_forward",
        "one_short",
        "the window is one row and column short or long",
        "A slice leaves its end out: start : start + f has f rows.",
        "How many rows are in the slice 0 : f - 1?",
        edits(
            ("vert_end = vert_start + f", "vert_end = vert_start + f - 1"),
            ("horiz_end = horiz_start + f", "horiz_end = horiz_start + f - 1"),
            styles=WINDOWED,
        )
        + edits(
            ("vert_end = vert_start + f", "vert_end = vert_start + f + 1"),
            ("horiz_end = horiz_start + f", "horiz_end = horiz_start + f + 1"),
            styles=WINDOWED,
        ),
        look="vert_end = vert_start + f",
    ),
    shared.loops_short("pool_forward"),
    shared.returns_in_loop(
        "pool_forward",
        "return A, cache",
        returned_inside(
            "    cache = (A_prev, hparameters)\n    return A, cache", "loops", "images"
        ),
    ),
    Mistake(
        "pool_forward",
        "rounded_output",
        "the output holds whole numbers only",
        "An array of integers cuts off what stands after the point.",
        "Of which dtype is the array that you write into?",
        edit("dtype=floating(A_prev)", "dtype=int"),
        look="A = np.zeros((m, n_H, n_W, n_C_prev))",
    ),
    Mistake(
        "pool_forward",
        "all_zeros",
        "nothing is written into A",
        "Each result goes into its own cell: A[i, h, w, c] = ...",
        "Where does the maximum go?",
        edit("A[i, h, w, c] =", "unused ="),
    ),
    Mistake(
        "pool_forward",
        "cache_form",
        "the cache has another form",
        "The cache is the pair (A_prev, hparameters).",
        "What does the backward pass unpack?",
        (
            *edit(_CACHE, "cache = A_prev"),
            *edit("return A, cache", "return A, A_prev, hparameters"),
            *edit(_CACHE, "cache = (A_prev, f, stride)"),
            *edit(_CACHE, "cache = (A_prev, hparameters, mode)"),
            *edit(_CACHE, "cache = (A_prev, stride, f)"),
            *edit(_CACHE, "cache = (A_prev, (f, stride))"),
            *edit(_CACHE, "cache = (A_prev,)"),
            *edit(_CACHE, 'cache = {"A_prev": A_prev, "hparameters": hparameters}'),
            *edit(_CACHE, "cache = (A_prev, A, hparameters)"),
        ),
    ),
    Mistake(
        "pool_forward",
        "cache_order",
        "the cache has another order",
        "The order is (A_prev, hparameters).",
        "In which order does the backward pass take things out of the cache?",
        edit(_CACHE, "cache = (hparameters, A_prev)"),
    ),
    Mistake(
        "pool_forward",
        "caches_output",
        "the cache holds the output, or a window, in place of the input",
        "The backward pass needs what went in: A_prev.",
        "What shape has the first thing in the cache?",
        edit(_CACHE, "cache = (A, hparameters)")
        + edit(_CACHE, "cache = (a_slice, hparameters)")
        + edit(_CACHE, "cache = (A_prev[i], hparameters)"),
    ),
    Mistake(
        "pool_forward",
        "no_cache",
        "it returns A without the cache",
        "The result is the pair A, cache.",
        "How many things should come back?",
        edit("return A, cache", "return A"),
    ),
    Mistake(
        "pool_forward",
        "returns_swapped",
        "cache and A come back in the wrong order",
        "The result is A, cache.",
        "Which of the two is the first thing that comes back?",
        edit("return A, cache", "return cache, A"),
    ),
)
