"""The known mistakes of the eight functions: a file for each, two for windows in one."""

from convstep.check.eight.mistakes.conv_backward import CONV_BACKWARD
from convstep.check.eight.mistakes.conv_forward import CONV_FORWARD
from convstep.check.eight.mistakes.conv_single_step import CONV_SINGLE_STEP
from convstep.check.eight.mistakes.pool_backward import POOL_BACKWARD
from convstep.check.eight.mistakes.pool_forward import POOL_FORWARD
from convstep.check.eight.mistakes.windows import CREATE_MASK_FROM_WINDOW, DISTRIBUTE_VALUE
from convstep.check.eight.mistakes.zero_pad import ZERO_PAD

__all__ = ["MISTAKES"]

MISTAKES = (
    *ZERO_PAD,
    *CONV_SINGLE_STEP,
    *CONV_FORWARD,
    *POOL_FORWARD,
    *CONV_BACKWARD,
    *CREATE_MASK_FROM_WINDOW,
    *DISTRIBUTE_VALUE,
    *POOL_BACKWARD,
)
