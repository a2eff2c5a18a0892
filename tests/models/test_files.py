"""Model files: what goes in comes out, and nothing else is taken for a model."""

import json
import os
import pickle
import struct

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

import convstep as cs
from convstep import nn
from convstep.errors import ArgumentError, FileFormatError
from convstep.models.files import KIND

DAMAGED = r"is damaged or no model file \(.*\)\. Save the model again, or take another copy\."


@pytest.fixture
def saved(tmp_path, make_model, bars):
    """A trained model and its file."""
    model = make_model(seed=5)
    model.metadata = {"class_names": ["-", "|", "\\"], "value_range": [0, 1], "note": "ü"}
    model.fit(*bars, epochs=1, progress="none")
    path = tmp_path / "model.safetensors"
    model.save(path)
    return model, path


def description(path):
    """The metadata in the header of a safetensors file."""
    content = path.read_bytes()
    (length,) = struct.unpack("<Q", content[:8])
    return json.loads(content[8 : 8 + length])["__metadata__"]


def rewrite(path, change, arrays=None):
    """Write the file anew, with its description changed, and a checksum that fits."""
    header = json.loads(description(path)["convstep"])
    arrays = load_file(path) if arrays is None else arrays
    before = dict(header)
    change(header)
    if header.get("crc32") == before["crc32"]:
        header["crc32"] = KIND.checksum({**before, **header}, arrays)
    save_file(arrays, path, {"convstep": json.dumps(header)})


def test_round_trip(saved, bars):
    model, path = saved
    copy = cs.Model.load(str(path))
    assert copy.params.flat.tobytes() == model.params.flat.tobytes()
    assert copy.predict(bars.x).tobytes() == model.predict(bars.x).tobytes()
    assert copy.graph == model.graph
    assert copy.metadata == model.metadata
    assert (copy.input_shape, copy.dtype, copy.seed) == (model.input_shape, model.dtype, model.seed)


def test_training_goes_on_from_a_file_as_from_memory(saved, bars):
    model, path = saved
    copy = cs.Model.load(path)
    for each in (model, copy):
        each.fit(*bars, epochs=1, progress="none")
    assert copy.params.flat.tobytes() == model.params.flat.tobytes()


def test_a_file_is_a_function_of_the_model(saved, tmp_path):
    model, path = saved
    model.save(tmp_path / "again")
    assert (tmp_path / "again").read_bytes() == path.read_bytes()


def test_other_programs_can_read_the_weights(saved):
    model, path = saved
    arrays = load_file(path)
    assert set(arrays) == set(model.params)
    np.testing.assert_array_equal(arrays["conv1.weight"], model.params["conv1.weight"])


def test_a_nested_graph_in_float64(tmp_path):
    block = cs.Graph([("a", nn.Dense(3), "in"), ("b", nn.ReLU(), "a")], "b", "in")
    model = cs.Model(cs.Sequential([("block", block)]), input_shape=(2,), dtype=np.float64)
    model.save(tmp_path / "m")
    copy = cs.Model.load(tmp_path / "m")
    assert copy.graph == model.graph
    assert copy.params.flat.tobytes() == model.params.flat.tobytes()


def test_a_failed_save_leaves_the_old_file(saved, monkeypatch):
    model, path = saved
    before = path.read_bytes()

    def fail(*_):
        raise OSError("No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match="No space left"):
        model.save(path)
    assert path.read_bytes() == before
    assert [p.name for p in path.parent.iterdir()] == [path.name]


def test_a_place_that_is_no_place_for_a_file_is_named(saved, tmp_path):
    model, _ = saved
    with pytest.raises(OSError, match="nodir") as caught:
        model.save(tmp_path / "nodir" / "m.safetensors")
    assert ".part" not in str(caught.value)
    with pytest.raises(OSError, match=tmp_path.name) as caught:
        model.save(tmp_path)
    assert ".part" not in str(caught.value)


def test_metadata_comes_back_as_json_knows_it(saved):
    model, path = saved
    model.metadata = {1: (2, 3), "1": "the last of equal keys"}
    model.save(path)
    assert cs.Model.load(path).metadata == {"1": "the last of equal keys"}


@pytest.mark.parametrize("metadata", [[1], None, "text"])
def test_metadata_is_a_dict(saved, metadata):
    model, path = saved
    model.metadata = metadata
    with pytest.raises(ArgumentError, match=r"Model\.save: metadata must be a dict; got"):
        model.save(path)


def test_metadata_that_nests_too_deeply(saved):
    model, path = saved
    for _ in range(100_000):
        model.metadata = {"a": model.metadata}
    with pytest.raises(ArgumentError, match=r"Model\.save: metadata must nest less deeply"):
        model.save(path)


def test_paths_that_are_none(saved):
    with pytest.raises(ArgumentError, match=r"Model\.save: path must be a str or a path; got None"):
        saved[0].save(None)
    with pytest.raises(ArgumentError, match=r"Model\.load: path must be a str or a path; got None"):
        cs.Model.load(None)


@pytest.mark.parametrize("metadata", [{"a": np.ones(3)}, {"a": float("nan")}, {"a": {1, 2}}])
def test_metadata_that_json_cannot_hold(saved, metadata):
    model, path = saved
    before = path.read_bytes()
    model.metadata = metadata
    with pytest.raises(ArgumentError, match=r"Model\.save: metadata must hold only what JSON can"):
        model.save(path)
    assert path.read_bytes() == before


# ------------------------------------------------------------------------- what is no model


def check_refused(path, message):
    with pytest.raises(FileFormatError, match=message) as caught:
        cs.Model.load(path)
    assert str(path) in str(caught.value)


def test_cut_off_anywhere(saved, tmp_path):
    content = saved[1].read_bytes()
    path = tmp_path / "cut"
    for length in [*range(0, len(content), 97), len(content) - 1]:
        path.write_bytes(content[:length])
        check_refused(path, DAMAGED)


def test_any_changed_bit_is_noticed_or_harmless(saved, tmp_path, bars):
    """Bits turned round, every one of the network's description too: refused, or the same model."""
    model, original = saved
    content = original.read_bytes()
    path = tmp_path / "changed"
    expected, rng = model.predict(bars.x[:8]).tobytes(), np.random.default_rng(0)
    (header,) = struct.unpack("<Q", content[:8])
    places = [*range(8 * (8 + header)), *rng.integers(8 * (8 + header), 8 * len(content), 500)]
    refused = 0
    for place in rng.permuted(places)[:4000]:
        changed = bytearray(content)
        changed[place // 8] ^= 1 << place % 8
        path.write_bytes(changed)
        try:
            copy = cs.Model.load(path)
        except FileFormatError:
            refused += 1
        else:
            assert copy.predict(bars.x[:8]).tobytes() == expected
            assert copy.metadata == model.metadata
            assert (copy.seed, copy.graph, copy._made().step) == (
                model.seed, model.graph, model._made().step
            )  # fmt: skip
    assert refused > 0.9 * min(4000, len(places))


def test_a_changed_description_is_noticed(tmp_path):
    """One bit of the header turns a mean of 8 into one of 9."""
    model = cs.Model(cs.Sequential([nn.Normalize(8, 1), nn.Dense(2)]), input_shape=(2,))
    path = tmp_path / "m"
    model.save(path)
    assert path.read_bytes().count(b"8.0") == 1
    path.write_bytes(path.read_bytes().replace(b"8.0", b"9.0"))
    check_refused(path, "its contents are not those that were written")


def test_a_trailing_rest(saved):
    with saved[1].open("ab") as file:
        file.write(b"more")
    check_refused(saved[1], DAMAGED)


def test_no_file(tmp_path):
    check_refused(tmp_path / "nothing", r"is not there\. Give the path of a saved model\.")
    check_refused(tmp_path, r"is a folder, not a file\.")


class Bomb:
    def __reduce__(self):
        return os.mkdir, ("exploded",)


def test_a_pickle_is_refused_and_not_run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "model.pickle"
    path.write_bytes(pickle.dumps(Bomb()))
    check_refused(path, DAMAGED)
    assert not (tmp_path / "exploded").exists()


@pytest.mark.parametrize("metadata", [None, {"format": "pt"}])
def test_somebody_elses_safetensors(tmp_path, metadata):
    path = tmp_path / "other.safetensors"
    save_file({"w": np.ones(3)}, path, metadata)
    check_refused(path, "a safetensors file, but not one of convstep's: its header describes no ne")


def test_a_newer_format(saved):
    rewrite(saved[1], lambda header: header.update(format=3, news="?"))
    check_refused(saved[1], "has format 3, and this convstep reads up to 2. Install a newer")


@pytest.mark.parametrize("shared", [{}, {"b.weight": "a.weight"}])
def test_the_format_is_the_oldest_that_will_do(tmp_path, shared):
    """A convstep that knows no shared parameters must not take the file for a damaged one."""
    block = cs.Graph([("a", nn.Dense(2), "x"), ("b", nn.Dense(2), "a")], "b", shared=shared)
    model = cs.Model(cs.Sequential([("block", block)]), input_shape=(2,))
    model.save(tmp_path / "m")
    assert json.loads(description(tmp_path / "m")["convstep"])["format"] == (2 if shared else 1)
    copy = cs.Model.load(tmp_path / "m")
    assert copy.graph == model.graph
    assert copy.params.flat.tobytes() == model.params.flat.tobytes()
    assert ("block.b.weight" in copy.params) == (not shared)


@pytest.mark.parametrize(
    "change",
    [
        lambda h: h.pop("format"),
        lambda h: h.update(format="1"),
        lambda h: h.update(format=0),
        lambda h: h.pop("model"),
        lambda h: h.update(model=[]),
        lambda h: h["model"].pop("graph"),
        lambda h: h["model"].update(graph=None),
        lambda h: h["model"].update(graph={"type": "Dense", "out_features": 3}),
        lambda h: h["model"].update(input_shape=[8, 8, 1]),
        lambda h: h["model"].update(input_shape=6),
        lambda h: h["model"].update(dtype="float16"),
        lambda h: h["model"].update(dtype="float64"),
        lambda h: h["model"].update(dtype={"a": []}),
        lambda h: h["model"].update(seed="x"),
        lambda h: h["model"].update(step=-1),
        lambda h: h["model"].update(frozen=["conv1"]),
        lambda h: h["model"].update(frozen=5),
        lambda h: h["model"].update(frozen=[["conv1.bias"]]),
        lambda h: h["model"]["graph"].update(shared={"conv1.bias": "dense1.bias"}),
        lambda h: h["model"]["graph"].update(shared=["conv1.bias"]),
        lambda h: h["model"]["graph"].update(shared=3),
        lambda h: h["model"]["graph"]["nodes"].pop(),
        lambda h: h["model"]["graph"]["nodes"][0].update(layer={"type": "os.system"}),
        lambda h: h["model"]["graph"]["nodes"][0]["layer"].update(out_channels=10**12),
        lambda h: h["model"]["graph"]["nodes"][0]["layer"].update(padding={"a": 1}),
        lambda h: h["model"]["graph"]["nodes"][0].update(inputs=[[]]),
        lambda h: h["model"]["graph"]["nodes"][0].update(inputs=3),
        lambda h: h["model"]["graph"]["nodes"][0].update(name=3),
        lambda h: h["model"]["graph"]["nodes"][0].update(name=["a", "b"]),
        lambda h: h["model"]["graph"]["nodes"][0]["layer"].update(bias="no"),
        lambda h: h["model"]["graph"]["nodes"][0]["layer"].update(padding=2**31 - 1),
        lambda h: h["model"].update(input_shape=[2**31 - 1, 2**31 - 1, 1]),
        lambda h: h["model"].update(dtype=None),
        lambda h: h["model"].update(dtype="f4,("),
        lambda h: h.update(metadata=[1]),
        lambda h: h.update(metadata="text"),
        lambda h: h.update(crc32=1),
    ],
)
def test_a_description_that_does_not_fit(saved, change):  # though the checksum fits
    rewrite(saved[1], change)
    check_refused(saved[1], DAMAGED)


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"format": NaN}', "[" * 100_000])
def test_a_description_that_is_none(saved, text):
    save_file(load_file(saved[1]), saved[1], {"convstep": text})
    check_refused(saved[1], DAMAGED)


def without_bias(arrays):
    del arrays["conv1.bias"]


def with_more(arrays):
    arrays["more"] = np.ones(1, np.float32)


def turned(arrays):
    arrays["dense1.weight"] = np.ascontiguousarray(arrays["dense1.weight"].T)


def widened(arrays):
    arrays["conv1.bias"] = arrays["conv1.bias"].astype(np.float64)


@pytest.mark.parametrize(
    "change, message",
    [
        (without_bias, "the array 'conv1.bias' must be .*got absent"),
        (with_more, "the array 'more' must be absent"),
        (turned, r"the array 'dense1.weight' must be .*\(72, 3\).*got .*\(3, 72\)"),
        (widened, "the array 'conv1.bias' must be .*float32.*got .*float64"),
    ],
)
def test_weights_of_another_network(saved, change, message):
    arrays = load_file(saved[1])
    change(arrays)
    rewrite(saved[1], lambda header: None, arrays)
    check_refused(saved[1], message)


def test_changed_weights(saved):
    arrays = load_file(saved[1])
    arrays["conv1.bias"][0] += 1
    path = saved[1]
    save_file(arrays, path, description(path))
    check_refused(path, "its contents are not those that were written")
