import re
import sys

import pytest

from convstep.training.callbacks import Callback
from convstep.training.progress import ProgressBar, ProgressLines, _fitting, progress_callback


@pytest.mark.parametrize("terminal, kind", [(True, ProgressBar), (False, ProgressLines)])
def test_auto_looks_whether_somebody_watches(monkeypatch, terminal, kind):
    monkeypatch.setattr(sys.stderr, "isatty", lambda: terminal)
    assert type(progress_callback("auto")) is kind
    assert type(progress_callback("none")) is Callback


def test_lines_one_for_each_epoch(bars, make_model, capsys):
    make_model().fit(*bars, epochs=2, validation_split=0.2, progress="lines")
    out, err = capsys.readouterr()
    assert out == ""
    lines = err.splitlines()
    assert len(lines) == 2
    number = r"\d+\.\d{3}"
    assert re.fullmatch(
        rf"epoch 2/2  loss {number}  acc {number}  val loss {number}  val acc {number}  "
        r"\d+ images/s",
        lines[1],
    )


def test_the_bar_shows_loss_accuracy_speed_and_time_left(bars, make_model, capsys):
    make_model().fit(*bars, epochs=3, validation_split=0.2, progress="bar")
    out, err = capsys.readouterr()
    assert out == ""
    last = err.strip().splitlines()[-1].split("\r")[-1]
    assert re.search(
        r"epoch 3/3 loss \d\.\d{3} acc \d\.\d{3} val \d\.\d{3} 00:00 left .* images/s \S{6}$", last
    )
    assert len(last) <= 80


@pytest.mark.parametrize(
    "columns, shown",
    [
        (80, "epoch 3/3 loss 0.123 {remaining} left {rate_fmt} {bar:6}"),
        (50, "epoch 3/3 loss 0.123 {remaining} left {rate_fmt}"),
        (40, "epoch 3/3 loss 0.123 {remaining} left"),
        (21, "epoch 3/3 loss 0.123"),
        (20, "epoch 3/3"),
    ],
)
def test_the_bar_leaves_out_whole_parts_on_a_narrow_terminal(columns, shown):
    assert _fitting(["epoch 3/3", "loss 0.123"], columns) == shown


def test_all_parts_fit_into_80_columns():
    parts = ["epoch 30/30", "loss 0.123", "acc 0.999", "val 0.999"]
    assert _fitting(parts, 79).endswith("{bar:6}")  # tqdm leaves the last column free


def test_a_closed_stderr_gets_no_bar(monkeypatch):
    monkeypatch.setattr(sys, "stderr", None)
    assert type(progress_callback("auto")) is ProgressLines


def test_the_bar_is_closed_when_the_run_is_interrupted(bars, make_model, capsys):
    class Interrupt(Callback):
        def on_step(self, run, means):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        make_model().fit(*bars, progress="bar", callbacks=[Interrupt()])
    assert capsys.readouterr().err.endswith("\n")


def test_none_is_silent(bars, make_model, capfd):
    make_model().fit(*bars, epochs=1, progress="none")
    assert capfd.readouterr() == ("", "")
