"""The rooms and the arrows: who may import whom, and where the extras come in."""

import ast
import sys
from pathlib import Path

import pytest

import convstep

PACKAGE = Path(convstep.__file__).parent
FILES = sorted(PACKAGE.rglob("*.py"))
MODULES = {path: ".".join(path.relative_to(PACKAGE).with_suffix("").parts) for path in FILES}

# Each room, and the rooms that it may import directly; the table of ARCHITECTURE.md.
ARROWS = {
    "loops": set(),
    "errors": set(),
    "atomic": set(),
    "bar": set(),
    "canvas": {"errors"},
    "version": set(),
    "_kernels": set(),
    "ops": {"errors", "_kernels"},
    "hparameters": {"errors", "ops"},
    "arguments": {"errors", "hparameters", "ops"},
    "steps": {"arguments", "errors", "ops"},
    "gradient_check": {"errors", "ops"},
    "nn": {"errors", "ops"},
    "data": {"errors"},
    "lesson": {"errors", "loops"},
    "graph": {"errors", "nn", "ops"},
    "training": {"atomic", "bar", "canvas", "data", "errors", "graph", "nn", "ops"},
    "models": {"data", "errors", "graph", "nn", "ops", "training", "version"},
    "estimators": {"errors", "graph", "models", "nn", "ops", "training"},
    "lens": {
        "arguments",
        "atomic",
        "canvas",
        "check",
        "data",
        "errors",
        "graph",
        "hparameters",
        "loops",
        "models",
        "nn",
        "ops",
        "steps",
        "training",
    },
    "report": {"lens", "models", "training"},
    "check": {"atomic", "bar", "errors", "loops", "steps", "version"},
    "cli": {"*"},
    "__main__": {"cli"},
    # The front door: floors 1 to 3 at once, the rest by name and late.
    "__init__": {"*"},
}

# The one file that imports an extra as soon as it is loaded, as its classes inherit from it; the
# room itself is loaded when it is named.
AT_ONCE = {"sklearn": "estimators.sklearn"}

EXTRAS = {
    "safetensors", "tqdm", "PIL", "h5py", "sklearn", "torch", "onnx", "matplotlib", "threadpoolctl",
}  # fmt: skip


def room(module: str) -> str:
    """The first part of a module's name inside the package."""
    return module.partition(".")[0]


def imports(path: Path) -> list[tuple[str, bool]]:
    """All that a file imports, by full name, and whether it does so when it is loaded."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    late = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) or _for_types(node):
            late.update(map(id, ast.walk(node)))
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found += [(alias.name, id(node) not in late) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: a relative import"
            names = [node.module]
            if node.module == "convstep":
                names = [f"convstep.{alias.name}" for alias in node.names]
            found += [(name, id(node) not in late) for name in names]
    return found


def _for_types(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"


@pytest.mark.parametrize("path", FILES, ids=MODULES.values())
def test_the_arrows_hold(path):
    here = room(MODULES[path])
    assert here in ARROWS, f"{here} is a new room: give it a floor in ARCHITECTURE.md and here"
    for name, _ in imports(path):
        if name.partition(".")[0] != "convstep":
            continue
        there = room(name.removeprefix("convstep").lstrip(".")) or "__init__"
        if there != here and "*" not in ARROWS[here]:
            assert there in ARROWS[here], f"{MODULES[path]} imports {name}"


def test_no_arrow_leads_up():
    """The table itself has no circle: each room stands above all that it imports."""
    above = {name: below - {"*"} for name, below in ARROWS.items()}
    floors = []
    while above:
        floor = {name for name, below in above.items() if not below & set(above)}
        assert floor, f"a circle among {sorted(above)}"
        floors.append(floor)
        above = {name: below for name, below in above.items() if name not in floor}
    assert {"loops", "errors"} <= floors[0]


def test_every_room_of_the_table_is_there():
    rooms = {room(module) for module in MODULES.values()}
    assert set(ARROWS) - rooms <= {"_kernels"}


def test_the_loops_need_numpy_alone():
    assert [name for name, _ in imports(PACKAGE / "loops.py")] == ["numpy"]


@pytest.mark.parametrize("extra", sorted(EXTRAS))
def test_an_extra_is_imported_in_one_place_and_late(extra):
    places = {
        MODULES[path]: at_once
        for path in FILES
        for name, at_once in imports(path)
        if name.partition(".")[0] == extra
    }
    assert len(places) <= 1, f"{extra} is imported in {sorted(places)}"
    at_once = [module for module, soon in places.items() if soon]
    assert at_once == ([AT_ONCE[extra]] if extra in AT_ONCE else [])


def test_nothing_else_is_imported():
    """NumPy, the standard library, and the extras that are known here."""
    known = {"convstep", "numpy", *EXTRAS, *sys.stdlib_module_names}
    found = {name.partition(".")[0] for path in FILES for name, _ in imports(path)}
    assert found <= known


def lines_of_code(tree: ast.Module) -> int:
    """Lines of statements, docstrings aside."""
    holders = ast.Module | ast.ClassDef | ast.FunctionDef
    docstrings = {
        id(node.body[0])
        for node in ast.walk(tree)
        if isinstance(node, holders)
        and node.body
        and isinstance(node.body[0], ast.Expr)
        and isinstance(node.body[0].value, ast.Constant)
    }
    lines = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.stmt) and id(node) not in docstrings:
            if not isinstance(node, holders):
                lines.update(range(node.lineno, node.end_lineno + 1))
            else:
                lines.update(range(node.lineno, node.body[0].lineno))
    return len(lines)


# Tables, in which one looks things up.
TABLES = "check.eight.mistakes."


@pytest.mark.parametrize(
    "path", [path for path, name in MODULES.items() if not name.startswith(TABLES)], ids=str
)
def test_files_can_be_read_in_one_go(path):
    """At most 300 lines of code, and 450 with the docstrings of its public names."""
    text = path.read_text(encoding="utf-8")
    assert lines_of_code(ast.parse(text)) <= 300
    assert len(text.splitlines()) <= 450
