"""Which line is executed when: the page's timeline, held to what Python executes."""

import json
import subprocess
from pathlib import Path

import numpy as np
import pytest
from executed import traced

from convstep import loops
from convstep.lens.code import OPERATIONS, program

BUNDLE = Path(loops.__file__).parent / "lens" / "assets" / "lens.js"
A_PREV = np.array([[[[3.0], [1.0], [3.0]], [[2.0], [3.0], [0.0]], [[1.0], [5.0], [4.0]]]] * 2)
A_PREV = np.concatenate([A_PREV, A_PREV[:, ::-1]], axis=3)
SIZES = {"m": 2, "n_H": 2, "n_W": 2, "n_C": 2, "n_H_prev": 3, "n_W_prev": 3, "n_C_prev": 2}

# Walks through the whole timeline of each program.
_RUNNER = """
require(process.argv[1]);
const { Timeline } = globalThis.convstepLens;
const { programs, sizes } = JSON.parse(require("fs").readFileSync(0, "utf8"));
const walk = (program) => {
  const timeline = new Timeline(program, sizes);
  const times = [...Array(timeline.length).keys()];
  const cells = timeline.cells(timeline.length - 1);
  return {
    places: times.map((t) => timeline.at(t)),
    cells: times.map((t) => timeline.cells(t)),
    ends: [...Array(cells).keys()].map((n) => timeline.endOf(n)),
  };
};
const walks = Object.entries(programs).map(([name, program]) => [name, walk(program)]);
process.stdout.write(JSON.stringify(Object.fromEntries(walks)));
"""


@pytest.fixture(scope="module")
def walks(node):
    programs = {operation: program(operation) for operation in OPERATIONS}
    content = json.dumps({"programs": programs, "sizes": SIZES})
    done = subprocess.run(
        [node, "-e", _RUNNER, str(BUNDLE)],
        input=content, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def arguments(operation):
    """What the function takes, with arrays of SIZES."""
    function, mode = OPERATIONS[operation]
    pooling = {"f": 2, "stride": 1}
    convolution = {"stride": 1, "pad": 0}
    W, b = np.ones((2, 2, 2, 2)), np.zeros((1, 1, 1, 2))
    grad = np.arange(16.0).reshape(2, 2, 2, 2)
    return {
        "conv_forward": (A_PREV, W, b, convolution),
        "conv_backward": (grad, (A_PREV, W, b, convolution)),
        "pool_forward": (A_PREV, pooling, mode),
        "pool_backward": (grad, (A_PREV, pooling), mode),
    }[function]


def executed(operation):
    """The lines that Python executes, each when it is done, with the names of its function."""
    done = traced(program(operation), arguments(operation))
    return [(line, names) for line, names, _ in done]


FUNCTIONS = [operation for operation in OPERATIONS if operation != "zero_pad"]


@pytest.mark.parametrize("operation", FUNCTIONS)
def test_the_lines_are_those_that_python_executes(walks, operation):
    lines = [place["line"] for place in walks[operation]["places"]]
    assert lines == [line for line, _ in executed(operation)]


@pytest.mark.parametrize("operation", FUNCTIONS)
def test_the_counters_are_those_of_the_loops(walks, operation):
    places, done = walks[operation]["places"], executed(operation)
    compared = 0
    for place, (_, names) in zip(places, done, strict=True):
        if not place["callers"]:
            for name, value in place["counters"].items():
                assert names[name] == value, place
                compared += 1
    assert compared > 100


@pytest.mark.parametrize("operation", OPERATIONS)
def test_cells_end_where_their_last_line_is_done(walks, operation):
    walk = walks[operation]
    assert len(walk["ends"]) == 16
    for n, t in enumerate(walk["ends"]):
        assert walk["cells"][t] == n + 1
        assert t == 0 or walk["cells"][t - 1] == n
    assert walk["cells"] == sorted(walk["cells"])


@pytest.mark.parametrize("operation", FUNCTIONS)
def test_names_are_known_once_they_have_values(walks, operation):
    for place, (_, names) in zip(walks[operation]["places"], executed(operation), strict=True):
        if not place["callers"]:
            unknown = set(place["known"]) - set(names)
            assert not unknown, place


@pytest.mark.parametrize("operation", OPERATIONS)
def test_listings_are_the_very_lines(operation):
    source = Path(loops.__file__).read_text(encoding="utf-8").splitlines()
    for name, listing in program(operation)["listings"].items():
        assert f"def {name}(" in listing[0][1]
        for number, text in listing:
            assert source[number - 1] == text
        assert not any('"""' in text for _, text in listing)


def test_a_window_with_a_nan_has_a_line_of_its_own():
    found = json.dumps(program("max_pool_backward"))
    listing = dict(program("max_pool_backward")["listings"]["create_mask_from_window"])
    (number,) = [n for n, text in listing.items() if text.strip() == "return np.isnan(x)"]
    assert f'"nan": {number}' in found
