"""Right, wrong, kept from being right by a helper; notes; habits."""

from pathlib import Path

import numpy as np
import pytest

import convstep as cs
from convstep import loops
from convstep.check.eight import eight
from convstep.check.exercise import edited, run_source
from convstep.check.grade import GradeOptions, grade_file


def graded(source, **options):
    names = run_source(source)
    return {f.name: f for f in cs.check.check(names, **options).functions}


def one(**functions):
    (name,) = functions
    found = {f.name: f for f in cs.check.check(**functions).functions}
    return found[name]


@pytest.mark.parametrize("functions", [loops, cs], ids=["loops", "convstep"])
def test_all_that_is_right_is_right(functions):
    report = cs.check.check(functions)
    assert report.ok and report.status == "right" and bool(report)
    assert {f.status for f in report.functions} == {"right"}
    assert all(f.share == 1 for f in report.functions)


def test_a_helper_is_blamed_and_its_caller_is_not():
    source = edited(
        eight().definition, "zero_pad", (("(pad, pad), (pad, pad)", "(pad, 0), (pad, 0)"),)
    )
    found = graded(source)
    assert found["zero_pad"].status == "wrong"
    for name in ("conv_forward", "conv_backward"):
        assert found[name].status == "blocked" and found[name].blamed == ("zero_pad",)
        assert found[name].example is None and found[name].diagnoses == ()
    assert found["pool_forward"].status == "right"


def test_a_caller_that_does_without_the_wrong_helper_is_right():
    source = edited(
        eight().definition, "create_mask_from_window", (("x == np.max(x)", "x == np.min(x)"),)
    )
    found = graded(
        edited(
            source,
            "pool_backward",
            (("create_mask_from_window(a_slice)", "a_slice == a_slice.max()"),),
        )
    )
    assert found["create_mask_from_window"].status == "wrong"
    assert found["pool_backward"].status == "right"


def test_helpers_that_were_not_handed_in_are_lent():
    def conv_forward(A_prev, W, b, hparameters):
        return run(A_prev, W, b, hparameters)

    run = loops.conv_forward
    assert one(conv_forward=conv_forward).status == "right"
    names = run_source(eight().definition)
    del names["zero_pad"]
    assert one(conv_forward=names["conv_forward"]).status == "right"


def test_a_blank_of_the_template_is_missing_and_lent_to_its_callers():
    blank = "def zero_pad(X, pad):\n    raise NotImplementedError\n"
    found = graded(eight().definition + blank)
    # A function that was made by exec has no source to look at; the file of a learner has.
    assert found["zero_pad"].status == "missing"
    assert found["conv_forward"].status == "right"


def test_the_order_of_what_is_wanted_does_not_hide_a_helper():
    source = edited(
        eight().definition, "zero_pad", (("(pad, pad), (pad, pad)", "(pad, 0), (pad, 0)"),)
    )
    found = graded(source, only=["conv_forward"])
    assert list(found) == ["conv_forward"]
    assert found["conv_forward"].blamed == ("zero_pad",)


def test_shares_by_family():
    source = edited(eight().definition, "pool_backward", ((" * stride", ""),))
    families = graded(source)["pool_backward"].families
    assert families["stride over 1"].right < families["stride over 1"].cases
    assert families["all"].cases == len(eight().task("pool_backward").settings)
    assert 0 < graded(source)["pool_backward"].share < 1


def test_an_argument_that_is_changed_is_wrong_though_the_result_is_right():
    def pool_backward(dA, cache, mode="max"):
        result = loops.pool_backward(dA, cache, mode)
        dA[:] = 0
        return result

    found = one(pool_backward=pool_backward)
    assert [(d.mistake, d.certainty) for d in found.diagnoses] == [("any.mutates_input", "certain")]
    assert "dA" in found.diagnoses[0].title


def test_a_gradient_that_is_written_into_the_cache():
    def pool_backward(dA, cache, mode="max"):
        dA_prev = cache[0]
        dA_prev += loops.pool_backward(dA, cache, mode)
        return dA_prev

    assert "any.aliases_cache" in [d.mistake for d in one(pool_backward=pool_backward).diagnoses]


def test_a_name_from_outside():
    def create_mask_from_window(x):
        return A_slice == A_slice.max()  # noqa: F821 - that is the mistake

    found = one(create_mask_from_window=create_mask_from_window)
    assert [(d.mistake, d.certainty) for d in found.diagnoses] == [("any.reads_global", "certain")]
    assert found.diagnoses[0].title.endswith("A_slice")


def test_nothing_is_returned():
    def zero_pad(X, pad):
        np.pad(X, pad)

    assert "any.returns_none" in [d.mistake for d in one(zero_pad=zero_pad).diagnoses]


def test_of_what_returns_nothing_no_other_mistake_is_told():
    source = edited(eight().definition, "pool_backward", (("    return dA_prev\n", ""),))
    (found,) = cs.check.check(run_source(source), only=["pool_backward"]).functions
    assert [d.mistake for d in found.diagnoses] == ["any.returns_none"]


def test_an_except_that_hides():
    def pool_forward(A_prev, hparameters, mode="max"):
        A, cache = loops.pool_forward(A_prev, hparameters, mode)
        try:  # noqa: SIM105 - that is the mistake
            A += A_prev
        except:  # noqa: E722 - that is the mistake
            pass
        return A, cache

    assert "any.hides_errors" in [d.mistake for d in one(pool_forward=pool_forward).diagnoses]


def test_notes_do_not_make_it_wrong():
    def conv_single_step(a_slice_prev, W, b):
        for _ in range(5):
            print("adding")
        return np.sum(a_slice_prev * W) + b

    found = one(conv_single_step=conv_single_step)
    assert found.status == "right"
    assert {note.kind for note in found.notes} == {"prints_in_loop", "returns_array"}
    assert {
        n.kind for n in one(conv_single_step=lambda a, W, b: float((a * W).sum() + b.item())).notes
    } == {"returns_float"}


def test_what_today_s_numpy_refuses_is_a_note():
    def conv_single_step(a_slice_prev, W, b):
        return np.sum(a_slice_prev * W) + float(b)

    found = one(conv_single_step=conv_single_step)
    assert found.status == "right"
    if tuple(map(int, np.__version__.split(".")[:2])) >= (2, 4):
        assert [note.kind for note in found.notes] == ["old_numpy"]


def test_another_edition_s_word_for_a_key():
    source = eight().definition.replace('hparameters["pad"]', 'hparameters["padding"]')
    found = graded(source)
    assert {f.status for f in found.values()} == {"right"}
    assert [n.text for n in found["conv_forward"].notes] == ["it says 'padding' for 'pad'"]
    wrong = edited(source, "conv_backward", (("dW[..., c] +=", "dW[..., c] ="),))
    assert [d.mistake for d in graded(wrong)["conv_backward"].diagnoses] == [
        "conv_backward.dW_overwritten"
    ]


def test_a_raise_that_was_left_in_a_written_function_is_told(tmp_path):
    path = tmp_path / "mine.py"
    path.write_text("def zero_pad(X, pad):\n    Y = X + pad\n    raise NotImplementedError\n")
    report = grade_file(path, eight(), GradeOptions())
    assert report.status == "empty"
    assert "zero_pad still raises NotImplementedError: take that line out" in str(report)
    path.write_text("def zero_pad(X, pad):\n    raise NotImplementedError\n")
    assert "raises" not in str(grade_file(path, eight(), GradeOptions()))


def test_blanks_that_fail_are_no_other_mistake(tmp_path):
    text = Path(loops.__file__).read_text(encoding="utf-8")
    for line in ("n_H = ", "n_W = "):
        at = text.index(line, text.index("def conv_forward"))
        text = f"{text[:at]}{line}...{text[text.index(chr(10), at) :]}"
    (tmp_path / "mine.py").write_text(text)
    report = grade_file(tmp_path / "mine.py", eight(), GradeOptions(("conv_forward",)))
    [function] = report.functions
    assert [d.mistake for d in function.diagnoses] == ["any.blank_left"], str(report)
    assert "none of the known mistakes" not in str(report)
