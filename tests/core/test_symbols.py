"""What the per-target objects define: their table, and nothing that a linker could share.

A function that two targets define under one name is kept once, from either; were it the AVX-512
copy, the library would die on other machines. The same goes for code that runs on loading.
"""

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def _objects():
    """Return (target, object) for the newest build in the tree without sanitizers."""
    found = {}
    for cache in (ROOT / "build").glob("*/CMakeCache.txt"):
        plain = "CONVSTEP_SANITIZE:STRING=\n" in cache.read_text()
        objects = list(cache.parent.glob("CMakeFiles/convstep_*.dir/cpp/kernels/*.cpp.o"))
        if plain and objects:
            found[objects[0].stat().st_mtime] = objects
    if not found or not shutil.which("nm"):
        pytest.skip("needs nm and a build folder with the objects (build/*/CMakeFiles)")
    return [
        (path.parents[2].name[len("convstep_") : -len(".dir")], path) for path in found[max(found)]
    ]


def _symbols(path):
    lines = subprocess.run(
        ["nm", "--defined-only", "--demangle", path], capture_output=True, text=True, check=True
    ).stdout.splitlines()
    return [line.split(maxsplit=2)[1:] for line in lines]  # [kind, name]


def test_a_target_shares_only_its_table():
    for target, path in _objects():
        symbols = _symbols(path)
        shared = [name for kind, name in symbols if kind.isupper() or kind in "uvw"]
        assert shared == [f"convstep::{target}::{path.name.removesuffix('.cpp.o')}"], path


def test_a_target_runs_nothing_when_it_is_loaded():
    for _, path in _objects():
        assert not [name for _, name in _symbols(path) if "GLOBAL__sub_I" in name], path


def test_a_target_holds_its_tiles():
    for _, path in _objects():
        if path.name != "tiles.cpp.o":
            continue
        tiles = [name for kind, name in _symbols(path) if kind == "t" and "tile<" in name]
        assert len(tiles) > 50, path
