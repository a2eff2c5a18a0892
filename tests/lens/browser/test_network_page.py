"""The network's page in a browser: maps, marks, windows, keyboard, links."""

import numpy as np
import pytest

from convstep import nn
from convstep.graph import Graph, Sequential
from convstep.lens.networks import network
from convstep.models import Model
from convstep.report import training_report
from convstep.training import History


@pytest.fixture
def opened(open_page, tmp_path):
    """Write what a lens shows, and open it."""

    def open_lens(lens, link="", *, width=1000, dark=False):
        lens.to_html(tmp_path / "page.html")
        return open_page(tmp_path / "page.html", width=width, dark=dark, hash=link)

    return open_lens


def lens(layers, shape, *, examples=1, **options):
    model = Model(Sequential(layers), input_shape=shape, seed=3)
    x = np.random.default_rng(1).normal(size=(examples, *shape))
    return network(model, x, **options), model.trace(x)


def small():
    block = Graph(
        [("conv", nn.Conv2D(4, 3, padding="same"), "x"), ("add", nn.Add(), ["conv", "x"])], "add"
    )
    layers = [nn.Conv2D(4, 3, activation="relu"), block, nn.MaxPool2D(2), nn.Flatten(), nn.Dense(3)]
    return lens(layers, (8, 8, 1), examples=2)


# Wide inputs, of which the page shows some channels; groups; strides; images that are cropped.
WINDOWS = [
    ([nn.Conv2D(4, (3, 2), stride=2, padding=1, activation="relu")], (20, 15, 3), {}),
    ([nn.Conv2D(20, 1), nn.Conv2D(12, 3, padding="same", activation="tanh")], (6, 6, 2), {}),
    ([nn.Conv2D(20, 1), nn.Conv2D(6, 3, dilation=2, groups=2)], (14, 14, 2), {}),
    ([nn.Conv2D(20, 1), nn.DepthwiseConv2D(3, activation="relu6")], (6, 6, 2), {"limit": 10_000}),
    ([nn.Conv2D(32, 1), nn.Conv2D(9, 3, activation="sigmoid")], (9, 9, 2), {"limit": 6000}),
    ([nn.Conv2D(32, 1), nn.Conv2D(9, 3)], (9, 9, 2), {"limit": 6000}),
    ([nn.Conv1D(3, 3, padding="same"), nn.Conv1D(4, 5, stride=2)], (40, 2), {}),
    ([nn.Conv2D(2, 1, padding=2), nn.Conv2D(2, 3, padding=3)], (3, 13, 1), {}),
]
LIMITS = {
    None: lambda z: z,
    "relu": lambda z: max(z, 0),
    "relu6": lambda z: min(max(z, 0), 6),
    "tanh": np.tanh,
    "sigmoid": lambda z: 1 / (1 + np.exp(-z)),
}


@pytest.mark.parametrize(("layers", "shape", "options"), WINDOWS)
def test_each_opened_window_has_the_network_s_own_sum(opened, layers, shape, options):
    made, trace = lens(layers, shape, **options)
    name = f"conv{len(layers)}"
    values = trace.values[name][0]
    values = values[np.newaxis] if values.ndim == 2 else values
    page = opened(made)
    height, width, channels = values.shape
    kept = min(channels, made.data()["maps"])
    draw = np.random.default_rng(5)
    corners = [(0, 0, 0), (height - 1, width - 1, kept - 1)]
    places = corners + [tuple(map(int, draw.integers((height, width, kept)))) for _ in range(6)]
    for h, w, c in places:
        for direction in ("forward", "backward"):
            page.evaluate(f"location.hash = '#layer={name}&cell={h},{w},{c}&open={direction}'")
            page.wait_for_function(
                f"document.querySelector('.net-said')?.textContent"
                f".startsWith('{name} at row {h}, column {w}, map {c}:')"
            )
            total = float(page.locator(".net-said").get_attribute("data-sum"))
            activation = getattr(layers[-1], "activation", None)
            assert LIMITS[activation](total) == pytest.approx(values[h, w, c], rel=1e-4, abs=1e-5)


def test_a_click_opens_the_window_and_escape_gives_the_focus_back(opened):
    page = opened(small()[0])
    canvas = page.get_by_role("application", name="conv1, values")
    canvas.click(position={"x": 5, "y": 5})
    dialog = page.get_by_role("dialog")
    assert dialog.is_visible()
    assert "cell=0,0,0" in page.url and "open=forward" in page.url
    dialog.get_by_role("button", name="Backward").click()
    assert "open=backward" in page.url
    page.keyboard.press("Escape")
    assert dialog.is_hidden()
    assert page.evaluate("document.activeElement.getAttribute('aria-label')").startswith("conv1")
    assert "open=" not in page.url


def test_everything_is_told_and_reached_by_the_keyboard(opened):
    made, trace = small()
    page = opened(made)
    page.get_by_role("application", name="conv1, values").focus()
    for key in ("ArrowDown", "ArrowRight", "ArrowRight", "PageDown"):
        page.keyboard.press(key)
    said = page.get_by_role("status").text_content()
    assert said.startswith("conv1, map 1, row 1, column 2:")
    shown = float(said.split(": ")[1].split(",")[0].replace("\N{MINUS SIGN}", "-"))
    assert shown == pytest.approx(trace.values["conv1"][0, 1, 2, 1], rel=1e-4, abs=1e-6)
    page.keyboard.press("Enter")
    position = page.get_by_role("dialog").locator(".position")
    before = position.text_content()
    page.keyboard.press("ArrowRight")
    assert position.text_content() != before
    page.keyboard.press("ArrowLeft")
    assert position.text_content() == before


def test_the_window_and_what_a_cell_sees_are_marked(opened):
    page = opened(small()[0], "#layer=pool1&cell=1,1,2")
    sizes = "all => all.map(e => [e.offsetWidth, e.offsetHeight])"
    scale = 96 // 6
    assert page.locator(".mark.from").evaluate_all(sizes) == [[2 * scale, 2 * scale]]
    scale = 128 // 8
    (seen,) = page.locator(".mark.sees").evaluate_all(sizes)
    # Pool rows 2 to 3; the block's 3 x 3 makes 1 to 4, and conv1's 1 to 6 of the input.
    assert seen == [6 * scale, 6 * scale]


def test_gradients_examples_and_inputs_can_be_chosen(opened):
    made, _ = small()
    page = opened(made)
    assert page.get_by_text("inputs: block1.conv + conv1").is_visible()
    page.get_by_label("Gradients", exact=True).check()
    assert page.get_by_role("application", name="x, gradients").count() == 1
    assert page.get_by_role("application", name="x, values").count() == 0
    page.get_by_label("Example").select_option("1")
    assert "example=1" in page.url and "show=gradients" in page.url
    page.reload()
    assert page.get_by_label("Gradients", exact=True).is_checked()
    assert page.get_by_label("Example").input_value() == "1"


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("link", ["#show=both&layer=pool1&cell=0,0,0", "#cell=1,1,1&open=forward"])
def test_nothing_keeps_anybody_out(opened, axe, dark, link):
    assert axe(opened(small()[0], link, dark=dark)) == []


def test_light_and_dark_are_the_reader_s_choice(opened):
    """The maps' own colours, too: zero is the colour of the page around them."""
    page = opened(small()[0])
    corner = """() => [
      getComputedStyle(document.querySelector(".net")).backgroundColor,
      [...document.querySelectorAll(".net-tiles canvas")].map((one) => one.toDataURL()).join(),
    ]"""
    seen = []
    for _ in range(4):
        page.get_by_role("button", name="Light / dark").click()
        seen.append(page.evaluate(corner))
    dark, light = seen[:2]
    assert (dark[0], light[0]) == ("rgb(21, 27, 35)", "rgb(255, 255, 255)")
    assert dark[1] != light[1]
    assert seen[2:] == [dark, light]


@pytest.mark.parametrize("dark", [False, True])
def test_a_phone_needs_no_sideways_scrolling(opened, dark):
    page = opened(small()[0], width=360, dark=dark)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


@pytest.mark.parametrize("link", ["#example=99&layer=none&cell=x", "#layer=conv1&cell=9,9,9"])
def test_a_link_that_leads_nowhere_opens_the_beginning(opened, link):
    page = opened(small()[0], f"{link}&open=forward")
    assert page.get_by_role("application", name="conv1, values").is_visible()
    assert page.get_by_role("dialog").count() == 0


def test_a_report_leads_from_a_mistake_into_the_network(opened):
    model = Model(Sequential([nn.Conv2D(2, 3), nn.Flatten(), nn.Dense(2)]), input_shape=(4, 4, 1))
    history = History()
    for loss in (2.0, float("nan"), 1.0):
        history.append({"loss": loss, "validation_loss": loss, "accuracy": 0.5})
    x = np.random.default_rng(1).random((3, 4, 4, 1), np.float32)
    probabilities = model.predict_proba(x)
    labels = np.array([0, 1, 0])
    said = probabilities.argmax(axis=1)
    counts = np.bincount(labels * 2 + said, minlength=4).reshape(2, 2).tolist()
    result = {
        "test_accuracy": float((said == labels).mean()), "test_interval_95": (0.1, 0.9),
        "test_right": int((said == labels).sum()), "test_examples": 3, "confusion": counts,
    }  # fmt: skip
    made = training_report(
        model, history, x, labels, probabilities, result, name="r", class_names=["cat", "dog"]
    )
    page = opened(made)
    assert page.locator("svg").count() == 2
    wrong = page.locator(".net-mistakes button")
    assert wrong.count() == int((said != labels).sum()) > 0
    wrong.last.click()
    assert page.get_by_label("Example").input_value() == str(len(made.data()["examples"]) - 1)
