"""What goes wrong in conv_backward."""

from convstep.check.eight.mistakes import shared
from convstep.check.eight.mistakes.variants import WINDOWED, edit, edits, returned_inside
from convstep.check.exercise import Mistake

_VERT = ("vert_start = h * stride", "vert_start = h")
_HORIZ = ("horiz_start = w * stride", "horiz_start = w")
_DA = "da_slice += W[..., c] * dZ[i, h, w, c]"
_DW = "dW[..., c] += a_slice * dZ[i, h, w, c]"
_DB = "db[..., c] += dZ[i, h, w, c]"
_CUT = "dA_prev_pad[:, pad : pad + n_H_prev, pad : pad + n_W_prev, :]"
_CUT_IMAGE = "da_prev_pad[pad : pad + n_H_prev, pad : pad + n_W_prev, :]"
_IMAGE_DA = (
    "da_prev_pad[vert_start:vert_end, horiz_start:horiz_end, :] += (\n"
    "                        W[:, :, :, c] * dZ[i, h, w, c]\n"
    "                    )"
)
_FILTERS_DA = "dA_prev_pad[i, vert_start:vert_end, horiz_start:horiz_end, :] += W @ dz"
_EXAMPLES_DA = "dA_prev_pad[:, vert_start:vert_end, horiz_start:horiz_end, :] += np.tensordot("
_OFFSETS_DA = "dA_prev_pad[:, rows, columns, :] += dZ @ W[r, k].T"
_ADD_AT = "np.add.at(dA_prev_pad, (slice(None), rows, columns), dwindows)"
_IMAGE_CUT_LINE = f"        dA_prev[i] = {_CUT_IMAGE}\n"
_LOOP_END = "    dA_prev = dA_prev_pad["
_TURNED = (
    "W[::-1, ::-1, :, c]",
    "W[::-1, ::-1, ::-1, c]",
    "W[::-1, :, :, c]",
    "W[:, ::-1, :, c]",
    "np.rot90(W[..., c])",
    "np.rot90(W[..., c], 3)",
    "W[..., c].swapaxes(0, 1)",
    "W[..., c].swapaxes(0, 1)[::-1, ::-1]",
)
_END = f"    dA_prev = {_CUT}\n    return dA_prev, dW, db"
_SUMS = "What several windows send to one place adds up, so it is `+=`."
_TWO_WINDOWS = "Which of two windows that share a cell should its gradient come from?"

CONV_BACKWARD = (
    Mistake(
        "conv_backward",
        "no_stride",
        "the window does not move by the stride",
        "The window of output row h begins at row h * stride, backward as forward.",
        "Where was the window of dZ[0, 1, 1] in the forward pass, for stride 2?",
        (
            *edits(_VERT, _HORIZ, styles=WINDOWED),
            *edits(
                ("slice(r, r + s * (n_H - 1) + 1, s)", "slice(r, r + n_H)"),
                ("slice(k, k + s * (n_W - 1) + 1, s)", "slice(k, k + n_W)"),
                styles=("offsets",),
            ),
        ),
        look="vert_start = h * stride",
    ),
    Mistake(
        "conv_backward",
        "stride_height_only",
        "the window moves by the stride down, but not to the right",
        "Columns move like rows: the window begins at column w * stride.",
        "Where was the window of dZ[0, 1, 1] in the forward pass, for stride 2?",
        edits(_HORIZ, styles=WINDOWED),
        look="horiz_start = w * stride",
    ),
    Mistake(
        "conv_backward",
        "stride_width_only",
        "the window moves by the stride to the right, but not down",
        "The window of output row h begins at row h * stride.",
        "Where was the window of dZ[0, 1, 1] in the forward pass, for stride 2?",
        edits(_VERT, styles=WINDOWED),
        look="vert_start = h * stride",
    ),
    shared.window_end_stride("conv_backward"),
    shared.starts_swapped(
        "conv_backward",
        "a_slice = A_prev_pad[i, vert_start:vert_end, horiz_start:horiz_end, :]",
        *edit(
            "da_slice = dA_prev_pad[i, vert_start:vert_end, horiz_start:horiz_end, :]",
            "da_slice = dA_prev_pad[i, horiz_start:horiz_end, vert_start:vert_end, :]",
        ),
        *edit(
            "a_slice = A_prev_pad[i, vert_start:vert_end, horiz_start:horiz_end, :]",
            "a_slice = A_prev_pad[i, horiz_start:horiz_end, vert_start:vert_end, :]",
        ),
    ),
    shared.loops_swapped("conv_backward"),
    Mistake(
        "conv_backward",
        "dZ_swapped",
        "dZ is read with row and column exchanged",
        "The gradient of output cell (h, w) is dZ[i, h, w, c].",
        "Try an image that is not square.",
        edit("dZ[i, h, w, c]", "dZ[i, w, h, c]"),
    ),
    Mistake(
        "conv_backward",
        "dA_overwritten",
        "dA_prev keeps only what came last",
        _SUMS,
        _TWO_WINDOWS,
        (
            *edit(_DA, "da_slice[:] = W[..., c] * dZ[i, h, w, c]"),
            *edit(_IMAGE_DA, _IMAGE_DA.replace("+=", "="), "images"),
            *edit(_FILTERS_DA, _FILTERS_DA.replace("+=", "="), "filters"),
            *edit(_EXAMPLES_DA, _EXAMPLES_DA.replace("+=", "="), "examples"),
            *edit(_OFFSETS_DA, _OFFSETS_DA.replace("+=", "="), "offsets"),
            *edit(_ADD_AT, "dA_prev_pad[:, rows, columns] += dwindows", "columns"),
            # all windows at once, filter by filter: the last filter is left
            *edits((_DA, "pass"), (_DB, f"{_DB}\n                {_DA}")),
            # the sum over the windows that were overwritten, filter by filter
            *edits(
                (
                    "dA_prev_pad = np.zeros(A_prev_pad.shape, dtype=floating(A_prev))",
                    "dA_prev_pad = np.zeros((n_C, *A_prev_pad.shape))",
                ),
                ("da_slice = dA_prev_pad[i,", "da_slice = dA_prev_pad[:, i,"),
                (_DA, "da_slice[c] = W[..., c] * dZ[i, h, w, c]"),
                ("dA_prev = dA_prev_pad[", "dA_prev = dA_prev_pad.sum(0)["),
            ),
        ),
        look=_DA,
    ),
    Mistake(
        "conv_backward",
        "dA_subtracted",
        "the gradients are subtracted",
        _SUMS,
        "If an output grows with the input, which sign has the gradient?",
        edit(_DA, _DA.replace("+=", "-=")),
        look=_DA,
    ),
    Mistake(
        "conv_backward",
        "dW_overwritten",
        "dW keeps only what came last",
        _SUMS,
        "How many windows did a filter meet in the forward pass?",
        (
            *edit(_DW, _DW.replace("+=", "=")),
            *edit("dW[:, :, :, c] += a_slice", "dW[:, :, :, c] = a_slice", "images"),
            *edit("dW += a_slice[..., None] * dz", "dW = a_slice[..., None] * dz", "filters"),
            *edit("dW += np.tensordot(", "dW = np.tensordot(", "examples"),
            *edits(
                ("        for h in range(n_H):", "        dW[:] = 0\n        for h in range(n_H):")
            ),
            *edit(
                "dW[r, k] += np.tensordot(A_prev_pad[:, rows, columns, :], dZ, ((0, 1, 2), (0, 1, 2)))",
                "dW[r, k] = A_prev_pad[-1, rows, columns, :].reshape(n_H * n_W, -1).T @ dZ[-1].reshape(n_H * n_W, -1)",
                "offsets",
            ),
        ),
        look=_DW,
    ),
    Mistake(
        "conv_backward",
        "db_overwritten",
        "db keeps only what came last",
        _SUMS,
        "How many output cells does one bias act on?",
        (
            *edit(_DB, _DB.replace("+=", "=")),
            *edit("db[0, 0, 0, :] += dz", "db[0, 0, 0, :] = dz", "filters"),
            *edits(("db += dz.sum(axis=0)", "db[:] = dz.sum(axis=0)"), styles=("examples",)),
            *edits(
                ("        for h in range(n_H):", "        db[:] = 0\n        for h in range(n_H):")
            ),
        ),
        look=_DB,
    ),
    Mistake(
        "conv_backward",
        "filter_rotated",
        "the filter is turned around for dA_prev",
        "Each cell gets dZ times the very weight that it met; nothing is turned in this loop.",
        "Which weight did the first cell of the window meet in the forward pass?",
        tuple(
            variant
            for turned in _TURNED
            for variant in edit(_DA, f"da_slice += {turned} * dZ[i, h, w, c]")
        ),
        look=_DA,
    ),
    Mistake(
        "conv_backward",
        "dW_flipped",
        "dW is turned around or transposed",
        "The gradient of a weight is dZ times the very cell that it met.",
        "Which cell did the first weight meet in the forward pass?",
        edit(_DW, "dW[..., c] += a_slice[::-1, ::-1] * dZ[i, h, w, c]")
        + edit(_DW, "dW[..., c] += a_slice[::-1, ::-1, ::-1] * dZ[i, h, w, c]")
        + edit(_DW, "dW[..., c] += a_slice.swapaxes(0, 1) * dZ[i, h, w, c]"),
        look=_DW,
    ),
    Mistake(
        "conv_backward",
        "dA_never_written",
        "dA_prev is returned full of zeros",
        "The sums are in dA_prev_pad; its inside must be taken over into dA_prev.",
        "Print dA_prev just before it is returned: where did the sums go?",
        (
            *edit(_LOOP_END, "    dA_prev = 0 * dA_prev_pad["),
            *edit(_IMAGE_CUT_LINE, "", "images"),
        ),
        look=f"dA_prev = {_CUT}",
    ),
    Mistake(
        "conv_backward",
        "cut_at_pad_zero",
        "[pad:-pad] is empty when pad is 0",
        "-0 is 0, and 0:0 is an empty slice; cut from pad to pad + n_H_prev.",
        "Which rows are in the slice [0:-0]?",
        (
            *edit(_CUT, "dA_prev_pad[:, pad:-pad, pad:-pad, :]", "loops", "filters", "offsets"),
            *edit(_CUT_IMAGE, "da_prev_pad[pad:-pad, pad:-pad, :]", "images"),
            *edits(
                (
                    _IMAGE_CUT_LINE,
                    "        if pad: dA_prev[i] = da_prev_pad[pad:-pad, pad:-pad, :]\n",
                ),
                styles=("images",),
            ),
            *edit(_CUT, "(dA_prev_pad[:, pad:-pad, pad:-pad, :] if pad else 0 * dA_prev_pad)"),
            # written into what is there, an empty slice is an error
            *edit(
                _CUT,
                "np.zeros(A_prev.shape)\n    dA_prev[:] = dA_prev_pad[:, pad:-pad, pad:-pad, :]",
                "loops",
                "filters",
            ),
        ),
        look=f"dA_prev = {_CUT}",
    ),
    Mistake(
        "conv_backward",
        "cut_off_by_one",
        "the cut is off by one",
        "Cut pad rows from the start and keep n_H_prev of them.",
        "Which row of the padded gradient belongs to row 0 of the image?",
        (
            *edit(
                _CUT,
                "dA_prev_pad[:, pad + 1 : pad + 1 + n_H_prev, pad + 1 : pad + 1 + n_W_prev, :]",
            ),
            *edit(_CUT, "dA_prev_pad[:, pad : pad + n_H_prev - 1, pad : pad + n_W_prev - 1, :]"),
            *edit(_CUT, "dA_prev_pad[:, pad : pad + n_H_prev + 1, pad : pad + n_W_prev + 1, :]"),
            *edit(
                _CUT,
                "dA_prev_pad[:, max(pad - 1, 0) : max(pad - 1, 0) + n_H_prev, "
                "max(pad - 1, 0) : max(pad - 1, 0) + n_W_prev, :]",
            ),
            *edit(_CUT, "dA_prev_pad[:, 1 : 1 + n_H_prev, 1 : 1 + n_W_prev, :]"),
            *edit(
                _CUT_IMAGE,
                "da_prev_pad[pad + 1 : pad + 1 + n_H_prev, pad + 1 : pad + 1 + n_W_prev, :]",
                "images",
            ),
            *edit(
                _CUT_IMAGE,
                "da_prev_pad[pad : pad + n_H_prev - 1, pad : pad + n_W_prev - 1, :]",
                "images",
            ),
            *edit(
                _CUT_IMAGE,
                "da_prev_pad[pad : pad + n_H_prev + 1, pad : pad + n_W_prev + 1, :]",
                "images",
            ),
            *edit(
                _CUT_IMAGE,
                "da_prev_pad[pad - 1 : pad - 1 + n_H_prev, pad - 1 : pad - 1 + n_W_prev, :]",
                "images",
            ),
            *edit(_CUT_IMAGE, "da_prev_pad[pad : -pad - 1, pad : -pad - 1, :]", "images"),
            *edit(_CUT_IMAGE, "da_prev_pad[pad : -pad + 1, pad : -pad + 1, :]", "images"),
            *edit(_CUT_IMAGE, "da_prev_pad[1:-1, 1:-1, :]", "images"),
            *edit(
                _CUT,
                "dA_prev_pad[:, pad - 1 : pad - 1 + n_H_prev, pad - 1 : pad - 1 + n_W_prev, :]",
            ),
            *edit(_CUT, "dA_prev_pad[:, pad + 1 :, pad + 1 :, :]"),
            *edit(_CUT, "dA_prev_pad[:, pad : -pad or None, pad : -pad or None, :][:, :-1, :-1]"),
            *edit(_CUT, "dA_prev_pad[:, 1:-1, 1:-1, :]"),
            *edit(_CUT, "dA_prev_pad[:, pad : -pad - 1, pad : -pad - 1, :]"),
            *edit(_CUT, "dA_prev_pad[:, pad : -pad + 1, pad : -pad + 1, :]"),
        ),
        look=f"dA_prev = {_CUT}",
    ),
    Mistake(
        "conv_backward",
        "cut_from_zero",
        "the border is cut off at one end only",
        "The image begins at row pad of the padded gradient, not at row 0.",
        "Which row of the padded gradient belongs to row 0 of the image?",
        (
            *edit(_CUT, "dA_prev_pad[:, :n_H_prev, :n_W_prev, :]"),
            *edit(_CUT, "dA_prev_pad[:, 2 * pad :, 2 * pad :, :]"),
        ),
        look=f"dA_prev = {_CUT}",
    ),
    Mistake(
        "conv_backward",
        "not_cut",
        "the padding is not cut away",
        "dA_prev has the shape of A_prev, without the border.",
        "Compare the shapes of dA_prev and A_prev.",
        edit(_CUT, "dA_prev_pad") + edit(_CUT, "dA_prev_pad[:, pad:, pad:, :]"),
        look=f"dA_prev = {_CUT}",
    ),
    Mistake(
        "conv_backward",
        "cut_outside_loop",
        "the padding is cut away after the loop, for the last example only",
        "With one padded image at a time, each must be cut before the next one comes.",
        "How often does the line that cuts run, and how many examples are there?",
        (
            *edits(
                (_IMAGE_CUT_LINE, f"    dA_prev[i] = {_CUT_IMAGE}\n"),
                styles=("images",),
            ),
            *edits((_IMAGE_CUT_LINE, f"    dA_prev[:] = {_CUT_IMAGE}\n"), styles=("images",)),
        ),
        look=f"dA_prev[i] = {_CUT_IMAGE}",
    ),
    Mistake(
        "conv_backward",
        "not_reset",
        "what one example collected goes on into the next",
        "Each example has a padded gradient of its own, zero at the beginning.",
        "What is in the padded gradient when the second example begins?",
        (
            *edit("da_slice = dA_prev_pad[i,", "da_slice = dA_prev_pad[0,"),
            *edits(
                ("da_prev_pad = dA_prev_pad[i]", "da_prev_pad = dA_prev_pad[0]"),
                styles=("images",),
            ),
            *edit("da_slice = dA_prev_pad[i,", "da_slice = dA_prev_pad[-1,"),
        ),
        look="dA_prev_pad = np.zeros(A_prev_pad.shape)",
    ),
    Mistake(
        "conv_backward",
        "unpadded_A_for_dW",
        "the windows for dW are cut out of the unpadded input",
        "The filter met the padded image, so dW is made from A_prev_pad.",
        "What did the forward pass multiply the filter with?",
        (
            *edit("a_slice = A_prev_pad[i", "a_slice = A_prev[i", "loops", "filters"),
            *edit("a_prev_pad = A_prev_pad[i]", "a_prev_pad = A_prev[i]", "images"),
            *edit("a_slice = A_prev_pad[:, ", "a_slice = A_prev[:, ", "examples"),
            *edit("windows = A_prev_pad[", "windows = A_prev[", "columns"),
            # without an error, where the slice is too short: what there is of it
            *edit(
                _DW,
                "a_cut = A_prev[i, vert_start:vert_end, horiz_start:horiz_end, :]; "
                "dW[: a_cut.shape[0], : a_cut.shape[1], :, c] += a_cut * dZ[i, h, w, c]",
            ),
        ),
        look="a_slice = A_prev_pad[i, vert_start:vert_end, horiz_start:horiz_end, :]",
    ),
    Mistake(
        "conv_backward",
        "unpadded_dA",
        "gradients are added into an array without padding",
        "The windows lie in the padded image: add into dA_prev_pad, and cut at the end.",
        "Where does the first window begin, in the image or in its border?",
        edits(
            ("dA_prev_pad = np.zeros(A_prev_pad.shape, ", "dA_prev_pad = np.zeros(A_prev.shape, "),
            (_CUT, "dA_prev_pad"),
        ),
        look="dA_prev_pad = np.zeros(A_prev_pad.shape)",
    ),
    Mistake(
        "conv_backward",
        "divided_by_m",
        "the gradients are divided by the number of examples",
        "Backward returns sums; if the cost is a mean, the division is in dZ already.",
        "Is there a mean anywhere in the forward pass?",
        (
            *edit("return dA_prev, dW, db", "return dA_prev, dW / m, db / m"),
            *edit("return dA_prev, dW, db", "return dA_prev / m, dW / m, db / m"),
            *edit("return dA_prev, dW, db", "return dA_prev, dW / m, db"),
            *edit("return dA_prev, dW, db", "return dA_prev, dW, db / m"),
            *edit("return dA_prev, dW, db", "return dA_prev / m, dW, db"),
            *edit("return dA_prev, dW, db", "return dA_prev / m, dW / m, db"),
        ),
    ),
    Mistake(
        "conv_backward",
        "mean_over_positions",
        "a mean over the output cells where the sum is asked for",
        "What all output cells send adds up; nothing is divided.",
        "Is there a mean anywhere in the forward pass?",
        (
            *edit("return dA_prev, dW, db", "return dA_prev, dW, db / (m * n_H * n_W)"),
            *edit("return dA_prev, dW, db", "return dA_prev, dW, db / (n_H * n_W)"),
            *edit(
                "return dA_prev, dW, db",
                "return dA_prev, dW / (m * n_H * n_W), db / (m * n_H * n_W)",
            ),
            *edit("return dA_prev, dW, db", "return dA_prev, dW / (n_H * n_W), db / (n_H * n_W)"),
            *edit("return dA_prev, dW, db", "return dA_prev, dW / (n_H * n_W), db"),
            *edit("return dA_prev, dW, db", "return dA_prev, dW / (m * n_H * n_W), db"),
            *edit("return dA_prev, dW, db", "return dA_prev / (n_H * n_W), dW, db"),
        ),
        look="db[..., c] += dZ[i, h, w, c]",
    ),
    Mistake(
        "conv_backward",
        "db_axes",
        "db is summed over the wrong axes",
        "One number for each filter: the sum over examples, rows and columns, axes 0, 1 and 2.",
        "How many biases are there, and which axes of dZ are left when they are counted?",
        (
            *edit(
                "return dA_prev, dW, db", "return dA_prev, dW, dZ.sum(axis=(0, 1), keepdims=True)"
            ),
            *edit(
                "return dA_prev, dW, db", "return dA_prev, dW, dZ.sum(axis=(1, 2), keepdims=True)"
            ),
            *edit(
                "return dA_prev, dW, db",
                "return dA_prev, dW, dZ.sum(axis=(0, 1, 2, 3), keepdims=True)",
            ),
            *edit(
                "return dA_prev, dW, db",
                "return dA_prev, dW, dZ.sum(axis=(1, 2, 3), keepdims=True)",
            ),
            *edit(
                "return dA_prev, dW, db", "return dA_prev, dW, dZ.sum(axis=(0, 2), keepdims=True)"
            ),
            *edit("return dA_prev, dW, db", "return dA_prev, dW, dZ.sum(axis=0, keepdims=True)"),
            *edit("return dA_prev, dW, db", "return dA_prev, dW, dZ.sum(axis=(1, 2))"),
            *edit("return dA_prev, dW, db", "return dA_prev, dW, dZ.sum(axis=(0, 1))"),
            *edit("return dA_prev, dW, db", "return dA_prev, dW, dZ.sum(axis=(0, 2))"),
            *edit("return dA_prev, dW, db", "return dA_prev, dW, dZ.sum(axis=0)"),
            *edit("return dA_prev, dW, db", "return dA_prev, dW, dZ.sum(axis=3, keepdims=True)"),
            *edit("return dA_prev, dW, db", "return dA_prev, dW, dZ.sum()"),
            *edit(
                "return dA_prev, dW, db", "return dA_prev, dW, np.full((1, 1, 1, n_C), dZ.sum())"
            ),
            *edit(
                "return dA_prev, dW, db",
                "return dA_prev, dW, dZ.sum(axis=(0, 1, 3), keepdims=True)",
            ),
            *edit(
                "return dA_prev, dW, db",
                "return dA_prev, dW, dZ.sum(axis=(1, 2), keepdims=True)[:1]",
            ),
        ),
        look=_DB,
    ),
    Mistake(
        "conv_backward",
        "db_shape",
        "db has another shape than b",
        "b is (1, 1, 1, n_C), and so is its gradient.",
        "Compare the shapes of db and b.",
        (
            *edit("    return dA_prev", "    db = db[0, 0, 0]\n    return dA_prev"),
            *edit("    return dA_prev", "    db = db[0, 0]\n    return dA_prev"),
            *edit("    return dA_prev", "    db = db[0]\n    return dA_prev"),
            *edit("    return dA_prev", "    db = db.reshape(n_C, 1)\n    return dA_prev"),
            *edit("    return dA_prev", "    db = db.reshape(n_C, 1, 1, 1)\n    return dA_prev"),
            *edit("    return dA_prev", "    db = db.reshape(1, 1, n_C, 1)\n    return dA_prev"),
            *edit("    return dA_prev", "    db = db.reshape(1, n_C, 1, 1)\n    return dA_prev"),
        ),
        look="db = np.zeros((1, 1, 1, n_C))",
    ),
    Mistake(
        "conv_backward",
        "db_first_channel",
        "all of the bias' gradient goes to one filter",
        "Filter c has its own bias, db[..., c].",
        "Which dZ belong to the bias of filter 1?",
        edit(_DB, "db[..., 0] += dZ[i, h, w, c]") + edit(_DB, "db[..., c] += dZ[i, h, w, 0]"),
        look=_DB,
    ),
    Mistake(
        "conv_backward",
        "db_once_per_cell",
        "db is counted more than once, or less",
        "Each output cell sends its dZ once to its filter's bias.",
        "How many times does dZ[0, 0, 0, 0] go into db?",
        edit(_DB, f"{_DB} * f * f") + edit(_DB, f"{_DB} * f * f * n_C_prev"),
        look=_DB,
    ),
    Mistake(
        "conv_backward",
        "first_filter",
        "the gradient of one filter is used for all",
        "Filter c, its dZ and its dW belong together: index c in all three.",
        "Try two different filters.",
        edit(_DA, "da_slice += W[..., 0] * dZ[i, h, w, c]")
        + edit(_DA, "da_slice += W[..., c] * dZ[i, h, w, 0]")
        + edit(_DW, "dW[..., c] += a_slice * dZ[i, h, w, 0]")
        + edit(_DW, "dW[..., 0] += a_slice * dZ[i, h, w, c]")
        + edit("dZ[i, h, w, c]", "dZ[i, h, w, 0]")
        + edit("for c in range(n_C)", "for c in range(1)")
        + edit("for c in range(n_C)", "for c in range(n_C - 1)")
        + edit(_DW, "dW += (a_slice * dZ[i, h, w, c])[..., None]"),
        look=_DA,
    ),
    Mistake(
        "conv_backward",
        "first_example",
        "only one example is used",
        "dW and db collect from all examples, and each example has its own dA_prev.",
        "Try a batch of two different images.",
        edit("a_slice = A_prev_pad[i", "a_slice = A_prev_pad[0")
        + edit("dZ[i, h, w, c]", "dZ[0, h, w, c]")
        + edit("for i in range(m)", "for i in range(1)")
        + edit("for i in range(m)", "for i in range(1, m)")
        + edit("for i in range(m)", "for i in range(m - 1)")
        + edit("a_slice = A_prev_pad[i", "a_slice = A_prev_pad[-1"),
        look="a_slice = A_prev_pad[i, vert_start:vert_end, horiz_start:horiz_end, :]",
    ),
    Mistake(
        "conv_backward",
        "n_C_for_n_C_prev",
        "dA_prev is made with n_C channels in place of n_C_prev",
        "dA_prev has the channels of the input, n_C_prev.",
        "How many channels has A_prev?",
        (
            *edits(
                (
                    "np.zeros(A_prev_pad.shape, dtype=floating(A_prev))",
                    "np.zeros((*A_prev_pad.shape[:3], n_C))",
                )
            ),
            *edits(
                (
                    "np.zeros((m, n_H_prev, n_W_prev, n_C_prev))",
                    "np.zeros((m, n_H_prev, n_W_prev, n_C))",
                ),
                styles=("images",),
            ),
            *edits(
                ("np.zeros(A_prev_pad.shape)", "np.zeros((*A_prev_pad.shape[:3], n_C))"),
                styles=("filters", "examples", "offsets"),
            ),
        ),
        look="dA_prev_pad = np.zeros(A_prev_pad.shape)",
    ),
    Mistake(
        "conv_backward",
        "W_times_a_slice",
        "forward's products are added where a gradient is asked for",
        "The gradient is dZ times the other factor: W * dZ for the input, the window * dZ for W.",
        "Does the result change if dZ is doubled?",
        (
            *edit(_DA, "da_slice += W[..., c] * a_slice"),
            *edit(_DW, "dW[..., c] += a_slice * W[..., c]"),
            *edits(
                (_DA, "da_slice += W[..., c] * a_slice"), (_DW, "dW[..., c] += W[..., c] * a_slice")
            ),
            *edit(_DA, "da_slice += W[..., c] * a_slice * dZ[i, h, w, c]"),
            *edit(_DW, "dW[..., c] += a_slice * W[..., c] * dZ[i, h, w, c]"),
        ),
        look=_DA,
    ),
    Mistake(
        "conv_backward",
        "factors_swapped",
        "the window is used for dA_prev, or the filter for dW",
        "dA_prev collects W * dZ, and dW collects the window * dZ.",
        "The product is w * a: what is its derivative by a, and what by w?",
        (
            *edit(_DA, "da_slice += a_slice * dZ[i, h, w, c]"),
            *edit(_DW, "dW[..., c] += W[..., c] * dZ[i, h, w, c]"),
            *edits(
                (_DA, "da_slice += a_slice * dZ[i, h, w, c]"),
                (_DW, "dW[..., c] += W[..., c] * dZ[i, h, w, c]"),
            ),
            *edit(_DW, "dW[..., c] += da_slice * dZ[i, h, w, c]"),
        ),
        look=_DA,
    ),
    Mistake(
        "conv_backward",
        "dZ_missing",
        "dZ is left out of a product",
        "Each term is multiplied by dZ[i, h, w, c].",
        "Does the result change if dZ is doubled?",
        (
            *edit(_DA, "da_slice += W[..., c]"),
            *edit(_DW, "dW[..., c] += a_slice"),
            *edit(_DB, "db[..., c] += 1"),
            *edits((_DA, "da_slice += W[..., c]"), (_DW, "dW[..., c] += a_slice")),
        ),
        look=_DA,
    ),
    Mistake(
        "conv_backward",
        "db_wrong_sum",
        "db collects something else than dZ",
        "The gradient of a bias is the sum of dZ over its filter's output cells.",
        "Z is a sum plus b: by how much does Z grow if b grows by 1?",
        edit(_DB, "db[..., c] += np.sum(W[..., c] * dZ[i, h, w, c])")
        + edit(_DB, "db[..., c] += np.sum(a_slice * dZ[i, h, w, c])")
        + edit(_DB, "db[..., c] += b[..., c] * dZ[i, h, w, c]")
        + edit(_DB, "db[..., c] += np.sum(a_slice)"),
        look=_DB,
    ),
    Mistake(
        "conv_backward",
        "dA_summed_window",
        "every cell of the window gets the same",
        "Each cell gets dZ times its own weight.",
        "Try a filter whose weights are all different.",
        edit(_DA, "da_slice += np.sum(W[..., c]) * dZ[i, h, w, c]")
        + edit(_DA, "da_slice += dZ[i, h, w, c]")
        + edit(_DA, "da_slice += np.mean(W[..., c]) * dZ[i, h, w, c]"),
        look=_DA,
    ),
    Mistake(
        "conv_backward",
        "dW_not_written",
        "dW or db is returned full of zeros",
        "Every window adds its part to dW and to db.",
        "Which lines of the inner loop change dW and db?",
        edit(_DW, "unused = a_slice * dZ[i, h, w, c]")
        + edit(_DB, "unused = dZ[i, h, w, c]")
        + edits((_DW, "unused = a_slice * dZ[i, h, w, c]"), (_DB, "unused = dZ[i, h, w, c]")),
        look=_DW,
    ),
    shared.returns_in_loop(
        "conv_backward",
        "return dA_prev, dW, db",
        returned_inside(_END, "loops") + returned_inside(_END, "filters", loops=3),
    ),
    Mistake(
        "conv_backward",
        "after_the_loop",
        "a line stands after the inner loop and sees its last filter only",
        "It must run for every filter: one indentation more.",
        "How many spaces stand before the line, and in which loop does that put it?",
        edits((_DW, "pass"), (_DB, f"{_DB}\n                {_DW}"))
        + edits((_DB, f"pass\n                {_DB}"))
        + edits(
            (_DA, "pass"),
            (_DW, "pass"),
            (_DB, f"pass\n                {_DA}\n                {_DW}\n                {_DB}"),
        ),
        look=_DA,
    ),
    shared.loops_short(
        "conv_backward",
        *edits(
            ("for h in range(n_H)", "for h in range(1, n_H)"),
            ("for w in range(n_W)", "for w in range(1, n_W)"),
        ),
    ),
    Mistake(
        "conv_backward",
        "stride_for_pad",
        "stride and pad are mixed up",
        'stride is hparameters["stride"], and pad is hparameters["pad"].',
        "Which key of hparameters goes where?",
        edit(
            'hparameters["stride"], hparameters["pad"]', 'hparameters["pad"], hparameters["stride"]'
        )
        + edit(
            'hparameters["stride"], hparameters["pad"]',
            'hparameters["stride"], hparameters["stride"]',
        )
        + edit('hparameters["stride"], hparameters["pad"]', 'hparameters["stride"], 1'),
        look='stride, pad = hparameters["stride"], hparameters["pad"]',
    ),
    Mistake(
        "conv_backward",
        "returns_order",
        "the gradients come back in another order",
        "The order is dA_prev, dW, db.",
        "Which of the three is the first thing that comes back?",
        (
            *edit("return dA_prev, dW, db", "return dW, db, dA_prev"),
            *edit("return dA_prev, dW, db", "return dA_prev, db, dW"),
            *edit("return dA_prev, dW, db", "return dW, dA_prev, db"),
            *edit("return dA_prev, dW, db", "return db, dW, dA_prev"),
        ),
    ),
    Mistake(
        "conv_backward",
        "returns_some",
        "not all three gradients come back",
        "The result is dA_prev, dW, db.",
        "How many things should come back?",
        (
            *edit("return dA_prev, dW, db", "return dA_prev"),
            *edit("return dA_prev, dW, db", "return dA_prev, dW"),
        ),
    ),
    Mistake(
        "conv_backward",
        "activation_gradient",
        "an activation is undone that forward does not have",
        "Z is what comes before any activation.",
        "Does conv_forward have a ReLU?",
        edits(("    for i in range(m):", "    dZ = dZ * (dZ > 0)\n    for i in range(m):")),
        look="da_slice += W[..., c] * dZ[i, h, w, c]",
    ),
)
