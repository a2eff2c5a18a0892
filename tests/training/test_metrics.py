import numpy as np

from convstep import nn
from convstep.training import accuracy
from convstep.training.metrics import Measured, RunningMeans, metrics_of


def test_accuracy():
    scores = np.array([[3, 1], [0, 2], [5, 4], [1, 9]])
    assert accuracy(scores, np.array([0, 1, 1, 1])) == 0.75


def test_means_are_weighted():
    means = RunningMeans()
    means.add(Measured({"loss": 1.0, "accuracy": 1.0}, {"loss": 3.0, "accuracy": 1.0}))
    means.add(Measured({"loss": 5.0, "accuracy": 0.0}, {"loss": 1.0, "accuracy": 1.0}))
    assert means.means() == {"loss": 2.0, "accuracy": 0.5}


def test_the_loss_decides_what_is_measured():
    scores, labels = np.array([[-1.0, 2.0], [3.0, 1.0]]), np.array([1, 1])
    assert metrics_of(nn.SoftmaxCrossEntropy(), {})["accuracy"](scores, labels) == 0.5
    bits = np.array([[0, 1], [1, 0]])
    assert metrics_of(nn.SigmoidCrossEntropy(), {})["accuracy"](scores, bits) == 0.75
    own = {"largest": lambda output, target: output.max()}
    assert metrics_of(nn.MSE(), own) == own
