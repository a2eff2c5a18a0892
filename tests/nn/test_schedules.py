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
