"""Folding batch normalisation: the same predictions, fewer layers, and what must stay."""

import numpy as np
import pytest

import convstep as cs
from convstep import nn
from convstep.graph import Graph, Sequential, fold_batch_norm
from convstep.nn import ArraySpec, Key

F64 = np.dtype(np.float64)


def made(graph, shape):
    """Parameters and state at random, variances above 0."""
    rng = np.random.default_rng(0)
    first = graph.init(Key(0), graph.spec(ArraySpec(shape, F64)))
    return tuple(
        {name: rng.uniform(0.5, 1.5, array.shape) for name, array in arrays.items()}
        for arrays in first
    )


def check(graph, shape, kinds):
    """Fold, compare the outputs, and the kinds of layers that are left."""
    params, state = made(graph, shape)
    before = {name: array.copy() for name, array in {**params, **state}.items()}
    folded, new_params, new_state = fold_batch_norm(graph, params, state)
    x = np.random.default_rng(1).standard_normal((2, *shape))
    expected = graph.apply(params, state, (x,))
    found = folded.apply(new_params, new_state, (x,))
    np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-13)
    assert kinds_of(folded) == kinds
    spec = folded.spec(ArraySpec(shape, F64))
    assert set(new_params) == set(spec.params)
    assert set(new_state) == set(spec.state)
    for name, array in {**params, **state}.items():
        np.testing.assert_array_equal(array, before[name])
    return folded, new_params


def kinds_of(graph):
    found = []
    for node in graph.nodes:
        inner = isinstance(node.layer, Graph)
        found += kinds_of(node.layer) if inner else [type(node.layer).__name__]
    return found


IMAGE = (5, 6, 4)


@pytest.mark.parametrize(
    "layer, shape",
    [
        (nn.Conv2D(6, 3, bias=False), IMAGE),
        (nn.Conv2D(6, 3, stride=2, padding=1, groups=2), IMAGE),
        (nn.Conv2D(8, 3, groups=4, bias=False), IMAGE),
        (nn.DepthwiseConv2D(3, depth_multiplier=2), IMAGE),
        (nn.ConvTranspose2D(6, 3, stride=2), IMAGE),
        (nn.ConvTranspose2D(6, 3, stride=2, groups=2, bias=False), IMAGE),
        (nn.Conv1D(6, 3, groups=2), (7, 4)),
        (nn.Dense(3), (7,)),
        (nn.Dense(3, bias=False), (7,)),
    ],
    ids=repr,
)
@pytest.mark.parametrize("activation", [None, "relu", "relu6"])
def test_each_layer_takes_scale_shift_and_activation(layer, shape, activation):
    graph = Sequential([("a", layer), ("b", nn.BatchNorm(eps=0.1, activation=activation))])
    folded, params = check(graph, shape, [type(layer).__name__])
    assert folded.nodes[0].layer.activation == activation
    assert list(params) == ["a.weight", "a.bias"]


def test_a_separable_convolution_keeps_its_first_half():
    graph = Sequential([("a", nn.SeparableConv2D(3, 2, bias=False)), ("b", nn.BatchNorm())])
    _, params = check(graph, IMAGE, ["SeparableConv2D"])
    assert list(params) == ["a.depthwise_weight", "a.weight", "a.bias"]


def test_by_hand():
    """2 x, normalised to (2 x - 1) / 2, scaled and shifted to 3 (2 x - 1) / 2 + 5 = 3 x + 3.5."""
    graph = Sequential([("a", nn.Dense(1, bias=False)), ("b", nn.BatchNorm(eps=1.0))])
    spec = graph.spec(ArraySpec((1,), F64))
    one = np.ones(1)
    params = {"a.weight": np.array([[2.0]]), "b.weight": 3 * one, "b.bias": 5 * one}
    mean, variance = spec.state
    _, found, _ = fold_batch_norm(graph, params, {mean: one, variance: 3 * one})
    assert {name: array.item() for name, array in found.items()} == {"a.weight": 3, "a.bias": 3.5}


def test_two_in_a_row():
    check(Sequential([nn.Conv2D(3, 1), nn.BatchNorm(), nn.BatchNorm()]), IMAGE, ["Conv2D"])


def test_nested_graphs_and_their_outputs():
    block = Sequential([nn.Conv2D(4, 3, padding=1), nn.BatchNorm(activation="relu")])
    around = Graph(
        [("block", block, "x"), ("add", nn.Add(), ("block", "x")), ("last", nn.BatchNorm(), "add")],
        "last",
    )
    graph = Sequential([("one", around), ("two", around), nn.Flatten()])
    check(graph, IMAGE, ["Conv2D", "Add", "BatchNorm"] * 2 + ["Flatten"])


@pytest.mark.parametrize(
    "graph",
    [
        Sequential([nn.BatchNorm(), nn.Conv2D(4, 1)]),
        Sequential([nn.Conv2D(4, 1, activation="tanh"), nn.BatchNorm()]),
        Sequential([nn.Conv2D(4, 1), nn.ReLU(), nn.BatchNorm()]),
        Sequential([nn.Conv2D(4, 1), nn.BatchNorm(activation="relu"), nn.BatchNorm()]),
        Graph(
            [
                ("a", nn.Conv2D(4, 1), "x"),
                ("b", nn.BatchNorm(), "a"),
                ("c", nn.Add(), ("a", "b")),
            ],
            "c",
        ),
        Sequential([Sequential([nn.Conv2D(4, 1)]), nn.BatchNorm()]),
    ],
    ids=["before", "activation", "between", "after an activation", "used twice", "outside"],
)
def test_what_is_not_linear_or_used_elsewhere_stays(graph):
    params, state = made(graph, IMAGE)
    folded, _, new_state = fold_batch_norm(graph, params, state)
    assert kinds_of(folded).count("BatchNorm") == 1
    x = np.random.default_rng(1).standard_normal((2, *IMAGE))
    expected = graph.apply(params, state, (x,))
    params = fold_batch_norm(graph, params, state)[1]
    np.testing.assert_allclose(folded.apply(params, new_state, (x,)), expected, rtol=1e-12)


def test_a_shared_convolution_is_folded_for_each_of_its_places():
    conv = nn.Conv2D(4, 1, bias=False)
    graph = Graph(
        [
            ("a", conv, "x"),
            ("bn1", nn.BatchNorm(), "a"),
            ("b", conv, "bn1"),
            ("bn2", nn.BatchNorm(), "b"),
            ("c", nn.Conv2D(4, 1), "bn2"),
            ("d", nn.Conv2D(4, 1), "c"),
        ],
        "d",
        shared={"b.weight": "a.weight", "bn2.bias": "bn1.bias", "d.weight": "c.weight"},
    )
    folded, params = check(graph, IMAGE, ["Conv2D"] * 4)
    assert dict(folded.shared) == {"d.weight": "c.weight"}
    assert (params["a.weight"] != params["b.weight"]).any()


def test_a_model_keeps_dtype_metadata_and_itself():
    graph = Sequential([nn.Conv2D(4, 3, bias=False), nn.BatchNorm(), nn.Flatten(), nn.Dense(2)])
    model = cs.Model(graph, input_shape=(5, 5, 1), seed=3)
    model.metadata["class_names"] = ["a", "b"]
    folded = model.folded()
    assert (folded.dtype, folded.seed, folded.metadata) == (model.dtype, 3, model.metadata)
    folded.metadata["class_names"].append("c")
    folded.params.flat[...] = 0
    assert model.metadata["class_names"] == ["a", "b"]
    assert model.params.flat.any()
    assert model.graph == graph
