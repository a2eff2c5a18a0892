"""What goes wrong in zero_pad."""

from convstep.check.eight.mistakes.variants import edit, edits
from convstep.check.exercise import Mistake

_WIDTHS = "((0, 0), (pad, pad), (pad, pad), (0, 0))"
_LINE = f"np.pad(X, {_WIDTHS})"


def _widths(new: str) -> tuple[str, str]:
    return _WIDTHS, new


ZERO_PAD = (
    Mistake(
        "zero_pad",
        "one_sided",
        "rows and columns are added on one side only",
        "`(pad, pad)` asks for pad rows before and pad rows after; the output grows by 2 pad.",
        "How many rows does an image of 3 rows have after padding by 1?",
        (
            *edits(_widths("((0, 0), (pad, 0), (pad, 0), (0, 0))")),
            *edits(_widths("((0, 0), (0, pad), (0, pad), (0, 0))")),
            *edits(_widths("((0, 0), (pad, pad), (pad, 0), (0, 0))")),
            *edits(_widths("((0, 0), (pad, 0), (pad, pad), (0, 0))")),
            *edits(_widths("((0, 0), (pad, pad), (0, pad), (0, 0))")),
            *edits(_widths("((0, 0), (0, pad), (pad, pad), (0, 0))")),
            *edits(_widths("((0, 0), (pad, 0), (0, pad), (0, 0))")),
            *edits(_widths("((0, 0), (0, pad), (pad, 0), (0, 0))")),
        ),
        look=_LINE,
    ),
    Mistake(
        "zero_pad",
        "off_centre",
        "the image does not lie in the middle of the zeros",
        "The image begins at row pad and column pad of the padded array.",
        "At which row and column of the padded image does its first pixel lie?",
        (
            *edits(_widths("((0, 0), (2 * pad, 0), (2 * pad, 0), (0, 0))")),
            *edits(_widths("((0, 0), (0, 2 * pad), (0, 2 * pad), (0, 0))")),
            *edits(_widths("((0, 0), (0, 2 * pad), (2 * pad, 0), (0, 0))")),
            *edits(_widths("((0, 0), (2 * pad, 0), (0, 2 * pad), (0, 0))")),
        ),
        look=_LINE,
    ),
    Mistake(
        "zero_pad",
        "wrong_axes",
        "other axes are padded than height and width",
        "X is (m, n_H, n_W, n_C): height is axis 1 and width axis 2.",
        "Which two of the four axes of X are rows and columns?",
        (
            *edits(_widths("((0, 0), (0, 0), (pad, pad), (pad, pad))")),
            *edits(_widths("((pad, pad), (pad, pad), (0, 0), (0, 0))")),
            *edits(_widths("((0, 0), (pad, pad), (0, 0), (pad, pad))")),
            *edits(_widths("((pad, pad), (0, 0), (pad, pad), (0, 0))")),
            *edits(_widths("((pad, pad), (0, 0), (0, 0), (pad, pad))")),
        ),
        look=_LINE,
    ),
    Mistake(
        "zero_pad",
        "height_only",
        "only the height is padded",
        "Both height (axis 1) and width (axis 2) get `(pad, pad)`.",
        "Are there zeros on all four sides of the image?",
        edits(_widths("((0, 0), (pad, pad), (0, 0), (0, 0))")),
        look=_LINE,
    ),
    Mistake(
        "zero_pad",
        "width_only",
        "only the width is padded",
        "Both height (axis 1) and width (axis 2) get `(pad, pad)`.",
        "Are there zeros on all four sides of the image?",
        edits(_widths("((0, 0), (0, 0), (pad, pad), (0, 0))")),
        look=_LINE,
    ),
    Mistake(
        "zero_pad",
        "pads_channels",
        "the channels are padded, too",
        "The channels, axis 3, stay as they are: `(0, 0)`.",
        "How many channels should a padded image of 3 channels have?",
        (
            *edits(_widths("((0, 0), (pad, pad), (pad, pad), (pad, pad))")),
            *edits(_widths("((0, 0), (0, 0), (0, 0), (pad, pad))")),
        ),
        look=_LINE,
    ),
    Mistake(
        "zero_pad",
        "pads_examples",
        "the examples are padded, too",
        "The examples, axis 0, stay as they are: `(0, 0)`.",
        "How many images should come out when 4 go in?",
        (
            *edits(_widths("((pad, pad), (pad, pad), (pad, pad), (0, 0))")),
            *edits(_widths("((pad, pad), (0, 0), (0, 0), (0, 0))")),
        ),
        look=_LINE,
    ),
    Mistake(
        "zero_pad",
        "pads_everything",
        "all four axes are padded",
        "np.pad with one number pads every axis; examples and channels must stay as they are.",
        "What shape comes out, and what shape should?",
        (
            *edits(_widths("((pad, pad), (pad, pad), (pad, pad), (pad, pad))")),
            *edits(_widths("((pad, 0), (pad, 0), (pad, 0), (pad, 0))")),
        ),
        look=_LINE,
    ),
    Mistake(
        "zero_pad",
        "non_zero_value",
        "the border is not filled with zeros",
        '`mode="constant"` fills with 0 unless constant_values says otherwise.',
        "Print the padded image: what stands in its border?",
        (
            *edits((f"{_WIDTHS})", f"{_WIDTHS}, constant_values=1)")),
            *edits((f"{_WIDTHS})", f"{_WIDTHS}, constant_values=-1)")),
            *edits((f"{_WIDTHS})", f"{_WIDTHS}, constant_values=pad)")),
            *edits((f"{_WIDTHS})", f"{_WIDTHS}, constant_values=255)")),
            *edits((f"{_WIDTHS})", f"{_WIDTHS}, constant_values=0.5)")),
            *edits((f"{_WIDTHS})", f"{_WIDTHS}, constant_values=(0, 1))")),
            *edits((f"{_WIDTHS})", f"{_WIDTHS}, constant_values=(1, 0))")),
            *edits((f"{_WIDTHS})", f"{_WIDTHS}, constant_values=np.nan)")),
            *edits((f"{_WIDTHS})", f'{_WIDTHS}, mode="mean")')),
            *edits((f"{_WIDTHS})", f'{_WIDTHS}, mode="maximum")')),
            *edits((f"{_WIDTHS})", f'{_WIDTHS}, mode="minimum")')),
            *edits((f"{_WIDTHS})", f'{_WIDTHS}, mode="linear_ramp")')),
            *edits((f"{_WIDTHS})", f"{_WIDTHS}, constant_values=X.mean())")),
            *edits((f"{_WIDTHS})", f"{_WIDTHS}, constant_values=X.min())")),
        ),
        look=_LINE,
    ),
    Mistake(
        "zero_pad",
        "edge",
        "the border repeats the edge of the image",
        '`mode="edge"` repeats pixels; zeros are asked for.',
        "Print the padded image: what stands in its border?",
        edits((f"{_WIDTHS})", f'{_WIDTHS}, mode="edge")')),
        look=_LINE,
    ),
    Mistake(
        "zero_pad",
        "reflect",
        "the border mirrors or repeats the image",
        '`mode="reflect"` and its relatives copy pixels; zeros are asked for.',
        "Print the padded image: what stands in its border?",
        (
            *edits((f"{_WIDTHS})", f'{_WIDTHS}, mode="reflect")')),
            *edits((f"{_WIDTHS})", f'{_WIDTHS}, mode="symmetric")')),
            *edits((f"{_WIDTHS})", f'{_WIDTHS}, mode="wrap")')),
        ),
        look=_LINE,
    ),
    Mistake(
        "zero_pad",
        "not_padded",
        "nothing is padded",
        "The result is X itself; it must have 2 pad more rows and columns.",
        "Print the shape before and after.",
        edit(f"return {_LINE}", "return np.array(X)"),
        look=_LINE,
    ),
    Mistake(
        "zero_pad",
        "all_zeros",
        "the image is lost: only zeros come out",
        "The zeros must be written around X, not in its place.",
        "Where does X go into the new array?",
        edit(f"return {_LINE}", f"return 0 * {_LINE}"),
        look=_LINE,
    ),
    Mistake(
        "zero_pad",
        "pads_twice",
        "twice as many rows and columns are added",
        "pad rows are added before and pad rows after: 2 pad in all.",
        "How many rows does an image of 3 rows have after padding by 1?",
        edits(_widths("((0, 0), (2 * pad, 2 * pad), (2 * pad, 2 * pad), (0, 0))")),
        look=_LINE,
    ),
    Mistake(
        "zero_pad",
        "always_one",
        "one row and column is added whatever pad is",
        "How much is added is the argument pad.",
        "Where is the argument pad used?",
        edits(_widths("((0, 0), (1, 1), (1, 1), (0, 0))"))
        + edits(_widths("((0, 0), (2, 2), (2, 2), (0, 0))"))
        + edits(_widths("((0, 0), (3, 3), (3, 3), (0, 0))")),
        look=_LINE,
    ),
    Mistake(
        "zero_pad",
        "height_width_swapped",
        "height and width are exchanged",
        "Axis 1 is the height and axis 2 the width, before and after.",
        "Try an image that is not square.",
        edit(f"return {_LINE}", f"return {_LINE}.swapaxes(1, 2)"),
        look=_LINE,
    ),
)
