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
    """Where the taps of two output pixels lie."""

    def fill(row, column):
        if not (1 <= row <= 5 and 1 <= column <= 6):
            return PALE
        first = row <= 2 and column <= 2
        second = 2 <= row <= 4 and 4 <= column <= 6
        return BLUE if first else ORANGE if second else "white"

    def text(row, column):
        inside = 1 <= row <= 5 and 1 <= column <= 6
        if row <= 2 and column <= 2:
            return "" if inside else "0"
        return ""

    ox, oy = 330, 66
    save(
        "kernels-gather",
        560,
        280,
        "Two output pixels, each with pointers to the nine input pixels under its window",
        label(20, 22, "input, padding grey: a cell is a pixel, all its channels side by side"),
        grid(20, 40, 7, 8, fill, text),
        label(ox, 56, "output"),
        grid(
            ox,
            oy,
            5,
            6,
            lambda r, c: BLUE if (r, c) == (0, 0) else ORANGE if (r, c) == (2, 4) else "white",
        ),
        arrow(ox + 8, oy + 13, 100, 80),
        arrow(ox + 4 * CELL + 4, oy + 2 * CELL + 13, 206, 130),
        label(
            20,
            250,
            "A pixel's list of taps: nine pointers. Those into padding point at zeros,",
        ),
        label(20, 267, "so stride, dilation, borders and the input gradient are only other lists."),
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
    """The weight gradient as a product of panels."""
    save(
        "kernels-panels",
        560,
        250,
        "The weight gradient is the product of a panel of inputs and a panel of gradients",
        label(20, 22, "dW[row, channel] = sum over pixels of x[pixel, row] * grad[pixel, channel]"),
        box(60, 60, 70, 150, BLUE),
        label(60, 52, "rows: (tap, input channel)"),
        label(20, 230, "256 pixels at a time"),
        label(150, 140, "x", size=18),
        box(180, 60, 110, 150, ORANGE),
        label(250, 52, "output channels"),
        label(310, 140, "=", size=18),
        box(345, 75, 110, 70, GREEN, "dW"),
        box(345, 75, 40, 24, "white", "tile"),
        label(345, 170, "a tile's sums stay in registers"),
        label(345, 187, "while its pixels go by"),
        arrow(45, 70, 45, 200),
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


def main():
    """Draw all."""
    for figure in (gather, tile, weight_gradient, winograd):
        figure()


if __name__ == "__main__":
    main()
