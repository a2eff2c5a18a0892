"""Submissions that were written without sight of the catalogue: a sample; .ci/full takes all."""

import hashlib
import importlib.util
from pathlib import Path

import pytest

from convstep.check import selftest
from convstep.check.eight import eight
from convstep.check.grade import GradeOptions

CORPUS = Path(__file__).parent / "corpus"
SAMPLE = {"right": 12, "wrong": 24}


def sample(kind):
    """Some files, always the same ones; a file more or less changes few of them."""
    files = [f for f in (CORPUS / kind).iterdir() if f.suffix in (".py", ".ipynb")]
    if importlib.util.find_spec("scipy") is None:
        files = [f for f in files if b"scipy" not in f.read_bytes()]
    return sorted(files, key=lambda f: hashlib.sha256(f.name.encode()).digest())[: SAMPLE[kind]]


@pytest.fixture(scope="module", params=SAMPLE)
def tally(request):
    return selftest.run(eight(), sample(request.param), GradeOptions())


def test_verdicts_are_right(tally):
    assert tally.results
    assert not [selftest.told(r) for r in [*tally.flagged, *tally.passed_over]]


def test_nine_in_ten_of_the_known_mistakes_are_named(tally):
    missed = [selftest.told(result) for result in tally.known if not result.hit]
    assert len(missed) <= 0.1 * len(tally.known), missed


def test_no_wrong_name_is_certain(tally):
    assert not [selftest.told(result) for result in tally.misnamed]


def test_two_mistakes_that_act_on_each_other_are_both_named_for_certain():
    files = sorted((CORPUS / "wrong").glob("combination_acting_*.py"))
    results = selftest.run(eight(), files, GradeOptions()).known
    assert len(results) == len(files) > 0
    for result in results:
        assert result.hit, selftest.told(result)
        assert {d.certainty for d in result.found.diagnoses} == {"certain"}
