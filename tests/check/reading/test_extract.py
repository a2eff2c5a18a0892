"""Reading files and notebooks: what is taken, what runs, and what is left alone."""

import json
import textwrap

import numpy as np
import pytest

from convstep.check.reading.extract import Extract
from convstep.check.reading.standin import Nothing, StandIn


def read(source, *wanted, name="mine.py"):
    data = source if isinstance(source, bytes) else textwrap.dedent(source).encode()
    return Extract(name, data, wanted or ("f",))


def run(source, *wanted, name="mine.py"):
    extract = read(source, *wanted, name=name)
    extract.run()
    return extract


def notebook(*cells, **other):
    listed = [
        {"cell_type": "code", "source": textwrap.dedent(text).splitlines(keepends=True)}
        for text in cells
    ]
    return json.dumps({"cells": [{"cell_type": "markdown", "source": "# f"}, *listed], **other})


def of_cells(*cells):
    return run(notebook(*cells), name="mine.ipynb")


HARMFUL = """
while True: pass
input("your name? ")
print(undefined)
import this_is_not_here
this_is_not_here.plot()
assert False
raise SystemExit
open("/dev/null/x")
"""


def test_only_what_is_needed_runs():
    extract = run(HARMFUL + "def f(x):\n    return 2 * x\n" + HARMFUL)
    assert extract.namespace["f"](4) == 8
    assert extract.notes == []
    assert {name for name in extract.namespace if not name.startswith("__")} == {"f"}


@pytest.mark.parametrize(
    "source",
    [
        "n = 2\ndef f(x): return n * x",
        "def f(x): return n * x\nn = 2",
        "n = 1\nn += 1\ndef f(x): return n * x",
        "n = [0]\nn[0] = 2\ndef f(x): return n[0] * x",
        "n = []\nn.append(2)\ndef f(x): return n[0] * x",
        "n = {}\nn.update(a=2)\nprint(n)\ndef f(x): return n['a'] * x",
        "a, (b, *c) = 0, (1, 2, 3)\ndef f(x): return c[0] * x",
        "(n := 2)\ndef f(x): return n * x",
        "for n in range(3): pass\ndef f(x): return n * x",
        "import math as m\ndef f(x): return m.floor(2.5) * x",
        "from math import floor\ndef f(x): return floor(2.5) * x",
        "from math import *\ndef f(x): return floor(2.5) * x",
        "import os.path\ndef f(x): return len(os.path.join('', 'ab')) * x",
        "def g(x): return 2 * x\ndef f(x): return g(x)",
        "def f(x): return g(x)\ndef g(x): return 2 * x",
        "f = lambda x: 2 * x",
        "f = g = lambda x: 2 * x",
        "def g(x): return 2 * x\nf = g",
        "from functools import partial\ndef g(n, x): return n * x\nf = partial(g, 2)",
        "def g(h): return lambda x: 2 * h(x)\n@g\ndef f(x): return x",
        "n = 2\ndef f(x, n=n): return n * x",
        "class A:\n    n = 2\n    def g(x): return A.n * x\ndef f(x): return A.g(x)",
        "class A:\n    def __call__(self, x): return 2 * x\nf = A()",
        "try:\n    import not_here as np\nexcept ImportError:\n    import numpy as np\n"
        "def f(x): return np.add(x, x)",
        "try:\n    from numba import njit\nexcept ImportError:\n    print(1 / 0)\n"
        "    def njit(f): return f\nf = (lambda x: 2 * x)",
        "if True:\n    print(undefined)\n    def f(x): return 2 * x\nelse:\n    f = 3",
        "from contextlib import suppress\nwith suppress(Exception):\n    1 / 0\n"
        "    def f(x): return 2 * x",
        "if __name__ == '__main__':\n    print(1 / 0)\n    n = 2\n    def f(x): return n * x",
        "def f(x): return 2 * x\nif __name__ == '__main__':\n    def f(x): return 3 * x",
        "if '__main__' == __name__:\n    f = 0\ndef f(x): return 2 * x",
        "def f(x): return 0\ndef f(x): return 2 * x",
        "def f(x): return x\n_f = f\ndef f(x): return 2 * _f(x)",
        "from __future__ import annotations\ndef f(x: Undefined) -> Undefined: return 2 * x",
        "from typing import List\ndef f(x: List[int]): return 2 * x",
        "def f(x):\n    n = 2\n    return n * x\nn = 1 / 0\nx = input()",
        "def f(x): return np.add(x, x)",
        "def f(x): return sum(2 for n in range(x))\nn = 1 / 0",
        "import numpy as np\nnp.float = float\ndef f(x): return np.float(2) * x",
        "def set_n():\n    global n\n    n = 2\nn = 2\ndef f(x): return n * x",
        "match 2:\n    case n: pass\ndef f(x): return n * x",
        "from __future__ import annotations\nfrom dataclasses import dataclass\n@dataclass\n"
        "class A:\n    n: int = 2\ndef f(x): return A().n * x",
        "import sys, not_here_at_all\ndef f(x): return len(sys.argv[:0]) + 2 * x",
    ],
)  # fmt: skip
def test_what_a_function_reads_is_there(source):
    extract = run(source)
    assert extract.namespace["f"](4) == 8
    assert "f" in extract.facts
    vars(np).pop("float", None)


def test_what_a_test_cell_left_behind_is_there():
    """And is what it would have been: after the seed, and the last value counts."""
    extract = of_cells(
        "import numpy as np",
        "def f(x):\n    return n.sum()",
        "np.random.seed(1)\nn = np.random.randn(3)\nz = f(1 / 0)",
        "np.random.seed(2)\nn = np.random.randn(4)",
        "np.random.seed(3)\nm = np.random.randn(4)",
    )
    expected = np.random.RandomState(2).randn(4).sum()
    assert extract.namespace["f"](0) == expected
    assert extract.facts["f"].free == ("n",)
    assert "z" not in extract.namespace and "m" not in extract.namespace


def test_a_statement_that_fails_is_told_and_the_rest_counts():
    extract = run("n = 1 / 0\ndef f(x): return n\ndef g(x): return x", "f", "g")
    assert extract.notes == ["line 1: ZeroDivisionError: division by zero"]
    assert extract.namespace["g"](3) == 3
    assert set(extract.facts) == {"f", "g"}


def test_a_definition_that_fails_is_a_failure_of_its_function():
    extract = run("def g(f): return 1 / 0\n\n@g\ndef f(x): return x")
    failure = extract.failures["f"]
    assert (failure.kind, failure.type, failure.line) == ("exception", "ZeroDivisionError", 1)
    extract = run("def f(x): return x\nreturn f")
    assert extract.failures == {} and extract.namespace["f"](1) == 1
    extract = run("def f(x):\n    nonlocal y\n    return x")
    assert extract.failures["f"].type == "SyntaxError"


@pytest.mark.parametrize(
    "statement", ["raise SystemExit(1)", "raise KeyboardInterrupt", "raise GeneratorExit"]
)
def test_nothing_ends_the_reading(statement):
    extract = run(f"def stop():\n    {statement}\nn = stop()\ndef f(x): return x")
    assert extract.namespace["f"](1) == 1
    extract = run(f"def stop():\n    {statement}\nn = stop()\ndef f(x): return n")
    assert type(extract.notes) is list and "line 2" in extract.notes[0]


def test_modules_that_are_not_here():
    extract = run(
        """
        import tensorflow_not_here as tf, numpy as np
        import not_here.deep.down
        from public_tests import *
        from dnn_utils_not_here import helper as h
        from numpy import no_such_name
        from . import utils
        from .utils import more
        from numba_not_here import njit, prange

        @njit
        @h(parallel=True)
        @no_such_name.more("f8")
        def f(x):
            tf.print(x); not_here.deep.down(x); utils(x); more(x)
            with tf.device("cpu"):
                return sum(x for _ in prange(2)) + 0 * np.sum(x)

        class Net(tf.Module):
            pass
        """,
        "f",
        "Net",
    )
    assert extract.namespace["f"](4) == 8
    assert extract.namespace["Net"].__mro__[1] is object
    told = "\n".join(extract.notes)
    for name in ("tensorflow_not_here", "not_here.deep.down", "numpy.no_such_name"):
        assert f"module {name} is not here; a stand-in took its place" in told


def test_of_an_import_only_what_is_needed():
    extract = run("import math, not_here\nfrom os import path, nothing\ndef f(x): math, path")
    assert extract.notes == []
    assert {name for name in extract.namespace if not name.startswith("__")} == {
        "f",
        "math",
        "path",
    }


def test_a_module_that_fails(tmp_path, monkeypatch):
    (tmp_path / "leaves_at_once.py").write_text("import sys\nsys.exit(1)\n")
    (tmp_path / "raises_at_once.py").write_text("1 / 0\n")
    monkeypatch.syspath_prepend(tmp_path)
    extract = run(
        "import leaves_at_once as a\nfrom raises_at_once import b\ndef f(x): a.x(b); return x"
    )
    assert extract.namespace["f"](1) == 1
    assert "fails (SystemExit: 1)" in extract.notes[0]
    assert "fails (ZeroDivisionError: division by zero)" in extract.notes[1]


def test_a_stand_in_is_no_solution_and_no_number():
    extract = run("from not_here import f")
    assert extract.facts == {}
    extract = run("from not_here import conv\ndef f(x): return conv(x, 2) + 1")
    with pytest.raises(ModuleNotFoundError, match="the module not_here is not here"):
        extract.namespace["f"](1)
    thing = StandIn("m").thing
    assert isinstance(thing, Nothing)
    assert list(thing) == []
    for action in (float, int, np.asarray, abs, lambda t: t * 2, lambda t: 2 - t):
        with pytest.raises(ModuleNotFoundError, match="the module m is not here"):
            action(thing)


def test_what_is_not_there():
    assert run("x = 1").facts == {}
    assert run("class A:\n    def f(self): pass").facts == {}
    assert run("def g():\n    def f(): pass").facts == {}
    assert run("").facts == {} and run("").unreadable == ""
    assert run("# nothing but words\n").facts == {}


def test_numpy_is_put_into_bare_functions_alone():
    extract = run("def f(x): return np.add(x, numpy.ones(1))")
    assert extract.namespace["f"](1) == 2
    assert extract.notes[0] == "nothing is imported; np was put in"
    assert extract.facts["f"].free == ()
    for source in ("import os\ndef f(x): return np.add(x, x)", "def f(x): return math.floor(x)"):
        extract = run(source)
        assert extract.notes == []
        with pytest.raises(NameError):
            extract.namespace["f"](1)


def test_facts():
    extract = read(
        """
        import numpy as np
        from helpers import *
        n = 3
        def g(x): return x

        def f(x):
            for i in range(n):
                print(g(x))
            return np.zeros(n)
        def blank(x):
            '''To be written.'''
            pass
        h = lambda x: m * x
        """,
        "f",
        "blank",
        "h",
    )
    facts = extract.facts["f"]
    assert (facts.line, facts.free, facts.calls, facts.prints) == (7, ("n",), ("np", "g"), (9,))
    assert not extract.facts["blank"].written
    assert extract.facts["h"].free == ("m",)


def test_names_of_a_star_import_are_no_globals_of_the_submission():
    assert run("from math import *\ndef f(x): return floor(x)").facts["f"].free == ()


@pytest.mark.parametrize(
    "data",
    [
        "# café\ndef f(x): return 'é'".encode("utf-8-sig"),
        "def f(x): return 'é'".encode("utf-16"),
        b"\xfe\xff" + "def f(x): return 'é'".encode("utf-16-be"),
        "# -*- coding: latin-1 -*-\ndef f(x): return 'é'".encode("latin-1"),
        "#!/usr/bin/python\n# vim: set fileencoding=gbk :\ndef f(x): return 'é'".encode("gbk"),
        "def f(x):\r\n\treturn 'é'\r\n".encode(),
        "def f(x):\r\treturn 'é'\r".encode(),
    ],
)
def test_encodings_and_line_ends(data):
    extract = run(data)
    assert extract.namespace["f"](1) == "é"
    assert extract.notes == []


def test_an_encoding_that_is_not_kept():
    for data in (
        "# 卷积\ndef f(x): return x".encode("gbk"),
        b"# coding: nonsense\ndef f(x): return x",
        b"# coding: zlib\ndef f(x): return x",
    ):
        extract = run(data)
        assert extract.namespace["f"](1) == 1
        assert "encoding" in extract.notes[0]


@pytest.mark.parametrize(
    "data, told",
    [
        (b"\n\ndef f(x): return \0", "line 3: there is a null byte"),
        ("def f(x): return x".encode("utf-16-le"), "line 1: there is a null byte"),
        (b"def f(x:\n    return x", "line 1: "),
        (b"\n\nthis is no program", "line 3: invalid syntax"),
        (b"x = " + b"(" * 1000 + b")" * 1000, "line 1: too many nested parentheses"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 30, "line 3: there is a null byte"),
    ],
)
def test_what_cannot_be_read(data, told):
    extract = run(data)
    assert told in extract.unreadable


@pytest.mark.parametrize(
    "text, told",
    [
        ("{", "line 1: no notebook: Expecting property name"),
        ("", "no notebook"),
        ("[]", "no list of cells"),
        ("{}", "no list of cells"),
        ('{"cells": 3}', "no list of cells"),
        ("[" * 100_000, "no notebook"),
        ('{"x": ' + "9" * 10_000 + "}", "no notebook"),
    ],
)
def test_what_is_no_notebook(text, told):
    assert told in run(text, name="mine.ipynb").unreadable


def test_odd_notebooks():
    assert run('{"cells": [1, {}, {"cell_type": "code"}, null]}', name="a.ipynb").facts == {}
    old = {
        "worksheets": [{"cells": [{"cell_type": "code", "input": ["def f(x):\n", " return x"]}]}]
    }
    assert run(json.dumps(old), name="a.IPYNB").namespace["f"](1) == 1


def test_magics_are_taken_out():
    extract = of_cells(
        "%matplotlib inline\n%load_ext autoreload\n!pip install x\nimport numpy as np",
        "%%time\ndef g(x):\n    %time y = 2\n    return x",
        "%%bash\nrm -rf /",
        "?np.pad\nnp.pad?\nnp.pad??\nfiles = !ls\nt = %timeit -o 1\ndef f(x):\n"
        "    y = (7\n%4)\n    if x:\n        !ls\n    return g(x) + y",
        "await something()",
        "f?",
    )
    assert extract.namespace["f"](4) == 7
    assert extract.facts["f"].line == 6
    assert extract.notes == []


def test_a_cell_that_cannot_be_read_is_left_out():
    extract = of_cells(
        "def f(x):\n    return 1 / x",
        "def g(x)\n    return x\n",
        "oh dear\n",
        "def h(x):\n    return x\n\n\nh(1) h(2)",
    )
    assert extract.namespace["f"](1) == 1
    assert extract.notes[0].startswith("left out, as it cannot be read: cell 2, line 1: ")
    assert extract.facts["f"].cell == 1


def test_a_broken_function_is_told_and_the_others_count():
    extract = run(
        """
        import numpy as np
        text = '''
        def f(x): not this one
        '''
        def f(x):
            return (x
        def g(x):
            return x

        print "two"

        def h(x):
          if x:
        \treturn x

        def i(x):
            return '''
        x
        ''' + x

        @staticmethod
        # why not
        @staticmethod
        def j(x):
            return [
        x
        ]
        """,
        *"fghij",
    )
    assert extract.namespace["g"](1) == 1
    assert extract.namespace["i"]("y") == "\nx\ny"
    assert extract.namespace["j"](1) == [1]
    assert set(extract.failures) == {"f", "h"}
    assert extract.failures["f"].line == 7
    assert extract.failures["f"].type == "SyntaxError"
    assert extract.failures["h"].type in ("TabError", "IndentationError")
    assert set(extract.facts) == set("fghij")
    assert sum("left out" in note for note in extract.notes) == 3


def test_many_broken_places_are_told_once():
    extract = run("x = 1\n" + "oh dear me\n" * 500 + "def f(x): return x")
    assert extract.namespace["f"](1) == 1
    assert len(extract.notes) == 6
    assert extract.notes[-1] == "495 more places cannot be read"


def test_lines_of_a_notebook_are_those_of_its_cell():
    extract = of_cells("n = 1", "\n\ndef f(x):\n    return 1 / x\n", "m = 1\n\nk = 1/0\ndef g(): k")
    code = extract.namespace["f"].__code__
    assert (code.co_filename, code.co_firstlineno) == ("<cell 2>", 3)
    assert (extract.facts["f"].cell, extract.facts["f"].line) == (2, 3)
    extract = run(notebook("def f(x): return k", "\nk = 1 / 0"), name="mine.ipynb")
    assert extract.notes == ["cell 2, line 2: ZeroDivisionError: division by zero"]
