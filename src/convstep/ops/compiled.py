"""The compiled bodies: adapters from arrays to the kernels of `convstep._kernels`.

`dispatch` needs of this module: BODIES (name -> body, the portable bodies' names and
signatures), DTYPES, available(), unavailable_reason(), targets(), target(), select_target(name).
"""

from collections.abc import Callable
from typing import Any

import numpy as np

BODIES: dict[str, Callable[..., Any]] = {}
DTYPES = (np.dtype(np.float32), np.dtype(np.float64))


def available() -> bool:
    return False


def unavailable_reason() -> str | None:
    return "built without it"


def targets() -> list[str]:
    return []


def target() -> str:
    return ""
