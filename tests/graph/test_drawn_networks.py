"""Networks drawn at random against PyTorch: outputs and all gradients, trained or not, folded too.

Each piece draws a layer for an input of (height, width, channels), or says None, and the function
of PyTorch that does the same with our arrays; both see channels last.
"""

import numpy as np
import pytest
from bodies import BODIES, running

import convstep as cs
from convstep import nn
from convstep.graph import Graph, fold_batch_norm
from convstep.nn import ArraySpec, Key, Needs

torch = pytest.importorskip("torch", reason="PyTorch, the oracle of these tests, is not installed")
F = torch.nn.functional

ACTIVATIONS = [None, "relu", "relu6", "leaky_relu", "sigmoid", "tanh"]
ALONE = [nn.HardSwish(), nn.SiLU(), nn.GELU(), nn.LeakyReLU()]
MOST = 2000  # numbers in one example of a value


def on_images(function):
    return lambda x: function(x.movedim(-1, 1).contiguous()).movedim(1, -1)


def filters(weight):
    return weight.permute(3, 2, 0, 1).contiguous()  # (kh, kw, in, out) -> (out, in, kh, kw)


def activated(name, y):
    return y if name is None else getattr(F, name)(y)


def drawn(rng, *choices):
    return choices[rng.integers(len(choices))]


def pairs(rng, least, most):
    return tuple(rng.integers(least, most + 1, 2).tolist())


def window(rng, channels):
    options = {
        "stride": pairs(rng, 1, 2),
        "padding": pairs(rng, 0, 2),
        "dilation": pairs(rng, 1, 2),
    }
    groups = drawn(rng, *(each for each in range(1, channels + 1) if channels % each == 0))
    return pairs(rng, 1, 3), groups, options


def conv(rng, shape):
    kernel, groups, options = window(rng, shape[-1])
    name, bias = drawn(rng, *ACTIVATIONS), drawn(rng, True, False)
    layer = nn.Conv2D(
        groups * drawn(rng, 1, 2, 5), kernel, groups=groups, bias=bias, activation=name, **options
    )

    def theirs(p, x):
        def convolved(image):
            return F.conv2d(image, filters(p["weight"]), p.get("bias"), groups=groups, **options)

        return activated(name, on_images(convolved)(x))

    return layer, theirs


def separable(rng, shape):
    kernel, _, options = window(rng, shape[-1])
    layer = nn.SeparableConv2D(4, kernel, depth_multiplier=2, activation="relu", **options)

    def theirs(p, x):
        def convolved(image):
            each = F.conv2d(image, filters(p["depthwise_weight"]), groups=shape[-1], **options)
            return F.conv2d(each, filters(p["weight"]), p["bias"])

        return F.relu(on_images(convolved)(x))

    return layer, theirs


def transposed(rng, shape):
    kernel, groups, options = window(rng, shape[-1])
    options |= {"padding": 0, "output_padding": tuple(s - 1 for s in options["stride"])}
    layer = nn.ConvTranspose2D(2 * groups, kernel, groups=groups, **options)

    def theirs(p, x):
        def spread(image):
            weight = filters(p["weight"])
            return F.conv_transpose2d(image, weight, p["bias"], groups=groups, **options)

        return on_images(spread)(x)

    return layer, theirs


def norm(rng, shape):
    name = drawn(rng, *ACTIVATIONS)

    def theirs(p, x):
        def normal(image):
            arrays = (p["mean"], p["variance"], p["weight"], p["bias"])
            return F.batch_norm(image, *arrays, p["training"], 0.1, 1e-2)

        return activated(name, on_images(normal)(x))

    return nn.BatchNorm(eps=1e-2, activation=name), theirs


def pool(rng, shape):
    kernel = pairs(rng, 1, 3)
    options = {"stride": pairs(rng, 1, 2), "padding": tuple(k // 2 for k in kernel)}
    options["ceil_mode"] = drawn(rng, True, False)
    if rng.random() < 0.5:
        layer, function = nn.MaxPool2D(kernel, **options), F.max_pool2d
    else:
        options["count_include_pad"] = drawn(rng, True, False)
        layer, function = nn.AvgPool2D(kernel, **options), F.avg_pool2d
    return layer, lambda p, x: on_images(lambda image: function(image, kernel, **options))(x)


def alone(rng, shape):
    layer = drawn(rng, *ALONE)
    name = {"HardSwish": "hardswish", "LeakyReLU": "leaky_relu"}.get(type(layer).__name__)
    function = getattr(F, name or type(layer).__name__.lower())
    return layer, lambda p, x: function(x)


def larger(rng, shape):
    if rng.random() < 0.5:
        return nn.Pad2D(((1, 0), (0, 2)), -1), lambda p, x: F.pad(x, (0, 0, 0, 2, 1, 0), value=-1.0)
    nearest = on_images(lambda image: F.interpolate(image, scale_factor=2, mode="nearest"))
    return nn.Upsample2D(2), lambda p, x: nearest(x)


PIECES = [conv, conv, separable, transposed, norm, norm, pool, alone, larger]


class Drawn:
    """A graph, and what PyTorch is to do for each of its nodes, in order."""

    def __init__(self, rng):
        self.shape = (*pairs(rng, 4, 9), drawn(rng, 1, 2, 3, 4))
        self._shapes, self.nodes, self.functions = {"x": self.shape}, [], {}
        last = "x"
        for _ in range(rng.integers(3, 8)):
            last = self._piece(rng, last)
            if rng.random() < 0.3:
                last = self._branch(rng, last)
        last = self._add("flat", nn.Flatten(), (last,), lambda p, x: x.flatten(1))
        dense = nn.Dense(5, activation="tanh")
        last = self._add(
            "scores", dense, (last,), lambda p, x: torch.tanh(x @ p["weight"] + p["bias"])
        )
        self.graph = Graph(self.nodes, last)

    def _piece(self, rng, last):
        while True:
            layer, theirs = drawn(rng, *PIECES)(rng, self._shapes[last])
            try:
                output = layer.spec(ArraySpec(self._shapes[last], np.dtype(np.float64))).output
            except cs.errors.ArgumentError:  # the window does not fit
                continue
            if output.size <= MOST:
                return self._add(f"n{len(self.nodes)}", layer, (last,), theirs)

    def _branch(self, rng, last):
        other = self._add(
            f"n{len(self.nodes)}", nn.HardSwish(), (last,), lambda p, x: F.hardswish(x)
        )
        inputs = (last, other, last)
        layer, theirs = drawn(
            rng,
            (nn.Add(activation="relu"), lambda p, *xs: F.relu(sum(xs))),
            (nn.Concat(), lambda p, *xs: torch.cat(xs, -1)),
        )
        return self._add(f"n{len(self.nodes)}", layer, inputs, theirs)

    def _add(self, name, layer, inputs, theirs):
        specs = (ArraySpec(self._shapes[each], np.dtype(np.float64)) for each in inputs)
        self._shapes[name] = layer.spec(*specs).output.shape
        self.nodes.append((name, layer, inputs))
        self.functions[name] = (inputs, theirs)
        return name

    def theirs(self, x, arrays, training):
        values = {"x": x}
        for name, (inputs, function) in self.functions.items():
            own = {
                n.removeprefix(f"{name}."): a for n, a in arrays.items() if n.startswith(f"{name}.")
            }
            values[name] = function({**own, "training": training}, *(values[n] for n in inputs))
        return values["scores"]


@pytest.mark.parametrize("body", BODIES)
@pytest.mark.parametrize("seed", range(25))
def test_a_drawn_network_equals_pytorch(seed, body):
    rng = np.random.default_rng(seed)
    network = Drawn(rng)
    graph = network.graph
    spec = graph.spec(ArraySpec(network.shape, np.dtype(np.float64)))
    params, state = graph.init(Key(seed), spec)
    params = {name: p + 0.1 * rng.standard_normal(p.shape) for name, p in params.items()}
    state = {name: rng.uniform(0.5, 2, s.shape) for name, s in state.items()}
    x = rng.standard_normal((drawn(rng, 1, 2, 3), *network.shape))
    for training in (True, False):
        tensors = {name: torch.tensor(p, requires_grad=True) for name, p in params.items()}
        running_state = {name: torch.tensor(s) for name, s in state.items()}
        given = torch.tensor(x, requires_grad=True)
        expected = network.theirs(given, {**tensors, **running_state}, training)
        grad = rng.standard_normal(expected.shape)
        expected.backward(torch.tensor(grad))
        with running(body):
            y, cache, after = graph.forward(params, state, (x,), training=training, rng=None)
            needs = Needs((True,), tuple(params))
            (dx,), grads = graph.backward(params, cache, grad, needs=needs)
            folded, *arrays = fold_batch_norm(graph, params, state)
            inferred = folded.apply(*arrays, (x,))
        near(y, expected)
        near(dx, given.grad)
        for name, tensor in tensors.items():
            near(grads[name], tensor.grad)
        for name, tensor in running_state.items():
            near(after[name], tensor)
    near(inferred, expected)  # the last one, not trained


def near(ours, tensor):
    theirs = tensor.detach().numpy()
    scale = max(1.0, np.abs(theirs).max())
    np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-9 * scale)
