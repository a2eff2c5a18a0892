import io
import sys

import numpy as np
import pytest

from convstep.cli import terminal


def test_a_pixel_is_two_characters_shaded_by_its_value():
    image = np.array([[0, 4], [8, 16]], np.float32)[..., None]
    assert terminal.draw(image) == ["  ░░", "▒▒██"]


def test_an_output_of_ascii_gets_ascii(monkeypatch):
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(io.BytesIO(), encoding="ascii"))
    assert terminal.draw(np.array([[[0.0], [1.0]]])) == ["  @@"]


@pytest.mark.parametrize("shape", [(1, 1, 1), (64, 64, 3), (3, 500, 1), (40, 5, 4), (17, 16, 1)])
def test_any_size_is_drawn_small_and_evenly(shape):
    image = np.zeros(shape, np.float32)
    image[:, shape[1] // 2 :] = -7
    image[:, : shape[1] // 2] = 5
    lines = terminal.draw(image)
    assert 1 <= len(lines) <= terminal.LARGEST_DRAWING
    assert len(set(lines)) == 1  # every row is alike: light on the left, dark on the right
    assert lines[0] == "".join(sorted(lines[0], key=" ░▒▓█".index, reverse=True))


def test_an_image_of_one_value_is_blank():
    assert terminal.draw(np.full((1, 2, 1), 3.0)) == ["    "]


def test_drawings_fill_the_width_and_go_on_below(monkeypatch):
    monkeypatch.setenv("COLUMNS", "12")
    drawings = [["ab", "cd"], ["e", "fg"], ["hi", "jk"], ["l", "m"], ["n", "o"]]
    assert terminal.side_by_side(drawings) == [
        "ab    e", "cd    fg", "", "hi    l", "jk    m",
    ]  # fmt: skip
    monkeypatch.setenv("COLUMNS", "1")
    assert terminal.side_by_side(drawings[:2]) == ["ab", "cd", "", "e", "fg"]
    assert terminal.side_by_side([]) == []


def test_wide_letters_take_two_columns_and_accents_none(monkeypatch):
    assert [terminal.cells(text) for text in ("abc", "猫", "ｱ", "e\u0301", "")] == [3, 2, 1, 1, 0]
    monkeypatch.setenv("COLUMNS", "20")
    assert terminal.side_by_side([["猫", "ab"], ["x", "yz"]]) == ["猫    x", "ab    yz"]


def test_a_path_is_not_folded(monkeypatch):
    monkeypatch.setenv("COLUMNS", "40")
    path = terminal.unbroken("a folder with a name/longer than the terminal")
    assert terminal.wrapped("Saved in", f"{path}: model, history") == (
        "Saved in       a folder with a name/longer than the terminal:\n"
        "               model, history"
    )


@pytest.mark.parametrize("watched, lines", [(True, 3), (False, 1)])
def test_a_note_is_folded_for_a_terminal_alone(monkeypatch, capsys, watched, lines):
    monkeypatch.setenv("COLUMNS", "30")
    monkeypatch.setattr(sys.stderr, "isatty", lambda: watched)
    terminal.note("info", "a note that is longer than two lines of this terminal")
    assert capsys.readouterr().err.count("\n") == lines


def test_there_is_colour_only_for_a_terminal_that_wants_it(monkeypatch):
    for name in ("NO_COLOR", "TERM"):
        monkeypatch.delenv(name, raising=False)
    assert terminal.styled("x", "bold") == "x"  # pytest's output is no terminal
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    assert terminal.styled("x", "bold") == "\x1b[1mx\x1b[0m"
    monkeypatch.setenv("NO_COLOR", "1")
    assert terminal.styled("x", "bold") == "x"
    monkeypatch.delenv("NO_COLOR")
    monkeypatch.setenv("TERM", "dumb")
    assert terminal.styled("x", "bold") == "x"
