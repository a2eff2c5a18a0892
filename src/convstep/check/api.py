"""`check`: the checker for functions of a notebook or a test."""

from collections.abc import Callable, Iterable, Mapping
from types import ModuleType
from typing import Any

from convstep.check.eight import eight
from convstep.check.exercise import Exercise
from convstep.check.grade import grade
from convstep.check.report import Report
from convstep.check.submission import Live
from convstep.errors import Shown, argument_error, nearest, type_error


def check(
    module: ModuleType | Mapping[str, Any] | None = None,
    /,
    *,
    exercise: Exercise | None = None,
    only: Iterable[str] = (),
    **functions: Callable[..., Any],
) -> Report:
    """Check functions, and say of each that is wrong which mistake was made.

    Parameters
    ----------
    module : module or dict, optional
        Where the functions are: all of the exercise's names that it has are checked. ``globals()``
        in a notebook.
    exercise : Exercise, optional
        What is asked for; by default the eight functions of the lesson.
    only : iterable of str
        Names of the functions to check, where not all of them are wanted.
    **functions : callable
        Functions by the exercise's names, beside those of the module or in their place.

    Returns
    -------
    Report
        It prints as text, and a notebook shows it with its figures; ``.ok`` says whether all is
        right.

    Raises
    ------
    ArgumentError
        If a name is none of the exercise's, what stands for a function cannot be called, or nothing
        was given.

    Notes
    -----
    The functions run in this process, on copies of small arrays: no time limit, and no protection
    from what they do. ``convstep check FILE`` has both.

    Examples
    --------
    >>> import convstep as cs
    >>> report = cs.check.check(zero_pad=lambda X, pad: X)
    >>> report.ok
    False
    >>> cs.check.check(zero_pad=cs.zero_pad).ok
    True
    """
    exercise = eight() if exercise is None else exercise
    if not isinstance(exercise, Exercise):
        raise type_error("check", "exercise", "be an Exercise", exercise)
    known = [task.name for task in exercise.tasks]
    found = _of_module(module, known) | functions
    for name, function in functions.items():
        if name not in known:
            advice = f"Did you mean {near}?" if (near := nearest(name, known)) else ""
            raise argument_error(
                "check", "function", f"be one of {', '.join(known)}", Shown(name), advice
            )
        if not callable(function):
            raise type_error("check", name, "be a function", function)
    if not found:
        advice = f"Give check({known[0]}={known[0]}), or check(globals())."
        raise argument_error("check", "functions", "be given", Shown("none"), advice)
    # What was not handed over is not missing, unless a module was to have it.
    wanted = tuple(only) or (() if module is not None else tuple(found))
    return grade(Live(found, exercise.right), exercise, wanted)


def _of_module(module: Any, known: Iterable[str]) -> dict[str, Callable[..., Any]]:
    if module is None:
        return {}
    if isinstance(module, ModuleType):
        module = vars(module)
    if not isinstance(module, Mapping):
        advice = "Functions go by name: check(zero_pad=my_zero_pad)."
        raise type_error("check", "module", "be a module or a dictionary", module, advice)
    return {name: module[name] for name in known if callable(module.get(name))}
