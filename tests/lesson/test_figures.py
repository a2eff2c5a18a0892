"""The figures' numbers, worked by hand, and their form."""

import xml.etree.ElementTree as ElementTree

import numpy as np
import pytest

from convstep.lesson.cells import _figure_words as words_of
from convstep.lesson.drawing import Figure, Grid, columns, svg, text
from convstep.lesson.figures import FIGURES, figure

# Each grid's numbers, worked by hand.
NUMBERS = {
    "padding": [
        [[5, 1, 3, 2], [2, 7, 1, 6], [4, 3, 8, 2], [1, 6, 2, 9]],
        [
            [0, 0, 0, 0, 0, 0],
            [0, 5, 1, 3, 2, 0],
            [0, 2, 7, 1, 6, 0],
            [0, 4, 3, 8, 2, 0],
            [0, 1, 6, 2, 9, 0],
            [0, 0, 0, 0, 0, 0],
        ],
    ],
    "window": [
        [[5, 1, 3, 2, 4], [2, 7, 1, 6, 1], [4, 3, 8, 2, 5], [1, 6, 2, 9, 3], [3, 2, 5, 1, 7]],
        [[1, 0, -1], [1, 0, -1], [1, 0, -1]],
        [[-1, 2], [-7, 0]],
    ],
    "max_pooling": [[[2, 3, 1, 9], [4, 7, 3, 5], [8, 2, 2, 2], [1, 3, 4, 5]], [[7, 9], [8, 5]]],
    "average_pooling": [
        [[2, 3, 1, 9], [4, 7, 3, 5], [8, 2, 2, 2], [1, 3, 4, 5]],
        [[4, 4.5], [3.5, 3.25]],
    ],
    "overlap": [
        [[1, 2, 3, 2, 1], [2, 4, 6, 4, 2], [3, 6, 9, 6, 3], [2, 4, 6, 4, 2], [1, 2, 3, 2, 1]],
        [[1, 1, 2, 1, 1], [1, 1, 2, 1, 1], [2, 2, 4, 2, 2], [1, 1, 2, 1, 1], [1, 1, 2, 1, 1]],
    ],
    "pool_backward": [
        [[2, 3, 1, 9], [4, 7, 3, 5], [8, 2, 2, 2], [1, 3, 4, 5]],
        [[1, 2], [3, 4]],
        [[0, 0, 0, 2], [0, 1, 0, 0], [3, 0, 0, 0], [0, 0, 0, 4]],
        [
            [0.25, 0.25, 0.5, 0.5],
            [0.25, 0.25, 0.5, 0.5],
            [0.75, 0.75, 1, 1],
            [0.75, 0.75, 1, 1],
        ],
    ],
}


def drawn(name, language="en"):
    return figure(name, words_of(language, name))


@pytest.mark.parametrize("name", NUMBERS)
def test_the_numbers(name):
    grids = [item.numbers for item in drawn(name).items if isinstance(item, Grid)]
    assert [grid.tolist() for grid in grids] == NUMBERS[name]


def test_the_windows_of_a_row():
    """Four windows of three cells, two apart; the last cell is in none."""
    assert text(drawn("size")).split("\n")[1:] == [
        " 0  5  1  3  2  4  2  7  6  0",
        "[0][0][0]",
        "      [1][1][1]",
        "            [2][2][2]",
        "                  [3][3][3]",
    ]


def test_every_figure_is_tested():
    assert set(FIGURES) == {*NUMBERS, "size"}


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("name", FIGURES)
def test_a_figure_is_a_picture_by_itself(name, language):
    shown = drawn(name, language)
    source = svg(shown)
    root = ElementTree.fromstring(source)
    names = {element.tag.rpartition("}")[2] for element in root.iter()}
    assert names == {"svg", "title", "style", "rect", "text"}  # no script, nothing from elsewhere
    assert source.count("http") == 1  # the name space
    assert "prefers-color-scheme:dark" in source
    assert root.find("{*}title").text == shown.caption
    told = [element.text for element in root.iter("{http://www.w3.org/2000/svg}text")]
    for item in shown.items:
        if isinstance(item, Grid):
            assert item.title in told
            numbers = [number for *_, number, _ in item.cells()]
            start = told.index(numbers[0], told.index(item.title))
            assert told[start : start + len(numbers)] == numbers


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("name", FIGURES)
def test_all_of_a_figure_is_inside_its_card(name, language):
    root = ElementTree.fromstring(svg(drawn(name, language)))
    _, _, width, height = map(float, root.get("viewBox").split())
    for box in root.iter("{http://www.w3.org/2000/svg}rect"):
        x, y, w, h = (float(box.get(side)) for side in ("x", "y", "width", "height"))
        assert x >= 0 and y >= 0 and x + w <= width and y + h <= height
    for words in root.iter("{http://www.w3.org/2000/svg}text"):
        half = 3.3 * columns(words.text)
        assert half <= float(words.get("x")) <= width - half


def test_words_are_escaped():
    source = svg(Figure("a < b & c", (Grid("<1>", np.array([[1]])),)))
    assert ElementTree.fromstring(source).find("{*}title").text == "a < b & c"


def test_chinese_titles_keep_grids_in_line():
    one = Grid("输入", np.array([[1, 2], [3, 4]]))
    assert text(Figure("", (one, "→", one))).split("\n") == [
        "输入        输入",
        " 1  2   →    1  2",
        " 3  4        3  4",
    ]


def test_the_text_reads_the_window_as_the_figure_does():
    """Part 2 adds it up: 3 + 1 + 8 on the left, 4 + 1 + 5 on the right, 12 - 10 = 2."""
    image, _, output = NUMBERS["window"]
    left, right = ([row[column] for row in image[:3]] for column in (2, 4))
    assert (left, right) == ([3, 1, 8], [4, 1, 5])
    assert sum(left) - sum(right) == output[0][1] == 2
