"""Layers, losses, optimizers, schedules and initializers.

`layer` opens with the contract that every layer keeps. Nothing here holds arrays: `Model` does.
"""

from convstep.nn.activation import (
    GELU,
    HardSwish,
    LeakyReLU,
    ReLU,
    ReLU6,
    Sigmoid,
    SiLU,
    Softmax,
    Tanh,
)
from convstep.nn.batch_norm import BatchNorm
from convstep.nn.conv import Conv2D, DepthwiseConv2D
from convstep.nn.conv_transpose import ConvTranspose2D
from convstep.nn.dense import Dense, Flatten
from convstep.nn.dropout import Dropout
from convstep.nn.initializers import glorot_uniform, he_normal, zeros
from convstep.nn.join import Add, Concat
from convstep.nn.layer import ArraySpec, Layer, LayerSpec, Needs, layer_from_config, register_layer
from convstep.nn.losses import Loss, SigmoidCrossEntropy, SoftmaxCrossEntropy
from convstep.nn.normalize import Normalize
from convstep.nn.optimizers import SGD, Adam, AdamW, Optimizer, OptimizerState
from convstep.nn.pool import AvgPool2D, GlobalAvgPool2D, GlobalMaxPool2D, MaxPool2D
from convstep.nn.random import Key
from convstep.nn.regression import MSE, Huber
from convstep.nn.resize import Pad2D, Upsample2D
from convstep.nn.schedules import (
    ConstantSchedule,
    CosineSchedule,
    OneCycleSchedule,
    Schedule,
    StepSchedule,
)
from convstep.nn.separable import SeparableConv2D
from convstep.nn.shortcut import IdentityShortcut
from convstep.nn.signal import AvgPool1D, Conv1D, GlobalAvgPool1D, GlobalMaxPool1D, MaxPool1D

__all__ = [
    "Adam",
    "AdamW",
    "Add",
    "ArraySpec",
    "AvgPool1D",
    "AvgPool2D",
    "BatchNorm",
    "Concat",
    "ConstantSchedule",
    "Conv1D",
    "Conv2D",
    "ConvTranspose2D",
    "CosineSchedule",
    "Dense",
    "DepthwiseConv2D",
    "Dropout",
    "Flatten",
    "GELU",
    "GlobalAvgPool1D",
    "GlobalAvgPool2D",
    "GlobalMaxPool1D",
    "GlobalMaxPool2D",
    "HardSwish",
    "Huber",
    "IdentityShortcut",
    "Key",
    "Layer",
    "LayerSpec",
    "LeakyReLU",
    "Loss",
    "MSE",
    "MaxPool1D",
    "MaxPool2D",
    "Needs",
    "Normalize",
    "OneCycleSchedule",
    "Optimizer",
    "OptimizerState",
    "Pad2D",
    "ReLU",
    "ReLU6",
    "SGD",
    "Schedule",
    "SeparableConv2D",
    "SiLU",
    "Sigmoid",
    "SigmoidCrossEntropy",
    "Softmax",
    "SoftmaxCrossEntropy",
    "StepSchedule",
    "Tanh",
    "Upsample2D",
    "glorot_uniform",
    "he_normal",
    "layer_from_config",
    "register_layer",
    "zeros",
]
