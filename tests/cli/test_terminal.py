import io
import sys

import numpy as np
import pytest

from convstep.cli import terminal


def test_a_pixel_is_two_characters_shaded_by_its_value():
    image = np.array([[0, 4], [8, 16]], np.float32)[..., None]
    assert terminal.draw(image, (0, 16)) == ["  ░░", "▒▒██"]


def test_an_output_of_ascii_gets_ascii(monkeypatch):
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(io.BytesIO(), encoding="ascii"))
    assert terminal.draw(np.array([[[0.0], [1.0]]]), (0, 1)) == ["  @@"]


@pytest.mark.parametrize("shape", [(1, 1, 1), (64, 64, 3), (3, 500, 1), (40, 5, 4), (17, 16, 1)])
def test_any_size_is_drawn_small_and_evenly(shape):
    lines = terminal.draw(np.ones(shape, np.float32), (0, 1))
    assert 1 <= len(lines) <= max(terminal.LARGEST_DRAWING, 3)
    assert {character for line in lines for character in line} == {"█"}


def test_values_outside_the_range_and_an_empty_range_are_drawn():
    assert terminal.draw(np.array([[[-5.0], [5.0]]]), (0, 1)) == ["  ██"]
    assert terminal.draw(np.zeros((1, 1, 1)), (3, 3)) == ["  "]


def test_drawings_fill_the_width_and_go_on_below(monkeypatch):
    monkeypatch.setenv("COLUMNS", "12")
    drawings = [["ab", "cd"], ["e", "fg"], ["hi", "jk"]]
    assert terminal.side_by_side(drawings) == ["ab    e", "cd    fg", "", "hi", "jk"]
    monkeypatch.setenv("COLUMNS", "1")
    assert terminal.side_by_side(drawings[:2]) == ["ab", "cd", "", "e", "fg"]
    assert terminal.side_by_side([]) == []


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
