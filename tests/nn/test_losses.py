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


# ------------------------------------------------------------------ options and other losses

RNG = np.random.default_rng(5)
SCORES = RNG.standard_normal((8, 5))
TARGET = np.arange(8) % 5
BITS = (RNG.random((8, 5)) < 0.5).astype(int)
NUMBERS = RNG.standard_normal((8, 5)) * 2
WEIGHT = np.array([1.0, 0.0, 2.0, 0.5, 3.0, 1.0, 0.25, 1.0])
PER_CLASS = (1.0, 0.5, 2.0, 0.0, 3.0)


def weighted(losses, weights):
    """The rule for a mean with weights, on tensors."""
    import torch

    weights = torch.as_tensor(weights)
    if weights.ndim == 1:  # one for each example
        weights = weights[:, None].expand_as(losses)
    return (weights * losses).sum() / weights.sum()


def softmax_by_torch(z, smoothing, classes, weight):
    import torch

    classes = None if classes is None else torch.tensor(classes, dtype=z.dtype)
    options = {"weight": classes, "label_smoothing": smoothing}
    cross_entropy, labels = torch.nn.functional.cross_entropy, torch.tensor(TARGET)
    if weight is None:
        return cross_entropy(z, labels, **options)
    each = cross_entropy(z, labels, reduction="none", **options)
    per_class = 1 if classes is None else classes[labels]
    weight = torch.tensor(weight)
    return (weight * each).sum() / (weight * per_class).sum()


def sigmoid_by_torch(z, smoothing, classes, weight):
    import torch

    bits = torch.tensor(BITS, dtype=z.dtype)
    soft = bits * (1 - smoothing) + smoothing / 2
    each = torch.nn.functional.binary_cross_entropy_with_logits(z, soft, reduction="none")
    weights = torch.ones_like(z) if classes is None else torch.tensor(classes)[bits.long()]
    return weighted(each, weights * (1 if weight is None else torch.tensor(weight)[:, None]))


def check_against_torch(loss, target, weight, reference):
    torch = pytest.importorskip("torch", reason="PyTorch, the oracle, is not installed")
    tensor = torch.tensor(SCORES, requires_grad=True)
    expected = reference(tensor)
    expected.backward()
    value, grad = loss.forward(SCORES, target, weight)
    assert value == pytest.approx(expected.item(), rel=1e-13)
    np.testing.assert_allclose(grad, tensor.grad.numpy(), rtol=1e-11, atol=1e-15)


@pytest.mark.parametrize("weight", [None, WEIGHT], ids=["plain", "weighted"])
@pytest.mark.parametrize("smoothing", [0.0, 0.1, 0.9])
@pytest.mark.parametrize("classes", [None, PER_CLASS], ids=["even", "classes"])
def test_softmax_cross_entropy_follows_pytorch(weight, smoothing, classes):
    loss = nn.SoftmaxCrossEntropy(smoothing, classes)
    reference = lambda z: softmax_by_torch(z, smoothing, classes, weight)  # noqa: E731
    check_against_torch(loss, TARGET, weight, reference)


@pytest.mark.parametrize("weight", [None, WEIGHT], ids=["plain", "weighted"])
@pytest.mark.parametrize("smoothing", [0.0, 0.2])
@pytest.mark.parametrize("classes", [None, (0.5, 3.0)], ids=["even", "classes"])
def test_sigmoid_cross_entropy_follows_pytorch(weight, smoothing, classes):
    loss = nn.SigmoidCrossEntropy(smoothing, classes)
    reference = lambda z: sigmoid_by_torch(z, smoothing, classes, weight)  # noqa: E731
    check_against_torch(loss, BITS, weight, reference)


@pytest.mark.parametrize("weight", [None, WEIGHT], ids=["plain", "weighted"])
@pytest.mark.parametrize(
    "loss, name, options",
    [
        (nn.MSE(), "mse_loss", {}),
        (nn.Huber(), "huber_loss", {}),
        (nn.Huber(0.3), "huber_loss", {"delta": 0.3}),
    ],
    ids=repr,
)
def test_losses_of_regression_follow_pytorch(loss, name, options, weight):
    torch = pytest.importorskip("torch", reason="PyTorch, the oracle, is not installed")

    def reference(z):
        function, target = getattr(torch.nn.functional, name), torch.tensor(NUMBERS)
        each = function(z, target, reduction="none", **options)
        return each.mean() if weight is None else weighted(each, weight)

    check_against_torch(loss, NUMBERS, weight, reference)


LOSSES = [
    (nn.SoftmaxCrossEntropy(0.1, PER_CLASS), TARGET),
    (nn.SigmoidCrossEntropy(0.1, (1, 3)), BITS),
    (nn.MSE(), NUMBERS),
    (nn.Huber(0.5), NUMBERS),
]


@pytest.mark.parametrize("loss, target", LOSSES, ids=repr)
def test_batches_put_together_by_their_weights_are_the_whole(loss, target):
    parts = [slice(0, 3), slice(3, 8)]
    totals = [loss.total_weight(target[part], WEIGHT[part]) for part in parts]
    values = [loss.forward(SCORES[part], target[part], WEIGHT[part])[0] for part in parts]
    whole = loss.forward(SCORES, target, WEIGHT)[0]
    assert np.dot(totals, values) / sum(totals) == pytest.approx(whole)


@pytest.mark.parametrize("loss, target", LOSSES, ids=repr)
def test_in_float32_gradients_are_float32_and_a_batch_without_weight_is_an_error(loss, target):
    for weight in (None, WEIGHT):
        assert loss.forward(SCORES.astype(np.float32), target, weight)[1].dtype == np.float32
    with pytest.raises(cs.errors.ArgumentError, match="must leave at least one example of a batch"):
        loss.forward(SCORES, target, np.zeros(8))


@pytest.mark.parametrize("loss", [nn.MSE(), nn.Huber(), nn.SigmoidCrossEntropy()], ids=repr)
def test_a_single_output_takes_targets_without_its_axis(loss):
    scores, target = SCORES[:, :1], BITS[:, 0]
    value, grad = loss.forward(scores, target)
    assert grad.shape == (8, 1)
    assert value == loss.forward(scores, target[:, np.newaxis])[0]


def test_huge_scores_of_the_sigmoid_stay_finite():
    scores = np.array([[1e4], [-1e4], [1e4]], np.float32)
    value, grad = nn.SigmoidCrossEntropy().forward(scores, np.array([1, 0, 0]))
    assert value == pytest.approx(1e4 / 3)
    np.testing.assert_allclose(grad, [[0], [0], [1 / 3]], rtol=1e-6)


def test_what_outputs_speak_for():
    np.testing.assert_array_equal(nn.SoftmaxCrossEntropy().decide(np.array([[1, 3, 2]])), [1])
    np.testing.assert_array_equal(nn.SigmoidCrossEntropy().decide(np.array([[-1, 2]])), [[0, 1]])
    assert nn.MSE().decide(NUMBERS) is None


FIVE = ArraySpec((5,), np.dtype(np.float32))


@pytest.mark.parametrize(
    "make, message",
    [
        (lambda: nn.SoftmaxCrossEntropy(1), "SoftmaxCrossEntropy: label_smoothing must be a num"),
        (lambda: nn.SoftmaxCrossEntropy(0, 3), "class_weight must be one number for each class"),
        (lambda: nn.SoftmaxCrossEntropy(0, [-1, 1]), "each of class_weight must be a number of"),
        (lambda: nn.SigmoidCrossEntropy(0, [1]), "class_weight must be a pair: what a 0 and"),
        (lambda: nn.Huber(0), "Huber: delta must be a number above 0; got 0"),
        (
            lambda: nn.SoftmaxCrossEntropy(0, [1, 2]).check("f", "y", TARGET, FIVE),
            "class_weight must hold one weight for each of the 5 classes",
        ),
        (lambda: nn.MSE().check("f", "y", [1.0], FIVE), r"f: y must have shape \(N, 5\), as the"),
        (
            lambda: nn.MSE().check("f", "y", NUMBERS * np.nan, FIVE),
            r"f: y must hold finite numbers only; got nan at \(0, 0\)",
        ),
        (
            lambda: nn.SigmoidCrossEntropy().check("f", "y", BITS * 2, FIVE),
            "f: y must hold only 0 and 1; got 2 among 40 numbers",
        ),
        (lambda: nn.MSE().forward(SCORES, NUMBERS, [1.0]), "weight must hold one weight for each"),
        (
            lambda: nn.MSE().forward(SCORES, NUMBERS, -WEIGHT),
            r"weight must hold finite numbers of at least 0; got -1.0 at 0",
        ),
    ],
)
def test_bad_options_targets_and_weights(make, message):
    with pytest.raises(cs.errors.ArgumentError, match=message):
        make()
