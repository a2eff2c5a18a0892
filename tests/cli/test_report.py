import numpy as np
import pytest

from convstep.cli import report
from convstep.cli.report import Judged


def judged(labels, predicted, classes=3, sure=0.9):
    probabilities = np.full((len(labels), classes), (1 - sure) / (classes - 1))
    probabilities[np.arange(len(labels)), predicted] = sure
    return Judged(np.zeros((len(labels), 4, 4, 1), np.float32), np.array(labels), probabilities)


@pytest.mark.parametrize(
    "right, count, low, high",
    # from scipy.stats.binomtest(right, count).proportion_ci(method="wilson")
    [(357, 360, 0.975789, 0.997162), (0, 10, 0.0, 0.277533), (10, 10, 0.722467, 1.0)],
)
def test_the_interval_is_wilsons(right, count, low, high):
    np.testing.assert_allclose(report.wilson_interval(right, count), (low, high), atol=1e-6)


def test_the_interval_holds_the_truth_in_95_of_100_experiments():
    right = np.random.default_rng(0).binomial(360, 0.98, size=4000)
    bounds = np.array([report.wilson_interval(int(n), 360) for n in right])
    covered = ((bounds[:, 0] <= 0.98) & (bounds[:, 1] >= 0.98)).mean()
    assert 0.93 < covered < 0.975


def test_the_accuracy_is_told_with_its_interval():
    line = report.accuracy_line(judged([0, 1, 2, 2], [0, 1, 2, 1]))
    assert line == "75.00% (3 of 4 right; 95 % interval 30.1% to 95.4%)"


def test_the_table_has_true_classes_as_rows():
    counts = report.confusion(judged([0, 0, 1, 2, 2, 2], [0, 1, 1, 2, 0, 0]), 3)
    assert counts.tolist() == [[1, 1, 0], [0, 1, 0], [2, 0, 1]]
    assert report.confusion_lines(counts, ["a", "b", "c"]) == [
        "   a  b  c",
        "a  1  1  .",
        "b  .  1  .",
        "c  2  .  1",
    ]


def test_names_of_wide_letters_stay_in_line():
    counts = report.confusion(judged([0, 1, 1], [0, 1, 0], 2), 2)
    assert report.confusion_lines(counts, ["猫", "dog"]) == [
        "     猫 dog",
        " 猫   1   .",
        "dog   1   1",
    ]
    assert report.confusion_lines(counts, ["猫犬鳥魚馬牛", "dog"])[1].startswith("猫犬鳥魚~ ")


def test_a_table_too_wide_becomes_a_list_of_mistakes(monkeypatch):
    monkeypatch.setenv("COLUMNS", "40")
    labels = np.repeat(np.arange(30), 2)
    predicted = labels.copy()
    predicted[[0, 1, 5]] = [7, 7, 3]
    counts = report.confusion(judged(labels, predicted, 30), 30)
    names = [f"class number {i}" for i in range(30)]
    assert report.confusion_lines(counts, names) == [
        "2 x class num~ taken for class num~",
        "1 x class num~ taken for class num~",
    ]


def test_the_worst_mistakes_come_first_and_right_answers_never():
    probabilities = np.array([[0.9, 0.1], [0.4, 0.6], [0.2, 0.8], [0.45, 0.55]])
    found = report.worst_mistakes(Judged(np.zeros((4, 1, 1, 1)), np.zeros(4, int), probabilities))
    assert found.tolist() == [2, 1, 3]


def test_mistakes_are_drawn_under_their_caption():
    lines = report.mistake_drawings(judged([0, 1, 1], [2, 1, 0]), ["a", "b", "c"])
    assert lines[0].split() == ["true", "a:", "5.0%", "true", "b:", "5.0%"]
    assert lines[1].split() == ["said", "c:", "90.0%", "said", "a:", "90.0%"]
    assert len(lines) == 2 + 4
