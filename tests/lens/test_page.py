"""The page as a file: whole, small, and safe to put numbers and words into."""

import base64
import json
import re
from html import unescape

import numpy as np
import pytest

from convstep.lens.page import frame, page
from convstep.lens.situation import packed, presets, situation

STEPS = {"view": "steps", "tab": "conv_forward"}


def data_of(html):
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', html, re.DOTALL)
    return json.loads(found[1])


def test_it_needs_nothing_else_and_is_small():
    html = page(STEPS)
    assert len(html.encode()) < 1_000_000
    assert not re.search(r"""(src|href)=["'](?!data:)""", html)
    assert "url(" not in html.replace("url(#", "")
    assert "default-src 'none'" in html


def test_words_cannot_end_the_script_or_the_title():
    words = "</script><script>alert(1)</script> & <!--"
    html = page({"view": "steps", "situation": {"title": words}}, title=words)
    assert "<script>alert(1)" not in html
    assert data_of(html)["situation"]["title"] == words


def test_a_name_that_is_no_text_is_written_as_far_as_it_is():
    """Names of files are bytes: Python hands over what is no UTF-8 as half characters."""
    html = page({"view": "steps", "situation": {"title": "b\udcff.py"}}, title="b\udcff.py")
    assert "<title>b?.py</title>" in html
    html.encode()


def test_numbers_that_json_has_not_are_packed_and_nothing_else_is():
    with pytest.raises(ValueError, match="JSON"):
        page({"view": "steps", "situation": {"A_prev": float("nan")}})


@pytest.mark.parametrize("dtype", [np.float32, np.float64, ">f4", np.int64, bool])
def test_arrays_keep_every_bit(dtype):
    array = np.array([[0.1, -2.5], [3.0, 1e9]]).astype(dtype)
    found = packed(array[:, ::-1])
    little = np.dtype(found["dtype"]).newbyteorder("<")
    numbers = np.frombuffer(base64.b64decode(found["data"]), little)
    assert found["shape"] == [2, 2]
    np.testing.assert_array_equal(numbers.reshape(2, 2), array[:, ::-1].astype(found["dtype"]))


def test_a_situation_takes_the_kernel_from_the_filter():
    W, b = np.ones((2, 3, 1, 4)), np.arange(4.0).reshape(1, 1, 1, 4)
    found = situation("conv_forward", np.zeros((1, 4, 4, 1)), W=W, b=b, title="words")
    assert found["kernel"] == [2, 3]
    assert found["b"] == packed(b.ravel())
    assert found["title"] == "words"


def test_the_lessons_numbers_are_those_that_its_cells_draw():
    np.random.seed(1)  # noqa: NPY002 - as the lesson does
    A_prev = np.random.randn(10, 4, 4, 3)  # noqa: NPY002
    assert presets()["lesson"]["conv_forward"]["A_prev"] == packed(A_prev)
    assert presets()["digits"]["shape"] == [3, 8, 8, 1]


def test_a_frame_holds_the_page_unchanged():
    html = page(STEPS)
    framed = frame(html, height=500)
    assert "height:500px" in framed
    inside = re.search(r'srcdoc="([^"]*)"', framed)[1]
    assert unescape(inside) == html
