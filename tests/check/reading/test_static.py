import ast

import numpy as np
import pytest

from convstep.check.reading.static import Facts, facts_of, function_facts, line_that_mentions

OUTSIDE = np.arange(3)


def facts(source, known=()):
    return function_facts(ast.parse(source).body[0], known)


def test_names_from_outside():
    source = "def f(x):\n    y = x + A_slice\n    return [helper(z) for z in y if np.any(stride)]\n"
    found = facts(source, {"helper", "np"})
    assert found.free == ("A_slice", "stride")
    assert found.calls == ("helper", "np")


def test_what_is_made_inside_is_not_from_outside():
    source = (
        "def f(x, *rest, key=1, **more):\n"
        "    import math as m\n"
        "    def inner(a): return a + x\n"
        "    for i, (j, k) in enumerate(rest): pass\n"
        "    with open(key) as file: pass\n"
        "    try: pass\n"
        "    except ValueError as error: print(error)\n"
        "    if (n := len(rest)): pass\n"
        "    match rest:\n"
        "        case [first, *others]: pass\n"
        "    return m, inner, i, j, k, file, n, first, others, more, len\n"
    )
    assert facts(source).free == ()


def test_a_blank_of_a_template_is_not_written():
    for body in ("pass", "...", '"""doc"""', 'raise NotImplementedError("your turn")'):
        assert not facts(f"def f(x):\n    {body}\n").written
    assert facts("def f(x):\n    return x\n").written


def test_lines_that_show_a_habit():
    source = (
        "def f(x):\n"
        "    z = None\n"
        "    for i in x:\n"
        "        print(i)\n"
        "        try:\n"
        "            y = i\n"
        "        except:\n"
        "            pass\n"
        "        while y:\n"
        "            return y\n"
        "    print(y)\n"
        "    return y\n"
    )
    assert facts(source) == Facts(line=1, prints=(4,), returns=(10,), hides=(7,), blanks=(2,))


@pytest.mark.parametrize(
    "body, lines",
    [
        ("y = None\n    y = x", ()),
        ("y = ...", (2,)),
        ("y[0] = None", (2,)),
        ("y += None", (2,)),
        ("y: int = None", (2,)),
        ("y = x", ()),
    ],
)
def test_a_blank_is_what_nothing_else_fills(body, lines):
    assert facts(f"def f(x, y):\n    {body}\n    return y\n").blanks == lines


def test_what_is_returned_and_never_made():
    assert facts("def f(x):\n    # X_pad = None\n    return x, X_pad\n").never_made == ("X_pad",)
    assert facts("def f(x):\n    return x == A_slice\n").never_made == ()


def test_what_stands_in_an_inner_function_is_not_in_the_loop():
    source = "def f(x):\n    for i in x:\n        def g():\n            return i\n    return g\n"
    assert facts(source).returns == ()


def test_a_live_function():
    def f(x):
        return x + OUTSIDE + np.ones(3) + facts(x)

    found = facts_of(f)
    assert found.free == ("OUTSIDE",)
    assert set(found.calls) == {"np", "facts"}
    assert found.line == f.__code__.co_firstlineno


def test_what_has_no_source_has_hardly_any_facts():
    assert facts_of(len) == Facts()
    assert facts_of(eval("lambda x: x")) == Facts()


@pytest.mark.parametrize(
    "text, line",
    [
        ("import numpy\nimport os, convstep.loops", 2),
        ("def f():\n    from convstep.loops import zero_pad", 2),
        ("x = 'convstep/loops.py'", 1),
        ("from .convstep import x\nimport my.convstep\nx = 'my_convstep'", None),
        ("def f():\n    'see convstep'\n    return convstep", None),
    ],
)
def test_the_line_that_mentions_a_package(text, line):
    assert line_that_mentions(ast.parse(text), "convstep") == line
