"""What a report earns by a teacher's rubric, worked by hand; and what a rubric may say."""

import re
from pathlib import Path

import pytest

from convstep.check.classroom.rubric import load, score
from convstep.check.load import load_exercise
from convstep.check.report import Diagnosis, Family, FunctionReport, Note, Report
from convstep.errors import ArgumentError, FileFormatError

EIGHT = load_exercise()


@pytest.fixture
def rubric(tmp_path):
    def written(text):
        (tmp_path / "rubric.toml").write_text(text, encoding="utf-8")
        return load(tmp_path / "rubric.toml", EIGHT)

    return written


def marked(function, rubric):
    """What one function earns, of 12 points, and why."""
    (points,) = score(Report("a.py", "wrong", (function,)), rubric).functions
    assert points.function == function.name and points.out_of == 12
    return points.earned, points.why


def wrong(*mistakes, certainty="certain", families=None):
    return FunctionReport(
        "conv_forward",
        "wrong",
        diagnoses=tuple(Diagnosis(f"conv_forward.{m}", m, certainty) for m in mistakes),
        families=families or {"all": Family(0, 9)},
    )


FAMILIES = {
    "all": Family(6, 8),
    "padding": Family(3, 3),
    "padding 0": Family(0, 2),
    "stride over 1": Family(1, 4),
    "large numbers": Family(0, 0),  # no case is in it
}
POINTS = "points = { conv_forward = 12 }\n"


def test_without_a_rubric_each_function_is_worth_ten_points():
    functions = tuple(FunctionReport(task.name, "right") for task in EIGHT.tasks)
    total = score(Report("a.py", "right", functions), load(None, EIGHT))
    assert (total.earned, total.out_of) == (80, 80)
    assert [points.function for points in total.functions] == [task.name for task in EIGHT.tasks]


@pytest.mark.parametrize("functions", [(), (FunctionReport("conv_forward", "missing"),)])
def test_what_is_missing_or_unreadable_earns_nothing(rubric, functions):
    total = score(Report("a.py", "unreadable", functions), rubric(POINTS))
    assert [(p.earned, p.out_of, p.why) for p in total.functions] == [(0, 12, "missing")]


@pytest.mark.parametrize(
    "text, earned, why",
    [
        ("", 9, "wrong: right in 75% of the cases"),
        ('partial = "cases"', 9, "wrong: right in 75% of the cases"),
        ('partial = "families"', 4, "wrong: right in 1 of 3 groups of cases (padding)"),
        ('partial = "none"', 0, "wrong"),
        (
            '[families.conv_forward]\npadding = 3\n"stride over 1" = 1',
            9,
            "wrong: right in 1 of 2 groups of cases (padding)",
        ),
        ("[families.conv_forward]\npadding = 0", 0, "wrong: right in 1 of 1 groups of cases"),
    ],
)
def test_a_wrong_function_earns_a_part(rubric, text, earned, why):
    got, told = marked(wrong("no_stride", families=FAMILIES), rubric(f"{POINTS}{text}"))
    assert got == earned
    assert told.startswith(why)


@pytest.mark.parametrize(
    "function, earned",
    [
        (wrong("no_bias"), 8),
        (wrong("no_bias", "no_stride"), 3),
        (wrong("no_bias", "ceil_size"), 0),  # one has no price: groups of cases decide
        (wrong("no_bias", certainty="likely"), 0),
        (wrong(), 0),
        (wrong("caches_padded"), 0),  # it costs more than there is
    ],
)
def test_a_deduction_stands_for_partial_credit_where_all_is_explained(rubric, function, earned):
    deductions = "[deductions]\n" + "\n".join(
        f'"conv_forward.{name}" = {cost}'
        for name, cost in {"no_bias": 4, "no_stride": 5, "caches_padded": 99}.items()
    )
    assert marked(function, rubric(f"{POINTS}{deductions}"))[0] == earned


def test_the_deductions_are_told(rubric):
    policy = rubric(f'{POINTS}deductions = {{ "conv_forward.no_bias" = 2.5 }}')
    assert marked(wrong("no_bias"), policy) == (9.5, "conv_forward.no_bias -2.5")


@pytest.mark.parametrize(
    "text, kind, status, earned",
    [
        ("", "old_numpy", "right", 12),
        ('environment = "fail"', "old_numpy", "right", 0),
        ('environment = "fail"', "first_tied", "right", 12),
        ('environment = "fail"', "old_numpy", "wrong", 0),
        ("", "first_tied", "right", 12),
        ('conventions = "fail"', "first_tied", "right", 0),
        ('conventions = "fail"', "returns_array", "right", 12),
        ("", "any", "blocked", 12),
        ('blocked = "none"', "any", "blocked", 0),
    ],
)
def test_policies(rubric, text, kind, status, earned):
    policy = rubric(f"{text}\npoints = {{ pool_backward = 12 }}")
    function = FunctionReport("pool_backward", status, notes=(Note(kind, "..."),), blamed=("x",))
    assert marked(function, policy)[0] == earned


def test_some_functions_alone():
    rubric = load(None, EIGHT)
    assert list(rubric.only(["zero_pad"]).points) == ["zero_pad"]
    assert rubric.only([]).points == rubric.points


@pytest.mark.parametrize(
    "text, message",
    [
        ("point = {}", "point must be a key that is known; got 'point'. Did you mean 'points'?"),
        ("points = 3", "points must be a table; got 3 (int)."),
        (
            "points = { zero_padd = 3 }",
            "points.zero_padd must be a key that is known; got 'zero_padd'. "
            "Did you mean 'zero_pad'?",
        ),
        (
            "points = { zero_pad = -1 }",
            "points.zero_pad must be a number from 0 to 1000000; got -1 (int).",
        ),
        ("points = { zero_pad = nan }", "got nan (float)."),
        ("points = { zero_pad = true }", "got True (bool)."),
        ('points = { zero_pad = "3" }', "got '3' (str)."),
        ("families = { zero_pad = 1 }", "families.zero_pad must be a table"),
        ("families = { pool = {} }", "families.pool must be a key that is known"),
        (
            'families = { zero_pad = { "pading 0" = 1 } }',
            "families.zero_pad.pading 0 must be a key that is known; got 'pading 0'. "
            "Did you mean 'padding 0'?",
        ),
        ('deductions = { "conv_forward.no_bia" = 1 }', "Did you mean 'conv_forward.no_bias'?"),
        ("deductions = { x = 1 }", "Known are "),
        (
            'environment = "pass"',
            "environment must be 'forgive' or 'fail'; got 'pass' (str).",
        ),
        ("blocked = true", "blocked must be 'full' or 'none'; got True (bool)."),
    ],
)
def test_what_a_rubric_may_not_say(rubric, text, message):
    with pytest.raises(ArgumentError) as caught:
        rubric(text)
    assert message in str(caught.value)
    assert "rubric.toml: " in str(caught.value)


@pytest.mark.parametrize("content", [b"points = ", b"\xff\xfe"])
def test_a_file_that_is_no_toml(tmp_path, content):
    (tmp_path / "rubric.toml").write_bytes(content)
    with pytest.raises(FileFormatError, match=r"rubric\.toml: this is no TOML"):
        load(tmp_path / "rubric.toml", EIGHT)


def test_any_mistake_may_have_a_price(rubric):
    assert rubric('deductions = { "any.reads_global" = 1 }').deductions == {"any.reads_global": 1}


def test_the_rubric_of_the_docs_is_one(rubric):
    docs = Path(__file__).parents[3] / "docs" / "grading.md"
    (block,) = re.findall(r"```toml\n(.*?)```", docs.read_text(encoding="utf-8"), re.DOTALL)
    read = rubric(block)
    assert read.points == {"zero_pad": 5, "conv_forward": 20}
    default = load(None, EIGHT)
    policies = ("environment", "conventions", "blocked", "partial")
    assert all(getattr(read, name) == getattr(default, name) for name in policies)
