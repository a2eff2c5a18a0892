import functools

import sys

import numpy as np
import pytest

from convstep.check.execute import ONE_NUMBER, REMOVED, execute

NEEDS_REPAIR = tuple(map(int, np.__version__.split(".")[:2])) >= (2, 4)


def test_a_value_and_nothing_beside():
    outcome = execute(lambda x: x + 1, (np.ones(2),))
    np.testing.assert_array_equal(outcome.value, [2, 2])
    assert (outcome.failure, outcome.changed, outcome.shared) == (None, (), ())
    assert (outcome.printed, outcome.repairs) == (0, ())


def test_an_exception_has_its_type_message_and_line():
    def f(x):
        return x[7]

    failure = execute(f, (np.ones(2),)).failure
    assert (failure.kind, failure.type) == ("exception", "IndexError")
    assert "out of bounds" in failure.message
    assert failure.line == f.__code__.co_firstlineno + 1


def test_the_caller_s_arrays_are_left_alone_and_the_change_is_seen():
    def f(cache, y):
        cache[0][0] = 9
        y["stride"] = 3
        return cache[0]

    cache, y = (np.zeros(2), "max"), {"stride": 2}
    outcome = execute(f, (cache, y))
    assert outcome.changed == (0, 1)
    assert outcome.shared == (0,)
    assert cache[0][0] == 0 and y == {"stride": 2}


def test_prints_are_counted_and_not_shown(capsys):
    def f(x):
        for i in range(5):
            print(i)
        print("oops", file=sys.stderr)

    assert execute(f, (1,)).printed == 5
    assert capsys.readouterr() == ("", "")


@pytest.mark.skipif(not NEEDS_REPAIR, reason="this NumPy takes an array of one for a number")
def test_an_array_of_one_number_is_taken_for_it_and_told():
    def f(x, b):
        Z = np.zeros((1, 1))
        Z[0, 0] = np.sum(x) + b
        return Z * 0 + np.sum(x) + float(b)

    outcome = execute(f, (np.ones((2, 2)), np.full((1, 1, 1), 0.5)))
    assert outcome.value[0, 0] == 4.5
    assert outcome.repairs == (ONE_NUMBER,)


def test_names_that_numpy_had_are_lent_for_the_call_and_told():
    def f(x):
        return np.zeros(x, dtype=np.float) + np.product([2, 3])  # noqa: NPY001, NPY003, NPY201

    outcome = execute(f, (2,))
    np.testing.assert_array_equal(outcome.value, [6, 6])
    assert outcome.repairs == ("float", "product")
    assert not hasattr(np, "float") and not hasattr(np, "product")


def test_the_removed_names_are_removed_here():
    """A name that this NumPy still has needs no repair; most of the table must need one."""
    gone = [name for name in REMOVED if name not in dir(np)]
    assert len(gone) > len(REMOVED) / 2


def test_a_failure_that_no_repair_helps_is_told_as_it_is():
    outcome = execute(lambda x: np.flaot(x), (1,))
    assert outcome.failure.type == "AttributeError" and outcome.repairs == ()


def test_warnings_and_floating_point_errors_are_quiet():
    outcome = execute(lambda x: x / np.zeros(2), (np.ones(2),))
    assert np.isinf(outcome.value).all()


@pytest.mark.parametrize(
    "error, kind",
    [
        (SystemExit(3), "exit"),
        (MemoryError(), "memory"),
        (GeneratorExit(), "exception"),
        (RecursionError(), "exception"),
    ],
)
def test_what_would_end_a_program_is_a_failure(error, kind):
    def leaves(x):
        raise error

    failure = execute(leaves, [1]).failure
    assert (failure.kind, failure.type) == (kind, type(error).__name__)


def test_the_users_own_interrupt_gets_through():
    def interrupted(x):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        execute(interrupted, [1])


def test_a_line_in_a_cell():
    source = "import functools\n\ndef f(x, y):\n    return x / y\n"
    namespace = {}
    exec(compile(source, "<cell 4>", "exec"), namespace)
    assert str(execute(namespace["f"], [1, 0]).failure).endswith("(cell 4, line 4)")
    partial = functools.partial(namespace["f"], 1)
    assert str(execute(partial, [0]).failure).endswith("(cell 4, line 4)")


def test_arguments_changed_in_ways_that_cannot_be_compared():
    def changes(values, options):
        values.append(3)
        options["stride"] = np.array([1, 2])

    assert execute(changes, [[1], {"stride": 1}]).changed == (0, 1)
