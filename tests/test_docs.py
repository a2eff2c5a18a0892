"""The examples in all docstrings run and print what they say, and those in the README run."""

import doctest
import importlib
import pkgutil
import re
from pathlib import Path

import numpy as np
import pytest

import convstep as cs

MODULES = [
    module.name
    for module in pkgutil.walk_packages(cs.__path__, "convstep.")
    if not module.name.endswith(("__main__", "_kernels"))
]


@pytest.mark.parametrize("name", ["convstep", *MODULES])
def test_the_examples_run(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # examples may write files
    np.random.seed(0)  # noqa: NPY002 - the examples draw from it, as the lesson does
    try:
        module = importlib.import_module(name)
    except cs.errors.MissingExtraError as error:
        pytest.skip(str(error))
    before = cs.get_num_threads()
    with cs.use_backend(cs.backend_info()["backend"]):
        failed, _ = doctest.testmod(module, optionflags=doctest.ELLIPSIS)
    cs.set_num_threads(before)
    assert failed == 0


README = Path(__file__).parents[1] / "README.md"
BLOCKS = re.findall(r"```python\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)


@pytest.mark.parametrize("block", BLOCKS, ids=range(len(BLOCKS)))
def test_the_readme_runs(block, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # it saves a model
    before = cs.get_num_threads()
    try:
        exec(compile(block, "README.md", "exec"), {})
    except cs.errors.MissingExtraError as error:
        pytest.skip(str(error))
    cs.set_num_threads(before)


def test_the_readme_has_a_block_for_each_audience():
    assert len(BLOCKS) == 5


def test_the_eight_and_the_operations_have_examples():
    finder = doctest.DocTestFinder()
    with_examples = {
        test.name.rpartition(".")[2]
        for name in ("convstep.steps", *(m for m in MODULES if m.startswith("convstep.ops.")))
        for test in finder.find(importlib.import_module(name))
        if test.examples
    }
    functions = {n for n in cs.ops.__all__ if n[0].islower()}
    eight = set(cs.steps.__all__) - {"average_pool", "max_pool", "conv_backward_propogation"}
    assert (functions | eight) <= with_examples
