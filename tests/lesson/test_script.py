"""The script: unsolved, solved, and solved wrongly."""

import ast
import os
import re
import subprocess
import sys

import numpy as np
import pytest
from lesson_solutions import BLANKS, MISTAKES, function_of, solved

import convstep as cs
from convstep import lesson
from convstep.lesson.drawing import columns

LANGUAGES = lesson.LANGUAGES
WORDS = {
    "en": {"right": "right", "unwritten": "not yet: your turn", "wrong": "wrong:"},
    "zh": {"right": "正确", "unwritten": "未完成: 轮到你了", "wrong": "不对:"},
}


def source(language="en"):
    return lesson.files(language)["my_conv.py"]


def names_of(text):
    """What the script defines when it is imported."""
    namespace = {"__name__": "my_conv"}
    exec(compile(text, "my_conv.py", "exec"), namespace)
    return namespace


def run(path):
    command = [sys.executable, "-W", "error", path.name]
    told = subprocess.run(
        command, cwd=path.parent, capture_output=True, text=True, encoding="utf-8", timeout=120,
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
    )  # fmt: skip
    assert told.stderr == "" and told.returncode == 0, told.stderr
    return told.stdout


def statuses(output):
    """What is said of each check."""
    lines = [line for line in output.split("\n") if line.startswith((*BLANKS, "network", "layers"))]
    return {line.split()[0]: line.split(maxsplit=1)[1] for line in lines}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_unsolved_script_says_what_is_to_do(tmp_path, language):
    path = tmp_path / "my_conv.py"
    path.write_text(source(language), encoding="utf-8")
    output = run(path)
    said = statuses(output)
    assert list(said) == [*BLANKS_IN_ORDER, "network", "layers"]
    assert {said[name] for name in BLANKS} == {WORDS[language]["unwritten"]}
    assert "Traceback" not in output
    first, second = output.strip().split("\n")[-2:]
    assert first.endswith("zero_pad")
    assert second.endswith("convstep check my_conv.py --only zero_pad")


BLANKS_IN_ORDER = [
    "zero_pad",
    "conv_single_step",
    "conv_forward",
    "pool_forward",
    "conv_backward",
    "create_mask_from_window",
    "distribute_value",
    "pool_backward",
]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_solved_script_passes_and_its_network_learns(tmp_path, language):
    path = tmp_path / "my_conv.py"
    path.write_text(solved(source(language), BLANKS), encoding="utf-8")
    output = run(path)
    said = statuses(output)
    assert list(said) == [*BLANKS_IN_ORDER, "network", "layers"]
    assert set(said.values()) == {WORDS[language]["right"]}
    losses = [float(n) for n in re.findall(r"^    \S+ +\d+.* (\d\.\d{3})$", output, re.M)]
    assert len(losses) == 6
    assert losses == sorted(losses, reverse=True) and losses[-1] < losses[0] / 2
    assert "94." in output or "95." in output  # per cent, of the network of layers
    assert output.strip().endswith("convstep check my_conv.py")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_checker_takes_both(language):
    unsolved = cs.check.check(names_of(source(language)))
    assert not unsolved.ok and "zero_pad" in str(unsolved)
    assert cs.check.check(names_of(solved(source(language), BLANKS))).ok


def test_importing_the_script_runs_nothing(capsys):
    names_of(solved(source(), BLANKS))
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("name", BLANKS_IN_ORDER)
def test_the_next_step_is_the_first_that_is_not_right(capsys, name):
    written = dict(list(BLANKS.items())[: list(BLANKS).index(name)])
    names = names_of(solved(source(), {n: BLANKS[n] for n in BLANKS_IN_ORDER if n in written}))
    for each in written:
        names["run_check"](names["check_" + each])
    names["what_next"]()
    assert f"Next: {name}\n" in capsys.readouterr().out


@pytest.mark.parametrize("name", BLANKS_IN_ORDER)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_blank_is_a_docstring_and_an_error(language, name):
    node = function_of(source(language), name)
    docstring, left = node.body
    for argument in node.args.args:
        assert re.search(rf"^    {argument.arg} ", docstring.value.value, re.M)
    assert ast.unparse(left).startswith(f"raise NotImplementedError('{name}: ")


@pytest.mark.parametrize("name", ["conv_forward", "pool_forward", "conv_backward", "pool_backward"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_scaffold_is_python_when_the_hashes_are_taken_away(capsys, language, name):
    text = source(language)
    node = function_of(text, name)
    lines = text.split("\n")[node.body[0].end_lineno : node.end_lineno - 1]
    scaffold = lines[lines.index("") + 1 :]
    assert all(line.startswith("    #") for line in scaffold)
    body = "\n".join(re.sub("^    # ?", "    ", line) for line in scaffold)
    names = names_of(solved(text, {**BLANKS, name: body}))
    names["run_check"](names["check_" + name])
    assert names["results"][name] == "wrong"
    assert "..." in capsys.readouterr().out.split("\n")[-2]  # "There is still a ..."


WRONG = [(name, old, new) for name, edits in MISTAKES.items() for old, new in edits]


@pytest.mark.parametrize("name, old, new", WRONG, ids=[f"{n}: {new}" for n, _, new in WRONG])
def test_the_small_check_sees(capsys, name, old, new):
    assert old in BLANKS[name]
    names = names_of(solved(source(), {**BLANKS, name: BLANKS[name].replace(old, new)}))
    names["run_check"](names["check_" + name])
    assert names["results"][name] == "wrong"
    assert capsys.readouterr().out.startswith(f"{name:24} {WORDS['en']['wrong']}")


RIGHT = [
    ("zero_pad", "m, h, w, c = X.shape\npadded = np.zeros((m, h + 2 * pad, w + 2 * pad, c))\n"
     "padded[:, pad : pad + h, pad : pad + w] = X\nreturn padded"),
    ("conv_single_step", "return np.sum(a_slice_prev * W) + b.reshape(())"),
    ("conv_single_step", "return float(np.vdot(a_slice_prev, W) + b[0, 0, 0])"),
    ("create_mask_from_window", "return np.arange(x.size).reshape(x.shape) == np.argmax(x)"),
    ("create_mask_from_window", "return x >= x.max()"),
    ("distribute_value", "return np.ones(shape) * dz / np.prod(shape)"),
]  # fmt: skip


@pytest.mark.parametrize("name, body", RIGHT)
def test_another_right_solution_is_right(name, body):
    names = names_of(solved(source(), {**BLANKS, name: body}))
    names["run_check"](names["check_" + name])
    assert names["results"][name] == "right"


def test_an_error_is_told_with_its_line(capsys):
    names = names_of(solved(source(), {**BLANKS, "zero_pad": "return padded"}))
    names["run_check"](names["check_zero_pad"])
    told = capsys.readouterr().out
    assert "in zero_pad" in told and "NameError: name 'padded' is not defined" in told


def test_float_of_the_bias_is_refused_by_numpy_and_told(capsys):
    if np.lib.NumpyVersion(np.__version__) < "2.4.0":
        pytest.skip("an older NumPy takes it")
    body = "return np.sum(a_slice_prev * W) + float(b)"
    names = names_of(solved(source(), {**BLANKS, "conv_single_step": body}))
    names["run_check"](names["check_conv_single_step"])
    assert "TypeError" in capsys.readouterr().out


def test_a_network_that_does_not_learn_is_told():
    names = names_of(solved(source(), BLANKS))
    names["conv_backward"] = lambda dZ, cache: (0, 0, 0)
    with pytest.raises(names["Wrong"], match="less than half"):
        names["check_network"](steps=2, count=2, filters=1)


@pytest.mark.parametrize("language", LANGUAGES)
def test_lines_are_short(language):
    long = [line for line in source(language).split("\n") if columns(line) > 100]
    assert all(line.startswith("# ![") for line in long)


@pytest.mark.parametrize("language", LANGUAGES)
def test_nobody_is_led_into_the_two_traps(language):
    """`pad:-pad` and `float(b)` are warned of in the text, and stand in no code, no scaffold."""
    for trap in ("pad:-pad", "float(b)"):
        lines = [line for line in source(language).split("\n") if trap in line]
        assert len(lines) == 1 and lines[0].startswith("# ") and f"`{trap}`" in lines[0]


@pytest.mark.parametrize("name", BLANKS_IN_ORDER)
def test_a_function_that_returns_nothing_is_told(capsys, name):
    names = names_of(solved(source(), {**BLANKS, name: "pass"}))
    names["run_check"](names["check_" + name])
    assert names["results"][name] == "wrong"
    assert "The function returned None. Is its `return` missing?" in capsys.readouterr().out
