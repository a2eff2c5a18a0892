"""Freezing parameters by name."""

import copy

import pytest

import convstep as cs
from convstep import nn


@pytest.fixture
def model():
    block = cs.Sequential([nn.Conv2D(2, 3), nn.ReLU()])
    graph = cs.Sequential([("block1", block), nn.Flatten(), nn.Dense(3), nn.Dense(2)])
    return cs.Model(graph, input_shape=(4, 4, 1))


ALL = (
    *("block1.conv1.weight", "block1.conv1.bias", "dense1.weight", "dense1.bias"),
    *("dense2.weight", "dense2.bias"),
)


@pytest.mark.parametrize(
    "patterns, frozen",
    [
        (["block1.conv1.weight"], ALL[:1]),
        (["block1.*"], ALL[:2]),
        (["dense?.bias", "block1.*"], (ALL[0], ALL[1], ALL[3], ALL[5])),
        (["*"], ALL),
        (["[!b]*.weight"], (ALL[2], ALL[4])),
    ],
)
def test_names_and_patterns(model, patterns, frozen):
    model.freeze(*patterns)
    assert model.frozen == frozen
    assert model.trainable == tuple(name for name in ALL if name not in frozen)


def test_freezing_adds_up_and_thaws_in_part(model):
    assert (model.frozen, model.trainable) == ((), ALL)
    model.freeze("dense2.bias")
    model.freeze("block1.*")
    model.unfreeze("*.bias")
    assert model.frozen == ("block1.conv1.weight",)
    model.unfreeze("*")
    assert model.frozen == ()


@pytest.mark.parametrize("verb", ["freeze", "unfreeze"])
@pytest.mark.parametrize(
    "patterns, message",
    [
        ([], r'patterns must hold at least one name or pattern; .* All parameters are "\*"'),
        (
            ["dense1.*", "conv.weight"],
            "the network has; got 'conv.weight' .*block1.conv1.weight",
        ),
        (
            ["dense1"],
            r"must name what .* got 'dense1' \(str\)\. Names like it: dense1.bias",
        ),
        (["Dense1.*"], "must name what the network has; got 'Dense1"),
        ([3], "patterns must be names or patterns of names; got 3"),
    ],
)
def test_what_names_nothing_changes_nothing(model, verb, patterns, message):
    model.freeze("dense1.bias")
    with pytest.raises(cs.errors.ArgumentError, match=rf"Model\.{verb}: .*{message}"):
        getattr(model, verb)(*patterns)
    assert model.frozen == ("dense1.bias",)


def test_copies_are_frozen_each_for_itself(model):
    model.freeze("dense1.*")
    other = copy.deepcopy(model)
    other.unfreeze("*")
    assert model.frozen == ("dense1.weight", "dense1.bias")


def test_a_file_keeps_what_is_frozen(model, tmp_path):
    model.save(tmp_path / "free")
    model.freeze("block1.*")
    model.save(tmp_path / "frozen")
    assert cs.Model.load(tmp_path / "frozen").frozen == ALL[:2]
    assert cs.Model.load(tmp_path / "free").frozen == ()
    assert b"frozen" not in (tmp_path / "free").read_bytes()  # files are as they were before
