"""Figures of steps: the planes are those of the definition, the marks where the step is."""

import sys

import numpy as np
import pytest

import convstep as cs
from convstep import lens, loops
from convstep.lens.panels import columns

pytest.importorskip("matplotlib")
from PIL import Image

ORANGE, GREEN = (0xD5, 0x5E, 0x00), (0x00, 0x7A, 0x5A)
DRAW = np.random.default_rng(0)
A_PREV = DRAW.integers(-9, 10, (2, 5, 6, 2)).astype(float)
W, B = DRAW.integers(-9, 10, (3, 3, 2, 3)).astype(float), np.ones((1, 1, 1, 3))
HPARAMETERS = {"stride": 2, "pad": 1}
Z, CACHE = loops.conv_forward(A_PREV, W, B, HPARAMETERS)
DZ = DRAW.normal(size=Z.shape)


def planes(trace, k):
    """The columns of a figure, by the name of the array."""
    return {one.title.split()[0]: one.panels for one in columns(trace, trace[k])}


def first(values, k):
    return np.where(np.arange(values.size).reshape(values.shape) <= k, values, 0)


def test_conv_forward():
    trace = lens.trace_conv_forward(A_PREV, W, B, HPARAMETERS)
    step = trace.step_at(1, 2, 1, 2)
    shown = planes(trace, step.index)
    assert list(shown) == ["A_prev_pad", "W", "products", "Z"]
    padded = loops.zero_pad(A_PREV, 1)
    for k in range(2):
        image, weight, product = (shown[name][k] for name in ("A_prev_pad", "W", "products"))
        np.testing.assert_array_equal(image.values, padded[1, :, :, k])
        np.testing.assert_array_equal(weight.values, W[:, :, k, 2])
        np.testing.assert_array_equal(product.values, image.values[image.window] * weight.values)
        assert (image.window, image.pad) == ((slice(4, 7), slice(2, 5)), 1)
    assert sum(panel.values.sum() for panel in shown["products"]) + 1 == Z[step.cell]
    for c, panel in enumerate(shown["Z"]):
        np.testing.assert_array_equal(panel.values, Z[1, :, :, c])
        assert panel.cell == ((2, 1) if c == 2 else None)
        order = np.arange(Z.size).reshape(Z.shape)[1, :, :, c]
        np.testing.assert_array_equal(panel.later, order > step.index)


def test_conv_backward():
    trace = lens.trace_conv_backward(DZ, CACHE)
    step = trace.step_at(1, 0, 2, 1)
    shown = planes(trace, step.index)
    assert list(shown) == ["dZ", "W", "dA_prev_pad", "A_prev_pad", "dW", "db"]
    dA_prev, dW, db = loops.conv_backward(first(DZ, step.index), CACHE)
    for c, panel in enumerate(shown["dZ"]):
        np.testing.assert_array_equal(panel.values, DZ[1, :, :, c])
        assert panel.cell == ((0, 2) if c == 1 else None)
    for k in range(2):
        total = shown["dA_prev_pad"][k]
        np.testing.assert_allclose(total.values[1:-1, 1:-1], dA_prev[1, :, :, k])
        assert total.window == shown["A_prev_pad"][k].window == (slice(0, 3), slice(4, 7))
        np.testing.assert_allclose(shown["dW"][k].values, dW[:, :, k, 1])
    (biases,) = shown["db"]
    np.testing.assert_allclose(biases.values.ravel(), db.ravel())
    assert biases.cell == (1, 0)


@pytest.mark.parametrize("k, source", [(0, None), (23, (1, 0))])
def test_zero_pad_side_by_side(k, source):
    X = A_PREV[:, :4, :3]
    trace = lens.trace_zero_pad(X, 1)
    shown = planes(trace, k)
    step = trace[k]
    before, after = shown["X"][step.c], shown["X_pad"][step.c]
    np.testing.assert_array_equal(before.values, X[0, :, :, step.c])
    np.testing.assert_array_equal(after.values, loops.zero_pad(X, 1)[0, :, :, step.c])
    assert before.cell == source
    assert after.cell == (step.h, step.w)


@pytest.mark.parametrize("mode", ["max", "average"])
def test_pooling_with_its_windows_in_colours(mode):
    """Windows side by side: the cells of one have its output's colour, its neighbours another."""
    hparameters = {"f": 2, "stride": 2}
    A, cache = loops.pool_forward(np.abs(A_PREV) // 4, hparameters, mode)
    trace = lens.trace_pool_forward(*cache, mode)
    shown = planes(trace, 3)
    image, output = shown["A_prev"][1], shown["A"][1]
    for h, w in np.ndindex(2, 3):
        assert (image.tones[2 * h : 2 * h + 2, 2 * w : 2 * w + 2] == output.tones[h, w]).all()
    assert (np.diff(output.tones, axis=0) != 0).all() and (np.diff(output.tones, axis=1) != 0).all()
    assert (image.tones[4] == -1).all()  # no window has this row
    assert image.window == (slice(0, 2), slice(2, 4))
    mask = loops.create_mask_from_window(cache[0][0, :2, 2:4, 1]) if mode == "max" else False
    right = np.zeros((5, 6), bool)
    right[:2, 2:4] = mask
    np.testing.assert_array_equal(image.marked, right)
    assert shown["A_prev"][0].window is None

    dA = DRAW.normal(size=A.shape)
    shown = planes(lens.trace_pool_backward(dA, cache, mode), 3)
    total = loops.pool_backward(first(dA, 3), cache, mode)
    for c in range(2):
        np.testing.assert_allclose(shown["dA_prev"][c].values, total[0, :, :, c])
        np.testing.assert_array_equal(shown["dA"][c].values, dA[0, :, :, c])


def test_windows_that_overlap_have_no_colours():
    trace = lens.trace_pool_forward(A_PREV, {"f": 3, "stride": 1})
    assert planes(trace, 0)["A_prev"][0].tones is None


def test_of_many_channels_some_are_shown():
    W, b = np.ones((1, 1, 9, 16)), np.zeros((1, 1, 1, 16))
    trace = lens.trace_conv_forward(np.ones((1, 2, 2, 9)), W, b, {"stride": 1, "pad": 0})
    for k in (0, 7, 15):
        titles = [one.title for one in columns(trace, trace[k])]
        assert titles[0] == "A_prev (4 of 9 channels)"
        assert titles[3] == "Z (4 of 16 channels)"
        assert sum(panel.cell is not None for panel in planes(trace, k)["Z"]) == 1


# --------------------------------------------------------------------------- what is drawn


def pixels(figure):
    figure.set_dpi(50)
    figure.canvas.draw()
    return np.asarray(figure.canvas.buffer_rgba())[..., :3].astype(int)


def box(image, colour):
    """First and last row and column that have pixels of a colour."""
    found = np.argwhere(np.abs(image - colour).max(axis=2) < 12)
    return found.min(axis=0), found.max(axis=0)


def test_the_frames_move_with_the_steps():
    """One step to the right moves the window by the stride, and the output's frame by a cell."""
    trace = lens.trace_conv_forward(A_PREV[..., :1], W[:, :, :1, :1], B[..., :1], HPARAMETERS)
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    at = {}
    for k in (0, 1):
        figure = trace.plot(k)
        FigureCanvasAgg(figure)
        image = pixels(figure)
        for name, colour in (("window", ORANGE), ("cell", GREEN)):
            (top, left), (bottom, right) = box(image, colour)
            at[name, k] = np.array([top, left, bottom - top, right - left])
    side = 3.4 / 8 * 50  # of a plane of 8 cells, at 50 dots an inch
    assert at["window", 1] - at["window", 0] == pytest.approx([0, 2 * side, 0, 0], abs=2)
    assert at["cell", 1] - at["cell", 0] == pytest.approx([0, side, 0, 0], abs=2)
    assert at["window", 0][2:] == pytest.approx([3 * side] * 2, abs=4)
    assert at["cell", 0][2:] == pytest.approx([side] * 2, abs=4)


def words(figure):
    return [text.get_text() for text in figure.axes[0].texts]


def test_the_numbers_are_written_and_those_to_come_are_not():
    X = np.array([[1.0, 2.0], [3.0, -4.0]]).reshape(1, 2, 2, 1)
    found = words(lens.trace_zero_pad(X, 0).plot(1))
    assert [text for text in found if text in "1 2 3 -4"] == ["1", "2", "3", "-4", "1", "2"]
    assert found[-1] == "X_pad[0, 0, 1, 0] = X[0, 0, 1, 0] = 2"


def test_numbers_have_one_place_after_the_point():
    X = np.array([[12.345, -0.001], [0.0, np.nan]]).reshape(1, 2, 2, 1)
    found = words(lens.trace_zero_pad(X, 0).plot(3))
    assert [text for text in found if text in ("12.3", "0.0", "0", "nan")] == [
        "12.3", "0.0", "0", "nan",
    ] * 2  # fmt: skip


@pytest.mark.parametrize(
    "trace",
    [
        lens.trace_pool_forward(np.zeros((1, 90, 70, 3)), {"f": 3, "stride": 2}),
        lens.trace_zero_pad(np.ones((1, 0, 3, 1)), 1),
        lens.trace_zero_pad(np.array([np.nan, np.inf, -np.inf, 1e300]).reshape(1, 2, 2, 1), 1),
        lens.trace_zero_pad(np.ones((1, 2, 2, 1), bool), 1),
        lens.trace_conv_forward(
            np.ones((1, 2, 2, 0)), np.ones((1, 1, 0, 1)), B[..., :1], {"stride": 1, "pad": 0}
        ),
    ],
    ids=["large", "no rows", "not finite", "bool", "no channels"],
)
def test_odd_arrays_are_drawn(trace, tmp_path):
    trace.plot(-1).savefig(tmp_path / "figure.png")


def test_a_large_plane_keeps_the_colours_of_its_values():
    """It has no room for numbers: windows in colours would leave nothing to see."""
    A_prev = np.arange(1600.0).reshape(1, 40, 40, 1)
    (sheet,) = lens.trace_pool_forward(A_prev, {"f": 2, "stride": 2}).plot(-1).axes
    assert len(np.unique(np.reshape(sheet.images[0].get_array(), (-1, 3)), axis=0)) > 100


def test_a_notebook_shows_the_figure():
    png = lens.trace_zero_pad(A_PREV, 1).plot()._repr_png_()
    assert png.startswith(b"\x89PNG")


# ---------------------------------------------------------------------------- animations


@pytest.fixture
def trace():
    return lens.trace_zero_pad(np.arange(4.0).reshape(1, 2, 2, 1), 0)


def test_a_moving_picture_has_a_frame_for_each_step(trace, tmp_path):
    path = tmp_path / "out.gif"
    path.write_bytes(b"before")
    trace.animate(path, fps=4)
    with Image.open(path) as image:
        assert (image.n_frames, image.info["duration"]) == (4, 250)
        frames = []
        for k in range(4):
            image.seek(k)
            frames.append(np.asarray(image.convert("RGB")).astype(int))
    places = [box(frame[:, frame.shape[1] // 6 :], GREEN) for frame in frames]
    assert len({tuple(first) for first, _ in places}) == 4
    assert list(tmp_path.iterdir()) == [path]


def test_steps_may_be_chosen(trace, tmp_path):
    trace.animate(tmp_path / "out.GIF", steps=iter([-1, trace[0]]), fps=0.5)
    with Image.open(tmp_path / "out.GIF") as image:
        assert (image.n_frames, image.info["duration"]) == (2, 2000)


@pytest.mark.parametrize(
    "arguments, told",
    [
        ({"path": "out.mp4"}, r"path must end in \.gif; got 'out.mp4'"),
        ({"fps": 0}, "fps must be 0.05 to 50; got 0"),
        ({"fps": float("nan")}, "fps must be 0.05 to 50; got nan"),
        ({"fps": "2"}, "fps must be a number of pictures a second; got '2'"),
        ({"steps": 3}, r"steps must be the numbers of steps, such as range\(20\); got 3"),
        ({"steps": []}, "steps must be 1 to 300 steps; got 0 of them"),
        ({"steps": range(301)}, "steps must be 1 to 300 steps; got 301 of them. steps=range"),
        ({"steps": [4]}, "step must be less than 4; got 4"),
    ],
)
def test_what_cannot_be_animated(trace, tmp_path, monkeypatch, arguments, told):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(cs.errors.ArgumentError, match=f"^Trace.animate: {told}"):
        trace.animate(**{"path": "out.gif", **arguments})
    assert list(tmp_path.iterdir()) == []


def test_a_long_trace_says_how_to_take_a_part(tmp_path):
    trace = lens.trace_zero_pad(np.ones((1, 20, 20, 1)), 0)
    with pytest.raises(cs.errors.ArgumentError, match=r"got 400 of them\. steps=range\(100\)"):
        trace.animate(tmp_path / "out.gif")


def test_an_interrupted_animation_leaves_what_was_there(trace, tmp_path, monkeypatch):
    path = tmp_path / "out.gif"
    path.write_bytes(b"before")
    monkeypatch.setattr(type(trace[0]), "describe", lambda self: [][self.index - 1])
    with pytest.raises(IndexError):
        trace.animate(path)
    assert path.read_bytes() == b"before"
    assert list(tmp_path.iterdir()) == [path]


def test_without_matplotlib(trace, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    with pytest.raises(cs.errors.MissingExtraError, match=r"^Trace.plot: .* 'convstep\[plot\]'"):
        trace.plot()
    with pytest.raises(cs.errors.MissingExtraError, match=r"^Trace.animate: .*convstep\[plot\]'"):
        trace.animate(tmp_path / "out.gif")
