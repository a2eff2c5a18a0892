"""`Model`: what it accepts, what it refuses, and what it computes."""

import copy
import tracemalloc

import numpy as np
import pytest

import convstep as cs
from convstep import nn
from convstep.training import Callback


def test_predictions_are_the_graphs_outputs(bars, make_model):
    model = make_model()
    scores = model.predict(bars.x)
    expected = model.graph.apply(model.params, model.state, (bars.x,))
    np.testing.assert_array_equal(scores, expected)
    assert scores.dtype == np.float32
    probabilities = model.predict_proba(bars.x)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, rtol=1e-6)
    np.testing.assert_array_equal(probabilities.argmax(1), scores.argmax(1))


def test_batches_do_not_matter(bars, make_model):
    model = make_model(dtype=np.float64)
    whole = model.predict(bars.x)
    np.testing.assert_allclose(model.predict(bars.x, batch_size=7), whole, rtol=1e-12)
    one, other = model.evaluate(*bars), model.evaluate(*bars, batch_size=7)
    assert one == pytest.approx(other)


def test_evaluate_by_hand(bars, make_model):
    model = make_model(dtype=np.float64)
    p = model.predict_proba(bars.x)
    found = model.evaluate(*bars)
    assert found["accuracy"] == (p.argmax(1) == bars.y).mean()
    assert found["loss"] == pytest.approx(-np.log(p[np.arange(240), bars.y]).mean())
    assert list(found) == ["loss", "accuracy"]


@pytest.mark.parametrize("dtype", [np.float32, np.float64, "float64"])
def test_the_dtype_is_that_of_everything(bars, make_model, dtype):
    model = make_model(dtype=dtype)
    model.fit(*bars, epochs=1, progress="none")
    assert model.predict(bars.x).dtype == model.params.flat.dtype == np.dtype(dtype)


def test_one_channel_may_lack_its_axis(bars, make_model):
    model = make_model()
    np.testing.assert_array_equal(model.predict(bars.x[..., 0]), model.predict(bars.x))


@pytest.mark.parametrize("dtype", [np.uint8, np.int64, np.float16, bool, ">f4"])
def test_any_real_numbers_will_do(make_model, dtype):
    x = (np.arange(72).reshape(2, 6, 6, 1) % 2).astype(dtype)
    expected = make_model().predict(x.astype(np.float32))
    np.testing.assert_array_equal(make_model().predict(x), expected)


def test_no_examples_give_no_predictions(make_model):
    assert make_model().predict(np.zeros((0, 6, 6, 1))).shape == (0, 3)


def test_weights_are_made_when_they_are_first_needed():
    graph = cs.Sequential([nn.Dense(20_000), nn.Dense(20_000)])  # 1.6 GB
    tracemalloc.start()
    try:
        model = cs.Model(graph, input_shape=(100,))
        assert "402,040,000" in model.summary()
        assert "402040000" in repr(model)
        assert tracemalloc.get_traced_memory()[1] < 1e6
    finally:
        tracemalloc.stop()


def test_the_seed_decides_the_first_weights(make_model):
    one, same, other = make_model(1), make_model(1), make_model(2)
    np.testing.assert_array_equal(one.params.flat, same.params.flat)
    assert (one.params["conv1.weight"] != other.params["conv1.weight"]).all()


def test_params_can_be_written_to(bars, make_model):
    model = make_model()
    for array in model.params.values():
        array[...] = 0
    model.params["dense1.bias"][...] = [0, 1, 0]
    np.testing.assert_array_equal(model.predict(bars.x), [[0, 1, 0]] * 240)
    assert list(model.params) == ["conv1.weight", "conv1.bias", "dense1.weight", "dense1.bias"]


def test_a_deep_copy_trains_by_itself(bars, make_model):
    model = make_model()
    before = model.params.flat.copy()
    copy.deepcopy(model).fit(*bars, epochs=1, progress="none")
    np.testing.assert_array_equal(model.params.flat, before)


def test_validation_split_holds_back_each_class_in_proportion(bars, make_model):
    kept = []

    class Look(Callback):
        def on_start(self, run):
            kept.append(run.examples)

    model = make_model()
    history = model.fit(*bars, epochs=1, validation_split=0.25, callbacks=[Look()], progress="none")
    assert kept == [180]
    assert "validation_loss" in history.names


def test_validation_data_is_measured_on(bars, make_model):
    model = make_model()
    history = model.fit(
        bars.x[:180], bars.y[:180], epochs=2, validation_data=(bars.x[180:], bars.y[180:]),
        progress="none",
    )  # fmt: skip
    found = model.evaluate(bars.x[180:], bars.y[180:])
    assert history["validation_accuracy"][-1] == found["accuracy"]
    assert history["validation_loss"][-1] == pytest.approx(found["loss"])


@pytest.mark.parametrize("scale, expected", [(1, [0, 1]), (16, [0, 16]), (255, [0, 255])])
def test_fit_notes_the_range_of_values_of_its_images(make_model, scale, expected):
    x = np.linspace(0, scale, 144).reshape(4, 6, 6, 1)
    model = make_model()
    model.fit(x, [0, 1, 2, 0], epochs=1, progress="none")
    assert model.metadata == {"value_range": expected}


def test_a_range_that_is_there_stays_and_rows_of_features_have_none():
    images = cs.Model(SCORES, input_shape=(6, 6, 1))
    images.metadata["value_range"] = [0, 7]
    images.fit(X, Y, epochs=1, progress="none")
    assert images.metadata["value_range"] == [0, 7]
    rows = cs.Model(cs.Sequential([nn.Dense(3)]), input_shape=(36,))
    rows.fit(X.reshape(4, 36), Y, epochs=1, progress="none")
    assert rows.metadata == {}


def test_a_network_with_one_score_cannot_choose():
    model = cs.Model(cs.Sequential([nn.Flatten(), nn.Dense(1)]), input_shape=(6, 6, 1))
    with pytest.raises(cs.errors.ArgumentError, match="one score per class, two or more"):
        model.fit(X, Y * 0, progress="none")


# ------------------------------------------------------------------------- errors

SCORES = cs.Sequential([nn.Flatten(), nn.Dense(3)])


@pytest.mark.parametrize(
    "arguments, message",
    [
        ({"graph": [nn.Flatten()]}, r"Model: graph must be a Graph; .* Sequential\(\[...\]\) join"),
        ({"graph": nn.Flatten()}, "Model: graph must be a Graph; got Flatten"),
        ({"input_shape": 3}, "Model: input_shape must be the shape of one example"),
        ({"input_shape": (3, 0)}, "Model: input_shape must be an integer of at least 1; got 0"),
        ({"input_shape": (None, 3)}, "Model: input_shape must be an integer of at least 1"),
        ({"seed": -1}, "Model: seed must be an integer of at least 0; got -1"),
        ({"dtype": np.int32}, "Model: dtype must be float32 or float64"),
        ({"dtype": None}, "Model: dtype must be float32 or float64; got None"),
        (
            {"input_shape": (2**31 - 1, 2**31 - 1, 1)},
            "the input 'x' must hold at most 1099511627776",
        ),
        ({"dtype": "nonsense"}, "Model: dtype must be float32 or float64; got 'nonsense'"),
        ({"graph": cs.Sequential([nn.Conv2D(2, 9)])}, r"conv1 \(Conv2D\): kernel_size must fit"),
    ],
)
def test_bad_models(arguments, message):
    with pytest.raises(cs.errors.ArgumentError, match=message):
        cs.Model(**{"graph": SCORES, "input_shape": (8, 8, 1), **arguments})


X, Y = np.zeros((4, 6, 6, 1), np.float32), np.array([0, 1, 2, 0])
WITH_NAN = X.copy()
WITH_NAN[2, 0, 1, 0] = np.nan


@pytest.mark.parametrize(
    "x, y, options, message",
    [
        (X[0], Y, {}, r"x must have shape \(N, 6, 6, 1\); .*\(6, 6, 1\).* x\[np.newaxis\]"),
        (np.zeros((4, 6, 6, 3)), Y, {}, r"x must have shape \(N, 6, 6, 1\); .*\(4, 6, 6, 3\)"),
        (np.zeros((4, 36)), Y, {}, r"x must have shape \(N, 6, 6, 1\); .*\(4, 36\)"),
        (3.0, Y, {}, r"x must have shape \(N, 6, 6, 1\)"),
        (X.astype(complex), Y, {}, "x must be an array of real numbers"),
        (X.astype(object), Y, {}, "x must be an array of real numbers"),
        (WITH_NAN, Y, {}, r"x must hold finite numbers only; got nan at \(2, 0, 1, 0\)"),
        (np.full_like(X, np.inf), Y, {}, "x must hold finite numbers only; got inf at"),
        (
            X.astype(float) - 1e300,
            Y,
            {},
            r"x must hold finite .* got -1e\+300 .* float32 ends at",
        ),
        (X[:0], Y[:0], {}, "x must hold at least one example"),
        (
            X,
            [[0], [1, 2], [0], [0]],
            {},
            "y must be an array of integer labels; .* differ in length",
        ),
        (X, Y, {"callbacks": None}, "callbacks must be a list of callbacks; got None"),
        (X, Y, {"callbacks": Callback()}, "callbacks must be a list of callbacks; got .*Callback"),
        (X, Y, {"augment": 5}, r"augment must be a function \(batch, rng\) or None; got 5"),
        (
            X,
            Y,
            {"augment": lambda x, _: x[:1]},
            r"the result of augment must have the batch's sha",
        ),
        (X, Y, {"augment": lambda *_: None}, "the result of augment must be an array of real"),
        (X, Y, {"keep_best": "no"}, "keep_best must be True or False; got 'no'"),
        (X, Y[:3], {}, r"y must have one target for each of the 4 examples; .*\(3,\)"),
        (X, Y * 1.0, {}, r"y must be an array of integer labels; .* y\.astype\(int\)"),
        (X, Y.astype(str), {}, r"y must be an array of integer labels; .* names, y = np\.unique"),
        (X, Y.astype(str).astype(object), {}, r"y must be .* integer labels; .*np\.unique"),
        (X, np.eye(3)[Y], {}, r"y must have one axis: .* y\.argmax\(axis=1\)"),
        (X, Y + 1, {}, "y must hold labels from 0 to 2"),
        (X, Y, {"epochs": 0}, "epochs must be an integer of at least 1; got 0"),
        (X, Y, {"epochs": 2.0}, "epochs must be an integer of at least 1; got 2.0"),
        (X, Y, {"batch_size": 0}, "batch_size must be an integer of at least 1; got 0"),
        (X, Y, {"batch_size": True}, "batch_size must be an integer of at least 1; got True"),
        (X, Y, {"progress": "Bar"}, "progress must be one of .* Did you mean 'bar'"),
        (X, Y, {"validation_split": 1}, "validation_split must be a number from 0 up to"),
        (X, Y, {"keep_best": True}, "keep_best must come with validation_split or validation_dat"),
        (X, Y, {"validation_data": X}, r"validation_data must be a pair \(x, y\)"),
        (X, Y, {"validation_data": (X, Y[:1])}, "validation_data's y must have one target for ea"),
        (X, Y, {"validation_data": (X, Y), "validation_split": 0.5}, "validation_split must be 0 "),
        (X[:3], Y[:3], {"validation_split": 0.3}, "validation_split must hold back at least one"),
    ],
)
def test_fit_refuses_what_cannot_be_trained_on(make_model, x, y, options, message):
    model = make_model()
    before = model.params.flat.copy()
    with pytest.raises(cs.errors.ArgumentError, match=f"Model.fit: {message}"):
        model.fit(x, y, **{"progress": "none", **options})
    np.testing.assert_array_equal(model.params.flat, before)


def test_the_other_verbs_say_their_own_name(make_model):
    model = make_model()
    with pytest.raises(cs.errors.ArgumentError, match=r"Model\.predict: x must have shape"):
        model.predict(X[0])
    with pytest.raises(cs.errors.ArgumentError, match=r"Model\.evaluate: y must have one target"):
        model.evaluate(X, Y[1:])
    with pytest.raises(cs.errors.ArgumentError, match=r"Model\.predict: batch_size must be"):
        model.predict(X, batch_size=0)
    with pytest.raises(cs.errors.ArgumentError, match=r"Model\.evaluate: x must hold at least one"):
        model.evaluate(X[:0], Y[:0])


def test_numbers_are_checked_in_the_models_own_dtype(make_model):
    x = X.astype(np.float64)
    x[1, 2, 3, 0] = 1e300
    for verb in (lambda m: m.predict(x), lambda m: m.evaluate(x, Y)):
        with pytest.raises(cs.errors.ArgumentError, match=r"x .*got 1e\+300 at \(1, 2, 3, 0\)"):
            verb(make_model())
        verb(make_model(dtype=np.float64))


@pytest.mark.parametrize(
    "name, value, kind",
    [
        ("optimizer", "adam", r"Optimizer; .* Give nn\.Adam\(\)"),
        ("optimizer", nn.Adam, r"Optimizer; .* Give nn\.Adam\(\)"),
        ("loss", "mse", r"Loss; .* Give nn\.SoftmaxCrossEntropy\(\)"),
        ("schedule", 1, r"Schedule; .* Give nn\.CosineSchedule\(\)"),
        ("callbacks", [print], "Callback; .* an instance of a class that inherits"),
    ],
)
def test_words_are_no_optimizers(make_model, name, value, kind):
    message = rf"Model\.fit: .*{name} must be of class {kind}"
    with pytest.raises(cs.errors.ArgumentTypeError, match=message):
        make_model().fit(X, Y, progress="none", **{name: value})
