"""What goes wrong in pool_backward."""

from convstep.check.eight.mistakes import shared
from convstep.check.eight.mistakes.variants import WINDOWED, edit, edits, misspelt, returned_inside
from convstep.check.exercise import Mistake

_VERT = ("vert_start = h * stride", "vert_start = h")
_HORIZ = ("horiz_start = w * stride", "horiz_start = w")
_MASK = "mask = create_mask_from_window(a_slice)"
_MAX = "da_slice += mask * dA[i, h, w, c]"
_AVERAGE = "da_slice += distribute_value(dA[i, h, w, c], a_slice.shape)"
_TARGET = "dA_prev[i, vert_start:vert_end, horiz_start:horiz_end, "
_IMAGES_MAX = f"{_TARGET}c] += (\n                            mask * dA[i, h, w, c]"
_IMAGES_AVERAGE = f"{_TARGET}c] += (\n                            distribute_value(da, shape)"
_FILTERS_MAX = f"{_TARGET}:] += mask * da"
_FILTERS_AVERAGE = f"{_TARGET}:] += share"
_OFFSETS_MAX = "dA_prev[:, rows, columns, :] += (A_prev[:, rows, columns, :] == A) * dA"
_OFFSETS_AVERAGE = "dA_prev[:, rows, columns, :] += dA / (f * f)"
_ADD_AT = "np.add.at(dA_prev, (slice(None), rows, columns), dwindows)"
_SUMS = "What several windows send to one cell adds up, so it is `+=`."
_TWO_WINDOWS = "Which of two windows that share a cell should its gradient come from?"

# In "max" a split of the gradient, or the first maximum alone, is another right answer.
_FIRST = "mask = np.arange(a_slice.size).reshape(a_slice.shape) == np.argmax(a_slice)"
_LAST = (
    "mask = np.arange(a_slice.size).reshape(a_slice.shape) == "
    "a_slice.size - 1 - np.argmax(a_slice.ravel()[::-1])"
)
_SPLIT = f"{_MASK}; mask = mask / mask.sum()"

POOL_BACKWARD = (
    Mistake(
        "pool_backward",
        "first_tied",
        "of several equal maxima, only the first gets the gradient",
        "Other libraries do it so; in the lesson each gets all of it.",
        "",
        edit(_MASK, _FIRST),
        kind="convention",
    ),
    Mistake(
        "pool_backward",
        "last_tied",
        "of several equal maxima, only the last gets the gradient",
        "In the lesson each gets all of it.",
        "",
        edit(_MASK, _LAST),
        kind="convention",
    ),
    Mistake(
        "pool_backward",
        "split_tied",
        "several equal maxima share the gradient",
        "In the lesson each gets all of it.",
        "",
        edit(_MASK, _SPLIT),
        kind="convention",
    ),
    Mistake(
        "pool_backward",
        "no_stride",
        "the window does not move by the stride",
        "The window of output row h begins at row h * stride, backward as forward.",
        "Where was the window of dA[0, 1, 1] in the forward pass, for stride 2?",
        edits(_VERT, _HORIZ, styles=WINDOWED),
        look="vert_start = h * stride",
    ),
    Mistake(
        "pool_backward",
        "stride_height_only",
        "the window moves by the stride down, but not to the right",
        "Columns move like rows: the window begins at column w * stride.",
        "Where was the window of dA[0, 1, 1] in the forward pass, for stride 2?",
        edits(_HORIZ, styles=WINDOWED),
        look="horiz_start = w * stride",
    ),
    Mistake(
        "pool_backward",
        "stride_width_only",
        "the window moves by the stride to the right, but not down",
        "The window of output row h begins at row h * stride.",
        "Where was the window of dA[0, 1, 1] in the forward pass, for stride 2?",
        edits(_VERT, styles=WINDOWED),
        look="vert_start = h * stride",
    ),
    Mistake(
        "pool_backward",
        "start_times_f",
        "the window moves by its own size instead of the stride",
        "The window of output row h begins at row h * stride.",
        "Where was the window of dA[0, 1, 1] in the forward pass, for stride 2?",
        edits(
            ("vert_start = h * stride", "vert_start = h * f"),
            ("horiz_start = w * stride", "horiz_start = w * f"),
            styles=WINDOWED,
        ),
        look="vert_start = h * stride",
    ),
    shared.window_end_stride("pool_backward"),
    Mistake(
        "pool_backward",
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
    Mistake(
        "pool_backward",
        "wrong_axes",
        "rows and columns are exchanged",
        "The first slice of the image is rows, from vert_start; the second is columns.",
        "Try an image that is not square; which index of the slice counts rows?",
        (
            *edits(
                ("vert_start = h * stride", "vert_start = w * stride"),
                ("horiz_start = w * stride", "horiz_start = h * stride"),
                styles=WINDOWED,
            ),
            *edit(
                "da_slice = dA_prev[i, vert_start:vert_end, horiz_start:horiz_end, c]",
                "da_slice = dA_prev[i, horiz_start:horiz_end, vert_start:vert_end, c]",
            ),
            *edit(
                "a_slice = A_prev[i, vert_start:vert_end, horiz_start:horiz_end, c]",
                "a_slice = A_prev[i, horiz_start:horiz_end, vert_start:vert_end, c]",
            ),
            *edits(
                (
                    "= A_prev[i, vert_start:vert_end, horiz_start:horiz_end, c]",
                    "= A_prev[i, horiz_start:horiz_end, vert_start:vert_end, c]",
                ),
                (
                    "= dA_prev[i, vert_start:vert_end, horiz_start:horiz_end, c]",
                    "= dA_prev[i, horiz_start:horiz_end, vert_start:vert_end, c]",
                ),
            ),
            *edit("dA[i, h, w, c]", "dA[i, w, h, c]"),
            *edits(
                ("for h in range(n_H)", "for h in range(n_W)"),
                ("for w in range(n_W)", "for w in range(n_H)"),
                styles=WINDOWED,
            ),
            *edits(
                (_MASK, f"{_MASK}.T"),
            ),
        ),
        look="a_slice = A_prev[i, vert_start:vert_end, horiz_start:horiz_end, c]",
    ),
    Mistake(
        "pool_backward",
        "overwritten",
        "dA_prev keeps only what came last",
        _SUMS,
        _TWO_WINDOWS,
        (
            *edits(
                (_MAX, _MAX.replace("da_slice +=", "da_slice[:] =")),
                (_AVERAGE, _AVERAGE.replace("da_slice +=", "da_slice[:] =")),
            ),
            *edit(_MAX, _MAX.replace("da_slice +=", "da_slice[:] =")),
            *edit(_AVERAGE, _AVERAGE.replace("da_slice +=", "da_slice[:] =")),
            *edits(
                (_OFFSETS_MAX, _OFFSETS_MAX.replace("+=", "=")),
                (_OFFSETS_AVERAGE, _OFFSETS_AVERAGE.replace("+=", "=")),
                styles=("offsets",),
            ),
            *edits((_OFFSETS_MAX, _OFFSETS_MAX.replace("+=", "=")), styles=("offsets",)),
            *edits((_OFFSETS_AVERAGE, _OFFSETS_AVERAGE.replace("+=", "=")), styles=("offsets",)),
            *edit(_ADD_AT, "dA_prev[:, rows, columns] += dwindows", "columns"),
            *edits((_MAX, "da_slice[mask] = dA[i, h, w, c]")),
            *edits(
                (_MAX, "da_slice[mask] = dA[i, h, w, c]"),
                (_AVERAGE, _AVERAGE.replace("da_slice +=", "da_slice[:] =")),
            ),
            *edits((_MASK, _FIRST), (_MAX, "da_slice[mask] = dA[i, h, w, c]")),
            *edits(
                (_MASK, _FIRST),
                (_MAX, "da_slice[mask] = dA[i, h, w, c]"),
                (_AVERAGE, _AVERAGE.replace("da_slice +=", "da_slice[:] =")),
            ),
        ),
        look=_MAX,
    ),
    Mistake(
        "pool_backward",
        "mask_times_A",
        "the mask is multiplied by the input, not by the gradient",
        "The maximum's cell gets the gradient of its output: mask * dA[i, h, w, c].",
        "Does the result change if dA is doubled?",
        (
            *edit(_MAX, "da_slice += mask * a_slice"),
            *edit("mask * dA[i, h, w, c]", "mask * a_slice", "images"),
            *edit(_MAX, "da_slice += mask * np.max(a_slice) * dA[i, h, w, c]"),
            *edit(_MAX, "da_slice += mask * A_prev[i, h, w, c]"),
            *edit(_MAX, "da_slice += mask"),
        ),
        look=_MAX,
    ),
    Mistake(
        "pool_backward",
        "not_distributed",
        "in average mode every cell gets the whole gradient",
        "The average of f * f cells passes 1 / (f * f) of the gradient to each.",
        "By how much does an average of 4 cells grow if one of them grows by 1?",
        edit(_AVERAGE, "da_slice += dA[i, h, w, c]")
        + edit("distribute_value(da, shape)", "da", "images"),
        look=_AVERAGE,
    ),
    Mistake(
        "pool_backward",
        "divided_wrongly",
        "in average mode the gradient is not divided by the number of cells",
        "A window has f * f cells.",
        "How many cells has a window of f = 3?",
        (
            *edit(_AVERAGE, "da_slice += dA[i, h, w, c] / f"),
            *edit(_AVERAGE, "da_slice += dA[i, h, w, c] / (stride * stride)"),
            *edit(_AVERAGE, "da_slice += dA[i, h, w, c] / stride"),
            *edit(_AVERAGE, "da_slice += dA[i, h, w, c] / (n_H * n_W)"),
            *edit(_AVERAGE, "da_slice += dA[i, h, w, c] / (f + f)"),
            *edit(_AVERAGE, "da_slice += dA[i, h, w, c] / (f * stride)"),
            *edit(_AVERAGE, "da_slice += dA[i, h, w, c] / 4"),
            *edit(_AVERAGE, "da_slice += dA[i, h, w, c] / (f * f) ** 2"),
            *edit(_AVERAGE, "da_slice += dA[i, h, w, c] / a_slice.shape[0] ** 4"),
        ),
        look=_AVERAGE,
    ),
    Mistake(
        "pool_backward",
        "dA_slice",
        "a window of dA is used where its one cell is meant",
        "One output cell, dA[i, h, w, c], sends its gradient to the whole window.",
        "Which cell of dA was made by this window?",
        (
            *edit(
                _MAX,
                "d = dA[i, vert_start:vert_end, horiz_start:horiz_end, c]; da_slice += mask * d",
            ),
            *edit(
                _AVERAGE,
                "d = dA[i, vert_start:vert_end, horiz_start:horiz_end, c]; da_slice += distribute_value(np.sum(d), a_slice.shape)",
            ),
            *edit(
                _MAX,
                "d = dA[i, vert_start:vert_end, horiz_start:horiz_end, c]; da_slice += mask * np.sum(d)",
            ),
            *edit(
                _MAX,
                "d = dA[i, vert_start:vert_end, horiz_start:horiz_end, c]; da_slice[:d.shape[0], :d.shape[1]] += (mask[:d.shape[0], :d.shape[1]] * d)",
            ),
            *edit(
                "mask * dA[i, h, w, c]",
                "mask * dA[i, vert_start:vert_end, horiz_start:horiz_end, c]",
                "images",
            ),
            *edit(
                "da = dA[i, h, w, c]",
                "da = dA[i, vert_start:vert_end, horiz_start:horiz_end, c]",
                "images",
            ),
            *edit(_MAX, "da_slice += mask * dA[i, vert_start % n_H, horiz_start % n_W, c]"),
            *edit("dA[i, h, w, c]", "dA[i, vert_start, horiz_start, c]"),
            *edit(_MAX, "da_slice += mask * dA[i, vert_start, horiz_start, c]"),
            *edit(
                _AVERAGE,
                "da_slice += distribute_value(dA[i, vert_start, horiz_start, c], a_slice.shape)",
            ),
            *edit(
                _AVERAGE,
                "d = dA[i, vert_start:vert_end, horiz_start:horiz_end, c]; da_slice += d / (f * f)",
            ),
            *edits(
                (
                    _MAX,
                    "d = dA[i, vert_start:vert_end, horiz_start:horiz_end, c]; da_slice += mask * d",
                ),
                (
                    _AVERAGE,
                    "d = dA[i, vert_start:vert_end, horiz_start:horiz_end, c]; da_slice += d / (f * f)",
                ),
            ),
        ),
        look=_MAX,
    ),
    Mistake(
        "pool_backward",
        "mask_for_average",
        "in average mode the maximum gets everything",
        "In average mode every cell of the window gets an equal share.",
        "Which cells of the window act on their average?",
        (
            *edit(_AVERAGE, "da_slice += create_mask_from_window(a_slice) * dA[i, h, w, c]"),
            *edit(
                "distribute_value(da, shape)",
                "create_mask_from_window(a_prev[vert_start:vert_end, horiz_start:horiz_end, c]) * da",
                "images",
            ),
            *edit(
                _AVERAGE,
                "da_slice += (np.arange(a_slice.size).reshape(a_slice.shape) == np.argmax(a_slice)) * dA[i, h, w, c]",
            ),
            *edit(
                _AVERAGE,
                "da_slice += create_mask_from_window(a_slice) * distribute_value(dA[i, h, w, c], a_slice.shape)",
            ),
        ),
        look=_AVERAGE,
    ),
    Mistake(
        "pool_backward",
        "average_for_max",
        "in max mode the gradient is shared out",
        "In max mode the maximum alone gets the gradient.",
        "Which cells of the window act on their maximum?",
        (
            *edit(_MAX, _AVERAGE),
            *edit(_MAX, "da_slice += mask * distribute_value(dA[i, h, w, c], a_slice.shape)"),
            *edit(_MAX, "da_slice += dA[i, h, w, c]"),
        ),
        look=_MAX,
    ),
    Mistake(
        "pool_backward",
        "modes_swapped",
        "the two modes are exchanged",
        'mode "max" uses the mask, mode "average" the shares.',
        "Which of the two branches runs for mode max?",
        edits(
            ('mode == "max"', 'mode == "AVERAGE"'),
            ('mode == "average"', 'mode == "max"'),
            ('"AVERAGE"', '"average"'),
        ),
        look='if mode == "max":',
    ),
    Mistake(
        "pool_backward",
        "mode_misspelt",
        "a mode is misspelt, or its branch writes nothing",
        'The two modes are spelt "max" and "average".',
        "Print mode, and compare it letter by letter.",
        (
            *misspelt('elif mode == "average"', 'elif mode == "avg"'),
            *misspelt('if mode == "max"', 'if mode == "Max"'),
        ),
        look='elif mode == "average":',
    ),
    Mistake(
        "pool_backward",
        "mask_of_wrong_window",
        "the mask is made of something else than the input's window",
        "The mask is True where the window of A_prev has its maximum.",
        "Whose maximum did the forward pass keep?",
        (
            *edit(_MASK, "mask = create_mask_from_window(da_slice)"),
            *edit(
                _MASK,
                "mask = a_slice == np.max(A_prev[i, vert_start:vert_end, horiz_start:horiz_end, :])",
            ),
            *edit(_MASK, "mask = a_slice == np.max(A_prev[i, :, :, c])"),
            *edit(_MASK, "mask = a_slice == np.min(a_slice)"),
            *edit(_MASK, "mask = np.abs(a_slice) == np.max(np.abs(a_slice))"),
            *edit(_MASK, "mask = a_slice == np.max(A_prev)"),
            *edit(_MASK, "mask = a_slice != np.max(a_slice)"),
            *edit(_MASK, "mask = a_slice == np.max(A_prev[i])"),
        ),
        look=_MASK,
    ),
    Mistake(
        "pool_backward",
        "divided_by_m",
        "the gradient is divided by the number of examples",
        "Backward returns sums; if the cost is a mean, the division is in dA already.",
        "Is there a mean over examples anywhere in the forward pass?",
        edit("return dA_prev", "return dA_prev / m"),
    ),
    Mistake(
        "pool_backward",
        "first_example",
        "only one example is used",
        "Example i of dA_prev comes from example i of dA and of A_prev.",
        "Try a batch of two different images.",
        (
            *edit("a_slice = A_prev[i, ", "a_slice = A_prev[0, "),
            *edit("da_slice = dA_prev[i, ", "da_slice = dA_prev[0, "),
            *edit("dA[i, h, w, c]", "dA[0, h, w, c]"),
            *edit("for i in range(m)", "for i in range(1)"),
            *edit("a_slice = A_prev[i, ", "a_slice = A_prev[-1, "),
            *edit("for i in range(m)", "for i in range(1, m)"),
            *edit("for i in range(m)", "for i in range(m - 1)"),
        ),
        look="a_slice = A_prev[i, vert_start:vert_end, horiz_start:horiz_end, c]",
    ),
    Mistake(
        "pool_backward",
        "first_channel",
        "only one channel is used",
        "Channel c of dA_prev comes from channel c of dA and of A_prev.",
        "Try an image of two different channels.",
        (
            *edit(
                "= A_prev[i, vert_start:vert_end, horiz_start:horiz_end, c]",
                "= A_prev[i, vert_start:vert_end, horiz_start:horiz_end, 0]",
            ),
            *edit("dA[i, h, w, c]", "dA[i, h, w, 0]"),
            *edit("for c in range(n_C)", "for c in range(1)"),
            *edit("for c in range(n_C)", "for c in range(n_C - 1)"),
            *edit(
                "= dA_prev[i, vert_start:vert_end, horiz_start:horiz_end, c]",
                "= dA_prev[i, vert_start:vert_end, horiz_start:horiz_end, 0]",
            ),
        ),
        look="a_slice = A_prev[i, vert_start:vert_end, horiz_start:horiz_end, c]",
    ),
    Mistake(
        "pool_backward",
        "into_all_channels",
        "what one channel sends goes into all channels",
        "Channel c of dA_prev gets what channel c of dA sends.",
        "Try an image of two different channels.",
        (
            *edits(
                (
                    _MAX,
                    "dA_prev[i, vert_start:vert_end, horiz_start:horiz_end, :] += (mask * dA[i, h, w, c])[..., None]",
                ),
                (
                    _AVERAGE,
                    "dA_prev[i, vert_start:vert_end, horiz_start:horiz_end, :] += dA[i, h, w, c] / f**2",
                ),
            ),
            *edits(
                (
                    _MAX,
                    "dA_prev[i, vert_start:vert_end, horiz_start:horiz_end, :] += (mask * dA[i, h, w, c])[..., None]",
                )
            ),
            *edits(
                (
                    _AVERAGE,
                    "dA_prev[i, vert_start:vert_end, horiz_start:horiz_end, :] += dA[i, h, w, c] / f**2",
                )
            ),
        ),
        look=_MAX,
    ),
    Mistake(
        "pool_backward",
        "never_written",
        "the gradient is returned full of zeros",
        "What each window sends is added into dA_prev.",
        "Which line of the inner loop changes dA_prev?",
        edit("return dA_prev", "return 0 * dA_prev"),
        look=_MAX,
    ),
    Mistake(
        "pool_backward",
        "shape_of_dA",
        "dA_prev has the shape of dA",
        "dA_prev is the gradient of the input: it has A_prev's shape.",
        "Compare the shapes of dA_prev and A_prev.",
        edit("np.zeros(A_prev.shape,", "np.zeros(dA.shape,")
        + edit("return dA_prev", "return dA_prev[:, :n_H, :n_W]"),
        look="dA_prev = np.zeros(A_prev.shape)",
    ),
    Mistake(
        "pool_backward",
        "starts_from_A",
        "dA_prev starts from something else than zeros",
        "Nothing has been added yet: dA_prev starts as zeros of A_prev's shape.",
        "What does dA_prev hold before the first window?",
        (
            *edit("np.zeros(A_prev.shape, dtype=floating(A_prev))", "np.array(A_prev)"),
            *edit("np.zeros(A_prev.shape,", "np.ones(A_prev.shape,"),
        ),
        look="dA_prev = np.zeros(A_prev.shape)",
    ),
    Mistake(
        "pool_backward",
        "sum_of_gradients",
        "every window gets the sum or the mean of all gradients",
        "The window of output cell (h, w) gets dA[i, h, w, c].",
        "Which cell of dA was made by this window?",
        edit("dA[i, h, w, c]", "np.sum(dA[i, :, :, c])")
        + edit("dA[i, h, w, c]", "np.mean(dA[i, :, :, c])")
        + edit(_MAX, "da_slice += mask * np.sum(dA[i, :, :, c])")
        + edit(_MAX, "da_slice += mask * np.sum(dA[i, h, w])")
        + edit(_AVERAGE, "da_slice += np.mean(dA[i, h, w]) / f**2"),
        look=_MAX,
    ),
    Mistake(
        "pool_backward",
        "wrong_sign",
        "the gradients are subtracted, or lose their sign",
        _SUMS,
        "If an output grows with the input, which sign has the gradient?",
        edit("da_slice +=", "da_slice -=")
        + edit(_MAX, _MAX.replace("+=", "-="))
        + edit("dA[i, h, w, c]", "np.abs(dA[i, h, w, c])"),
        look=_MAX,
    ),
    shared.loops_short("pool_backward"),
    shared.returns_in_loop(
        "pool_backward",
        "return dA_prev",
        returned_inside("    return dA_prev", "loops", "images"),
    ),
)
