"""What goes wrong in conv_forward."""

from convstep.check.eight.mistakes import shared
from convstep.check.eight.mistakes.variants import LOOPED, WINDOWED, edit, edits, returned_inside
from convstep.check.exercise import Mistake

_VERT = ("vert_start = h * stride", "vert_start = h")
_HORIZ = ("horiz_start = w * stride", "horiz_start = w")
_N_H = "n_H = (n_H_prev - f + 2 * pad) // stride + 1"
_N_W = "n_W = (n_W_prev - f + 2 * pad) // stride + 1"
_SIZED = ("loops", "filters", "columns")  # with these words for the sizes
_STEP = "conv_single_step(a_slice_prev, W[..., c], b[..., c])"
_CACHE = "cache = (A_prev, W, b, hparameters)"
_PADDED = "A_prev_pad[i, vert_start:vert_end, horiz_start:horiz_end, :]"
_OFFSET_ROWS = "r : r + s * (n_H - 1) + 1 : s"
_OFFSET_COLUMNS = "k : k + s * (n_W - 1) + 1 : s"


def _sizes(new_h: str, new_w: str) -> tuple[tuple[str, str], tuple[str, str]]:
    """Both lines of the output size."""
    return (_N_H, f"n_H = {new_h}"), (_N_W, f"n_W = {new_w}")


_MOVES = "The window of output row h begins at row h * stride of the padded input."
_MOVES_HINT = "Take a 4 x 4 image, f = 2 and stride 2: where does the second window begin?"
_FLOOR = "The size is floor((n_prev - f + 2 pad) / stride) + 1: round down, then add one."

CONV_FORWARD = (
    Mistake(
        "conv_forward",
        "no_stride",
        "the window does not move by the stride",
        _MOVES,
        _MOVES_HINT,
        (
            *edits(_VERT, _HORIZ, styles=WINDOWED),
            *edits(
                (_OFFSET_ROWS, "r : r + n_H"), (_OFFSET_COLUMNS, "k : k + n_W"), styles=("offsets",)
            ),
            *edits(
                _VERT,
                _HORIZ,
                *_sizes("n_H_prev - f + 2 * pad + 1", "n_W_prev - f + 2 * pad + 1"),
            ),
        ),
        look="vert_start = h * stride",
    ),
    Mistake(
        "conv_forward",
        "stride_height_only",
        "the window moves by the stride down, but not to the right",
        "Columns move like rows: the window begins at column w * stride.",
        _MOVES_HINT,
        edits(_HORIZ, styles=WINDOWED)
        + edits((_OFFSET_COLUMNS, "k : k + n_W"), styles=("offsets",)),
        look="horiz_start = w * stride",
    ),
    Mistake(
        "conv_forward",
        "stride_width_only",
        "the window moves by the stride to the right, but not down",
        _MOVES,
        _MOVES_HINT,
        edits(_VERT, styles=WINDOWED) + edits((_OFFSET_ROWS, "r : r + n_H"), styles=("offsets",)),
        look="vert_start = h * stride",
    ),
    Mistake(
        "conv_forward",
        "start_times_f",
        "the window moves by its own size instead of the stride",
        _MOVES,
        _MOVES_HINT,
        edits(
            ("vert_start = h * stride", "vert_start = h * f"),
            ("horiz_start = w * stride", "horiz_start = w * f"),
            styles=WINDOWED,
        ),
        look="vert_start = h * stride",
    ),
    Mistake(
        "conv_forward",
        "start_plus_stride",
        "the stride is added where it multiplies",
        _MOVES,
        _MOVES_HINT,
        edits(
            ("vert_start = h * stride", "vert_start = h + stride"),
            ("horiz_start = w * stride", "horiz_start = w + stride"),
            styles=WINDOWED,
        ),
        look="vert_start = h * stride",
    ),
    shared.window_end_stride("conv_forward"),
    shared.starts_swapped(
        "conv_forward",
        "a_slice_prev = A_prev_pad[i, vert_start:vert_end, horiz_start:horiz_end, :]",
        *edit(
            "[vert_start:vert_end, horiz_start:horiz_end, :]",
            "[horiz_start:horiz_end, vert_start:vert_end, :]",
            "images",
        ),
    ),
    shared.loops_swapped(
        "conv_forward",
        *edit("for w in range(n_W)", "for w in range(n_H)", *WINDOWED),
        *edit("for h in range(n_H)", "for h in range(n_W)", *WINDOWED),
    ),
    Mistake(
        "conv_forward",
        "size_swapped",
        "output height and width are exchanged",
        "Z has n_H rows and n_W columns.",
        "Try an image that is not square: what shape should come out?",
        (
            *edits(
                (_N_H, "n_H = (n_W_prev - f + 2 * pad) // stride + 1"),
                (_N_W, "n_W = (n_H_prev - f + 2 * pad) // stride + 1"),
            ),
            *edits(("np.zeros((m, n_H, n_W, n_C)", "np.zeros((m, n_W, n_H, n_C)"), styles=WINDOWED),
            *edits(("    cache = (A", "    Z = Z.swapaxes(1, 2)\n    cache = (A"), styles=LOOPED),
        ),
        look="n_H = (n_H_prev - f + 2 * pad) // stride + 1",
    ),
    Mistake(
        "conv_forward",
        "square_only",
        "the width is taken to be the height",
        "Each of the two sizes is computed from its own: n_W from n_W_prev.",
        "Try an image that is not square: what shape should come out?",
        (
            *edit(_N_W, "n_W = (n_H_prev - f + 2 * pad) // stride + 1", *_SIZED),
            *edit(_N_H, "n_H = (n_W_prev - f + 2 * pad) // stride + 1", *_SIZED),
        ),
        look="n_W = (n_W_prev - f + 2 * pad) // stride + 1",
    ),
    Mistake(
        "conv_forward",
        "ceil_size",
        "the output size is rounded up",
        _FLOOR,
        "Does the last window of your output still lie inside the image?",
        edits(
            *_sizes(
                "int(np.ceil((n_H_prev - f + 2 * pad) / stride)) + 1",
                "int(np.ceil((n_W_prev - f + 2 * pad) / stride)) + 1",
            ),
            styles=_SIZED,
        ),
        look=_N_H,
    ),
    Mistake(
        "conv_forward",
        "round_size",
        "the output size is rounded to the nearest",
        _FLOOR,
        "What is 2.5 + 1, if a part of a window does not count?",
        (
            *edits(
                *_sizes(
                    "int(np.round((n_H_prev - f + 2 * pad) / stride)) + 1",
                    "int(np.round((n_W_prev - f + 2 * pad) / stride)) + 1",
                ),
                styles=_SIZED,
            ),
            *edits(
                *_sizes(
                    "int(np.round((n_H_prev - f + 2 * pad) / stride + 1))",
                    "int(np.round((n_W_prev - f + 2 * pad) / stride + 1))",
                ),
                styles=_SIZED,
            ),
            *edits(
                *_sizes(
                    "int((n_H_prev - f + 2 * pad) / stride + 0.5) + 1",
                    "int((n_W_prev - f + 2 * pad) / stride + 0.5) + 1",
                ),
                styles=_SIZED,
            ),
        ),
        look=_N_H,
    ),
    Mistake(
        "conv_forward",
        "size_without_pad",
        "the padding is missing in the output size",
        "The padded image has 2 pad more rows and columns, so more windows fit.",
        "How many windows of f = 3 fit into a row of 5 cells with a zero at each end?",
        (
            *edits(
                *_sizes("(n_H_prev - f) // stride + 1", "(n_W_prev - f) // stride + 1"),
                styles=_SIZED,
            ),
            # int() rounds -0.5 up to 0
            *edits(
                *_sizes(
                    "int((n_H_prev - f) / stride) + 1",
                    "int((n_W_prev - f) / stride) + 1",
                ),
                styles=_SIZED,
            ),
        ),
        look=_N_H,
    ),
    Mistake(
        "conv_forward",
        "size_pad_once",
        "the padding counts once in the output size, not twice",
        "There are pad zeros on both sides: 2 pad.",
        "On how many sides of a row are there zeros?",
        (
            *edits(
                *_sizes("(n_H_prev - f + pad) // stride + 1", "(n_W_prev - f + pad) // stride + 1"),
                styles=_SIZED,
            ),
            *edits(
                *_sizes(
                    "int((n_H_prev - f + pad) / stride) + 1",
                    "int((n_W_prev - f + pad) / stride) + 1",
                ),
                styles=_SIZED,
            ),
        ),
        look=_N_H,
    ),
    Mistake(
        "conv_forward",
        "size_without_one",
        "the + 1 is missing in the output size",
        "The first window stands at 0, before any step: one more than the number of steps.",
        "How many windows fit if the image is as large as the filter?",
        edits(
            *_sizes("(n_H_prev - f + 2 * pad) // stride", "(n_W_prev - f + 2 * pad) // stride"),
            styles=_SIZED,
        ),
        look=_N_H,
    ),
    Mistake(
        "conv_forward",
        "one_too_many",
        "the output has one row and column too many",
        _FLOOR,
        "Does the last window of your output still lie inside the image?",
        edits(
            *_sizes(
                "(n_H_prev - f + 2 * pad) // stride + 2", "(n_W_prev - f + 2 * pad) // stride + 2"
            ),
            styles=_SIZED,
        ),
        look=_N_H,
    ),
    Mistake(
        "conv_forward",
        "divided_after_one",
        "the + 1 is added before the division",
        _FLOOR,
        "What comes first in the formula, dividing by the stride or adding 1?",
        edits(
            *_sizes(
                "(n_H_prev - f + 2 * pad + 1) // stride", "(n_W_prev - f + 2 * pad + 1) // stride"
            ),
            styles=_SIZED,
        ),
        look=_N_H,
    ),
    Mistake(
        "conv_forward",
        "size_without_stride",
        "the output size is not divided by the stride",
        _FLOOR,
        "How many windows fit into 5 cells with f = 1 and stride 2?",
        edits(
            *_sizes("n_H_prev - f + 2 * pad + 1", "n_W_prev - f + 2 * pad + 1"),
            styles=_SIZED,
        ),
        look=_N_H,
    ),
    Mistake(
        "conv_forward",
        "same_size",
        "the output has the size of the input, whatever the filter",
        _FLOOR,
        "What is the output size for f = 2, pad 0 and stride 1?",
        edits(*_sizes("n_H_prev", "n_W_prev"), styles=("loops", "filters")),
        look=_N_H,
    ),
    Mistake(
        "conv_forward",
        "unpadded_input",
        "the windows are cut out of the unpadded input",
        "Padding comes first; windows are slices of A_prev_pad.",
        "Where is the padded array used?",
        (
            *edit("A_prev_pad[i, ", "A_prev[i, ", "loops", "filters"),
            *edit("a_prev_pad = A_prev_pad[i]", "a_prev_pad = A_prev[i]", "images"),
            *edit("A_prev_pad[:, ", "A_prev[:, ", "examples", "offsets", "columns"),
            *edits(
                ("A_prev_pad[i, ", "A_prev[i, "),
                *_sizes("(n_H_prev - f) // stride + 1", "(n_W_prev - f) // stride + 1"),
            ),
        ),
        look="A_prev_pad = zero_pad(A_prev, pad)",
    ),
    Mistake(
        "conv_forward",
        "padding_times_two",
        "the input is padded by 2 pad on every side",
        "zero_pad(A_prev, pad) adds pad on each side, which makes 2 pad in all.",
        "What does zero_pad do with its second argument?",
        edit("zero_pad(A_prev, pad)", "zero_pad(A_prev, 2 * pad)", *WINDOWED),
    ),
    Mistake(
        "conv_forward",
        "stride_for_pad",
        "the stride is used as the padding",
        'pad is hparameters["pad"].',
        "Which key of hparameters goes where?",
        edit(
            'hparameters["stride"], hparameters["pad"]', 'hparameters["pad"], hparameters["stride"]'
        )
        + edit("zero_pad(A_prev, pad)", "zero_pad(A_prev, stride)", *WINDOWED)
        + edit(
            'hparameters["stride"], hparameters["pad"]',
            'hparameters["stride"], hparameters["stride"]',
        )
        + edit(
            'hparameters["stride"], hparameters["pad"]', 'hparameters["pad"], hparameters["pad"]'
        ),
        look='stride, pad = hparameters["stride"], hparameters["pad"]',
    ),
    Mistake(
        "conv_forward",
        "pad_always_same",
        "the padding is not taken from hparameters",
        'pad is hparameters["pad"].',
        "Which key of hparameters goes where?",
        edit('hparameters["stride"], hparameters["pad"]', 'hparameters["stride"], 1')
        + edit('hparameters["stride"], hparameters["pad"]', 'hparameters["stride"], 2'),
        look='stride, pad = hparameters["stride"], hparameters["pad"]',
    ),
    Mistake(
        "conv_forward",
        "first_example",
        "every output is made from the first example",
        "Example i of the output comes from example i of the input.",
        "Try a batch of two different images.",
        (
            *edit("A_prev_pad[i, ", "A_prev_pad[0, ", "loops", "filters"),
            *edit("a_prev_pad = A_prev_pad[i]", "a_prev_pad = A_prev_pad[0]", "images"),
            *edit("Z[i, h, w", "Z[0, h, w", "loops", "filters"),
            *edit("for i in range(m)", "for i in range(1)", "loops"),
        ),
        look=f"a_slice_prev = {_PADDED}",
    ),
    Mistake(
        "conv_forward",
        "last_example",
        "every output is made from one and the same example, not the first",
        "Example i of the output comes from example i of the input.",
        "Try a batch of two different images.",
        edit("A_prev_pad[i, ", "A_prev_pad[-1, ", "loops")
        + edit("Z[i, h, w", "Z[-1, h, w", "loops")
        + edit("for i in range(m)", "for i in range(1, m)", "loops")
        + edit("for i in range(m)", "for i in range(m - 1)", "loops"),
        look=f"a_slice_prev = {_PADDED}",
    ),
    Mistake(
        "conv_forward",
        "first_channel",
        "only the first input channel is used",
        "A filter is as deep as the input: it reads all channels of the window.",
        "Try an input of two channels.",
        (
            *edit(_STEP, "conv_single_step(a_slice_prev[..., :1], W[:, :, :1, c], b[..., c])"),
            *edit(_STEP, "conv_single_step(a_slice_prev[..., :1], W[..., c], b[..., c])"),
            *edit(_STEP, "conv_single_step(a_slice_prev, W[:, :, :1, c], b[..., c])"),
        ),
        look=f"a_slice_prev = {_PADDED}",
    ),
    Mistake(
        "conv_forward",
        "channel_c",
        "filter c reads channel c of the input alone",
        "Every filter reads all input channels.",
        "How many channels does one filter of shape (f, f, n_C_prev) read?",
        edit(
            _STEP,
            "conv_single_step(a_slice_prev[..., c:c + 1], W[:, :, c:c + 1, c], b[..., c])",
        )
        + edit(_STEP, "conv_single_step(a_slice_prev[..., c:c + 1], W[..., c], b[..., c])"),
        look=f"a_slice_prev = {_PADDED}",
    ),
    Mistake(
        "conv_forward",
        "first_filter",
        "every output channel is made by the first filter",
        "Output channel c comes from filter c, W[..., c].",
        "Try two different filters.",
        edit("W[..., c]", "W[..., 0]") + edit("W[:, :, :, c]", "W[:, :, :, 0]", "images"),
    ),
    Mistake(
        "conv_forward",
        "last_filter",
        "every output channel is made by the last filter",
        "Output channel c comes from filter c, W[..., c].",
        "Try two different filters.",
        edit("W[..., c]", "W[..., -1]") + edit("Z[i, h, w, c] =", "Z[i, h, w, :] ="),
    ),
    Mistake(
        "conv_forward",
        "first_output_channel",
        "only one output channel is written",
        "Output channel c is Z[i, h, w, c].",
        "Try two different filters.",
        edit("Z[i, h, w, c]", "Z[i, h, w, 0]")
        + edit("for c in range(n_C)", "for c in range(1)")
        + edit("for c in range(n_C)", "for c in range(n_C - 1)"),
    ),
    Mistake(
        "conv_forward",
        "bias_first_channel",
        "every filter gets the bias of the first one",
        "Filter c has its own bias, b[..., c].",
        "How many biases are there, and which of them does filter 1 get?",
        (
            *edit("b[..., c]", "b[..., 0]"),
            *edit("b[0, 0, 0, :]", "b[0, 0, 0, 0]", "filters"),
            *edit("b.reshape(-1)", "b.reshape(-1)[0]", "examples"),
            *edit("Z += b", "Z += b[0, 0, 0, 0]", "offsets"),
            *edit("W[..., c], b[..., c]", "W[..., c], b[0, 0, 0, -1]"),
        ),
    ),
    Mistake(
        "conv_forward",
        "bias_summed",
        "every filter gets the sum or the mean of all biases",
        "Filter c has its own bias, b[..., c].",
        "How many biases are there, and which of them does filter 1 get?",
        edit("W[..., c], b[..., c]", "W[..., c], np.sum(b)")
        + edit("W[..., c], b[..., c]", "W[..., c], np.mean(b)"),
    ),
    Mistake(
        "conv_forward",
        "bias_per_element",
        "the bias is added to every product",
        "Add everything up first, and then add b once.",
        "How many times does b go into one output cell?",
        edit(_STEP, "np.sum(a_slice_prev * W[..., c] + b[0, 0, 0, c])")
        + edit("Z += view @ W[r, k]", "Z += view @ W[r, k] + b", "offsets"),
        look="Z[i, h, w, c] = conv_single_step(a_slice_prev, W[..., c], b[..., c])",
    ),
    Mistake(
        "conv_forward",
        "no_bias",
        "the bias is missing",
        "conv_single_step gets b[..., c].",
        "Which of the arguments is never used?",
        (
            *edit("W[..., c], b[..., c]", "W[..., c], 0"),
            *edit(" + b[0, 0, 0, :]", "", "filters"),
            *edit("    Z += b\n", "", "offsets"),
        ),
        look="Z[i, h, w, c] = conv_single_step(a_slice_prev, W[..., c], b[..., c])",
    ),
    Mistake(
        "conv_forward",
        "bias_subtracted",
        "the bias is subtracted",
        "b is added.",
        "What should come out if all filters are 0?",
        edit("W[..., c], b[..., c]", "W[..., c], -b[..., c]") + edit("Z += b", "Z -= b", "offsets"),
    ),
    Mistake(
        "conv_forward",
        "bias_twice",
        "the bias is added twice",
        "conv_single_step has added b already.",
        "What does conv_single_step do with its third argument?",
        edit("W[..., c], b[..., c]", "W[..., c], 2 * b[..., c]"),
    ),
    Mistake(
        "conv_forward",
        "W_reshaped",
        "the filters are reshaped where they are to be indexed or transposed",
        "Filter c is W[..., c]; reshape mixes the filters' numbers.",
        "Which numbers of W belong to filter 0?",
        (
            *edit(
                "W[..., c], b[..., c]",
                "W.reshape(n_C, f, f, n_C_prev)[c], b[..., c]",
            ),
            *edit(
                "W[..., c], b[..., c]",
                "W.reshape(n_C, n_C_prev, f, f)[c].transpose(1, 2, 0), b[..., c]",
            ),
            *edit("W.reshape(-1, n_C)", "W.reshape(n_C, -1).T", "columns"),
            *edit(
                "W.reshape(-1, n_C)",
                "W.transpose(3, 0, 1, 2).reshape(-1, n_C)",
                "columns",
            ),
        ),
    ),
    Mistake(
        "conv_forward",
        "columns_order",
        "windows and filters are flattened in different orders",
        "Flatten both in the order row, column, channel.",
        "To which cell of the window does the second number of the flattened filter belong?",
        edit(
            "windows.reshape(m * n_H * n_W, -1)",
            "windows.transpose(0, 1, 2, 5, 3, 4).reshape(m * n_H * n_W, -1)",
            "columns",
        )
        + edit(
            "np.tensordot(a_slice, W, axes=3)", 'a_slice.ravel("F") @ W.reshape(-1, n_C)', "filters"
        ),
    ),
    Mistake(
        "conv_forward",
        "flipped_filter",
        "the filter is turned around",
        "Each weight meets the cell at its own place; nothing is turned.",
        "Which cell of the window should the first weight meet?",
        (
            *edit("W[..., c], b[..., c]", "W[::-1, ::-1, :, c], b[..., c]"),
            *edit("W[..., c], b[..., c]", "W[::-1, ::-1, ::-1, c], b[..., c]"),
            *edit("W[..., c], b[..., c]", "W[::-1, :, :, c], b[..., c]"),
            *edit("W[..., c], b[..., c]", "W[:, ::-1, :, c], b[..., c]"),
            *edit("W[..., c], b[..., c]", "np.rot90(W[..., c]), b[..., c]"),
        ),
    ),
    Mistake(
        "conv_forward",
        "transposed_filter",
        "the filter's rows and columns are exchanged",
        "Row r and column k of the filter meet row r and column k of the window.",
        "Which cell of the window should the first row's last weight meet?",
        edit("W[..., c], b[..., c]", "W[..., c].swapaxes(0, 1), b[..., c]"),
    ),
    Mistake(
        "conv_forward",
        "one_short",
        "the window is one row and column short",
        "A slice leaves its end out: start : start + f has f rows.",
        "How many rows are in the slice 0 : f - 1?",
        (
            *edits(
                ("vert_end = vert_start + f", "vert_end = vert_start + f - 1"),
                ("horiz_end = horiz_start + f", "horiz_end = horiz_start + f - 1"),
            ),
            *edits(
                (_STEP, "np.sum(a_slice_prev[:-1, :-1] * W[:-1, :-1, :, c]) + b[0, 0, 0, c]"),
            ),
            *edits(
                ("vert_end = vert_start + f", "vert_end = vert_start + f + 1"),
                ("horiz_end = horiz_start + f", "horiz_end = horiz_start + f + 1"),
                styles=WINDOWED,
            ),
        ),
        look="vert_end = vert_start + f",
    ),
    shared.loops_short(
        "conv_forward",
        *edits(
            ("for h in range(n_H)", "for h in range(1, n_H)"),
            ("for w in range(n_W)", "for w in range(1, n_W)"),
        ),
    ),
    shared.returns_in_loop(
        "conv_forward",
        "return Z, cache",
        returned_inside(
            "    cache = (A_prev, W, b, hparameters)\n    return Z, cache", "loops", "images"
        ),
    ),
    Mistake(
        "conv_forward",
        "divided_by_window",
        "the sum is divided by the size of the window",
        "A convolution adds up; it takes no mean.",
        "What should come out for a window and a filter of all ones?",
        edit("W[..., c], b[..., c]", "W[..., c] / (f * f), b[..., c]")
        + edit("W[..., c], b[..., c]", "W[..., c] / (f * f * n_C_prev), b[..., c]")
        + edit(_STEP, f"{_STEP} / (f * f * n_C_prev)"),
    ),
    Mistake(
        "conv_forward",
        "rounded_output",
        "the output holds whole numbers only",
        "An array of integers cuts off what stands after the point.",
        "Of which dtype is the array that you write into?",
        edit("dtype=floating(A_prev, W, b)", "dtype=int"),
        look="Z = np.zeros((m, n_H, n_W, n_C))",
    ),
    Mistake(
        "conv_forward",
        "activated",
        "negative outputs are lost",
        "The activation is another step; Z is what comes before it.",
        "Try a filter of negative numbers.",
        edit("    cache = (A", "    Z = np.maximum(Z, 0)\n    cache = (A")
        + edit("    cache = (A", "    Z = np.abs(Z)\n    cache = (A"),
        look="return Z, cache",
    ),
    Mistake(
        "conv_forward",
        "all_zeros",
        "nothing is written into Z",
        "Each result goes into its own cell: Z[i, h, w, c] = ...",
        "Where does the number that conv_single_step returns go?",
        edit("Z[i, h, w, c] =", "unused ="),
    ),
    Mistake(
        "conv_forward",
        "caches_padded",
        "the cache holds the padded input",
        "The backward pass pads by itself: the cache holds A_prev as it came.",
        "What shape has the first thing in the cache?",
        edit(_CACHE, "cache = (A_prev_pad, W, b, hparameters)")
        + edits(
            ("A_prev_pad = zero_pad(A_prev, pad)", "A_prev = A_prev_pad = zero_pad(A_prev, pad)")
        ),
    ),
    Mistake(
        "conv_forward",
        "caches_slice",
        "the cache holds the last window",
        "The cache holds all of A_prev.",
        "What shape has the first thing in the cache?",
        edit(_CACHE, "cache = (a_slice_prev, W, b, hparameters)")
        + edit(_CACHE, "cache = (A_prev_pad[i], W, b, hparameters)")
        + edit(_CACHE, "cache = (A_prev[i], W, b, hparameters)"),
        look=_CACHE,
    ),
    Mistake(
        "conv_forward",
        "caches_output",
        "the cache holds the output in place of the input",
        "The backward pass needs what went in: A_prev, W, b, hparameters.",
        "What does the backward pass need?",
        edit(_CACHE, "cache = (Z, W, b, hparameters)"),
        look=_CACHE,
    ),
    Mistake(
        "conv_forward",
        "cache_order",
        "the cache has another order",
        "The order is (A_prev, W, b, hparameters): the backward pass unpacks it so.",
        "In which order does the backward pass take things out of the cache?",
        (
            *edit(_CACHE, "cache = (A_prev, b, W, hparameters)"),
            *edit(_CACHE, "cache = (W, A_prev, b, hparameters)"),
            *edit(_CACHE, "cache = (W, b, A_prev, hparameters)"),
            *edit(_CACHE, "cache = (hparameters, A_prev, W, b)"),
            *edit(_CACHE, "cache = (A_prev, W, hparameters, b)"),
            *edit(_CACHE, "cache = (b, W, A_prev, hparameters)"),
            *edit(_CACHE, "cache = (A_prev, hparameters, W, b)"),
            *edit(_CACHE, "cache = (W, b, hparameters, A_prev)"),
        ),
    ),
    Mistake(
        "conv_forward",
        "cache_form",
        "the cache has another form",
        "The cache is a tuple of four: (A_prev, W, b, hparameters).",
        "What does the backward pass unpack?",
        (
            *edit("return Z, cache", "return Z, A_prev, W, b, hparameters"),
            *edit("return Z, cache", "return Z, A_prev, W, b"),
            *edit(_CACHE, "cache = (A_prev, W, b)"),
            *edit(_CACHE, "cache = (A_prev, W, b, stride, pad)"),
            *edit(_CACHE, "cache = (A_prev, W, b, (stride, pad))"),
            *edit(_CACHE, "cache = (A_prev, W, b, stride)"),
            *edit(_CACHE, 'cache = {"A_prev": A_prev, "W": W, "b": b, "hparameters": hparameters}'),
            *edit(_CACHE, "cache = (A_prev, W, hparameters)"),
            *edit(_CACHE, "cache = (A_prev, hparameters)"),
            *edit(_CACHE, "cache = A_prev"),
            *edit(_CACHE, "cache = ()"),
            *edit(_CACHE, "cache = (A_prev, W, b, hparameters, Z)"),
            *edit(_CACHE, "cache = (A_prev, A_prev_pad, W, b, hparameters)"),
            *edit(_CACHE, "cache = ((A_prev, W, b), hparameters)"),
        ),
    ),
    Mistake(
        "conv_forward",
        "cache_changed",
        "the cache holds other arrays than those that came in",
        "The cache keeps the arguments as they were.",
        "Compare each thing in the cache with the argument of its name.",
        edit(_CACHE, 'cache = (A_prev, W, b, {"stride": stride})')
        + edit(_CACHE, "cache = (A_prev, W[..., c], b[..., c], hparameters)")
        + edit(_CACHE, 'cache = (A_prev, W, b, {**hparameters, "f": f})')
        + edit(_CACHE, "cache = (A_prev, W[..., c], b, hparameters)"),
        look=_CACHE,
    ),
    Mistake(
        "conv_forward",
        "no_cache",
        "it returns Z without the cache",
        "The result is the pair Z, cache.",
        "How many things should come back?",
        edit("return Z, cache", "return Z"),
    ),
    Mistake(
        "conv_forward",
        "returns_swapped",
        "cache and Z come back in the wrong order",
        "The result is Z, cache.",
        "Which of the two is the first thing that comes back?",
        edit("return Z, cache", "return cache, Z"),
    ),
)
