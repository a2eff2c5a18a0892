"""The examples in all docstrings run and print what they say."""

import doctest
import importlib
import pkgutil

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
    module = importlib.import_module(name)
    before = cs.get_num_threads()
    with cs.use_backend(cs.backend_info()["backend"]):
        failed, _ = doctest.testmod(module, optionflags=doctest.ELLIPSIS)
    cs.set_num_threads(before)
    assert failed == 0


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
