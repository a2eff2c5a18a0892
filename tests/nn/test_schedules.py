import numpy as np
import pytest

from convstep import nn


def factors(schedule, steps):
    return [schedule.factor(step, steps) for step in range(steps)]


def test_constant():
    assert factors(nn.ConstantSchedule(), 3) == [1, 1, 1]
    assert factors(nn.ConstantSchedule(warmup=0.6), 5) == [0.25, 0.5, 0.75, 1, 1]


def test_cosine_falls_from_one_to_the_end():
    values = factors(nn.CosineSchedule(), 4)
    np.testing.assert_allclose(values, [1, 0.5 + 8**-0.5 * 1, 0.5, 0.5 - 8**-0.5 * 1])


def test_cosine_with_warm_up_and_a_floor():
    values = factors(nn.CosineSchedule(warmup=0.1, final=0.2), 100)
    assert values[0] == pytest.approx(1 / 11)
    assert values[10] == max(values) == 1
    assert np.all(np.diff(values[:11]) > 0)
    assert np.all(np.diff(values[10:]) < 0)
    assert 0.2 < values[-1] < 0.201


@pytest.mark.parametrize("steps", [1, 2, 3])
def test_runs_of_a_few_steps(steps):
    for warmup in (0, 0.5, 0.9):
        values = factors(nn.CosineSchedule(warmup=warmup), steps)
        assert all(0 < value <= 1 for value in values)


def test_steps_fall_at_their_milestones():
    schedule = nn.StepSchedule((0.5, 0.9), gamma=0.5, warmup=0.2)
    factors = [schedule.factor(step, 10) for step in range(10)]
    assert factors == pytest.approx([1 / 3, 2 / 3, 1, 1, 1, 1, 0.5, 0.5, 0.5, 0.5])


@pytest.mark.parametrize("steps", [5, 10, 37, 100])
@pytest.mark.parametrize("rise", [0.3, 0.5])
def test_one_cycle_follows_pytorch(steps, rise):
    torch = pytest.importorskip("torch", reason="PyTorch, the oracle, is not installed")
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=1.0)
    theirs = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, max_lr=2.0, total_steps=steps, pct_start=rise
    )
    schedule = nn.OneCycleSchedule(warmup=rise)
    for step in range(steps):
        assert 2 * schedule.factor(step, steps) == pytest.approx(theirs.get_last_lr()[0])
        optimizer.step()
        theirs.step()


@pytest.mark.parametrize("steps", [1, 2, 3])
def test_one_cycle_of_very_few_steps(steps):
    factors = [nn.OneCycleSchedule().factor(step, steps) for step in range(steps)]
    assert factors[0] == 1 and factors == sorted(factors, reverse=True)
