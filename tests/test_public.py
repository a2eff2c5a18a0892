"""The public face: names, docstrings, what importing costs, how large the package is."""

import importlib
import inspect
import os
import re
import statistics
import subprocess
import sys
import time
from importlib import metadata
from pathlib import Path

import pytest

import convstep as cs
from convstep import ops

PUBLIC = [
    "convstep", "convstep.errors", "convstep.lens", "convstep.nn", "convstep.ops", "convstep.steps",
]  # fmt: skip
EIGHT = [
    "zero_pad",
    "conv_single_step",
    "conv_forward",
    "conv_backward",
    "pool_forward",
    "pool_backward",
    "create_mask_from_window",
    "distribute_value",
]


@pytest.mark.parametrize("name", PUBLIC)
def test_the_list_of_names_is_sorted_and_true(name):
    module = importlib.import_module(name)
    assert module.__all__ == sorted(module.__all__)
    assert len(set(module.__all__)) == len(module.__all__)
    for public in module.__all__:
        assert getattr(module, public) is not None


@pytest.mark.parametrize("name", ["convstep.ops", "convstep.steps", "convstep.errors"])
def test_no_public_name_is_missing_from_the_list(name):
    """What a module defines, or gathers from its own rooms, without an underscore."""
    module = importlib.import_module(name)
    defined = {
        public
        for public, value in vars(module).items()
        if public[0] != "_" and callable(value) and _belongs(value, name)
    }
    assert defined - set(module.__all__) <= {"Shown", "describe"}


def _belongs(value, name):
    where = getattr(value, "__module__", "")
    return where == name or (name == "convstep.ops" and where.startswith("convstep.ops."))


def test_the_front_door_lists_all_that_the_design_promises():
    promised = {
        *EIGHT,
        *("Graph", "Model", "Sequential", "__version__", "data", "errors", "loops", "nn", "ops"),
        *("steps", "backend_info", "get_num_threads", "gradient_check", "set_num_threads"),
        "use_backend",
    }
    assert promised <= set(cs.__all__)
    assert dir(cs) == cs.__all__


def test_a_name_that_is_not_there():
    with pytest.raises(AttributeError, match="module 'convstep' has no attribute 'Modle'"):
        cs.Modle  # noqa: B018


@pytest.mark.parametrize("name", EIGHT)
def test_the_eight_have_the_lesson_s_arguments(name):
    """The checked functions take what the loops take, and perhaps more by keyword."""
    taught = list(inspect.signature(getattr(cs.loops, name)).parameters)
    checked = inspect.signature(getattr(cs, name)).parameters.values()
    assert [p.name for p in checked if p.kind is p.POSITIONAL_OR_KEYWORD] == taught


def test_the_version_is_that_of_the_installed_package():
    try:
        installed = metadata.version("convstep")
    except metadata.PackageNotFoundError:
        pytest.skip("convstep runs from its source, and is not installed")
    assert cs.__version__ == installed
    assert re.fullmatch(r"\d+\.\d+\.\d+.*", cs.__version__)


# ----------------------------------------------------------------------- docstrings

FUNCTIONS = {
    f"{module.__name__}.{name}": getattr(module, name)
    for module in (cs, cs.lens, ops)
    for name in module.__all__
    if inspect.isfunction(getattr(module, name, None))
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_public_function_tells_all(name):
    function = FUNCTIONS[name]
    doc = inspect.getdoc(function)
    first = doc.splitlines()[0]
    assert first.endswith((".", "``.", ":")) and len(first) < 100
    sections = re.findall(r"^(\w+)\n-+$", doc, re.MULTILINE)
    assert "Examples" in sections and ">>> " in doc
    parameters = inspect.signature(function).parameters
    if parameters:
        assert "Parameters" in sections
        for parameter in parameters:
            assert re.search(rf"(^|[\s*,]){parameter}\b", doc.partition("Parameters")[2])
    if inspect.signature(function).return_annotation not in (None, inspect.Signature.empty):
        assert "Returns" in sections or not parameters


@pytest.mark.parametrize("name", [n for n in ops.__all__ if inspect.isfunction(getattr(ops, n))])
def test_every_operation_has_its_backward(name):
    if name.endswith("_backward"):
        assert name.removesuffix("_backward") in ops.__all__
    elif name != "batch_statistics":
        assert f"{name}_backward" in ops.__all__


def test_a_pair_takes_the_same_options_with_the_same_defaults():
    for name in ops.__all__:
        if not name.endswith("_backward"):
            continue
        back = inspect.signature(getattr(ops, name)).parameters
        forth = inspect.signature(getattr(ops, name.removesuffix("_backward"))).parameters
        for option, parameter in forth.items():
            if option in back and parameter.default is not inspect.Parameter.empty:
                assert back[option].default == parameter.default, (name, option)
                assert back[option].kind == parameter.kind, (name, option)


# ------------------------------------------------------------------- what it costs


def test_importing_costs_at_most_50_ms_more_than_numpy(tmp_path):
    """The one test on time: medians of alternating fresh interpreters, with their byte code."""
    cached = {"PYTHONPYCACHEPREFIX": str(tmp_path), "PYTHONDONTWRITEBYTECODE": ""}

    def seconds(statement):
        start = time.perf_counter()
        subprocess.run([sys.executable, "-c", statement], check=True, env={**os.environ, **cached})
        return time.perf_counter() - start

    seconds("import convstep")  # writes the byte code
    for _ in range(3):  # a busy machine may spoil a round
        pairs = [(seconds("import numpy"), seconds("import convstep")) for _ in range(11)]
        numpy, convstep = (statistics.median(times) for times in zip(*pairs, strict=True))
        if convstep - numpy <= 0.050:
            return
    pytest.fail(f"importing convstep takes {convstep - numpy:.3f} s more than importing numpy")


def test_importing_brings_nothing_heavy():
    heavy = ["safetensors", "tqdm", "PIL", "sklearn", "torch", "scipy", "matplotlib"]
    late = ["nn", "data", "graph", "training", "models", "lens", "cli"]
    names = [*heavy, *(f"convstep.{room}" for room in late)]
    statement = f"import convstep, sys; print(*sorted(set({names}) & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", statement], check=True, capture_output=True)
    assert done.stdout.split() == []


def test_the_installed_package_is_small():
    root = Path(cs.__file__).parent
    files = [path for path in root.rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    assert sum(path.stat().st_size for path in files) < 10_000_000
    assert (root / "py.typed").is_file()


def test_numpy_s_state_is_left_alone():
    """Importing draws nothing from NumPy's generator and sets no error state or print option."""
    statement = (
        "import numpy as np; a = np.geterr(), np.get_printoptions(), str(np.random.get_state());"
        "import convstep as cs; cs.nn; cs.Model; cs.data;"
        "b = np.geterr(), np.get_printoptions(), str(np.random.get_state()); assert a == b"
    )
    subprocess.run([sys.executable, "-c", statement], check=True)
