import numpy as np
import pytest

from convstep.training import accuracy
from convstep.training.metrics import RunningMeans


def test_accuracy():
    scores = np.array([[3, 1], [0, 2], [5, 4], [1, 9]])
    assert accuracy(scores, np.array([0, 1, 1, 1])) == 0.75


def test_means_are_weighted_by_the_size_of_batches():
    means = RunningMeans()
    means.add({"loss": 1.0}, 3)
    means.add({"loss": 5.0}, 1)
    assert means.means() == {"loss": pytest.approx(2.0)}
