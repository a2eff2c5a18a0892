"""What goes wrong in conv_single_step."""

from convstep.check.eight.mistakes.variants import edit, edits
from convstep.check.exercise import Mistake

_SUM = "np.sum(s) + np.reshape(b, ())"
_BIAS = " + np.reshape(b, ())"
_PRODUCT = "np.multiply(a_slice_prev, W, dtype=floating(a_slice_prev, W))"

CONV_SINGLE_STEP = (
    Mistake(
        "conv_single_step",
        "bias_per_element",
        "the bias is added to every product",
        "Add everything up first, and then add b once.",
        "How many times does b go into the sum?",
        edit(_SUM, "np.sum(s + np.reshape(b, ()))"),
    ),
    Mistake(
        "conv_single_step",
        "no_bias",
        "the bias is missing",
        "The result is the sum of the products plus b.",
        "Which of the three arguments is never used?",
        edit(_BIAS, ""),
    ),
    Mistake(
        "conv_single_step",
        "bias_subtracted",
        "the bias is subtracted",
        "b is added.",
        "What should come out if all weights are 0?",
        edit(_BIAS, " - np.reshape(b, ())"),
    ),
    Mistake(
        "conv_single_step",
        "bias_multiplied",
        "the sum is multiplied by the bias",
        "b is added, once.",
        "What should come out if b is 0?",
        edit(_BIAS, " * np.reshape(b, ())") + edit(_SUM, "np.sum(s * np.reshape(b, ()))"),
    ),
    Mistake(
        "conv_single_step",
        "bias_truncated",
        "the bias is cut to a whole number",
        "int() drops the digits after the point; the bias is any number.",
        "Try a bias of 0.5.",
        (
            *edit(_BIAS, " + int(np.reshape(b, ()))"),
            *edit(_BIAS, " + np.rint(np.reshape(b, ()))"),
            *edit(_BIAS, " + np.floor(np.reshape(b, ()))"),
        ),
    ),
    Mistake(
        "conv_single_step",
        "result_truncated",
        "the result is cut to a whole number",
        "int() drops the digits after the point.",
        "Try a window of numbers like 0.5.",
        edit(_SUM, "np.trunc(np.sum(s) + np.reshape(b, ()))")
        + edit(_SUM, "np.trunc(np.sum(s)) + np.reshape(b, ())")
        + edit(_SUM, "np.rint(np.sum(s) + np.reshape(b, ()))"),
    ),
    Mistake(
        "conv_single_step",
        "mean_for_sum",
        "a mean where the sum is asked for",
        "The products are added up; nothing is divided.",
        "What should come out for a window and weights of all ones?",
        edit("np.sum(s)", "np.mean(s)")
        + edit(_SUM, "np.mean(s + np.reshape(b, ()))")
        + edit(_SUM, "(np.sum(s) + np.reshape(b, ())) / s.size"),
    ),
    Mistake(
        "conv_single_step",
        "maximum_for_sum",
        "the largest product where the sum is asked for",
        "The products are added up.",
        "What should come out for a window and weights of all ones?",
        edit("np.sum(s)", "np.max(s)"),
    ),
    Mistake(
        "conv_single_step",
        "flipped_filter",
        "the filter is turned around",
        "Each weight meets the cell at its own place; nothing is turned.",
        "Which cell of the window should the first weight meet?",
        (
            *edit(_PRODUCT, "a_slice_prev * W[::-1, ::-1]"),
            *edit(_PRODUCT, "a_slice_prev * W[::-1, ::-1, ::-1]"),
            *edit(_PRODUCT, "a_slice_prev * W[::-1]"),
            *edit(_PRODUCT, "a_slice_prev * W[:, ::-1]"),
            *edit(_PRODUCT, "a_slice_prev * W[:, :, ::-1]"),
            *edit(_PRODUCT, "a_slice_prev * np.rot90(W)"),
            *edit(_PRODUCT, "a_slice_prev * np.rot90(W, 3)"),
        ),
        look="s = a_slice_prev * W",
    ),
    Mistake(
        "conv_single_step",
        "transposed_filter",
        "the filter's rows and columns are exchanged",
        "Row r and column k of the filter meet row r and column k of the window.",
        "Which cell of the window should the first row's last weight meet?",
        edit(_PRODUCT, "a_slice_prev * W.swapaxes(0, 1)"),
        look="s = a_slice_prev * W",
    ),
    Mistake(
        "conv_single_step",
        "not_summed",
        "the products are not all added up",
        "np.sum without an axis adds up rows, columns and channels to one number.",
        "How many numbers should come out?",
        (
            *edit(_SUM, "s + np.reshape(b, ())"),
            *edit(_SUM, "np.sum(s, axis=(0, 1)) + np.reshape(b, ())"),
            *edit(_SUM, "np.sum(s, axis=0) + np.reshape(b, ())"),
            *edit(_SUM, "np.sum(s, axis=2) + np.reshape(b, ())"),
            *edit(_SUM, "np.sum(s, axis=-1) + b"),
            *edit(_SUM, "np.sum(s, axis=1) + np.reshape(b, ())"),
            *edit(_SUM, "s + b"),
            *edit(_SUM, "s"),
        ),
        look="np.sum(s)",
    ),
    Mistake(
        "conv_single_step",
        "first_channel",
        "only the first channel is added up",
        "The sum runs over all channels.",
        "Try a window of two channels.",
        edit("np.sum(s)", "np.sum(s[:, :, 0])"),
    ),
    Mistake(
        "conv_single_step",
        "matrix_product",
        "a matrix product where cells are multiplied one by one",
        "`*` multiplies cell by cell; `@` and np.dot multiply rows by columns.",
        "How many products should there be for a window of 2 x 2 cells?",
        (
            *edit(_PRODUCT, "np.matmul(a_slice_prev, W)"),
            *edit(_PRODUCT, "np.dot(a_slice_prev, W)"),
            *edit(_PRODUCT, "np.matmul(a_slice_prev.transpose(2, 0, 1), W.transpose(2, 0, 1))"),
            *edit(_PRODUCT, "np.tensordot(a_slice_prev, W, axes=1)"),
        ),
        look="s = a_slice_prev * W",
    ),
    Mistake(
        "conv_single_step",
        "added_for_multiplied",
        "window and filter are added where they are to be multiplied",
        "A convolution is a sum of products.",
        "What should come out if all weights are 0?",
        edit(_PRODUCT, "a_slice_prev + W") + edit(_PRODUCT, "a_slice_prev - W"),
        look="s = a_slice_prev * W",
    ),
    Mistake(
        "conv_single_step",
        "absolute_value",
        "the sign is lost",
        "Products may be negative, and so may their sum.",
        "Try a window with negative numbers.",
        edit("np.sum(s)", "np.sum(np.abs(s))")
        + edit("np.sum(s)", "np.abs(np.sum(s))")
        + edits((_SUM, "np.abs(np.sum(s) + np.reshape(b, ()))"))
        + edits((_SUM, "np.maximum(np.sum(s) + np.reshape(b, ()), 0)")),
    ),
)
