"""The zoo: published numbers of parameters, and equality with PyTorch, forward and backward."""

import numpy as np
import pytest

import convstep as cs
from convstep import zoo
from convstep.nn import ArraySpec

F32, F64 = np.dtype(np.float32), np.dtype(np.float64)


@pytest.mark.parametrize(
    "graph, shape, count",
    [
        (zoo.lenet5(), (28, 28, 1), 61_706),
        (zoo.signs(), (64, 64, 3), 4 * 4 * 3 * 8 + 8 + 2 * 2 * 8 * 16 + 16 + 64 * 6 + 6),
        (zoo.resnet20(), (32, 32, 3), 269_722),
        (zoo.resnet18(), (224, 224, 3), 11_689_512),
        (zoo.vgg11(), (224, 224, 3), 132_863_336),
        (zoo.mobilenet_v2(), (224, 224, 3), 3_504_872),
        (zoo.mobilenet_v2(width=0.5), (224, 224, 3), 1_968_680),
        (zoo.mobilenet_v2(width=1.4), (224, 224, 3), 6_108_776),
    ],
    ids=lambda value: "",
)
def test_parameters_are_as_many_as_published(graph, shape, count):
    spec = graph.spec(ArraySpec(shape, F32))
    assert sum(param.size for param in spec.params.values()) == count
    assert spec.output.shape == (6 if count == 1_310 else 10 if count < 300_000 else 1000,)


@pytest.mark.parametrize("name", zoo.__all__)
def test_classes_are_the_number_of_scores(name):
    graph = getattr(zoo, name)(classes=7)
    shape = {"lenet5": (28, 28, 1), "signs": (64, 64, 3)}.get(name, (64, 64, 3))
    assert graph.spec(ArraySpec(shape, F32)).output.shape == (7,)
    with pytest.raises(cs.errors.ArgumentError, match=f"{name}: classes must be an integer of"):
        getattr(zoo, name)(classes=0)


def test_a_width_that_is_none():
    with pytest.raises(cs.errors.ArgumentError, match="mobilenet_v2: width must be a number above"):
        zoo.mobilenet_v2(width=0)


def test_multiply_adds_are_as_many_as_published():
    """resnet18: 1.81 G; mobilenet_v2: 300 M, in the papers' units."""
    image = ArraySpec((224, 224, 3), F32)
    assert 1.80e9 < zoo.resnet18().multiply_adds(image) < 1.83e9
    assert 2.95e8 < zoo.mobilenet_v2().multiply_adds(image) < 3.05e8


# ------------------------------------------------------------------------- against PyTorch

torch = pytest.importorskip("torch", reason="PyTorch, the oracle, is not installed")

import torch_networks as theirs_of  # noqa: E402

NETWORKS = {
    "lenet5": (theirs_of.LeNet5, (28, 28, 1)),
    "resnet20": (theirs_of.ResNet20, (32, 32, 3)),
    "resnet18": (theirs_of.ResNet18, (33, 32, 3)),
    "mobilenet_v2": (theirs_of.MobileNetV2, (32, 40, 3)),
}


@pytest.fixture(params=NETWORKS)
def pair(request):
    """A network of PyTorch and the same one of ours, with its weights; and a batch."""
    module, shape = NETWORKS[request.param]
    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # its threads and ours would wait for each other
    torch.manual_seed(0)
    theirs = theirs_of.randomized(module())
    model = cs.Model(getattr(zoo, request.param)(), input_shape=shape, dtype=F64)
    model.load_torch_state(theirs.state_dict())
    x = np.random.default_rng(0).standard_normal((3, *shape))
    yield model, theirs, x
    torch.set_num_threads(threads)


def to_torch(x):
    return torch.tensor(x).permute(0, 3, 1, 2)


def test_inference_equals_pytorch(pair):
    model, theirs, x = pair
    with torch.no_grad():
        expected = theirs.eval()(to_torch(x)).numpy()
    np.testing.assert_allclose(model.predict(x), expected, rtol=1e-9, atol=1e-10)


def test_training_gradients_equal_pytorch(pair):
    model, theirs, x = pair
    for part in theirs.modules():
        if isinstance(part, torch.nn.Dropout):
            part.p = 0.0  # draws other numbers than ours
    model = without_dropout(model)
    given = to_torch(x).requires_grad_()
    target = np.array([3, 1, 4])
    loss = torch.nn.functional.cross_entropy(theirs.train()(given), torch.tensor(target))
    loss.backward()
    trace = model.trace(x, target=target, training=True)
    assert trace.loss == pytest.approx(loss.item(), rel=1e-10)
    close(trace.grads["x"], given.grad.permute(0, 2, 3, 1))
    grads = cs.Model(model.graph, input_shape=model.input_shape, dtype=F64)
    # The same turning round as for weights, and state to go with it.
    state = {**theirs.state_dict(), **{n: p.grad for n, p in theirs.named_parameters()}}
    grads.load_torch_state(state)
    assert set(trace.param_grads) == set(grads.params)
    for name, grad in trace.param_grads.items():
        close(grad, grads.params[name])


def close(ours, expected):
    expected = np.asarray(expected)
    assert np.abs(ours - expected).max() <= 1e-9 * max(np.abs(expected).max(), 1e-3)


def without_dropout(model):
    """The same model with a probability of 0 in its `Dropout`, which lies in the classifier."""
    nodes = []
    for name, layer, inputs in model.graph.nodes:
        if name == "classifier":
            layer = cs.Sequential([node[:2] for node in layer.nodes if node.name != "0"])
        nodes.append((name, layer, inputs))
    graph = cs.Graph(nodes, model.graph.output)
    shape = model.input_shape
    return cs.Model.from_params(graph, model.params, input_shape=shape, state=model.state)


def test_folded_networks_predict_the_same(pair):
    model, _, x = pair
    folded = model.folded()
    assert not folded.state
    assert "BatchNorm" not in folded.summary()
    np.testing.assert_allclose(folded.predict(x), model.predict(x), rtol=1e-10, atol=1e-10)
