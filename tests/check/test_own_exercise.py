"""The engine knows nothing of convolution: all of it on the teacher's own exercise."""

import subprocess
import sys

import pytest
from toy import PATH, TOY, spoiled

import convstep as cs
from convstep.check.exercise import run_source
from convstep.errors import ArgumentError


def checked(functions, **options):
    report = cs.check.check(functions, exercise=TOY, **options)
    return {function.name: function for function in report.functions}


def test_the_definition_is_right():
    report = cs.check.check(dict(TOY.right), exercise=TOY)
    assert report.ok
    assert [f.status for f in report.functions] == ["right", "right"]


@pytest.mark.parametrize("mistake", TOY.mistakes, ids=lambda mistake: mistake.id)
def test_each_mistake_is_named(mistake):
    for variant in mistake.variants:
        found = checked(spoiled(mistake.function, *variant.edits))[mistake.function]
        assert found.status == "wrong"
        assert [(d.mistake, d.certainty) for d in found.diagnoses] == [(mistake.id, "certain")]


@pytest.mark.parametrize(
    "function, edits, names",
    [
        ("column_means", [("axis=0", "axis=1"), (" / X.shape[0]", "")], "wrong_axis not_divided"),
        (
            "standardize",
            [("X - column_means(X)", "X"), ("np.sqrt(np.mean(centred**2, axis=0))", "X.var(0)")],
            "not_centred variance",
        ),
    ],
)
def test_two_mistakes_at_once_get_both_names(function, edits, names):
    found = checked(spoiled(function, *edits))[function]
    assert {d.mistake for d in found.diagnoses} == {f"{function}.{n}" for n in names.split()}
    assert all(d.certainty == "certain" for d in found.diagnoses)


def test_a_wrong_helper_is_blamed_and_not_its_caller():
    found = checked(spoiled("column_means", (" / X.shape[0]", "")))
    assert found["column_means"].status == "wrong"
    assert found["standardize"].status == "blocked"
    assert found["standardize"].blamed == ("column_means",)
    assert found["standardize"].diagnoses == ()


def test_a_caller_that_is_wrong_itself_is_named_behind_a_wrong_helper():
    source = TOY.definition.replace(" / X.shape[0]", "").replace("np.sqrt", "np.abs")
    functions = {task.name: run_source(source)[task.name] for task in TOY.tasks}
    found = checked(functions)
    assert found["column_means"].status == "wrong"
    assert found["standardize"].status == "wrong"
    assert [d.mistake for d in found["standardize"].diagnoses] == ["standardize.variance"]


def test_the_smallest_failing_case_is_small():
    found = checked(spoiled("column_means", (" / X.shape[0]", "")))["column_means"]
    assert (found.example.setting["n"], found.example.setting["k"]) == (2, 1)
    assert sorted(abs(row[0]) for row in found.example.arguments["X"]) == [0, 1]
    assert found.example.expected == [0.5] and found.example.got == [1.0]


def test_none_of_the_known_mistakes_is_said_honestly():
    def column_means(X):
        means = X.mean(axis=0)
        means[1:] += 0.5
        return means

    found = checked({"column_means": column_means})["column_means"]
    assert found.status == "wrong" and found.diagnoses == ()
    assert "wrong in every case with several columns, right in all others" in found.localisation
    assert "means is right in the first column and wrong from the second on" in found.localisation


def test_what_was_not_handed_over_is_missing_only_from_a_module():
    right = TOY.right
    report = cs.check.check(column_means=right["column_means"], exercise=TOY)
    assert [f.name for f in report.functions] == ["column_means"]
    found = checked({"column_means": right["column_means"]})
    assert found["standardize"].status == "missing"


@pytest.mark.parametrize(
    "call, message",
    [
        (lambda: cs.check.check(), "check: functions must be given; got none"),
        (lambda: cs.check.check(zero_pads=len), "Did you mean zero_pad?"),
        (lambda: cs.check.check(zero_pad=3), "check: zero_pad must be a function; got 3 (int)"),
        (lambda: cs.check.check("zero_pad"), "check: module must be a module or a dictionary"),
        (lambda: cs.check.check(cs, only=["conv"]), "check: function must be one of zero_pad"),
        (lambda: cs.check.check(cs, exercise="eight"), "check: exercise must be an Exercise"),
    ],
)
def test_wrong_arguments_are_told(call, message):
    with pytest.raises(ArgumentError) as error:
        call()
    assert message in str(error.value)


def test_the_example_file_runs():
    result = subprocess.run([sys.executable, PATH], capture_output=True, text=True, check=True)
    assert "the deviation of a sample, with n - 1" in result.stdout
