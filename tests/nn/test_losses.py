import numpy as np
import pytest

import convstep as cs
from convstep import nn
from convstep.nn import ArraySpec

CLASSES = ArraySpec((3,), np.dtype(np.float32))


def test_softmax_cross_entropy_by_hand():
    scores = np.log(np.array([[0.5, 0.25, 0.25], [0.1, 0.1, 0.8]]))
    loss, grad = nn.SoftmaxCrossEntropy().forward(scores, np.array([0, 1]))
    assert loss == pytest.approx(-(np.log(0.5) + np.log(0.1)) / 2)
    np.testing.assert_allclose(grad, [[-0.25, 0.125, 0.125], [0.05, -0.45, 0.4]])


def test_gradient_check():
    target = np.array([2, 0, 1, 2])
    loss = nn.SoftmaxCrossEntropy()
    scores = np.random.default_rng(0).standard_normal((4, 3))
    report = cs.gradient_check(
        lambda s: np.array(loss.forward(s, target)[0]),
        lambda grad, s: grad * loss.forward(s, target)[1],
        scores,
    )
    assert report, str(report)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_huge_scores_stay_finite(dtype):
    loss, grad = nn.SoftmaxCrossEntropy().forward(np.array([[1e4, -1e4]], dtype), np.array([1]))
    assert loss == 2e4
    np.testing.assert_array_equal(grad, [[1, -1]])
    assert grad.dtype == dtype


def test_against_pytorch():
    torch = pytest.importorskip("torch", reason="PyTorch, the oracle, is not installed")
    scores = np.random.default_rng(0).standard_normal((8, 5))
    target = np.arange(8) % 5
    tensor = torch.tensor(scores, requires_grad=True)
    expected = torch.nn.functional.cross_entropy(tensor, torch.tensor(target))
    expected.backward()
    loss, grad = nn.SoftmaxCrossEntropy().forward(scores, target)
    assert loss == pytest.approx(expected.item(), rel=1e-14)
    np.testing.assert_allclose(grad, tensor.grad.numpy(), rtol=1e-12)


@pytest.mark.parametrize(
    "target, message",
    [
        ([0.0, 1.0], "f: y must be an array of integer labels; got an array of float64"),
        (["a", "b"], "f: y must be an array of integer labels"),
        ([True, False], "f: y must be an array of integer labels"),
        ([[0], [1]], r"f: y must have one axis: one label per example; .*shape \(2, 1\)"),
        ([0, 3], "f: y must hold labels from 0 to 2, one per output .* got labels from 0 to 3"),
        ([-1, 0], "f: y must hold labels from 0 to 2, one per output .* got labels from -1 to 0"),
    ],
)
def test_bad_labels(target, message):
    with pytest.raises(cs.errors.ArgumentError, match=message):
        nn.SoftmaxCrossEntropy().check("f", "y", target, CLASSES)


def test_a_network_that_ends_in_images_has_no_classes():
    image = ArraySpec((4, 4, 3), np.dtype(np.float32))
    with pytest.raises(
        cs.errors.ArgumentError, match="the network must end in one score per class"
    ):
        nn.SoftmaxCrossEntropy().check("f", "y", [0], image)


@pytest.mark.parametrize(
    "target, message",
    [
        ([0, 3], "target must hold labels from 0 to 2"),
        ([0, -1], "target must hold labels from 0 to 2"),
        ([0], "target must hold a label for each of the 2 outputs"),
        (0, "target must have one axis"),
        ([[0], [1]], "target must have one axis"),
        ([0.0, 1.0], "target must be an array of integer labels"),
        ([[0], [1, 2]], "target must be an array of integer labels; .* Its rows differ in length"),
    ],
)
def test_forward_checks_its_target(target, message):
    with pytest.raises(cs.errors.ArgumentError, match=f"SoftmaxCrossEntropy: {message}"):
        nn.SoftmaxCrossEntropy().forward(np.zeros((2, 3)), target)
