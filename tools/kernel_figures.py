"""Draw the figures of docs/kernels.md into docs/figures, as SVG: python tools/kernel_figures.py."""

from pathlib import Path

INK, PALE, BLUE, ORANGE, GREEN = "#333", "#eee", "#9ecae9", "#ffbf79", "#a8d8a0"
CELL = 26
FOLDER = Path(__file__).parents[1] / "docs" / "figures"


def box(x, y, width, height, fill="white", text="", dash=False):
    """Draw a rectangle with a centred label."""
    dashes = ' stroke-dasharray="3 3"' if dash else ""
    shape = (
        f'<rect x="{x}" y="{y}" width="{width}" height="{height}" fill="{fill}" '
        f'stroke="{INK}"{dashes}/>'
    )
    return shape + (label(x + width / 2, y + height / 2 + 4, text, "middle") if text else "")


def grid(
    x, y, rows, columns, fill=lambda _row, _column: "white", text=lambda _r, _c: "", cell=CELL
):
    """Draw a grid of cells, each with its colour and its label."""
    return "".join(
        box(x + c * cell, y + r * cell, cell, cell, fill(r, c), text(r, c))
        for r in range(rows)
        for c in range(columns)
    )


def label(x, y, text, anchor="start", size=12):
    """Write a line of text."""
    return f'<text x="{x}" y="{y}" text-anchor="{anchor}" font-size="{size}">{text}</text>'


def arrow(x0, y0, x1, y1):
    """Draw an arrow."""
    return (
        f'<line x1="{x0}" y1="{y0}" x2="{x1}" y2="{y1}" stroke="{INK}" '
        'stroke-width="1.5" marker-end="url(#tip)"/>'
    )


def save(name, width, height, title, *parts):
    """Write one figure, with its title as the text for screen readers."""
    FOLDER.mkdir(exist_ok=True)
    tip = (
        '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" '
        f'markerHeight="7" orient="auto"><path d="M0 0L8 4L0 8z" fill="{INK}"/></marker></defs>'
    )
    text = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        f'width="{width}" height="{height}" font-family="sans-serif" fill="{INK}" role="img">'
        f"<title>{title}</title>{tip}"
        f'<rect width="{width}" height="{height}" fill="white"/>{"".join(parts)}</svg>\n'
    )
    (FOLDER / f"{name}.svg").write_text(text)


def gather():
    """Which taps the pixels of an output with a border of padding have."""
    ox, oy = 330, 66

    def inside(row, column):
        return 1 <= row <= 5 and 1 <= column <= 6

    def fill(row, column):
        if not inside(row, column):
            return PALE
        first = row <= 2 and column <= 2
        second = 2 <= row <= 4 and 4 <= column <= 6
        return BLUE if first else ORANGE if second else "white"

    def phase(row, column):
        return {0: "top", 4: "bottom"}.get(row, ""), {0: "left", 5: "right"}.get(column, "")

    def taps(row, column):
        rows, columns = (2 if side else 3 for side in phase(row, column))
        return str(rows * columns)

    def colour(row, column):
        if (row, column) == (0, 0):
            return BLUE
        return ORANGE if phase(row, column) == ("", "") else "white"

    save(
        "kernels-gather",
        560,
        280,
        "A pixel of the output at the corner has four taps, one inside has nine",
        label(20, 22, "input, padding grey: a cell is a pixel, all its channels side by side"),
        grid(20, 40, 7, 8, fill),
        label(ox, 56, "output, with numbers of taps"),
        grid(ox, oy, 5, 6, colour, taps),
        arrow(ox + 4, oy + 13, 98, 92),
        arrow(ox + 4 * CELL + 4, oy + 2 * CELL + 13, 206, 130),
        label(
            20, 250, "Pixels with the same taps are a phase: here nine, the inner one the largest."
        ),
        label(20, 267, "No tap of a phase reads padding."),
    )


def tile():
    """The register tile."""
    rows, vectors = 4, 2
    x0, y0, wide = 190, 110, 120
    parts = [label(20, 22, "one step k of one tap: R broadcasts, V loads, R x V multiply-adds")]
    for v in range(vectors):
        parts.append(box(x0 + v * (wide + 6), 60, wide, 24, ORANGE, f"weight[k], vector {v}"))
    for r in range(rows):
        y = y0 + r * 34
        parts.append(box(30, y, 110, 24, BLUE, f"pixel {r}: x[k]"))
        parts.append(arrow(142, y + 12, x0 - 6, y + 12))
        for v in range(vectors):
            parts.append(box(x0 + v * (wide + 6), y, wide, 24, GREEN, f"sum[{r}][{v}] += x*w"))
    parts += [
        label(x0, 50, "loaded once for all pixels"),
        label(30, 100, "spread over a vector"),
        label(
            20,
            y0 + rows * 34 + 20,
            "The sums stay in registers for all taps and channels, and are stored once.",
        ),
    ]
    save("kernels-tile", 460, 290, "A register tile of four pixels by two vectors", *parts)


def weight_gradient():
    """What one tap of the weight gradient sums in one row of the output."""

    def read(row, column):
        if not (1 <= row <= 4 and 1 <= column <= 8):
            return PALE
        return BLUE if row == 2 and 1 <= column <= 7 else "white"

    def meet(row, column):
        return ORANGE if row == 2 and column >= 1 else "white"

    save(
        "kernels-segments",
        560,
        250,
        "Tap (0, 0) of a 3 x 3 kernel reads a run of pixels beside a run of gradients",
        label(20, 22, "x, padding grey"),
        grid(20, 32, 6, 10, read),
        label(330, 48, "grad"),
        grid(330, 58, 4, 8, meet),
        arrow(300, 97, 330 + CELL, 122),
        label(
            20,
            215,
            "Tap (0, 0) in row 2 of the output: seven pixels of x meet seven gradients.",
        ),
        label(
            20, 234, "At the first pixel of the row it would read padding: that is in no segment."
        ),
    )


def winograd():
    """F(4x4, 3x3): one tile's way."""

    def window(row, column):
        return BLUE if row < 6 and column < 6 else "white"

    small = 14
    save(
        "kernels-winograd",
        720,
        250,
        "Winograd: a 6 x 6 patch is transformed, multiplied point by point, turned into 4 x 4",
        label(20, 22, "4 x 4 outputs need a 6 x 6 patch; patches overlap by two"),
        grid(20, 50, 10, 10, window, cell=small),
        label(20, 210, "input d"),
        arrow(170, 110, 225, 110),
        label(172, 100, "Bᵀ d B"),
        *(box(235 + 5 * i, 60 + 5 * i, 70, 70, BLUE, "" if i < 3 else "U[p]") for i in range(4)),
        label(235, 165, "36 points p:"),
        label(235, 182, "tiles x channels"),
        label(335, 110, "x", size=18),
        *(
            box(360 + 5 * i, 60 + 5 * i, 70, 70, ORANGE, "" if i < 3 else "G g Gᵀ")
            for i in range(4)
        ),
        label(360, 165, "36 matrices:"),
        label(360, 182, "channels x outputs"),
        label(458, 110, "=", size=18),
        *(box(480 + 5 * i, 60 + 5 * i, 70, 70, GREEN, "" if i < 3 else "M[p]") for i in range(4)),
        arrow(572, 110, 625, 110),
        label(574, 100, "Aᵀ M A"),
        grid(635, 80, 4, 4, lambda _r, _c: GREEN, cell=small),
        label(635, 155, "4 x 4 outputs"),
        label(
            20, 238, "36 multiplications for 16 outputs, where the sum over the window takes 144."
        ),
    )


def banded():
    """The matrix of one kernel row for a group of two pixels."""
    weights = {(j + pixel, pixel): f"w{j}" for pixel in range(2) for j in range(3)}
    wide, high, x0, y0 = 116, 34, 340, 70
    parts = []
    for row in range(4):
        for pixel in range(2):
            text = weights.get((row, pixel), "0")
            colour = PALE if text == "0" else (ORANGE, GREEN)[pixel]
            parts.append(box(x0 + pixel * wide, y0 + row * high, wide, high, colour, text))
    save(
        "kernels-banded",
        600,
        300,
        "Two pixels side by side read one window of four columns, through a matrix with a band",
        label(20, 22, "one kernel row, of width 3, for a group of two output pixels side by side"),
        label(20, 56, "a row of x: cells are pixels, k channels in each"),
        grid(20, 70, 1, 8, lambda _r, c: BLUE if 2 <= c < 6 else "white"),
        label(72, 114, "the window: 4k numbers"),
        label(20, 166, "a row of y"),
        grid(20, 180, 1, 6, lambda _r, c: ORANGE if c == 2 else GREEN if c == 3 else "white"),
        label(72, 224, "the group: a vector of sums"),
        arrow(98, 122, 98, 174),
        label(x0 + wide / 2, 60, "channels of pixel 0", "middle", 11),
        label(x0 + 1.5 * wide, 60, "channels of pixel 1", "middle", 11),
        *(label(x0 - 8, y0 + 21 + r * high, f"column {r}", "end", 11) for r in range(4)),
        *parts,
        label(x0, y0 + 4 * high + 20, "each w: k x channels numbers"),
        label(
            20,
            266,
            "The window times the matrix is what this kernel row adds to both pixels, channels",
        ),
        label(20, 283, "of both side by side in the lanes. The zeros are multiplied too."),
    )


def planar():
    """What one tap reads for all pixels of a plane."""
    width, rows = 8, 4

    def fill(row, column):
        p = row * width + column
        inside = 1 <= column <= 6 and row >= 1
        first = width + 2  # tap (1, 2) of pixel 0
        return BLUE if first <= p < first + 14 else "white" if inside else PALE

    def out(row, column):
        p = row * width + column
        if p >= 14:
            return "white"
        return PALE if column >= 6 else GREEN

    save(
        "kernels-planar",
        600,
        262,
        "In a plane, what one tap reads for pixels one after another lies one after another",
        label(20, 22, "3 x 3 kernel: what tap (1, 2) reads for pixels counted through the rows"),
        label(20, 50, "a plane of x: one channel, padding grey"),
        grid(20, 60, rows, width, fill),
        label(340, 50, "a plane of y, in rows as wide"),
        grid(340, 60, 2, width, out, lambda r, c: str(r * width + c) if r * width + c < 14 else ""),
        arrow(340 + 4, 73, 20 + 3 * CELL + 2, 99),
        label(
            20,
            190,
            "Pixel p reads at p + 1 * row + 2, so a vector of pixels is read by one load, and",
        ),
        label(20, 207, "multiplied by one weight, spread over the lanes."),
        label(20, 232, "Grey in y: windows that go around the end of a row. They are computed,"),
        label(20, 249, "and dropped when the planes are turned back into pixels."),
    )


def pair():
    """What one vector of the input adds to, in two rows of outputs."""
    row, column, x0 = 2, 4, 20

    def of_input(r, c):
        return BLUE if (r, c) == (row, column) else "white" if 0 < c < 8 else PALE

    def meets(r, c):
        return r <= row <= r + 2 and c <= column <= c + 2

    def of_output(r, c):
        return ORANGE if meets(r, c) else "white"

    def place(r, c):
        return f"{row - r},{column - c}" if meets(r, c) else ""

    out = x0 + 9 * CELL + 90
    save(
        "kernels-pair",
        560,
        192,
        "One vector of the input and the sums of two rows of outputs that it is added to",
        label(x0, 22, "four rows of x, a kernel of 3 by 3"),
        grid(x0, 40, 4, 9, of_input),
        label(out, 22, "seven pixels of y in two rows"),
        grid(out, 40 + CELL, 2, 7, of_output, place),
        arrow(x0 + 9 * CELL + 20, 40 + 2 * CELL, out - 20, 40 + 2 * CELL),
        label(
            x0,
            176,
            "The vector, loaded once, goes with the weights of six places. Grey is padding.",
        ),
    )


def grouped():
    """Lanes put in order."""
    cell, x0 = 46, 150
    colours = (BLUE, ORANGE, GREEN, "#d9c7ea")

    def line(y, name, texts, groups):
        return label(x0 - 10, y + 19, name, "end") + "".join(
            box(x0 + i * cell, y, cell, 28, colours[group], text)
            for i, (text, group) in enumerate(zip(texts, groups, strict=True))
        )

    of_lanes = [i // 2 for i in range(8)]
    arrows = x0 + 8 * cell + 14
    save(
        "kernels-grouped",
        560,
        318,
        "A vector of the input with its lanes in the order in which groups of two channels read",
        label(20, 22, "four groups, two channels in and two out, in a vector of eight lanes"),
        line(44, "channels of x", [f"x{i}" for i in range(8)], of_lanes),
        line(96, "k = 0", [f"x{i // 2 * 2}" for i in range(8)], of_lanes),
        line(130, "weights", [f"w{i},0" for i in range(8)], of_lanes),
        line(174, "k = 1", [f"x{i // 2 * 2 + 1}" for i in range(8)], of_lanes),
        line(208, "weights", [f"w{i},1" for i in range(8)], of_lanes),
        line(252, "channels of y", [f"y{i}" for i in range(8)], of_lanes),
        arrow(arrows, 58, arrows, 266),
        label(20, 306, "One tap adds to y, lane by lane: x in each order times its weights."),
    )


def pooling():
    """Which cells of one axis meet, forward and backward."""
    meetings = [(0, (0, 1, 2)), (1, (2, 3, 4)), (2, (4, 5))]
    side, left, right = 36, 20, 320

    def axis(x, forward):
        inputs, outputs = (BLUE, GREEN) if forward else (GREEN, BLUE)
        parts = [box(x + i * side, 70, side, 30, inputs, f"{i}") for i in range(6)]
        parts += [box(x + (2 * o + 1) * side, 160, side, 30, outputs, f"{o}") for o in range(3)]
        for o, sources in meetings:
            for i in sources:
                above = (x + (i + 0.5) * side + 3 * (o - i / 2 + 0.5), 102)
                below = (x + (2 * o + 1.5) * side + 7 * (i - 2 * o - 1), 158)
                parts.append(arrow(*above, *below) if forward else arrow(*below, *above))
        return "".join(parts)

    def listed(x, texts):
        return "".join(label(x, 222 + 18 * i, text) for i, text in enumerate(texts))

    save(
        "kernels-pooling",
        600,
        302,
        "The same meetings of rows, listed by outputs for forward and by inputs for backward",
        label(20, 22, "rows of a window of 3 with stride 2 and a row of padding below"),
        label(left, 56, "forward: y (green) combines x"),
        axis(left, True),
        listed(left, ("y 0: x 0, 1, 2", "y 1: x 2, 3, 4", "y 2: x 4, 5")),
        label(right, 56, "backward: dx (green) combines grad"),
        axis(right, False),
        listed(right, ("dx 0: grad 0", "dx 1: grad 0", "dx 2: grad 0, 1")),
        listed(right + 130, ("dx 3: grad 1", "dx 4: grad 1, 2", "dx 5: grad 2")),
        label(
            20, 290, "With each goes its place in the window: dx 2 has place 2 of window 0, 0 of 1."
        ),
    )


def main():
    """Draw all."""
    for figure in (gather, tile, weight_gradient, banded, planar, winograd, pair, grouped, pooling):
        figure()


if __name__ == "__main__":
    main()
