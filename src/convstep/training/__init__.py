"""Training: the step, the fit loop, metrics, callbacks, checkpoints, progress and history."""

from convstep.training.callbacks import Callback, EarlyStopping
from convstep.training.checkpoint import Checkpoint
from convstep.training.history import History
from convstep.training.metrics import accuracy
from convstep.training.sources import Source

__all__ = ["Callback", "Checkpoint", "EarlyStopping", "History", "Source", "accuracy"]
