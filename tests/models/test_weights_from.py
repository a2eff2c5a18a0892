"""Weights of other frameworks: turned round, matched by name or order, and checked first."""

import numpy as np
import pytest

import convstep as cs
from convstep import nn
from convstep.errors import ArgumentError

RNG = np.random.default_rng(0)


def numbers(*shape):
    return RNG.standard_normal(shape)


def small(shared=()):
    """A block with a convolution, and two products."""
    block = cs.Sequential([nn.Conv2D(3, (2, 3)), nn.ReLU()])
    graph = cs.Graph(
        [
            ("block1", block, "x"),
            ("flatten1", nn.Flatten(), "block1"),
            ("hidden", nn.Dense(4), "flatten1"),
            ("scores", nn.Dense(4), "hidden"),
        ],
        "scores",
        shared=shared,
    )
    return cs.Model(graph, input_shape=(4, 5, 2), dtype=np.float64)


STATE = {
    "block1.conv1.weight": numbers(3, 2, 2, 3),
    "block1.conv1.bias": numbers(3),
    "hidden.weight": numbers(4, 27),
    "hidden.bias": numbers(4),
    "scores.weight": numbers(4, 4),
    "scores.bias": numbers(4),
}
X = numbers(3, 4, 5, 2)


def renamed(**prefixes):
    return {
        f"{prefixes[prefix.replace('.', '_')]}.{short}".removeprefix("."): array
        for (prefix, _, short), array in ((name.rpartition("."), a) for name, a in STATE.items())
    }


def expected():
    """The same network by hand, with channels first until the products."""
    w = STATE
    y = np.zeros((3, 3, 3, 3))  # (N, C, H, W)
    for i, j in np.ndindex(3, 3):
        window = X[:, i : i + 2, j : j + 3].transpose(0, 3, 1, 2)  # (N, C, kh, kw)
        y[:, :, i, j] = np.tensordot(window, w["block1.conv1.weight"], ([1, 2, 3], [1, 2, 3]))
    y = np.maximum(y + w["block1.conv1.bias"][:, None, None], 0).reshape(3, 27)
    y = y @ w["hidden.weight"].T + w["hidden.bias"]
    return y @ w["scores.weight"].T + w["scores.bias"]


def check(model, state, names=None):
    model.load_torch_state(state, names)
    np.testing.assert_allclose(model.predict(X), expected(), rtol=1e-12)


# ------------------------------------------------------------------------- names


def test_the_same_names_in_any_order():
    check(small(), dict(reversed(STATE.items())))


def test_by_order_and_shape():
    check(small(), renamed(block1_conv1="features.0", hidden="classifier.0", scores="classifier.2"))


def test_by_shape_where_the_order_differs_and_each_fits_one_place():
    state = renamed(block1_conv1="c", hidden="a", scores="b")
    check(small(), dict(sorted(state.items())))


@pytest.mark.parametrize(
    "names",
    [
        {"block1": "net.body", "hidden": "net.fc1", "scores": "net.fc2"},
        {"": "net", "block1": "net.body", "hidden": "net.fc1", "scores": "net.fc2"},
        {"block1.conv1": "net.body.conv1", "hidden": "net.fc1", "scores": "net.fc2"},
        lambda name: {"hidden": "net.fc1", "scores": "net.fc2"}.get(name, "net.body.conv1"),
    ],
)
def test_names(names):
    check(
        small(), renamed(block1_conv1="net.body.conv1", hidden="net.fc1", scores="net.fc2"), names
    )


def test_one_prefix_for_all_and_none_for_a_block():
    check(small(), {f"module.{name}": array for name, array in STATE.items()}, {"": "module"})
    state = renamed(block1_conv1="conv1", hidden="hidden", scores="scores")
    check(small(), state, {"block1": ""})


def test_counts_that_torch_keeps_are_ignored():
    check(small(), {**STATE, "bn1.num_batches_tracked": np.array(3)})


def test_shared_parameters_may_come_once_or_twice_but_not_differ():
    shared = {"scores.bias": "hidden.bias"}
    state = {**STATE, "scores.bias": STATE["hidden.bias"]}
    once = {name: array for name, array in state.items() if name != "scores.bias"}
    predicted = []
    for given in (state, once, renamed_once(once)):
        model = small(shared)
        model.load_torch_state(given)
        predicted.append(model.predict(X))
        assert "scores.bias" not in model.params
    np.testing.assert_array_equal(predicted[0], predicted[1])
    np.testing.assert_array_equal(predicted[0], predicted[2])
    message = "the array of 'scores.bias' must equal that of 'hidden.bias', with which it is shared"
    with pytest.raises(ArgumentError, match=message):
        small(shared).load_torch_state(STATE)


def renamed_once(state):
    return {f"net.{name}": array for name, array in state.items()}


def without(*names):
    return {name: array for name, array in STATE.items() if name not in names}


ALIKE = renamed(block1_conv1="f.1", hidden="f.9", scores="f.10")


@pytest.mark.parametrize(
    "state, names, message",
    [
        (
            without("scores.bias"),
            None,
            "'scores' must hold 'bias', for our 'scores.bias'; got 'weig",
        ),
        (
            {**STATE, "scores.more": numbers(1)},
            None,
            r"'scores' must hold only what 'scores' has \(weight, bias\); got 'more'",
        ),
        (
            {**STATE, "hidden.weight": numbers(27, 4)},
            None,
            r"'hidden.weight' must have PyTorch's shape for our 'hidden.weight', which is \(27, 4\)"
            r" here; got .*\(shape \(27, 4\)\)",
        ),
        ({**STATE, "more.weight": numbers(1)}, None, "one group of arrays .*'more' unused"),
        (
            without("scores.weight", "scores.bias"),
            None,
            "weights must hold arrays for the network's 3",
        ),
        (
            {**renamed(block1_conv1="a", hidden="b", scores="c"), "b.weight": numbers(4, 26)},
            None,
            r"'b\.weight' must have PyTorch's shape for our 'hidden\.weight'.*\(shape \(4, 26\)\)",
        ),
        (
            {
                **renamed(block1_conv1="a", hidden="b", scores="c"),
                "b.weight": numbers(4, 26),
                "c.more": numbers(1),
            },
            None,
            r"its order and shapes; got 'hidden' beside 'b'\. Give names=",
        ),
        (
            {**renamed(block1_conv1="a", hidden="b", scores="c"), "c.more": numbers(1)},
            None,
            r"'c' must hold only what 'scores' has \(weight, bias\); got 'more'",
        ),
        (STATE, {"blok1": "a"}, "names must map layers of the network .*'blok1' .* block1.conv1"),
        (STATE, {"block1": "body"}, "must hold the arrays of 'block1.conv1'; got none called body"),
        (STATE, {"scores": "hidden"}, "one group of arrays for each layer .* 'scores' unused"),
        (STATE, 5, "names must be a mapping, a function or None"),
        (STATE, lambda name: None, "names must give names, as str"),
        ({3: numbers(1)}, None, "names of arrays must be str"),
        ({**STATE, "hidden.bias": "text"}, None, "'hidden.bias' must be an array of real numbers"),
        (5, None, "weights must be a mapping or a list of arrays; got 5"),
        (
            list(STATE.values())[1:],
            None,
            "weights must hold the 6 arrays of the network; got 5 arr",
        ),
        ([object()] * 5, None, r"weights\[0\] must be an array of real numbers"),
        (list(STATE.values()), {"a": "b"}, "names must come with named weights"),
    ],
)
def test_what_does_not_fit_changes_nothing(state, names, message):
    model = small()
    before = model.params.flat.copy()
    with pytest.raises(ArgumentError, match=rf"Model\.load_torch_state: .*{message}"):
        model.load_torch_state(state, names)
    np.testing.assert_array_equal(model.params.flat, before)


def test_an_order_that_is_that_of_the_alphabet_is_doubted():
    """Three alike layers, sorted as text: f.1, f.10, f.2; nothing but the numbers tells."""
    model = cs.Model(cs.Sequential([nn.Dense(2)] * 3), input_shape=(2,))
    shapes = {"weight": (2, 2), "bias": (2,)}
    groups = {
        i: {f"f.{i}.{short}": numbers(*shapes[short]) for short in shapes} for i in (1, 2, 10)
    }
    with pytest.raises(ArgumentError, match=r"got the order 'f\.1', 'f\.10', 'f\.2'"):
        model.load_torch_state(groups[1] | groups[10] | groups[2])
    model.load_torch_state(groups[1] | groups[2] | groups[10])
    state = groups[10]
    np.testing.assert_allclose(model.params["dense3.bias"], state["f.10.bias"], rtol=1e-6)


# ------------------------------------------------------------------------- writing


def test_arrays_are_written_in_place_and_copied():
    model, state = small(), {name: array.copy() for name, array in STATE.items()}
    view = model.params["hidden.bias"]
    model.load_torch_state(state)
    np.testing.assert_array_equal(view, STATE["hidden.bias"])
    state["hidden.bias"][...] = 0
    np.testing.assert_array_equal(model.params["hidden.bias"], STATE["hidden.bias"])


def test_from_params():
    model = small()
    copy = cs.Model.from_params(model.graph, dict(model.params), input_shape=(4, 5, 2))
    assert copy.dtype == np.float64
    np.testing.assert_array_equal(copy.params.flat, model.params.flat)
    copy.params.flat[...] = 0
    assert model.params.flat.any()
    narrow = cs.Model.from_params(model.graph, model.params, input_shape=(4, 5, 2), dtype="float32")
    assert narrow.params.flat.dtype == np.float32
    lists = {name: array.astype("f4").tolist() for name, array in model.params.items()}
    assert cs.Model.from_params(model.graph, lists, input_shape=(4, 5, 2)).dtype == np.float64


@pytest.mark.parametrize(
    "change, message",
    [
        ({"hiden.bias": np.ones(4)}, "params must name what the network has; got 'hiden.bias'"),
        (
            {"hidden.bias": np.ones(3)},
            r"params\['hidden.bias'\] must have the network's shape \(4,",
        ),
        ({"hidden.bias": ["a"]}, r"params\['hidden.bias'\] must be an array of real numbers"),
        (None, "params must hold 'hidden.bias'; got none of that name"),
    ],
)
def test_params_that_do_not_fit(change, message):
    model = small()
    params = {**model.params, **(change or {})}
    if change is None:
        del params["hidden.bias"]
    with pytest.raises(ArgumentError, match=rf"Model\.from_params: {message}"):
        cs.Model.from_params(model.graph, params, input_shape=(4, 5, 2))
    with pytest.raises(ArgumentError, match=r"Model\.from_params: params must be a mapping"):
        cs.Model.from_params(model.graph, [1], input_shape=(4, 5, 2))


# ------------------------------------------------------------------------- Keras


def test_keras_by_list_and_by_name():
    kernel, bias, dense = numbers(2, 3, 2, 3), numbers(3), numbers(27, 4)
    arrays = [kernel, bias, dense, numbers(4), numbers(4, 4), numbers(4)]
    model = small()
    model.load_keras_weights(arrays)
    expected = list(model.params.values())
    for ours, theirs in zip(expected, arrays, strict=True):
        np.testing.assert_array_equal(ours, theirs)  # the layout is the same
    names = ["conv/kernel:0", "conv/bias:0", "d/kernel:0", "d/bias:0", "s/kernel:0", "s/bias:0"]
    named = small()
    named.load_keras_weights(dict(zip(names, arrays, strict=True)))
    np.testing.assert_array_equal(named.params.flat, model.params.flat)


def test_keras_keeps_statistics_behind_scale_and_shift():
    graph = cs.Sequential([nn.Conv2D(3, 2, bias=False), nn.BatchNorm(eps=0.001), nn.Flatten()])
    model = cs.Model(graph, input_shape=(3, 3, 2), dtype=np.float64)
    kernel, (gamma, beta, mean) = numbers(2, 2, 2, 3), numbers(3, 3)
    variance = np.array([0.5, 1.0, 2.0])
    model.load_keras_weights([kernel, gamma, beta, mean, variance])
    x = numbers(2, 3, 3, 2)
    y = np.zeros((2, 2, 2, 3))
    for i, j in np.ndindex(2, 2):
        y[:, i, j] = np.tensordot(x[:, i : i + 2, j : j + 2], kernel, ([1, 2, 3], [0, 1, 2]))
    y = (y - mean) / np.sqrt(variance + 0.001) * gamma + beta
    # Keras flattens as we do, so nothing is to be put in another order.
    np.testing.assert_allclose(model.predict(x), y.reshape(2, -1), rtol=1e-10)
    short = ["gamma", "beta", "moving_mean", "moving_variance"]
    arrays = zip(short, [gamma, beta, mean, variance], strict=True)
    named = {"c.kernel": kernel, **{f"bn/{name}:0": array for name, array in arrays}}
    other = cs.Model(graph, input_shape=(3, 3, 2), dtype=np.float64)
    other.load_keras_weights(named, names={"conv1": "c", "norm1": "bn"})
    np.testing.assert_array_equal(other.predict(x), model.predict(x))


def test_a_depthwise_kernel_of_keras():
    """Channel c with multiplier k is output 2 c + k, there as here."""
    graph = cs.Sequential([nn.Conv2D(6, 2, groups=3, bias=False)])
    model = cs.Model(graph, input_shape=(2, 2, 3), dtype=np.float64)
    kernel, x = numbers(2, 2, 3, 2), numbers(1, 2, 2, 3)
    model.load_keras_weights({"dw/depthwise_kernel:0": kernel})
    expected = np.einsum("nijc,ijck->nck", x, kernel).reshape(1, 1, 1, 6)
    np.testing.assert_allclose(model.predict(x), expected, rtol=1e-12)


# ------------------------------------------------------------------------- PyTorch itself


def test_batch_norm_behind_a_flattened_image():
    """Its scale and statistics lie in the order of features, as the rows of what follows do."""
    torch = pytest.importorskip("torch", reason="PyTorch, the oracle, is not installed")
    theirs = torch.nn.Sequential(
        torch.nn.Flatten(), torch.nn.BatchNorm1d(12), torch.nn.ReLU(), torch.nn.Linear(12, 2)
    ).double()
    for array in (theirs[1].running_var, theirs[1].weight.data, theirs[1].running_mean):
        array.uniform_(0.5, 1.5)
    graph = cs.Sequential([nn.Flatten(), nn.BatchNorm(activation="relu"), nn.Dense(2)])
    model = cs.Model(graph, input_shape=(2, 3, 2), dtype=np.float64)
    model.load_torch_state(theirs.state_dict())
    x = numbers(4, 2, 3, 2)
    with torch.no_grad():
        expected = theirs.eval()(torch.tensor(x).permute(0, 3, 1, 2)).numpy()
    np.testing.assert_allclose(model.predict(x), expected, rtol=1e-10)


def test_a_network_of_torch():
    torch = pytest.importorskip("torch", reason="PyTorch, the oracle, is not installed")
    torch.manual_seed(0)
    theirs = torch.nn.Sequential(
        torch.nn.Conv2d(2, 6, 3, padding=1, groups=2),
        torch.nn.ReLU(),
        torch.nn.MaxPool2d(2),
        torch.nn.Flatten(),
        torch.nn.ReLU(),
        torch.nn.Linear(6 * 2 * 3, 5),
        torch.nn.Linear(5, 3),
    ).double()
    ours = cs.Sequential(
        [
            nn.Conv2D(6, 3, padding=1, groups=2, activation="relu"),
            nn.MaxPool2D(2),
            cs.Sequential([nn.Flatten(), nn.Dropout(0.5)]),
            nn.ReLU(),
            nn.Dense(5),
            nn.Dense(3),
        ]
    )
    model = cs.Model(ours, input_shape=(4, 6, 2), dtype=np.float64)
    x = numbers(3, 4, 6, 2)
    with torch.no_grad():
        expected = theirs(torch.tensor(x).permute(0, 3, 1, 2)).numpy()
    for state in (theirs.state_dict(), dict(theirs.named_parameters())):
        model.load_torch_state(state)
        np.testing.assert_allclose(model.predict(x), expected, rtol=1e-10)
    half = {name: value.bfloat16() for name, value in theirs.state_dict().items()}
    with pytest.raises(ArgumentError, match=r"'0.weight' must be an array, .*float\(\)\.cpu"):
        model.load_torch_state(half)


def test_flattened_images_side_by_side():
    torch = pytest.importorskip("torch", reason="PyTorch, the oracle, is not installed")
    nodes = [
        ("a", nn.Flatten(), "x"),
        ("pool", nn.MaxPool2D((1, 3)), "x"),
        ("b", nn.Flatten(), "pool"),
        ("again", nn.ReLU(), "a"),
        ("row", nn.Concat(), ("a", "b", "again")),
        ("dense", nn.Dense(2), "row"),
    ]
    model = cs.Model(cs.Graph(nodes, "dense"), input_shape=(2, 3, 2), dtype=np.float64)
    theirs = torch.nn.Linear(12 + 4 + 12, 2).double()
    model.load_torch_state(theirs.state_dict())
    x = numbers(4, 2, 3, 2)
    with torch.no_grad():
        image = torch.tensor(x).permute(0, 3, 1, 2)
        small = torch.nn.functional.max_pool2d(image, (1, 3))
        row = torch.cat([image.flatten(1), small.flatten(1), image.relu().flatten(1)], 1)
        expected = theirs(row).numpy()
    np.testing.assert_allclose(model.predict(x), expected, rtol=1e-10)


def test_depthwise_and_transposed_convolutions_of_torch():
    torch = pytest.importorskip("torch", reason="PyTorch, the oracle, is not installed")
    theirs = torch.nn.Sequential(
        torch.nn.Conv2d(4, 8, 3, padding=1, groups=4),
        torch.nn.Sequential(
            torch.nn.Conv2d(8, 8, 3, groups=8, bias=False), torch.nn.Conv2d(8, 6, 1)
        ),
        torch.nn.ConvTranspose2d(6, 4, 3, stride=2, groups=2),
    ).double()
    graph = cs.Sequential(
        [
            nn.DepthwiseConv2D(3, depth_multiplier=2, padding=1),
            nn.DepthwiseConv2D(3, bias=False),
            nn.Conv2D(6, 1),
            nn.ConvTranspose2D(4, 3, stride=2, groups=2),
        ]
    )
    model = cs.Model(graph, input_shape=(5, 6, 4), dtype=np.float64)
    x = numbers(2, 5, 6, 4)
    model.load_torch_state(theirs.state_dict())
    with torch.no_grad():
        expected = theirs(torch.tensor(x).permute(0, 3, 1, 2)).permute(0, 2, 3, 1).numpy()
    np.testing.assert_allclose(model.predict(x), expected, rtol=1e-9, atol=1e-12)


def test_other_convolutions_of_torch():
    """Depthwise with a multiplier, transposed with groups, and signals."""
    torch = pytest.importorskip("torch", reason="PyTorch, the oracle, is not installed")
    torch.manual_seed(0)
    images = torch.nn.Sequential(
        torch.nn.Conv2d(4, 8, 3, groups=4),
        torch.nn.BatchNorm2d(8),
        torch.nn.ConvTranspose2d(8, 6, 3, stride=2, padding=1, output_padding=1, groups=2),
        torch.nn.BatchNorm2d(6),
        torch.nn.ReLU(),
        torch.nn.Flatten(),
        torch.nn.Linear(6 * 4 * 6, 3),
    )
    ours = [
        nn.DepthwiseConv2D(3, depth_multiplier=2),
        nn.BatchNorm(),
        nn.ConvTranspose2D(6, 3, stride=2, padding=1, output_padding=1, groups=2),
        nn.BatchNorm(activation="relu"),
        nn.Flatten(),
        nn.Dense(3),
    ]
    _same_as_torch(torch, images, ours, (4, 5, 4))
    signals = torch.nn.Sequential(
        torch.nn.Conv1d(4, 6, 3, stride=2, padding=1, groups=2),
        torch.nn.BatchNorm1d(6),
        torch.nn.ReLU(),
        torch.nn.MaxPool1d(2),
        torch.nn.Flatten(),
        torch.nn.Linear(6 * 3, 3),
    )
    ours = [
        nn.Conv1D(6, 3, stride=2, padding=1, groups=2),
        nn.BatchNorm(activation="relu"),
        nn.MaxPool1D(2),
        nn.Flatten(),
        nn.Dense(3),
    ]
    _same_as_torch(torch, signals, ours, (12, 4))


def test_a_separable_convolution_of_torch_by_our_names():
    torch = pytest.importorskip("torch", reason="PyTorch is not installed")
    first = torch.nn.Conv2d(2, 4, 3, groups=2, bias=False).double()
    last = torch.nn.Conv2d(4, 5, 1).double()
    state = {f"sep.{name}": value for name, value in last.state_dict().items()}
    state["sep.depthwise_weight"] = first.weight
    graph = cs.Sequential([("sep", nn.SeparableConv2D(5, 3, depth_multiplier=2))])
    model = cs.Model(graph, input_shape=(6, 5, 2), dtype=np.float64)
    model.load_torch_state(state)
    x = numbers(2, 6, 5, 2)
    theirs = last(first(torch.tensor(x).permute(0, 3, 1, 2))).detach().permute(0, 2, 3, 1)
    np.testing.assert_allclose(model.predict(x), theirs.numpy(), rtol=1e-10)


def _same_as_torch(torch, theirs, layers, shape):
    """Load, predict, fold, predict again."""
    theirs = theirs.double().eval()
    for name, array in theirs.state_dict().items():
        if name.endswith(("running_mean", "running_var")):
            array.uniform_(0.5, 1.5)
    model = cs.Model(cs.Sequential(layers), input_shape=shape, dtype=np.float64)
    model.load_torch_state(theirs.state_dict())
    x = numbers(3, *shape)
    with torch.no_grad():
        expected = theirs(torch.tensor(x).movedim(-1, 1)).numpy()
    for each in (model, model.folded()):
        np.testing.assert_allclose(each.predict(x), expected, rtol=1e-9, atol=1e-12)


def test_other_convolutions_of_keras():
    """Their depthwise kernels are (kh, kw, channels, multiplier), by two names."""
    layers = [
        nn.DepthwiseConv2D(2, depth_multiplier=3, bias=False),
        nn.SeparableConv2D(5, 2),
        nn.ConvTranspose2D(2, 3, bias=False),
    ]
    graph = cs.Sequential(layers)
    arrays = [numbers(2, 2, 2, 3), numbers(2, 2, 6, 1), numbers(1, 1, 6, 5), numbers(5)]
    arrays.append(numbers(3, 3, 2, 5))
    model = cs.Model(graph, input_shape=(4, 5, 2), dtype=np.float64)
    model.load_keras_weights(arrays)
    own = dict(model.params)
    for channel, multiple in np.ndindex(2, 3):
        column = own["conv1.weight"][:, :, 0, channel * 3 + multiple]
        np.testing.assert_array_equal(column, arrays[0][:, :, channel, multiple])
    np.testing.assert_array_equal(own["conv2.depthwise_weight"][:, :, 0], arrays[1][..., 0])
    np.testing.assert_array_equal(own["conv2.weight"], arrays[2])
    np.testing.assert_array_equal(own["conv3.weight"], arrays[4])
    for first in ("depthwise_kernel", "kernel"):
        names = [f"a/{first}:0", f"b/{first}:0", "b/pointwise_kernel:0", "b/bias:0", "c/kernel:0"]
        named = cs.Model(graph, input_shape=(4, 5, 2), dtype=np.float64)
        named.load_keras_weights(dict(zip(names, arrays, strict=True)))
        np.testing.assert_array_equal(named.params.flat, model.params.flat)
