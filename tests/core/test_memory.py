"""Memory: what is not there is a MemoryError, and the library goes on."""

import sys

import pytest
from helpers import needs_core, succeeds


@needs_core
@pytest.mark.skipif(sys.platform != "linux", reason="limits the address space")
def test_scratch_memory_that_cannot_be_had_is_a_memory_error():
    succeeds("""
        import resource
        import numpy as np, convstep as cs
        channels = 2**22  # depthwise: packed weights take a vector for each channel
        x = np.ones((1, 1, 1, channels), np.float32)
        weight = np.ones((1, 1, 1, channels), np.float32)
        small = cs.ops.conv2d(x[..., :8], weight[..., :8], groups=8)
        used = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (used + 48 * 2**20,) * 2)
        try:
            cs.ops.conv2d(x, weight, groups=channels)
        except MemoryError:
            assert (cs.ops.conv2d(x[..., :8], weight[..., :8], groups=8) == small).all()
        else:
            raise SystemExit("no MemoryError")
    """)
