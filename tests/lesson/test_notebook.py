"""The notebook: its form, its figures, and what its cells do."""

import ast
import base64
import json
import re
import xml.etree.ElementTree as ElementTree

import pytest
from lesson_solutions import BLANKS, solved

from convstep import lesson
from convstep.lesson.figures import FIGURES

LANGUAGES = lesson.LANGUAGES


def cells(language="en", kind=None):
    contents = json.loads(lesson.files(language, notebook=True)["my_conv.ipynb"])
    return [c for c in contents["cells"] if kind in (None, c["cell_type"])]


def source(cell):
    return "".join(cell["source"])


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_form(language):
    contents = json.loads(lesson.files(language, notebook=True)["my_conv.ipynb"])
    assert (contents["nbformat"], contents["nbformat_minor"]) == (4, 5)
    assert contents["metadata"]["kernelspec"]["name"] == "python3"
    ids = [cell["id"] for cell in contents["cells"]]
    assert len(set(ids)) == len(ids)
    assert all(re.fullmatch(r"[a-zA-Z0-9_-]{1,64}", name) for name in ids)
    for cell in contents["cells"]:
        wanted = {"cell_type", "id", "metadata", "source"}
        if cell["cell_type"] == "code":
            wanted |= {"execution_count", "outputs"}
            assert cell["execution_count"] is None and cell["outputs"] == []
            compile(source(cell), cell["id"], "exec")
        assert set(cell) == wanted
        assert all(line.endswith("\n") for line in cell["source"][:-1])
        assert source(cell).strip()


@pytest.mark.parametrize("language", LANGUAGES)
def test_nbformat_takes_it(language):
    nbformat = pytest.importorskip("nbformat")
    contents = lesson.files(language, notebook=True)["my_conv.ipynb"]
    nbformat.validate(nbformat.reads(contents, as_version=4))


@pytest.mark.parametrize("language", LANGUAGES)
def test_its_figures_are_in_it(language):
    beside = lesson.files(language)
    inside = [
        re.search(r'src="data:image/svg\+xml;base64,([^"]+)"', source(c)) for c in cells(language)
    ]
    found = [base64.b64decode(match[1]).decode() for match in inside if match]
    assert len(found) == len(FIGURES)
    for drawing in found:
        assert ElementTree.fromstring(drawing).tag.endswith("svg")
    assert found == [text for name, text in beside.items() if name.endswith(".svg")]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_unsolved_notebook_runs(capsys, language):
    names = execute(cells(language, "code"), {})
    told = capsys.readouterr().out
    assert "Traceback" not in told
    assert set(names["results"].values()) == {"unwritten"}
    assert told.strip().endswith("convstep check my_conv.ipynb --only zero_pad")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_solved_notebook_is_right(capsys, language):
    names = execute(cells(language, "code"), BLANKS)
    assert set(names["results"].values()) == {"right"}
    assert len(names["reports"]) == 8
    assert all(report.ok for report in names["reports"])


def execute(code, bodies):
    """Run the cells one by one, as a notebook does; keep what the checker reports."""
    names = {"__name__": "__main__", "reports": []}
    for cell in code:
        body, _, last = solved(source(cell), bodies).rpartition("\n")
        if last.startswith("cs.check.check("):
            exec(body, names)
            names["reports"].append(eval(last, names))
        else:
            exec(f"{body}\n{last}", names)
    return names


def test_script_and_notebook_define_the_same():
    notebook = "\n".join(source(cell) for cell in cells("en", "code"))
    script = lesson.files("en")["my_conv.py"].replace("my_conv.py", "my_conv.ipynb")
    assert definitions(notebook) == definitions(script)
    assert len(definitions(script)) > 20


def definitions(text):
    kinds = ast.FunctionDef | ast.ClassDef
    return [ast.unparse(node) for node in ast.parse(text).body if isinstance(node, kinds)]
