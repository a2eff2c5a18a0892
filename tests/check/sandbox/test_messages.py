"""What a submission could have written itself: nothing but the agreed form is taken."""

import json
from dataclasses import asdict, fields

import pytest

from convstep.check.outcome import Failure, Opaque
from convstep.check.reading.static import Facts
from convstep.check.sandbox import messages

GOOD = {
    "value": {"tuple": [{"int": "3"}, None]},
    "failure": None,
    "changed": [1],
    "shared": [],
    "printed": 2,
    "repairs": ["float"],
}


def failure(**fields):
    return {"kind": "exception", "type": "E", "message": "m", "line": 1, "cell": None, **fields}


def test_an_outcome():
    outcome = messages.outcome(GOOD, 2)
    assert outcome.value == (3, None)
    assert (outcome.changed, outcome.printed, outcome.repairs) == ((1,), 2, ("float",))
    told = messages.outcome({**GOOD, "failure": failure(cell=4, line=7)}, 2).failure
    assert told == Failure("exception", "E", "m", 7, 4)
    assert str(told) == "E: m (cell 4, line 7)"


@pytest.mark.parametrize(
    "value",
    [
        {"array": ["<f8", [1], "AAAA"]},
        {"array": ["O", [1], "AAAAAAAAAAA="]},
        {"array": ["(9,9)f8", [1], "AAAAAAAAAAA="]},
        {"array": ["(f8", [1], "AAAAAAAAAAA="]},
        {"array": ["f8,f8", [1], "AAAAAAAAAAA="]},
        {"array": ["M8", [1], "AAAAAAAAAAA="]},
        {"array": ["<f8", [10**9, 10**9], ""]},
        {"array": ["<f8", [0, 10**30], ""]},
        {"array": ["<f8", [-1], ""]},
        {"array": ["<f8", [True], "AAAAAAAAAAA="]},
        {"array": ["<f8", None, ""]},
        {"array": [None, [1], ""]},
        {"array": 3},
        {"scalar": ["<f8", [2], "AAAAAAAAAAAAAAAAAAAAAA=="]},
        {"pickle": "x"},
        {"int": "1" * 5000},
        {"int": "one"},
        {"int": 1e400},
        {"float": "one"},
        {"list": "abc"},
        {"list": [0]},
        {"dict": "ab"},
        {"dict": [["a"]]},
        {"dict": [["a", None, None]]},
        {"tuple": [None] * 10_000},
        {},
        {"int": "1", "float": "1"},
        "text",
        [1],
        1,
    ],
    ids=str,
)
def test_a_damaged_value(value):
    with pytest.raises(messages.DamagedError):
        messages.outcome({**GOOD, "value": value}, 2)


@pytest.mark.parametrize(
    "field, value",
    [
        ("failure", 3),
        ("failure", {}),
        ("failure", failure(kind="right")),
        ("failure", failure(kind=["exception"])),
        ("failure", failure(message=3)),
        ("failure", failure(line="7")),
        ("failure", failure(line=-1)),
        ("changed", [2]),
        ("changed", [-1]),
        ("changed", [0.0]),
        ("changed", "0"),
        ("shared", [True]),
        ("printed", float("inf")),
        ("printed", 10**30),
        ("printed", True),
        ("repairs", [1]),
        ("repairs", ["x"] * 10_000),
        ("more", 1),
    ],
)
def test_a_damaged_field(field, value):
    with pytest.raises(messages.DamagedError):
        messages.outcome({**GOOD, field: value}, 2)


def test_a_missing_field():
    for name in GOOD:
        with pytest.raises(messages.DamagedError):
            messages.outcome({key: value for key, value in GOOD.items() if key != name}, 2)
    with pytest.raises(messages.DamagedError):
        messages.outcome(None, 2)


@pytest.mark.parametrize(
    "line",
    [b"", b"x", b"[]", b'{"token": "b"}', b"[" * 100_000, b'{"token": "a"', b"\xff", b"9" * 10_000],
    ids=lambda line: line[:12].decode("latin-1"),
)
def test_a_line_that_is_no_answer(line):
    with pytest.raises(messages.DamagedError):
        messages.answer(line, "a")


def test_texts_move_no_terminal():
    value = {"other": "a\x1b[2Jb\u202ec" * 100}
    outcome = messages.outcome({**GOOD, "value": value, "repairs": ["\x07\n\udc80"]}, 2)
    assert isinstance(outcome.value, Opaque)
    assert outcome.value.type.isprintable()
    assert len(outcome.value.type) <= 300
    assert outcome.repairs == ("   ",)


def test_facts_are_those_of_the_code():
    facts = asdict(Facts(line=3, free=("n",), prints=(4,)))
    message = {
        "facts": {"f": {**facts, "cell": 2}},
        "notes": [],
        "unreadable": "",
        "protected": {"files": True, "network": 1},
    }
    described = messages.described(json.loads(json.dumps(message)))
    assert described.facts["f"].prints == (4,)
    assert described.facts["f"].cell == 2
    assert described.protected == {"files": True, "network": False}
    for wrong in ({"facts": []}, {"facts": {"f": {}}}, {"notes": "x"}, {"protected": []}):
        with pytest.raises(messages.DamagedError):
            messages.described({**message, **wrong})


def test_no_field_of_the_facts_is_lost():
    """One of each, so that a field that is added and not sent shows."""
    given = {
        int: 3, bool: False, int | None: 4, tuple[str, ...]: ("a", "b"), tuple[int, ...]: (1, 2),
    }  # fmt: skip
    facts = Facts(**{field.name: given[field.type] for field in fields(Facts)})
    sent = json.loads(
        json.dumps({"facts": {"f": asdict(facts)}, "notes": [], "unreadable": "", "protected": {}})
    )
    assert messages.described(sent).facts == {"f": facts}
