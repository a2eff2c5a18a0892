import os
import sys

import pytest

from convstep import lesson


def test_it_writes_the_script_and_its_figures(convstep, tmp_path):
    result = convstep("lesson")
    assert result.returncode == 0, result.stderr
    assert (tmp_path / "my_conv.py").read_text(encoding="utf-8") == lesson.files()["my_conv.py"]
    written = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*.*")}
    assert written == set(lesson.files())
    assert "python my_conv.py" in result.stdout
    assert "convstep check my_conv.py" in result.stdout


def test_it_writes_the_notebook_in_chinese_into_a_new_folder(convstep, tmp_path):
    result = convstep("lesson", "--notebook", "--language", "zh", "course/one")
    assert result.returncode == 0, result.stderr
    written = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert written == [tmp_path / "course" / "one" / "my_conv.ipynb"]
    expected = lesson.files("zh", notebook=True)["my_conv.ipynb"]
    assert written[0].read_text(encoding="utf-8") == expected
    assert "convstep check course/one/my_conv.ipynb" in " ".join(result.stdout.split())


@pytest.mark.parametrize("mine", ["my_conv.py", "figures/padding.svg"])
def test_what_a_learner_wrote_is_not_overwritten(convstep, tmp_path, mine):
    (tmp_path / "figures").mkdir()
    (tmp_path / mine).write_text("my own\n")
    result = convstep("lesson")
    assert result.returncode == 2
    name = mine.split("/")[-1]
    assert result.stderr.startswith(
        f"convstep lesson: DIR must not have a file {name}; got {mine}."
    )
    assert result.stderr.endswith("Name another folder, or write over it with --force.\n")
    assert (tmp_path / mine).read_text() == "my own\n"
    assert [p for p in tmp_path.rglob("*") if p.is_file()] == [tmp_path / mine]  # nothing else

    assert convstep("lesson", "--force").returncode == 0
    assert (tmp_path / mine).read_text(encoding="utf-8") == lesson.files()[mine]


def test_twice_is_once(convstep):
    assert convstep("lesson").returncode == 0
    assert convstep("lesson").returncode == 0


def test_a_file_that_comes_while_it_writes_is_not_overwritten(tmp_path, monkeypatch):
    from convstep import atomic
    from convstep.cli import main as cli

    def write_late(path, content, before):
        if path.name == "my_conv.py":
            path.write_text("my own\n")
        atomic.write_atomically(path, content, before=before)

    monkeypatch.setattr("convstep.cli.lesson.write_atomically", write_late)
    assert cli.main(["lesson", str(tmp_path)]) == 2
    assert (tmp_path / "my_conv.py").read_text() == "my own\n"
    assert not list(tmp_path.glob(".*"))


@pytest.mark.parametrize("words, message", [
    (["--language", "de"], "argument --language: invalid choice: 'de'"),
    ([""], "DIR: must name a folder; got ''"),
    (["note.txt"], "convstep lesson: note.txt"),
])  # fmt: skip
def test_bad_usage(convstep, tmp_path, words, message):
    (tmp_path / "note.txt").write_text("a file")
    result = convstep("lesson", *words)
    assert result.returncode == 2
    assert message in result.stderr
    assert result.stderr.count("\n") == 1


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="needs permissions")
def test_a_folder_that_cannot_be_written(convstep, tmp_path):
    (tmp_path / "mine").mkdir(mode=0o500)
    result = convstep("lesson", "mine")
    assert result.returncode == 2
    assert "Permission denied" in result.stderr


def test_an_unknown_language_of_the_room():
    with pytest.raises(ValueError, match="language must be one of"):
        lesson.files("de")
