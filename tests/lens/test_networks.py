"""A network looked into: values, gradients, windows and statistics of each layer."""

import base64
import json
import math

import numpy as np
import pytest

from convstep import nn, ops
from convstep.errors import ArgumentError
from convstep.graph import Graph, Sequential
from convstep.lens.networks import network
from convstep.models import Model, zoo


def unpacked(packed):
    raw = np.frombuffer(base64.b64decode(packed["data"]), np.dtype(packed["dtype"]))
    return raw.reshape(packed["shape"])


def layer(data, name):
    return next(each for each in data["layers"] if each["name"] == name)


def lens(layers, shape, *, dtype=np.float32, examples=1, **options):
    model = Model(Sequential(layers), input_shape=shape, dtype=dtype, seed=3)
    x = np.random.default_rng(1).normal(size=(examples, *shape))
    return model, x, network(model, x, **options).data()


def repeated(data, name, example=0):
    """Compute a layer again, from nothing but what the page has."""
    found = layer(data, name)
    step, values = found["step"], data["examples"][example]["values"]
    x = unpacked(values[found["inputs"][0]])[np.newaxis]
    top, bottom, left, right = step["padding"]
    options = {"stride": step["stride"], "padding": ((top, bottom), (left, right))}
    options["dilation"] = step["dilation"]
    if step["operation"] == "conv_forward":
        weight, bias = unpacked(step["W"]), unpacked(step["b"])
        options |= {"groups": step["groups"], "activation": step["activation"]}
        return ops.conv2d(x, weight, bias, **options)[0]
    if step["operation"] == "max_pool_forward":
        return ops.max_pool2d(x, step["kernel"], **options)[0]
    options["count_include_pad"] = step["count_padding"]
    return ops.avg_pool2d(x, step["kernel"], **options)[0]


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize(
    "made",
    [
        nn.Conv2D(4, (3, 2), stride=(2, 1), padding="same", activation="relu"),
        nn.Conv2D(4, 3, groups=2, dilation=2, activation="tanh"),
        nn.Conv2D(2, 3, padding=((2, 0), (1, 0)), bias=False),
        nn.DepthwiseConv2D(3, depth_multiplier=2, activation="sigmoid"),
        nn.MaxPool2D(2, stride=3, padding=1),
        nn.MaxPool2D(3, stride=2, ceil_mode=True),
        nn.AvgPool2D(3, stride=2, ceil_mode=True),
        nn.AvgPool2D(3, padding=1, count_include_pad=True),
    ],
)
def test_the_page_can_repeat_every_window(made, dtype):
    name = f"{made.label}1"
    model, x, data = lens([made, nn.Flatten(), nn.Dense(3)], (8, 8, 2), dtype=dtype)
    values = unpacked(data["examples"][0]["values"][name])
    assert values.dtype == dtype
    np.testing.assert_array_equal(values, model.trace(x).values[name][0])
    np.testing.assert_allclose(repeated(data, name), values, rtol=1e-4, atol=1e-5)


def test_the_gradient_is_that_of_the_predicted_score():
    layers = [nn.Conv2D(3, 3, activation="sigmoid"), nn.Flatten(), nn.Dense(4)]
    model, x, data = lens(layers, (5, 5, 1), dtype=np.float64)
    example = data["examples"][0]
    target = example["target"]
    assert target == model.predict(x)[0].argmax()
    step = 1e-5 * np.eye(25)[12].reshape(1, 5, 5, 1)
    slope = (model.predict(x + step) - model.predict(x - step))[0, target] / 2e-5
    assert unpacked(example["grads"]["x"])[2, 2, 0] == pytest.approx(slope, rel=1e-6)
    # Backward from before the activation, with the layer's weights alone, reaches the pixels.
    grad = unpacked(example["grads_before_activation"]["conv1"])[np.newaxis]
    weight = unpacked(layer(data, "conv1")["step"]["W"])
    again = ops.conv2d_backward(grad, x, weight, needs=("x",)).x[0]
    np.testing.assert_allclose(again, unpacked(example["grads"]["x"]))


def test_another_output_can_be_chosen():
    layers = [nn.Dense(3)]
    model, _, data = lens(layers, (4,), target=1)
    weight = model.params["dense1.weight"]
    assert data["examples"][0]["target"] == 1
    np.testing.assert_array_equal(unpacked(data["examples"][0]["grads"]["x"]), weight[:, 1])
    with pytest.raises(ArgumentError, match="target must be one of the model's outputs, 0 to 2"):
        lens(layers, (4,), target=3)


def test_nested_graphs_name_their_inputs():
    nodes = [("conv", nn.Conv2D(2, 3, padding="same"), "x"), ("sum", nn.Add(), ["conv", "x"])]
    block = Graph(nodes, "sum")
    _, _, data = lens([block, nn.ReLU(), nn.Flatten(), nn.Dense(2)], (5, 5, 2))
    wiring = {each["name"]: each["inputs"] for each in data["layers"]}
    assert wiring["block1.sum"] == ["block1.conv", "x"]
    assert wiring["relu1"] == ["block1.sum"]
    assert set(wiring) == set(data["examples"][0]["values"])


def test_signals_are_images_of_height_1():
    _, _, data = lens([nn.Conv1D(3, 3, padding="same"), nn.MaxPool1D(2), nn.Flatten(), nn.Dense(2)],
                      (8, 2))  # fmt: skip
    values = data["examples"][0]["values"]
    assert [values[name]["shape"] for name in ("x", "conv1", "pool1")] == [
        [1, 8, 2], [1, 8, 3], [1, 4, 3],
    ]  # fmt: skip
    for name in ("conv1", "pool1"):
        np.testing.assert_allclose(
            repeated(data, name), unpacked(values[name]), rtol=1e-5, atol=1e-6
        )


@pytest.mark.parametrize(
    ("layers", "shape"),
    [
        ([nn.ConvTranspose2D(2, 2, stride=2), nn.GlobalMaxPool2D()], (4, 4, 2)),
        ([nn.SeparableConv2D(3, 3)], (5, 5, 2)),
        ([nn.Dense(1)], (3,)),
        ([nn.BatchNorm(), nn.Conv2D(1, 1)], (3, 4, 2)),
        ([nn.AvgPool2D(2, padding=0, ceil_mode=True, count_include_pad=True)], (5, 5, 1)),
    ],
)
def test_any_network_can_be_shown(layers, shape, tmp_path):
    model, x, data = lens(layers, shape)
    json.dumps(data, allow_nan=False)
    network(model, x).to_html(tmp_path / "page.html")
    assert [path.name for path in tmp_path.iterdir()] == ["page.html"]
    assert "x" in data["examples"][0]["grads"]


def test_a_large_network_keeps_fewer_maps_and_says_how_many():
    model = Model(zoo.resnet20(), input_shape=(32, 32, 3))
    x = np.random.default_rng(1).normal(size=(2, 32, 32, 3))
    data = network(model, x, limit=1_000_000).data()
    kept = data["maps"]
    assert kept < 64
    numbers = sum(
        math.prod(each["shape"])
        for example in data["examples"]
        for group in ("values", "grads", "grads_before_activation", "before_activation")
        for each in example[group].values()
    )
    assert 4 * numbers <= 1_000_000
    assert {each["channels"] for each in data["layers"]} >= {16, 32, 64}  # whole, in words


def test_the_sums_before_the_activation_come_with_what_is_cut():
    layers = [nn.Conv2D(8, 3), nn.Conv2D(4, 3, activation="relu"), nn.Flatten(), nn.Dense(2)]
    model, x, data = lens(layers, (12, 12, 1), limit=2500)
    assert data["maps"] < 8
    whole = ops.conv2d(
        model.trace(x).values["conv1"], model.params["conv2.weight"], model.params["conv2.bias"]
    )[0]
    sums = unpacked(data["examples"][0]["before_activation"]["conv2"])
    np.testing.assert_allclose(sums, whole[..., : data["maps"]], rtol=1e-4, atol=1e-5)


def test_statistics_find_dead_channels_and_saturation():
    model = Model(Sequential([nn.Conv2D(3, 1, activation="relu6")]), input_shape=(2, 2, 1))
    model.params["conv1.weight"][...] = np.array([-1.0, 1.0, 100.0]).reshape(1, 1, 1, 3)
    found = layer(network(model, np.arange(1.0, 5).reshape(2, 2, 1)).data(), "conv1")["statistics"]
    assert found["dead"] == [0, 2]  # zero everywhere, and at the cap everywhere
    assert found["saturated"] == pytest.approx(4 / 12)
    assert (found["min"], found["max"], found["zeros"]) == (0, 6, pytest.approx(4 / 12))
    assert found["mean"] == pytest.approx((1 + 2 + 3 + 4 + 24) / 12)


def test_one_example_needs_no_axis_and_names_are_checked():
    model = Model(Sequential([nn.Flatten(), nn.Dense(2)]), input_shape=(3, 3, 1))
    model.metadata["class_names"] = ["cat", "dog"]
    data = network(model, np.ones((3, 3)), labels=[1], titles=["mine"]).data()
    assert data["classes"] == ["cat", "dog"]
    assert [(each["title"], each["label"]) for each in data["examples"]] == [("mine", 1)]
    probabilities = unpacked(data["examples"][0]["probabilities"])
    assert probabilities.sum() == pytest.approx(1)
    for wrong, told in (
        ({"labels": [1, 2]}, "labels must have one for each of the 1 examples; got 2"),
        ({"labels": 3}, "labels must have one for each"),
        ({"labels": ["cat"]}, "labels must be an integer"),
        ({"labels": [2]}, "labels must be one of the model's outputs, 0 to 1; got 2"),
        ({"titles": "x"}, "titles must have one for each"),
        ({"target": 2}, "target must be one of the model's outputs, 0 to 1"),
        ({"limit": "x"}, "limit must be an integer"),
    ):
        with pytest.raises(ArgumentError, match=told):
            network(model, np.ones((3, 3)), **wrong)
    assert network(model, np.ones((3, 3)), titles=[7]).data()["examples"][0]["title"] == "7"
    with pytest.raises(ArgumentError, match="x must hold at least one example"):
        network(model, np.ones((0, 3, 3)))


def test_a_notebook_gets_a_frame():
    model = Model(Sequential([nn.Dense(2)]), input_shape=(3,))
    shown = network(model, np.ones(3))._repr_html_()
    assert shown.startswith("<iframe") and "http" not in shown.split("srcdoc")[0]


def test_the_function_keeps_its_name_when_its_file_is_loaded():
    import convstep.lens as room

    for _ in range(2):
        assert room.network is network
