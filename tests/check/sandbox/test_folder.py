import os

from convstep.check.sandbox import folder


def test_the_size_of_all_in_it(tmp_path):
    assert folder.size(str(tmp_path)) == 0
    (tmp_path / "a").write_bytes(b"x" * 1000)
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "c").write_bytes(b"x" * 500)
    (tmp_path / "out").symlink_to("/usr")
    assert 1500 <= folder.size(str(tmp_path)) < 100_000
    assert folder.size(str(tmp_path / "none")) == 0


def test_more_files_than_anybody_counts(tmp_path, monkeypatch):
    monkeypatch.setattr(folder, "_MOST_ENTRIES", 10)
    for n in range(12):
        (tmp_path / str(n)).touch()
    assert folder.size(str(tmp_path)) == float("inf")


def test_all_of_it_is_removed_and_nothing_else(tmp_path):
    kept = tmp_path / "kept"
    kept.mkdir()
    (kept / "file").write_text("kept")
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "link").symlink_to(kept)
    (mine / "dangling").symlink_to("nowhere")
    (mine / "file").touch()
    closed = mine / "closed"
    (closed / "inner").mkdir(parents=True)
    (closed / "inner" / "file").touch()
    (closed / "inner").chmod(0)
    closed.chmod(0)
    os.mkfifo(mine / "pipe")
    here = os.open(mine, os.O_RDONLY)
    place = os.dup(here)
    name = "d" * 100
    for _ in range(60):  # longer than any path may be
        os.mkdir(name, dir_fd=place)
        inner = os.open(name, os.O_RDONLY, dir_fd=place)
        os.close(place)
        place = inner
    os.close(place)
    os.close(here)
    folder.remove(str(mine))
    assert not mine.exists()
    assert (kept / "file").read_text() == "kept"
    folder.remove(str(mine))  # what is not there is no error


def test_what_is_deeper_than_anybody_counts_is_too_large(tmp_path):
    (tmp_path / "/".join(["d" * 100] * 8)).mkdir(parents=True)
    assert folder.size(str(tmp_path)) < float("inf")
    (tmp_path / "/".join(["d" * 100] * 11)).mkdir(parents=True)
    assert folder.size(str(tmp_path)) == float("inf")
