"""The example of a teacher's own exercise, and its definition to be spoiled."""

import importlib.util
from pathlib import Path

from convstep.check.exercise import edited, run_source

PATH = Path(__file__).parents[1] / "examples" / "grading" / "own_exercise.py"
_spec = importlib.util.spec_from_file_location("own_exercise", PATH)
_module = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(_module)

TOY = _module.EXERCISE


def spoiled(function, *edits):
    """The functions of the definition with edits inside one of them."""
    source = edited(TOY.definition, function, edits)
    names = run_source(source)
    return {task.name: names[task.name] for task in TOY.tasks}
