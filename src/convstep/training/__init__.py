"""Training: the step, the fit loop, metrics, callbacks, progress and history."""

from convstep.training.callbacks import Callback
from convstep.training.history import History
from convstep.training.metrics import accuracy

__all__ = ["Callback", "History", "accuracy"]
