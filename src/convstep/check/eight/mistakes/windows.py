"""What goes wrong in create_mask_from_window and distribute_value."""

from convstep.check.eight.mistakes.variants import edit, edits
from convstep.check.exercise import Mistake

_MASK = "x == np.max(x)"
_SHARE = "np.full(shape, dz / (n_H * n_W))"

CREATE_MASK_FROM_WINDOW = (
    Mistake(
        "create_mask_from_window",
        "first_tied",
        "of several equal maxima, only the first is marked",
        "Other libraries do it so; the lesson marks every one.",
        "",
        edit(_MASK, "np.arange(x.size).reshape(x.shape) == np.argmax(x)"),
        kind="convention",
    ),
    Mistake(
        "create_mask_from_window",
        "last_tied",
        "of several equal maxima, only the last is marked",
        "The lesson marks every one.",
        "",
        edit(_MASK, "np.arange(x.size).reshape(x.shape) == x.size - 1 - np.argmax(x.flat[::-1])"),
        kind="convention",
    ),
    Mistake(
        "create_mask_from_window",
        "argmax_index",
        "the place of the maximum is returned, not a mask",
        "The result has the shape of x: True where the maximum is, False elsewhere.",
        "What shape should the result have?",
        edit(_MASK, "np.argmax(x)")
        + edit(_MASK, "np.array(np.unravel_index(np.argmax(x), x.shape))")
        + edit(_MASK, "tuple(np.unravel_index(np.argmax(x), x.shape))")
        + edit(_MASK, "np.argwhere(x == np.max(x))")
        + edit(_MASK, "np.where(x == np.max(x))")
        + edit(_MASK, "np.argmax(x, axis=0)")
        + edit(_MASK, "np.argmax(x, axis=1)")
        + edit(_MASK, "np.argwhere(x == np.max(x))[0]")
        + edit(_MASK, "x == np.argmax(x)"),
    ),
    Mistake(
        "create_mask_from_window",
        "maximum_returned",
        "the maximum is returned, or the window with all else zero, not a mask",
        "A mask holds True and False (or 1 and 0).",
        "What should stand at the place of the maximum: the number, or True?",
        edit(_MASK, "np.max(x)") + edit(_MASK, "x * (x == np.max(x))"),
    ),
    Mistake(
        "create_mask_from_window",
        "absolute",
        "the largest absolute value is marked",
        "-5 is less than 1: compare with np.max(x), without abs.",
        "What is the maximum of -5 and 1?",
        edit(_MASK, "np.abs(x) == np.max(np.abs(x))")
        + edit(_MASK, "x == np.max(np.abs(x))")
        + edit(_MASK, "np.abs(x) == np.max(x)")
        + edit(_MASK, "np.abs(x) == np.abs(np.max(x))")
        + edit(_MASK, "np.arange(x.size).reshape(x.shape) == np.argmax(np.abs(x))"),
    ),
    Mistake(
        "create_mask_from_window",
        "minimum",
        "the smallest number is marked",
        "Compare with the maximum.",
        "Which cell of [[1, 5]] should be True?",
        edit(_MASK, "x == np.min(x)")
        + edit(_MASK, "np.arange(x.size).reshape(x.shape) == np.argmin(x)"),
    ),
    Mistake(
        "create_mask_from_window",
        "inverted",
        "the mask is the wrong way round",
        "True at the maximum, False elsewhere.",
        "Which cell of [[1, 5]] should be True?",
        edit(_MASK, "x != np.max(x)") + edit(_MASK, "x < np.max(x)"),
    ),
    Mistake(
        "create_mask_from_window",
        "per_row",
        "each row, or each column, has a maximum of its own",
        "The maximum is that of the whole window: np.max without an axis.",
        "How many cells should be True in a window of four different numbers?",
        (
            *edit(_MASK, "x == np.max(x, axis=1, keepdims=True)"),
            *edit(_MASK, "x == np.max(x, axis=0)"),
            *edit(_MASK, "x == np.max(x, axis=0, keepdims=True)"),
            *edit(_MASK, "x == np.max(x, axis=1)"),
        ),
    ),
    Mistake(
        "create_mask_from_window",
        "positive",
        "all numbers above some other one are marked",
        "Only what equals the maximum is True.",
        "How many cells should be True in a window of four different numbers?",
        (
            *edit(_MASK, "x > 0"),
            *edit(_MASK, "x >= 0"),
            *edit(_MASK, "x > np.mean(x)"),
            *edit(_MASK, "x >= np.mean(x)"),
            *edit(_MASK, "x <= np.max(x)"),
            *edit(_MASK, "x == x"),
            *edit(_MASK, "x.astype(bool)"),
            *edit(_MASK, "x > np.min(x)"),
            *edit(_MASK, "x > np.max(x)"),
            *edit(_MASK, "x == x[0, 0]"),
        ),
    ),
    Mistake(
        "create_mask_from_window",
        "transposed",
        "rows and columns of the mask are exchanged",
        "The mask has the shape of x.",
        "Try a window of 2 rows and 3 columns.",
        edit(_MASK, "(x == np.max(x)).T"),
    ),
    Mistake(
        "create_mask_from_window",
        "flattened",
        "the mask is flat",
        "The mask has the shape of x.",
        "What shape should the result have?",
        edit(_MASK, "(x == np.max(x)).ravel()") + edit(_MASK, "(x == np.max(x))[None]"),
    ),
)

DISTRIBUTE_VALUE = (
    Mistake(
        "distribute_value",
        "divides_by_f",
        "divided by the number of rows, or of columns, alone",
        "A window of n_H rows and n_W columns has n_H * n_W cells.",
        "How many cells has a window of 2 rows and 3 columns?",
        edit(_SHARE, "np.full(shape, dz / n_H)") + edit(_SHARE, "np.full(shape, dz / n_W)"),
    ),
    Mistake(
        "distribute_value",
        "not_divided",
        "every cell gets the whole value",
        "The value is shared out: all cells together get dz.",
        "What is the sum of all cells of your result?",
        edit(_SHARE, "np.full(shape, dz)"),
    ),
    Mistake(
        "distribute_value",
        "divides_by_rows_squared",
        "divided by rows squared, which is right for a square window only",
        "A window of n_H rows and n_W columns has n_H * n_W cells.",
        "How many cells has a window of 2 rows and 3 columns?",
        edit(_SHARE, "np.full(shape, dz / n_H**2)") + edit(_SHARE, "np.full(shape, dz / n_W**2)"),
    ),
    Mistake(
        "distribute_value",
        "divides_by_sum",
        "divided by rows plus columns",
        "A window of n_H rows and n_W columns has n_H * n_W cells.",
        "How many cells has a window of 3 rows and 3 columns?",
        edit(_SHARE, "np.full(shape, dz / (n_H + n_W))"),
    ),
    Mistake(
        "distribute_value",
        "divides_by_constant",
        "divided by a fixed number",
        "How many cells there are depends on shape.",
        "Try a window that is not 2 x 2.",
        edit(_SHARE, "np.full(shape, dz / 4)") + edit(_SHARE, "np.full(shape, dz / 2)"),
    ),
    Mistake(
        "distribute_value",
        "divided_twice",
        "divided twice by the number of cells",
        "Each cell gets dz / (n_H * n_W), once.",
        "What is the sum of all cells of your result?",
        edit(_SHARE, "np.full(shape, dz / (n_H * n_W) ** 2)"),
    ),
    Mistake(
        "distribute_value",
        "multiplied",
        "multiplied where it is to be divided",
        "Each cell gets a share, dz / (n_H * n_W).",
        "What is the sum of all cells of your result?",
        edit(_SHARE, "np.full(shape, dz * n_H * n_W)"),
    ),
    Mistake(
        "distribute_value",
        "whole_division",
        "the share is cut to a whole number",
        "`//` and int() drop what stands after the point; `/` divides.",
        "What is 2 shared out over 4 cells?",
        edit(_SHARE, "np.full(shape, dz // (n_H * n_W))")
        + edit(_SHARE, "np.full(shape, int(dz / (n_H * n_W)))")
        + edit(_SHARE, "np.full(shape, int(dz)) / (n_H * n_W)")
        + edit(_SHARE, "np.full(shape, np.rint(dz / (n_H * n_W)))"),
    ),
    Mistake(
        "distribute_value",
        "returns_scalar",
        "the share of one cell is returned, not an array of them",
        "The result is an array of the given shape, with the share in every cell.",
        "What shape should the result have?",
        edit(_SHARE, "dz / (n_H * n_W)"),
    ),
    Mistake(
        "distribute_value",
        "transposed",
        "rows and columns of the result are exchanged",
        "The result has the given shape, (n_H, n_W).",
        "Try a window of 2 rows and 3 columns.",
        edit(_SHARE, "np.full((n_W, n_H), dz / (n_H * n_W))"),
    ),
    Mistake(
        "distribute_value",
        "square_only",
        "the result is square, whatever the shape",
        "The result has the given shape, (n_H, n_W).",
        "Try a window of 2 rows and 3 columns.",
        edit(_SHARE, "np.full((n_H, n_H), dz / (n_H * n_W))")
        + edit(_SHARE, "np.full((n_H, n_H), dz / (n_H * n_H))")
        + edit(_SHARE, "np.full((n_W, n_W), dz / (n_W * n_W))"),
    ),
    Mistake(
        "distribute_value",
        "one_cell",
        "only one cell gets the value",
        "Every cell gets the same share.",
        "Is the average more sensitive to one cell than to another?",
        edits((f"return {_SHARE}", "a = np.zeros(shape); a[0, 0] = dz / (n_H * n_W); return a"))
        + edits((f"return {_SHARE}", "a = np.zeros(shape); a[0, 0] = dz; return a")),
        look=_SHARE,
    ),
    Mistake(
        "distribute_value",
        "wrong_sign",
        "the sign is changed or lost",
        "A negative value has negative shares.",
        "Try a negative value.",
        edit(_SHARE, "np.full(shape, -dz / (n_H * n_W))")
        + edit(_SHARE, "np.full(shape, abs(dz) / (n_H * n_W))"),
    ),
    Mistake(
        "distribute_value",
        "value_ignored",
        "the value is not used",
        "Each cell gets dz / (n_H * n_W).",
        "Where is the argument dz used?",
        edit(_SHARE, "np.full(shape, 1 / (n_H * n_W))")
        + edit(_SHARE, "np.zeros(shape)")
        + edit(_SHARE, "np.ones(shape)"),
    ),
    Mistake(
        "distribute_value",
        "flattened",
        "the result is flat",
        "The result has the given shape, (n_H, n_W).",
        "What shape should the result have?",
        edit(_SHARE, "np.full(n_H * n_W, dz / (n_H * n_W))"),
    ),
)
