"""Parameters that several layers share: names, sums of gradients, nesting, errors."""

import json

import numpy as np
import pytest

import convstep as cs
from convstep import nn
from convstep.graph import Graph, Sequential
from convstep.nn import ArraySpec, Key, Needs

F32, F64 = np.dtype(np.float32), np.dtype(np.float64)

TIED = {"outer.second.conv1.weight": "first.weight", "last.bias": "outer.second.conv1.bias"}


def tied():
    """Three convolutions: one nested twice, two of one weight, two of one bias."""
    inner = Sequential([nn.Conv2D(2, 3, padding=1, activation="tanh")])
    return Graph(
        [
            ("first", nn.Conv2D(2, 3, padding=1, activation="tanh"), "x"),
            ("outer", Sequential([("second", inner)]), "first"),
            ("last", nn.Conv2D(2, 1), "outer"),
        ],
        "last",
        shared=TIED,
    )


def made(graph, shape):
    return graph.init(Key(0), graph.spec(ArraySpec(shape, F64)))


def test_shared_parameters_are_listed_once():
    spec = tied().spec(ArraySpec((4, 4, 2), F64))
    assert list(spec.params) == [
        "first.weight", "first.bias", "outer.second.conv1.bias", "last.weight",
    ]  # fmt: skip
    params, _ = made(tied(), (4, 4, 2))
    assert list(params) == list(spec.params)


def test_shared_parameters_compute_as_equal_ones_do_and_gradients_add_up():
    graph = tied()
    free = Graph([tuple(node) for node in graph.nodes], graph.output)
    params, _ = made(graph, (4, 4, 2))
    params["first.bias"] += 0.1
    params["outer.second.conv1.bias"] += 0.3
    copies = {**params, **{name: params[owner] for name, owner in TIED.items()}}
    x = np.random.default_rng(0).standard_normal((2, 4, 4, 2))
    ours, cache, _ = graph.forward(params, {}, (x,), training=True, rng=None)
    theirs, their_cache, _ = free.forward(copies, {}, (x,), training=True, rng=None)
    np.testing.assert_array_equal(ours, theirs)
    np.testing.assert_array_equal(graph.apply(params, {}, (x,)), theirs)

    (dx,), grads = graph.backward(params, cache, ours, needs=Needs((True,), tuple(params)))
    (expected,), apart = free.backward(
        copies, their_cache, theirs, needs=Needs((True,), tuple(copies))
    )
    np.testing.assert_array_equal(dx, expected)
    assert sorted(grads) == sorted(params)
    for name, owner in TIED.items():
        apart[owner] = apart[owner] + apart.pop(name)
    for name, grad in grads.items():
        np.testing.assert_allclose(grad, apart[name], rtol=1e-13)


def test_a_shared_gradient_is_told_once_it_is_whole():
    graph = tied()
    params, _ = made(graph, (4, 4, 2))
    x = np.random.default_rng(0).standard_normal((2, 4, 4, 2))
    output, cache, _ = graph.forward(params, {}, (x,), training=True, rng=None)
    out = {name: np.full_like(array, np.nan) for name, array in params.items()}
    told = {}
    _, grads = graph.backward(
        params, cache, output, needs=Needs((False,), tuple(params)), out=out,
        on_grad=lambda name: told.setdefault(name, []).append(out[name].copy()),
    )  # fmt: skip
    assert list(told) == ["last.weight", "outer.second.conv1.bias", "first.weight", "first.bias"]
    for name, arrays in told.items():
        assert len(arrays) == 1
        np.testing.assert_array_equal(arrays[0], grads[name])


def test_a_shared_parameter_that_is_not_wanted_costs_nothing():
    graph = tied()
    params, _ = made(graph, (4, 4, 2))
    x = np.ones((1, 4, 4, 2))
    output, cache, _ = graph.forward(params, {}, (x,), training=True, rng=None)
    _, grads = graph.backward(params, cache, output, needs=Needs((False,), ("last.weight",)))
    assert list(grads) == ["last.weight"]


def test_a_graph_that_shares_inside_one_that_shares():
    """Inner q is inner p, and inner p is outer w: all three are one."""
    inner = Graph(
        [("p", nn.Dense(3, bias=False), "x"), ("q", nn.Dense(3, bias=False), "p")],
        "q",
        shared={"q.weight": "p.weight"},
    )
    graph = Graph(
        [("w", nn.Dense(3, bias=False), "x"), ("inner", inner, "w")],
        "inner",
        shared={"inner.p.weight": "w.weight"},
    )
    params, _ = made(graph, (3,))
    assert list(params) == ["w.weight"]
    x = np.random.default_rng(0).standard_normal((4, 3))
    w = params["w.weight"]
    output, cache, _ = graph.forward(params, {}, (x,), training=True, rng=None)
    np.testing.assert_allclose(output, x @ w @ w @ w, rtol=1e-12)
    names = []
    _, grads = graph.backward(
        params, cache, np.ones((4, 3)), needs=Needs((False,), ("w.weight",)), on_grad=names.append
    )
    g = np.ones((4, 3))
    expected = x.T @ g @ w.T @ w.T + (x @ w).T @ g @ w.T + (x @ w @ w).T @ g
    np.testing.assert_allclose(grads["w.weight"], expected, rtol=1e-12)
    assert names == ["w.weight"]


def test_sharing_survives_json_and_counts():
    graph = tied()
    copy = nn.layer_from_config(json.loads(json.dumps(graph.to_config())))
    assert copy == graph
    assert copy != Graph([tuple(node) for node in graph.nodes], graph.output)
    model = cs.Model(graph, input_shape=(4, 4, 2))
    total = sum(array.size for array in model.params.values())
    assert model.summary().splitlines()[-1].split()[1] == str(total)


@pytest.mark.parametrize(
    "shared, message",
    [
        ({"b.weight": "a.weigth"}, "must name parameters of .*got 'a.weigth' .*: a.weight"),
        ({"c.weight": "a.weight"}, "shared must name parameters of its nodes; got 'c.weight'"),
        (
            {"b.weight": "a.bias"},
            r"'b.weight' must have the shape and dtype of 'a.bias', \(3,\) ",
        ),
        ({"b.weight": "b.weight"}, "not shared away themselves; got 'b.weight'"),
        ({"b.bias": "a.bias", "a.bias": "c.bias"}, "shared away themselves; got 'a.bias'"),
        ({"b.bias": 3}, "shared must be a mapping of names of parameters"),
        (["b.bias"], "shared must be a mapping of names of parameters"),
        (5, "shared must be a mapping of names of parameters, .*; got 5"),
    ],
)
def test_wrong_sharing(shared, message):
    nodes = [("a", nn.Dense(3), "x"), ("b", nn.Dense(3), "a")]
    with pytest.raises(cs.errors.ArgumentError, match=f"^Graph: .*{message}"):
        Graph(nodes, "b", shared=shared).spec(ArraySpec((3,), F32))
