"""The benchmark suite: its table, its arithmetic, and one case from end to end, untimed."""

import json
import sys
from pathlib import Path

import pytest

import convstep as cs

ROOT = Path(__file__).parents[1]


@pytest.fixture(autouse=True)
def importable(monkeypatch):
    monkeypatch.syspath_prepend(ROOT)


def test_half_of_each_class_is_held_out_and_nothing_that_was_timed_before():
    from benchmarks.shapes import CASES, FAMILIES, OLD

    assert len({case.name for case in CASES}) == len(CASES)
    held_out = {case.name for case in CASES if case.held_out}
    assert not held_out & {case.name for cases in OLD.values() for case in cases}
    for family in FAMILIES:
        mine = [case.held_out for case in CASES if case.family == family]
        assert 0.45 < sum(mine) / len(mine) < 0.65


def test_sizes_and_multiply_adds_by_hand():
    from benchmarks.shapes import conv, up

    case = conv("a", (2, 9, 8, 6), (3, 2), 4, 2, (1, 0), (2, 1), 2)
    assert case.out == (4, 4)
    assert case.multiply_adds == 2 * 4 * 4 * 3 * 2 * (6 // 2) * 4
    case = up("b", (1, 5, 6, 8), 4, 3, 2, 1)
    assert case.out == (10, 12)
    assert case.multiply_adds == 5 * 6 * 16 * 8 * 3


def test_a_ratio_is_of_neighbours_and_the_better_variant_counts():
    from benchmarks.race import ratios

    times = {
        "ours": [[1.0, 2.0, 1.0], [1.0, 1.0, 1.0], [2.0, 2.0, 2.0]],
        "torch a": [[3.0, 6.0, 4.0], [2.0, 2.0, 2.0], [9.0, 9.0, 9.0]],
        "torch b": [[9.0, 9.0, 2.0]],  # left after the first round
        "scipy": [[1.0, 1.0, 1.0]] * 3,
    }
    assert ratios(times) == {"torch": [3.0, 2.0, 4.5], "scipy": [1.0, 0.5, 1.0]}


def test_every_case_has_operands_of_the_right_shapes():
    from benchmarks import problem
    from benchmarks.shapes import CASES, select

    for case in select(["tiny", "*tiny"]):
        a = problem.arrays(case, "float32")
        for operation in problem.operations(case):
            result = problem.ours(case, operation, a)()
            assert problem.within(
                problem.errors(result, problem.right_answer(case, operation, a)), "float32"
            )
    assert all(min(case.out) > 0 for case in CASES)


def test_a_run_verifies_and_writes_its_file(monkeypatch, tmp_path, capsys):
    from benchmarks import machine, run, table
    from convstep.cli import stopwatch

    out = tmp_path / "results" / "a.json"
    words = ["run", "--threads", "1", "--names", "tiny_seed", "--opponents", "none"]
    monkeypatch.setattr(sys, "argv", [*words, "--out", str(out)])
    monkeypatch.setattr(machine, "measure_peak", lambda threads, target: {})
    monkeypatch.setattr(stopwatch, "BURST", 0)
    monkeypatch.setattr(stopwatch, "WARM_UP", 0)
    threads = cs.get_num_threads()
    assert run.main() == 0
    cs.set_num_threads(threads)
    result = json.loads(out.read_text())
    assert [row["operation"] for row in result["rows"]] == ["forward", "input_grad", "weight_grad"]
    assert list(out.parent.iterdir()) == [out]
    assert "tiny_seed" in capsys.readouterr().out
    for row in result["rows"]:
        row["ratio"] = {"torch": [4.0, 3.0, 5.0]}
    assert "| tiny | 4.00 (3) |" in table.markdown(result)
