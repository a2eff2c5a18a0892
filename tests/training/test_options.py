"""What `Model.fit` can be asked for beside the plain loop: weights, clipping, accumulation, ..."""

import re

import numpy as np
import pytest

import convstep as cs
from convstep import nn
from convstep.errors import ArgumentError
from convstep.training import Callback, EarlyStopping
from convstep.training.step import clip

QUIET = {"progress": "none", "epochs": 3, "batch_size": 16}
OPTIMIZERS = [
    nn.SGD(0.1),
    nn.SGD(0.1, momentum=0.9, nesterov=True, weight_decay=0.01),
    nn.Adam(0.01),
    nn.AdamW(0.01, weight_decay=0.1),
]


def fitted(model, data, **options):
    history = model.fit(*data, **{**QUIET, **options})
    return model.params.flat.copy(), history


# ------------------------------------------------------------------ accumulation and clipping


@pytest.mark.parametrize("optimizer", OPTIMIZERS, ids=repr)
@pytest.mark.parametrize("weight", [None, np.linspace(0.1, 2, 240)], ids=["plain", "weighted"])
def test_batches_taken_together_are_one_large_batch(bars, make_model, optimizer, weight):
    def run(**options):
        model = make_model(dtype=np.float64, dropout=0.0)
        return fitted(
            model, bars, optimizer=optimizer, sample_weight=weight, validation_split=0.05, **options
        )

    # 228 examples: the last step of an epoch has fewer batches, and the last of them is smaller
    flat, history = run(batch_size=25, accumulate=4)
    expected, whole = run(batch_size=100)
    np.testing.assert_allclose(flat, expected, rtol=1e-7, atol=1e-10)
    for name in whole.names:
        if name != "seconds":
            np.testing.assert_allclose(history[name], whole[name], rtol=1e-7)


def test_batches_of_a_step_draw_different_numbers(bars, make_model):
    seen = []

    def draw(batch, rng):
        seen.append(rng.random())
        return batch

    fitted(make_model(), bars, augment=draw, accumulate=4, epochs=1)
    assert len(set(seen)) == len(seen) == 15


@pytest.mark.parametrize("limit", [0.1, 1.0, 100.0])
def test_clipping_follows_pytorch(limit):
    torch = pytest.importorskip("torch", reason="PyTorch, the oracle, is not installed")
    grads = np.random.default_rng(0).standard_normal(50)
    tensor = torch.zeros(50, dtype=torch.float64, requires_grad=True)
    tensor.grad = torch.tensor(grads)
    torch.nn.utils.clip_grad_norm_([tensor], limit)
    clip(grads, limit)
    np.testing.assert_allclose(grads, tensor.grad.numpy(), rtol=1e-12)


def test_clipped_steps_are_short(bars, make_model):
    moves = []

    class Watch(Callback):
        def on_start(self, run):
            self.before = run.arrays.weights.params.flat.copy()

        def on_step(self, run, means):
            flat = run.arrays.weights.params.flat
            moves.append(np.linalg.norm(flat - self.before))
            self.before = flat.copy()

    fitted(make_model(), bars, optimizer=nn.SGD(1.0), clip_norm=0.01, callbacks=[Watch()])
    assert 0.009 < max(moves) <= 0.0101


# ------------------------------------------------------------------ frozen parameters


@pytest.mark.parametrize("optimizer", OPTIMIZERS, ids=repr)
def test_frozen_parameters_stay_and_the_others_move_as_if_alone(bars, make_model, optimizer):
    model = make_model(dtype=np.float64)
    model.freeze("conv1.bias", "dense1.weight")
    before = {name: array.copy() for name, array in model.params.items()}
    fitted(model, bars, optimizer=optimizer, clip_norm=1.0)
    for name, array in model.params.items():
        assert np.array_equal(array, before[name]) == (name in model.frozen), name


def test_a_second_run_may_train_what_was_frozen(bars, make_model):
    model = make_model()
    model.freeze("*")
    before, _ = fitted(model, bars)
    np.testing.assert_array_equal(before, make_model().params.flat)
    model.unfreeze("*")
    assert not np.array_equal(fitted(model, bars)[0], before)


# ------------------------------------------------------------------ weights


def test_examples_without_weight_are_left_out(bars, make_model):
    keep = np.arange(240) % 4 != 1
    weighted, _ = fitted(make_model(), bars, sample_weight=keep)
    without, _ = fitted(make_model(), (bars.x[keep], bars.y[keep]))
    np.testing.assert_allclose(weighted, without, rtol=1e-4, atol=1e-6)


def test_equal_weights_change_nothing(bars, make_model):
    weighted, history = fitted(make_model(dtype=np.float64), bars, sample_weight=np.full(240, 3.0))
    plain, expected = fitted(make_model(dtype=np.float64), bars)
    np.testing.assert_allclose(weighted, plain, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(history["loss"], expected["loss"])


def test_the_mean_of_an_evaluation_is_one_over_all_examples(bars, make_model):
    model, loss = make_model(), nn.SoftmaxCrossEntropy(class_weight=(1, 5, 2))
    weight = np.linspace(0, 1, 240)
    found = model.evaluate(*bars, loss=loss, batch_size=7, sample_weight=weight)
    expected = loss.forward(model.predict(bars.x), bars.y, weight)[0]
    assert found["loss"] == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize(
    "weight, message",
    [
        (np.ones(3), "sample_weight must hold one weight for each of the 240 examples"),
        (-np.ones(240), r"sample_weight must hold finite numbers of at least 0; got -1.0 at 0"),
        (np.zeros(240), "the weights of examples and classes must leave at least one"),
        (["a"] * 240, "sample_weight must be an array of real numbers"),
    ],
)
def test_bad_weights(bars, make_model, weight, message):
    with pytest.raises(ArgumentError, match=f"Model.fit: {message}"):
        fitted(make_model(), bars, sample_weight=weight)


# ------------------------------------------------------------------ other losses


def heights(bars):
    """A number to learn from each image: how bright its upper half is."""
    return bars.x[:, :3].sum(axis=(1, 2, 3))


def regressor():
    graph = cs.Sequential([nn.Flatten(), nn.Dense(1)])
    return cs.Model(graph, input_shape=(6, 6, 1))


@pytest.mark.parametrize("loss", [nn.MSE(), nn.Huber()], ids=repr)
def test_regression_measures_its_loss_alone(bars, loss):
    model = regressor()
    _, history = fitted(
        model, (bars.x, heights(bars)), loss=loss, optimizer=nn.Adam(0.02), epochs=30,
        validation_split=0.2, keep_best=True,
    )  # fmt: skip
    assert set(history.names) == {"loss", "validation_loss", "learning_rate", "seconds"}
    best = history["validation_loss"].argmin() + 1
    assert history.best_epoch == best and history["validation_loss"][best - 1] < 0.05
    assert set(model.evaluate(bars.x, heights(bars), loss=loss)) == {"loss"}


@pytest.mark.parametrize("progress", ["bar", "lines"])
def test_regression_shows_its_progress(bars, capsys, progress):
    fitted(
        regressor(), (bars.x, heights(bars)), loss=nn.MSE(), validation_split=0.2, progress=progress
    )
    assert "val" in capsys.readouterr().err


def test_one_score_tells_two_classes_apart(bars):
    model = regressor()
    y = heights(bars) > np.median(heights(bars))
    _, history = fitted(
        model, (bars.x, y), loss=nn.SigmoidCrossEntropy(), optimizer=nn.Adam(0.2), epochs=60,
        validation_split=0.2, keep_best=True,
    )  # fmt: skip
    assert history["validation_accuracy"].max() > 0.9
    found = model.evaluate(bars.x, y, loss=nn.SigmoidCrossEntropy())
    assert found["accuracy"] == np.mean((model.predict(bars.x)[:, 0] > 0) == y)


def test_metrics_of_ones_own(bars, make_model):
    top = {"largest": lambda output, target: output.max(axis=1).mean()}
    model = make_model()
    _, history = fitted(model, bars, metrics=top, validation_split=0.2)
    assert {"largest", "validation_largest", "accuracy"} <= set(history.names)
    found = model.evaluate(*bars, metrics=top)
    assert found["largest"] == pytest.approx(model.predict(bars.x).max(axis=1).mean(), rel=1e-5)


@pytest.mark.parametrize(
    "options, message",
    [
        ({"metrics": ["accuracy"]}, "metrics must be a dict from names to functions"),
        ({"metrics": {"a": 5}}, "metrics must be a dict from names to functions"),
        ({"metrics": {"loss": max}}, "metrics must have names that the history does not use"),
        ({"accumulate": 0}, "accumulate must be an integer of at least 1; got 0"),
        ({"workers": -1}, "workers must be an integer of at least 0; got -1"),
        ({"clip_norm": 0}, "clip_norm must be a number above 0; got 0"),
        ({"resume": "yes"}, "resume must be True or False"),
    ],
)
def test_bad_options(bars, make_model, options, message):
    with pytest.raises(ArgumentError, match=f"Model.fit: {message}"):
        fitted(make_model(), bars, **options)


# ------------------------------------------------------------------ early stopping


def stopped_after(values, stopping):
    class Run:
        stop = False

    run = Run()
    stopping.on_start(run)
    for epoch, value in enumerate(values, 1):
        stopping.on_epoch(run, {stopping.monitor: value})
        if run.stop:
            return epoch
    return None


@pytest.mark.parametrize(
    "values, options, epoch",
    [
        ([3, 2, 1, 1, 1, 0], {"patience": 2}, 5),
        ([3, 2, 2.5, 1.9, 2, 2], {"patience": 2}, 6),
        ([3, 2, 2.5, 1.9, 2, 2], {"patience": 2, "min_delta": 0.2}, 4),
        ([0.5, 0.6, 0.6, 0.7], {"patience": 1, "monitor": "validation_accuracy"}, 3),
        ([1, 2, 3], {"patience": 1, "mode": "max"}, None),
        ([np.nan, np.nan, 1], {"patience": 2}, 2),
    ],
)
def test_early_stopping_counts_the_epochs_since_the_best(values, options, epoch):
    stopping = EarlyStopping(**options)
    for _ in range(2):  # a second run counts anew
        assert stopped_after(values, stopping) == epoch


def test_early_stopping_ends_the_run(bars, make_model):
    stop = EarlyStopping(2, "loss", min_delta=100)
    _, history = fitted(make_model(), bars, epochs=50, callbacks=[stop])
    assert history.epochs == 3


@pytest.mark.parametrize(
    "options, message",
    [
        ({"patience": 0}, "EarlyStopping: patience must be an integer of at least 1"),
        ({"patience": 1, "min_delta": -1}, "EarlyStopping: min_delta must be a number of at least"),
        ({"patience": 1, "monitor": 3}, "EarlyStopping: monitor must be a name in the history"),
        ({"patience": 1, "mode": "mix"}, "EarlyStopping: mode must be one of .* mean 'min' or|min"),
    ],
)
def test_bad_early_stopping(options, message):
    with pytest.raises(ArgumentError, match=message):
        EarlyStopping(**options)


def test_what_is_monitored_must_be_there(bars, make_model):
    with pytest.raises(ArgumentError, match="EarlyStopping: monitor must be a number of the train"):
        fitted(make_model(), bars, callbacks=[EarlyStopping(1)])
    with pytest.raises(ArgumentError, match=r"EarlyStopping: monitor must be one of \('loss'"):
        fitted(make_model(), bars, callbacks=[EarlyStopping(1, "los")])


# ------------------------------------------------------------------ what is no number


def broken(make, where):
    model = make()
    model.params[where][...] = 1e30
    return model


def nested():
    block = cs.Sequential([nn.Dense(4, bias=False), nn.ReLU()])
    graph = cs.Sequential([nn.Flatten(), ("block", block), nn.Dense(4, bias=False), nn.Dense(3)])
    return cs.Model(graph, input_shape=(6, 6, 1))


@pytest.mark.parametrize(
    "where, said",
    [
        ("dense1.weight", r"finite is dense1 \(Dense\)"),
        ("block.dense1.weight", r"finite is block.dense1 \(Dense\)"),
    ],
)
def test_the_first_layer_that_broke_is_named_with_its_path(bars, where, said):
    model = nested()
    model.params[where][...] = 1e38
    with pytest.raises(ArgumentError, match=rf"got (nan|inf) at step 1 of epoch 1 .*{said}"):
        fitted(model, (bars.x * 100, bars.y))


def test_a_parameter_that_is_no_number_is_named(bars, make_model):
    model = make_model()
    model.params["dense1.bias"][1] = np.inf
    with pytest.raises(ArgumentError, match=r"The parameter dense1.bias is not finite"):
        fitted(model, bars)


def test_a_batch_that_augmentation_broke_is_named(bars, make_model):
    def bad(batch, rng):
        return batch * np.nan

    with pytest.raises(ArgumentError, match="The batch itself is not finite, after augmentation"):
        fitted(make_model(), bars, augment=bad)


def test_of_several_batches_each_is_followed_with_its_own_random_numbers():
    """One pixel, which dropout takes away or makes too large: batch by batch."""
    graph = cs.Sequential([nn.Flatten(), nn.Dropout(0.5), nn.Dense(2, bias=False)])
    places = []
    for seed in range(12):
        model = cs.Model(graph, input_shape=(1, 1, 1), seed=seed)
        model.params["dense1.weight"][...] = 2e38
        options = {"epochs": 1, "batch_size": 1, "accumulate": 3, "progress": "none"}
        message = r"got nan in batch (\d) of 3 at step \d .* layer .* is dense1 \(Dense\)"
        with pytest.raises(ArgumentError, match=message) as caught:
            model.fit(np.ones((9, 1, 1, 1)), np.arange(9) % 2, **options)
        places.append(re.search(message, str(caught.value))[1])
    assert len(set(places)) > 1


def test_a_gradient_that_breaks_is_named_and_changes_nothing(bars):
    """Small values forward, and weights beyond all bounds for the way back."""
    graph = cs.Sequential([nn.Flatten(), nn.Dense(2, bias=False), nn.Dense(1, bias=False)])
    model = cs.Model(graph, input_shape=(6, 6, 1))
    model.params["dense1.weight"][...] = 0
    model.params["dense2.weight"][...] = 3e38
    before = model.params.flat.copy()
    message = r"the gradient must stay finite; .* at step 1 of epoch 1 .*gradient (at|of) "
    with pytest.raises(ArgumentError, match=message):
        fitted(model, (bars.x, np.full(240, 1e5)), loss=nn.MSE())
    np.testing.assert_array_equal(model.params.flat, before)
