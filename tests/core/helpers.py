"""Convolution written once more, for the tests of the core, and code run in a fresh interpreter."""

import os
import subprocess
import sys
import textwrap

import numpy as np
import pytest
from bodies import TARGETS

from convstep.ops import compiled

needs_core = pytest.mark.skipif(
    not compiled.available(), reason=f"no compiled core: {compiled.unavailable_reason()}"
)
each_target = pytest.mark.parametrize("target", TARGETS)
each_dtype = pytest.mark.parametrize("dtype", [np.float32, np.float64])


def columns(x, kernel, stride, padding, dilation, out):
    """What each tap reads for each output, in float64: shape (N, OH, OW, kh, kw, C)."""
    (top, bottom), (left, right) = padding
    padded = np.pad(x.astype(np.float64), ((0, 0), (top, bottom), (left, right), (0, 0)))
    h = np.arange(out[0])[:, None] * stride[0] + np.arange(kernel[0]) * dilation[0]
    w = np.arange(out[1])[:, None] * stride[1] + np.arange(kernel[1]) * dilation[1]
    return padded[:, h[:, None, :, None], w[None, :, None, :]]


def run_python(code, **environment):
    """Run code in a fresh interpreter; return the finished process."""
    return subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def succeeds(code, **environment):
    """Run code in a fresh interpreter, which must end well; return what it printed."""
    done = run_python(code, **environment)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()
