"""Both languages say the same, and everything that is written is used."""

import ast
import re

import pytest

from convstep import lesson
from convstep.lesson.cells import FUNCTIONS, Code, Picture, Prose, cells, common_words
from convstep.lesson.text import filled, joined, sections

PARTS = ("start", *FUNCTIONS, "network", "layers", "end")
FILES = (*PARTS, "words", "figures")
PROSE = {"prose", "prose_2", "how_script", "how_notebook"}


@pytest.mark.parametrize("part", FILES)
def test_both_languages_have_the_same_words(part):
    english, chinese = (sections("text", language, f"{part}.md") for language in ("en", "zh"))
    assert list(english) == list(chinese)
    assert all(english.values()) and all(chinese.values())


@pytest.mark.parametrize("part", PARTS)
def test_every_word_is_used_and_there(part):
    code = sections("code", f"{part}.txt")
    asked = set(re.findall(r"\$(\w+)", "\n".join(code.values())))
    own = set(sections("text", "en", f"{part}.md")) - PROSE
    assert own <= asked
    assert asked <= own | set(common_words("en")) | {"file"}


@pytest.mark.parametrize("language", lesson.LANGUAGES)
@pytest.mark.parametrize("part", PARTS)
def test_what_is_put_inside_of_a_line_is_one_line(part, language):
    words = {**common_words(language), **sections("text", language, f"{part}.md")}
    template = "\n".join(sections("code", f"{part}.txt").values())
    for line in template.split("\n"):
        for name in re.findall(r"\$(\w+)", line):
            alone = re.fullmatch(rf' *(# |""")\${name}', line)
            assert alone or "\n" not in words.get(name, "")
            assert '"' not in words.get(name, "") or "#" in line or alone


@pytest.mark.parametrize("language", lesson.LANGUAGES)
def test_no_name_of_a_word_is_left(language):
    for notebook in (False, True):
        for text in lesson.files(language, notebook=notebook).values():
            assert not re.search(r"\$[a-z]|!\[\[", text)


def of(kind, language):
    return [cell for cell in cells(language, "my_conv.py") if isinstance(cell, kind)]


def test_both_languages_have_the_same_parts_and_figures():
    english, chinese = (list(cells(language, "my_conv.py")) for language in ("en", "zh"))
    assert [type(cell) for cell in english] == [type(cell) for cell in chinese]
    pictures = zip(of(Picture, "en"), of(Picture, "zh"), strict=True)
    for one, other in pictures:
        assert one.name == other.name
        assert numbers(one.figure) == numbers(other.figure)


def numbers(figure):
    return [list(item.cells()) if not isinstance(item, str) else item for item in figure.items]


def test_both_languages_have_the_same_code():
    for english, chinese in zip(of(Code, "en"), of(Code, "zh"), strict=True):
        assert english.call == chinese.call
        assert without_words(english.source) == without_words(chinese.source)


def without_words(source):
    """The syntax tree, with all text of messages and docstrings taken out."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            node.values = [v for v in node.values if isinstance(v, ast.FormattedValue)]
            node.values.sort(key=ast.dump)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            letters = re.fullmatch(r"[a-z_0-9]+", node.value)
            node.value = node.value if letters and node.value != "right" else ""
    return ast.dump(tree)


def test_both_languages_show_the_same_formulas():
    """What is indented as code in the text, but for words."""
    for english, chinese in zip(of(Prose, "en"), of(Prose, "zh"), strict=True):
        one, other = (re.findall(r"^    .*=.*$", cell.text, re.M) for cell in (english, chinese))
        assert len(one) == len(other)
        marks = [[re.sub(r"[^-=+*/()\d]", "", line) for line in lines] for lines in (one, other)]
        assert marks[0] == marks[1]


@pytest.mark.parametrize("language", lesson.LANGUAGES)
def test_each_part_explains_before_it_asks(language):
    prose = "\n".join(cell.text for cell in of(Prose, language))
    for formula in (
        "pad = (f - 1) / 2",
        "n = floor((n_prev - f + 2 pad) / stride) + 1",
        "n = floor((n_prev - f) / stride) + 1",
        "+= W[:, :, :, c] * dZ[i, h, w, c]",
        "dW[:, :, :, c] += a_slice * dZ[i, h, w, c]",
        "db[:, :, :, c] += dZ[i, h, w, c]",
        "convstep.loops",
        "convstep train",
    ):
        assert formula in prose


def test_chinese_lines_are_joined_and_lists_and_code_are_not():
    assert joined("池化\n窗口") == "池化窗口"
    assert joined("池化，\nwindow") == "池化，window"  # noqa: RUF001
    assert joined("1. 池化\n   窗口。\n2. 步幅。\n- 一") == "1. 池化窗口。\n2. 步幅。\n- 一"
    assert joined("    池化\n    窗口") == "    池化\n    窗口"
    assert joined("a\nb\n\n    n = 1") == "a\nb\n\n    n = 1"


def test_words_are_put_into_docstrings_comments_and_messages():
    template = 'def f():\n    """$doc\n    """\n    # $steps\n    g("$word")'
    words = {"doc": "One.\n\nTwo.", "steps": "1\n2", "word": "three"}
    assert filled(template, words) == (
        'def f():\n    """One.\n\n    Two.\n    """\n    # 1\n    # 2\n    g("three")'
    )
