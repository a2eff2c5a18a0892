import textwrap

import pytest

from convstep.check import Exercise, Task
from convstep.check.sandbox import Limits, open_submission

QUICK = Limits(call_seconds=1.0, load_seconds=20.0, total_seconds=30.0, memory_mb=1024)

EXERCISE = Exercise(
    name="attack",
    definitions={
        "plain": "import numpy as np\n\n\ndef helper(x):\n    return np.add(x, x)\n\n\n"
        "def f(x):\n    return helper(x) + 1\n"
    },
    tasks=(
        Task("helper", ("x",), ("y",), ({"x": 1},), lambda s: (s["x"],)),
        Task("f", ("x",), ("y",), ({"x": 1},), lambda s: (s["x"],), helpers=("helper",)),
    ),
    mistakes=(),
)


@pytest.fixture
def opened(tmp_path):
    """Hand in a source text, or bytes; closed again after the test."""
    sessions = []

    def opened(source, limits=QUICK, name="mine.py", exercise=EXERCISE):
        path = tmp_path / name
        data = source if isinstance(source, bytes) else textwrap.dedent(source).encode()
        path.write_bytes(data)
        sessions.append(open_submission(path, exercise, limits))
        return sessions[-1]

    yield opened
    for session in sessions:
        session.close()
