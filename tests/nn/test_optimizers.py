import numpy as np
import pytest

import convstep as cs
from convstep import nn

GRADS = np.random.default_rng(0).standard_normal((20, 7))


def run(optimizer, dtype=np.float64):
    params = np.linspace(-1, 1, 7).astype(dtype)
    state = optimizer.init(params)
    for step, grad in enumerate(GRADS):
        optimizer.update(params, grad.astype(dtype), state, 0.1 / (1 + step))
    assert state.step == len(GRADS)
    return params


def test_sgd_by_hand():
    params, optimizer = np.array([1.0, 2.0]), nn.SGD(0.5, momentum=0.5)
    state = optimizer.init(params)
    optimizer.update(params, np.array([1.0, 0.0]), state, 0.5)
    np.testing.assert_array_equal(params, [0.5, 2.0])
    optimizer.update(params, np.array([0.0, 2.0]), state, 0.5)  # the velocity is (0.5, 2)
    np.testing.assert_array_equal(params, [0.25, 1.0])


def test_the_first_step_of_adam_has_the_size_of_the_learning_rate():
    params, optimizer = np.zeros(3), nn.Adam()
    optimizer.update(params, np.array([1e-3, -1.0, 1e3]), optimizer.init(params), 0.1)
    np.testing.assert_allclose(params, [-0.1, 0.1, -0.1], rtol=1e-4)


@pytest.mark.parametrize(
    "ours, theirs",
    [
        (nn.SGD(0.1), ("SGD", {})),
        (nn.SGD(0.1, momentum=0.9), ("SGD", {"momentum": 0.9})),
        (
            nn.SGD(0.1, momentum=0.9, nesterov=True, weight_decay=0.01),
            ("SGD", {"momentum": 0.9, "nesterov": True, "weight_decay": 0.01}),
        ),
        (nn.Adam(), ("Adam", {})),
        (nn.Adam(beta1=0.8, beta2=0.9, epsilon=1e-3), ("Adam", {"betas": (0.8, 0.9), "eps": 1e-3})),
        (nn.Adam(weight_decay=0.01), ("Adam", {"weight_decay": 0.01})),
        (nn.AdamW(), ("AdamW", {})),
        (
            nn.AdamW(weight_decay=0.3, beta1=0.5),
            ("AdamW", {"weight_decay": 0.3, "betas": (0.5, 0.999)}),
        ),
    ],
    ids=repr,
)
def test_optimizers_follow_pytorch(ours, theirs):
    torch = pytest.importorskip("torch", reason="PyTorch, the oracle, is not installed")
    name, options = theirs
    tensor = torch.linspace(-1, 1, 7, dtype=torch.float64, requires_grad=True)
    optimizer = getattr(torch.optim, name)([tensor], lr=0.1, **options)
    for step, grad in enumerate(GRADS):
        optimizer.param_groups[0]["lr"] = 0.1 / (1 + step)
        tensor.grad = torch.tensor(grad)
        optimizer.step()
    np.testing.assert_allclose(run(ours), tensor.detach().numpy(), rtol=1e-12)


@pytest.mark.parametrize("optimizer", [nn.SGD(0.1, momentum=0.9), nn.Adam()], ids=repr)
def test_float32_stays_float32(optimizer):
    params = np.ones(3, np.float32)
    state = optimizer.init(params)
    optimizer.update(params, np.ones(3, np.float32), state, 0.1)
    assert {array.dtype for array in state.arrays.values()} == {params.dtype}


@pytest.mark.parametrize(
    "make, message",
    [
        (lambda: nn.SGD(0), "SGD: learning_rate must be a number above 0; got 0"),
        (lambda: nn.SGD("fast"), "SGD: learning_rate must be a number above 0; got 'fast'"),
        (lambda: nn.SGD(0.1, momentum=1), "SGD: momentum must be a number from 0 up to, not incl"),
        (lambda: nn.SGD(0.1, nesterov=True), "SGD: nesterov must come with a momentum above 0"),
        (lambda: nn.Adam(float("inf")), "Adam: learning_rate must be a number above 0; got inf"),
        (lambda: nn.Adam(weight_decay=-1), "Adam: weight_decay must be a number of at least 0"),
        (lambda: nn.StepSchedule((0.5, 0.2)), "StepSchedule: milestones must rise; got"),
        (lambda: nn.StepSchedule(0.5), "StepSchedule: milestones must be numbers in rising order"),
        (lambda: nn.StepSchedule((1,)), "StepSchedule: each of milestones must be a number from"),
        (lambda: nn.StepSchedule(gamma=0), "StepSchedule: gamma must be a number above 0"),
        (lambda: nn.OneCycleSchedule(initial=2), "OneCycleSchedule: initial must be a number"),
        (lambda: nn.CosineSchedule(warmup=1), "CosineSchedule: warmup must be a number from 0"),
        (lambda: nn.CosineSchedule(final=-0.1), "CosineSchedule: final must be a number from 0"),
    ],
)
def test_bad_arguments(make, message):
    with pytest.raises(cs.errors.ArgumentError, match=message):
        make()


def test_nesterov_is_a_flag():
    with pytest.raises(cs.errors.ArgumentError, match="SGD: nesterov must be True or False"):
        nn.SGD(0.1, momentum=0.9, nesterov="no")
