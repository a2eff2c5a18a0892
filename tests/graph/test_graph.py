"""Graphs: names, order, shared values, nesting, memory, and the text of each error."""

import json
import time
import weakref
from dataclasses import dataclass

import numpy as np
import pytest

import convstep as cs
from convstep import nn
from convstep.graph import Graph, Sequential
from convstep.nn import ArraySpec, Key, Layer, LayerSpec, Needs

F32, F64 = np.dtype(np.float32), np.dtype(np.float64)
RELU = nn.ReLU()


@dataclass(frozen=True)
class Combine(Layer):
    """left - 2 * right: two inputs that are not alike."""

    def spec(self, *inputs):
        left, right = inputs
        if left.shape != right.shape:
            raise cs.errors.ArgumentError(f"Combine: shapes differ: {left.shape}, {right.shape}")
        return LayerSpec(left, {}, {})

    def forward(self, params, state, inputs, *, training, rng):
        return inputs[0] - 2 * inputs[1], None, state

    def backward(self, params, cache, grad, *, needs):
        return (grad, -2 * grad), {}


@dataclass(frozen=True)
class Counter(Layer):
    """A layer with state: how often it was trained."""

    def spec(self, *inputs):
        return LayerSpec(inputs[0], {}, {"count": ArraySpec((), F64)})

    def init(self, rng, spec):
        return {}, {"count": np.zeros(())}

    def forward(self, params, state, inputs, *, training, rng):
        return inputs[0], None, {"count": state["count"] + training}

    def backward(self, params, cache, grad, *, needs):
        return (grad,), {}


def branched():
    """One value that goes two ways, and comes together again."""
    return Graph(
        [
            ("stem", nn.Conv2D(3, 3, padding=1, activation="tanh"), "x"),
            ("left", nn.Conv2D(3, 1), "stem"),
            ("right", nn.Conv2D(3, 3, padding=1), "stem"),
            ("joined", Combine(), ("left", "right")),
            ("again", Combine(), ("joined", "stem")),
        ],
        "again",
    )


def nested():
    block = Sequential([nn.Conv2D(3, 3, padding=1), nn.ReLU()])
    return Sequential([("block1", block), ("block2", branched()), nn.Flatten(), nn.Dense(2)])


def made(graph, shape, seed=0):
    return graph.init(Key(seed), graph.spec(ArraySpec(shape, F64)))


@pytest.mark.parametrize("graph", [branched(), nested()], ids=["branched", "nested"])
def test_gradients(graph):
    params, state = made(graph, (4, 4, 2))
    names = tuple(params)
    x = np.random.default_rng(0).standard_normal((2, 4, 4, 2))

    def forward(x, *values):
        given = dict(zip(names, values, strict=True))
        output, cache, _ = graph.forward(given, state, (x,), training=True, rng=Key(0))
        return output, (given, cache)

    def backward(grad, kept):
        given, cache = kept
        (dx,), grads = graph.backward(given, cache, grad, needs=Needs((True,), names))
        return (dx, *(grads[name] for name in names))

    report = cs.gradient_check(forward, backward, x, *params.values())
    assert report, str(report)


def test_a_value_used_twice_by_one_node():
    graph = Graph([("twice", Combine(), ("x", "x"))], "twice")
    x = np.ones((1, 3))
    output, cache, _ = graph.forward({}, {}, (x,), training=True, rng=None)
    np.testing.assert_array_equal(output, -x)
    (dx,), _ = graph.backward({}, cache, x, needs=Needs((True,), ()))
    np.testing.assert_array_equal(dx, -x)


def test_names_of_nested_parameters():
    spec = nested().spec(ArraySpec((4, 4, 2), F32))
    assert list(spec.params)[:4] == [
        "block1.conv1.weight",
        "block1.conv1.bias",
        "block2.stem.weight",
        "block2.stem.bias",
    ]
    assert spec.params["dense1.weight"].shape == (48, 2)
    assert spec.output == ArraySpec((2,), F32)


def test_sequential_names_layers_by_kind():
    graph = Sequential(
        [
            nn.Normalize(0, 1),
            nn.Conv2D(2, 3),
            ("mine", nn.Conv2D(2, 3)),
            nn.Conv2D(2, 3),
            nn.MaxPool2D(2),
            nn.GlobalAvgPool2D(),
            nn.Dropout(0.1),
            nn.Dense(2),
        ]
    )
    names = [node.name for node in graph.nodes]
    assert names == [
        "normalize1", "conv1", "mine", "conv3", "pool1", "pool2", "dropout1", "dense1",
    ]  # fmt: skip


def test_nodes_may_come_in_any_order_and_edges_decide():
    graph = Graph([("c", nn.ReLU(), "b"), ("a", nn.ReLU(), "x"), ("b", nn.ReLU(), "a")], output="c")
    assert [node.name for node in graph.nodes] == ["a", "b", "c"]


def test_of_nodes_that_are_ready_the_first_comes_first():
    nodes = [("d", Combine(), ("b", "a")), ("b", RELU, "c"), ("a", RELU, "x"), ("c", RELU, "x")]
    assert [node.name for node in Graph(nodes, "d").nodes] == ["a", "c", "b", "d"]


def test_ordering_many_nodes_is_quick():
    count = 20_000
    nodes = [(f"n{i}", RELU, f"n{i + 1}" if i + 1 < count else "x") for i in range(count)]
    start = time.perf_counter()
    graph = Graph(nodes, "n0")
    Sequential([RELU] * count)
    assert time.perf_counter() - start < 10  # some 0.5 s; a quadratic search takes minutes
    assert [graph.nodes[0].name, graph.nodes[-1].name] == ["n19999", "n0"]


def test_several_inputs():
    graph = Graph([("sum", Combine(), ("image", "mask"))], "sum", inputs=("image", "mask"))
    image, mask = np.ones((1, 2)), np.full((1, 2), 3.0)
    output, cache, _ = graph.forward({}, {}, (image, mask), training=True, rng=None)
    np.testing.assert_array_equal(output, image - 2 * mask)
    grads, _ = graph.backward({}, cache, np.ones((1, 2)), needs=Needs((False, True), ()))
    assert grads[0] is None
    np.testing.assert_array_equal(grads[1], [[-2, -2]])


def test_state_is_handed_on_by_name():
    graph = Sequential([("first", Counter()), ("inner", Sequential([("second", Counter())]))])
    _, state = made(graph, (1,))
    for _ in range(3):
        _, _, state = graph.forward({}, state, (np.ones((1, 1)),), training=True, rng=None)
    _, _, state = graph.forward({}, state, (np.ones((1, 1)),), training=False, rng=None)
    assert state == {"first.count": 3, "inner.second.count": 3}


def test_random_layers_depend_on_their_name_alone():
    x = np.ones((1, 100))

    def dropped(*names):
        graph = Sequential([(name, nn.Dropout(0.5)) for name in names])
        return graph.forward({}, {}, (x,), training=True, rng=Key(0))[0] != 0

    alone = dropped("a")
    np.testing.assert_array_equal(dropped("a", "b"), alone & dropped("b"))
    assert (dropped("b") != alone).any()


# ------------------------------------------------------------------------- backward's order


def test_on_grad_names_parameters_from_the_last_node_to_the_first():
    graph = nested()
    params, state = made(graph, (4, 4, 2))
    names = []
    x = np.ones((1, 4, 4, 2))
    _, cache, _ = graph.forward(params, state, (x,), training=True, rng=None)
    out = {name: np.full_like(array, np.nan) for name, array in params.items()}

    def on_grad(name):
        assert np.isfinite(out[name]).all(), "the gradient is in its place by now"
        names.append(name)

    _, grads = graph.backward(
        params, cache, np.ones((1, 2)), needs=Needs((False,), tuple(params)), out=out,
        on_grad=on_grad,
    )  # fmt: skip
    assert sorted(names) == sorted(params)
    assert names[:2] == ["dense1.weight", "dense1.bias"]
    assert names[-2:] == ["block1.conv1.weight", "block1.conv1.bias"]
    assert all(grads[name] is out[name] for name in names)


class Recorder:
    """Layers that say whose backward ran, what it was asked, and which caches were alive then."""

    def __init__(self):
        self.alive = {}
        self.needs = {}
        self.caches = {}

    def layer(self, name):
        recorder = self

        @dataclass(frozen=True)
        class Recorded(Layer):
            def spec(self, *inputs):
                return LayerSpec(inputs[0], {"p": ArraySpec((1,), F64)}, {})

            def init(self, rng, spec):
                return {"p": np.zeros(1)}, {}

            def forward(self, params, state, inputs, *, training, rng):
                cache = inputs[0].copy()
                recorder.caches[name] = weakref.ref(cache)
                return inputs[0] + 1, cache, state

            def backward(self, params, cache, grad, *, needs):
                recorder.needs[name] = needs
                recorder.alive[name] = {
                    k for k, ref in recorder.caches.items() if ref() is not None
                }
                return (grad,), {name: np.ones(1) for name in needs.params}

        return name, Recorded()


def test_each_cache_is_freed_as_soon_as_its_backward_has_run():
    recorder = Recorder()
    graph = Sequential([recorder.layer(name) for name in "abc"])
    params, _ = made(graph, (4,))
    output, cache, _ = graph.forward(params, {}, (np.zeros((1, 4)),), training=True, rng=None)
    graph.backward(params, cache, output, needs=Needs((True,), tuple(params)))
    assert recorder.alive == {"c": {"a", "b", "c"}, "b": {"a", "b"}, "a": {"a"}}


def test_inference_keeps_nothing():
    recorder = Recorder()
    graph = Sequential([recorder.layer(name) for name in "abc"])
    params, _ = made(graph, (4,))
    graph.apply(params, {}, (np.zeros((1, 4)),))
    assert all(ref() is None for ref in recorder.caches.values())


@pytest.mark.parametrize("training", [True, False])
def test_values_are_forgotten_after_their_last_use(training):
    """What a, b and c make is dropped as soon as nobody wants it: c is used again by d."""
    values, alive = {}, {}

    def layer(name):
        @dataclass(frozen=True)
        class Watched(Layer):
            def spec(self, *inputs):
                return LayerSpec(inputs[0], {}, {})

            def forward(self, params, state, inputs, *, training, rng):
                alive[name] = {key for key, ref in values.items() if ref() is not None}
                output = inputs[0] + 1
                values[name] = weakref.ref(output)
                return output, None, state

            def backward(self, params, cache, grad, *, needs):
                raise NotImplementedError

        return Watched()

    wires = {"a": "x", "b": "a", "c": "b", "d": ("c", "b"), "e": "d", "f": "e"}
    graph = Graph([(name, layer(name), inputs) for name, inputs in wires.items()], "f")
    x = np.zeros((1, 4))
    if training:
        graph.forward({}, {}, (x,), training=True, rng=None)
    else:
        graph.apply({}, {}, (x,))
    assert alive == {
        "a": set(), "b": {"a"}, "c": {"b"}, "d": {"b", "c"}, "e": {"d"}, "f": {"e"}
    }  # fmt: skip


def test_a_nested_graph_holds_on_to_nothing_either():
    """While the block's second layer runs, the value that went into the block is gone."""
    values, alive = {}, {}

    def layer(name):
        @dataclass(frozen=True)
        class Watched(Layer):
            def spec(self, *inputs):
                return LayerSpec(inputs[0], {}, {})

            def forward(self, params, state, inputs, *, training, rng):
                alive[name] = {key for key, ref in values.items() if ref() is not None}
                output = inputs[0] + 1
                values[name] = weakref.ref(output)
                return output, None, state

            def backward(self, params, cache, grad, *, needs):
                alive[name] = {key for key, ref in values.items() if ref() is not None}
                output = grad + 1
                values[name] = weakref.ref(output)
                return (output,), {}

        return name, Watched()

    block = Sequential([layer("b"), layer("c"), layer("d")])
    graph = Sequential([layer("a"), ("block", block)])
    graph.apply({}, {}, (np.zeros((1, 4)),))
    assert alive == {"a": set(), "b": {"a"}, "c": {"b"}, "d": {"c"}}

    graph = Sequential([("block", block), layer("e")])
    _, cache, _ = graph.forward({}, {}, (np.zeros((1, 4)),), training=True, rng=None)
    values.clear()
    graph.backward({}, cache, np.zeros((1, 4)), needs=Needs((True,), ()))
    assert alive == {"a": set(), "e": set(), "d": {"e"}, "c": {"d"}, "b": {"c"}}


def test_gradients_of_parameters_die_once_they_are_in_their_place():
    grads, alive = {}, {}

    def layer(name):
        @dataclass(frozen=True)
        class Recorded(Layer):
            def spec(self, *inputs):
                return LayerSpec(inputs[0], {"p": ArraySpec((1,), F64)}, {})

            def init(self, rng, spec):
                return {"p": np.zeros(1)}, {}

            def forward(self, params, state, inputs, *, training, rng):
                return inputs[0], None, state

            def backward(self, params, cache, grad, *, needs):
                alive[name] = {key for key, ref in grads.items() if ref() is not None}
                own = np.ones(1)
                grads[name] = weakref.ref(own)
                return (grad,), {"p": own}

        return name, Recorded()

    graph = Sequential([layer(name) for name in "abc"])
    params, _ = made(graph, (4,))
    output, cache, _ = graph.forward(params, {}, (np.zeros((1, 4)),), training=True, rng=None)
    out = {name: np.zeros(1) for name in params}
    graph.backward(params, cache, output, needs=Needs((True,), tuple(params)), out=out)
    assert alive == {"c": set(), "b": set(), "a": set()}
    assert out == dict.fromkeys(params, 1)


def test_a_cache_serves_one_backward():
    graph = Sequential([nn.ReLU()])
    output, cache, _ = graph.forward({}, {}, (np.ones((1, 1)),), training=True, rng=None)
    graph.backward({}, cache, output, needs=Needs((True,), ()))
    with pytest.raises(cs.errors.ArgumentError, match="cache must be one that no backward has us"):
        graph.backward({}, cache, output, needs=Needs((True,), ()))


def test_backward_goes_no_farther_than_what_is_needed():
    recorder = Recorder()
    graph = Sequential([recorder.layer(name) for name in "abc"])
    params, _ = made(graph, (4,))
    output, cache, _ = graph.forward(params, {}, (np.zeros((1, 4)),), training=True, rng=None)
    inputs, grads = graph.backward(params, cache, output, needs=Needs((False,), ("b.p",)))
    assert recorder.needs == {"c": Needs((True,), ()), "b": Needs((False,), ("p",))}
    assert inputs == (None,)
    assert list(grads) == ["b.p"]


def test_nothing_needed_is_nothing_done():
    recorder = Recorder()
    graph = Sequential([recorder.layer("a")])
    params, _ = made(graph, (4,))
    output, cache, _ = graph.forward(params, {}, (np.zeros((1, 4)),), training=True, rng=None)
    assert graph.backward(params, cache, output, needs=Needs((False,), ())) == ((None,), {})
    assert recorder.needs == {}


# ------------------------------------------------------------------------- descriptions


def test_a_graph_survives_json():
    graph = Sequential(
        [
            nn.Normalize((0.5, 0.5), 2),
            ("block", Graph([("b", nn.ReLU(), "a"), ("a", nn.Conv2D(2, 3), "in")], "b", "in")),
            nn.AvgPool2D(2, padding="same"),
            nn.Flatten(),
            nn.Dropout(0.5),
            nn.Dense(3, activation="relu"),
        ]
    )
    copy = nn.layer_from_config(json.loads(json.dumps(graph.to_config())))
    assert copy == graph
    assert hash(copy) == hash(graph)


def test_multiply_adds_add_up():
    conv, dense = nn.Conv2D(3, 3), nn.Dense(5)
    graph = Sequential([Sequential([conv]), nn.Flatten(), dense])
    image = ArraySpec((6, 6, 2), F32)
    expected = conv.multiply_adds(image) + dense.multiply_adds(ArraySpec((48,), F32))
    assert graph.multiply_adds(image) == expected > 0


# ------------------------------------------------------------------------- errors


@pytest.mark.parametrize(
    "nodes, output, message",
    [
        ([("a", RELU, "x"), ("a", RELU, "a")], "a", "Graph: names must differ .*; got 'a'"),
        ([("x", RELU, "x")], "x", "Graph: names must differ from each other; got 'x'"),
        ([("a", RELU, "conv")], "a", r"the inputs of 'a' must be names in the graph \(x, a\)"),
        ([("conv1", RELU, "x"), ("b", RELU, "conv2")], "b", "got 'conv2' .* Did you mean 'conv1'"),
        ([("a", RELU, "b"), ("b", RELU, "a")], "a", "in a circle; got a circle among a, b"),
        ([("a", RELU, "x"), ("b", RELU, "x")], "a", "every node must lead to the output; got 'b'"),
        ([("a", RELU, "x"), ("b", RELU, "a")], "a", "every node must lead to the output; got 'b'"),
        ([("a", RELU, "x")], "b", r"output must be the name of a node \(a\); got 'b'"),
        ([("a", RELU, "x")], "x", r"output must be the name of a node \(a\); got 'x'"),
        ([], "a", "output must be the name of a node"),
        ([("a.b", RELU, "x")], "a.b", "node names must be names without"),
        ([("", RELU, "x")], "", "node names must be names without"),
        ([("a", "relu", "x")], "a", r"nodes must be triples \(name, layer, inputs\)"),
        ([RELU], "a", r"nodes must be triples \(name, layer, inputs\)"),
        (5, "a", r"nodes must be triples \(name, layer, inputs\); got 5"),
        ([("a", RELU, None)], "a", "the inputs of 'a' must be names without .*; got None"),
        ([(3, RELU, "x")], 3, "node names must be names without .*; got 3"),
        ([(["a", "b"], RELU, "x")], "a", "node names must be names without"),
        ([("a", RELU, "x")], None, r"output must be the name of a node \(a\); got None"),
    ],
)
def test_wrong_wiring(nodes, output, message):
    with pytest.raises(cs.errors.ArgumentError, match=message):
        Graph(nodes, output)


def test_inputs_that_are_no_names():
    with pytest.raises(cs.errors.ArgumentError, match=r"Graph: inputs must be names .*; got None"):
        Graph([("a", RELU, "x")], "a", inputs=None)


def test_graphs_that_nest_too_deeply():
    graph = RELU
    for _ in range(64):
        graph = Sequential([graph])
    assert graph.spec(ArraySpec((3,), F32)).output.shape == (3,)
    with pytest.raises(cs.errors.ArgumentError, match="at most 64 graphs within each other"):
        Sequential([graph])


LONG = 2**31 - 1


@pytest.mark.parametrize(
    "layer, shape, message",
    [
        (nn.Flatten(), (LONG, LONG, 1), r"the input 'x' must hold at most .* numbers; .*\(2147483"),
        (nn.Conv2D(LONG, 3), (2**18, 2**18, 1), r"conv1 \(Conv2D\): its output must hold at most"),
        (nn.Conv2D(1, 3, padding=LONG), (8, 8, 1), r"conv1 \(Conv2D\): padding must leave"),
        (nn.Dense(LONG), (LONG,), "Graph: its parameters and state must hold at most"),
    ],
)
def test_arrays_that_fit_into_no_memory(layer, shape, message):
    with pytest.raises(cs.errors.ArgumentError, match=message):
        Sequential([layer]).spec(ArraySpec(shape, F32))


def test_an_input_that_leads_nowhere():
    with pytest.raises(cs.errors.ArgumentError, match=r"every input must lead .*; got 'mask'"):
        Graph([("a", RELU, "x")], "a", inputs=("x", "mask"))


@pytest.mark.parametrize(
    "layers, message",
    [([], "at least one layer"), ([3], "layers, or pairs"), (5, "layers, or pairs"),
     (RELU, "layers, or pairs")],
)  # fmt: skip
def test_sequential_of_something_else(layers, message):
    with pytest.raises(cs.errors.ArgumentError, match=f"Sequential: layers must .*{message}"):
        Sequential(layers)


@pytest.mark.parametrize(
    "graph, message",
    [
        (Sequential([nn.Conv2D(2, 3), nn.Conv2D(2, 9)]), r"^conv2 \(Conv2D\): kernel_size must"),
        (
            Sequential([("block1", Sequential([nn.Conv2D(2, 3), ("big", nn.MaxPool2D(9))]))]),
            r"^block1\.big \(MaxPool2D\): kernel_size must fit",
        ),
        (Sequential([("b", Graph([("j", Combine(), ("x", "y"))], "j", ("x", "y")))]),
         r"^b \(Graph\): inputs must be 2 \(x, y\); got 1 inputs"),
        (Sequential([nn.Dense(2)]), r"^dense1 \(Dense\): its input must have the shape"),
    ],
)  # fmt: skip
def test_shape_errors_name_the_node(graph, message):
    with pytest.raises(cs.errors.ArgumentError, match=message):
        graph.spec(ArraySpec((8, 8, 1), F32))


def test_errors_while_running_name_the_node():
    graph = Sequential([("block1", Sequential([nn.Conv2D(2, 3)]))])
    params, state = made(graph, (8, 8, 1))
    for run in (
        lambda x: graph.apply(params, state, (x,)),
        lambda x: graph.forward(params, state, (x,), training=True, rng=None),
    ):
        with pytest.raises(cs.errors.ArgumentError, match=r"^block1\.conv1 \(Conv2D\): conv2d: x"):
            run(np.zeros((1, 8, 8)))
