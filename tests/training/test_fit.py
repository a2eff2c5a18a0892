"""The fit loop: it learns, repeats bit for bit, keeps the best, and can be interrupted."""

import math
from types import SimpleNamespace

import numpy as np
import pytest

import convstep as cs
from convstep import nn
from convstep.training import Callback, History
from convstep.training.callbacks import KeepBest
from convstep.training.parameters import FlatArrays

QUIET = {"progress": "none", "batch_size": 16}
ADAM = nn.Adam(0.01)


class Watcher(Callback):
    """Remembers what it hears."""

    def __init__(self):
        self.events = []
        self.rates = []
        self.weights = []

    def on_start(self, run):
        self.events.append("start")

    def on_step(self, run, means):
        self.events.append("step")
        self.rates.append(run.optimizer.learning_rate)

    def on_epoch(self, run, values):
        self.events.append("epoch")
        self.weights.append(run.arrays.weights.params.flat.copy())

    def on_end(self, run):
        self.events.append("end")


class InterruptAt(Callback):
    """Ctrl-C at a step."""

    def __init__(self, step):
        self.step = step

    def on_step(self, run, means):
        if run.arrays.weights.step == self.step:
            raise KeyboardInterrupt


def test_it_learns(bars, make_model):
    model = make_model()
    before = model.evaluate(*bars)
    history = model.fit(*bars, epochs=12, optimizer=ADAM, **QUIET)
    assert before["accuracy"] < 0.6
    assert model.evaluate(*bars)["accuracy"] > 0.97
    assert history["loss"][-1] < history["loss"][0] / 3
    assert history.epochs == len(history["accuracy"]) == len(history["seconds"]) == 12


@pytest.mark.parametrize("optimizer", [nn.SGD(0.1, momentum=0.9), nn.SGD(0.3)], ids=repr)
def test_it_learns_with_other_optimizers(bars, make_model, optimizer):
    model = make_model()
    model.fit(*bars, epochs=12, optimizer=optimizer, **QUIET)
    assert model.evaluate(*bars)["accuracy"] > 0.95


def noisy(batch, rng):
    return batch + rng.normal(0, 0.05, batch.shape).astype(batch.dtype)


def fitted(bars, model, **options):
    options = {"epochs": 3, "validation_split": 0.2, "augment": noisy, **QUIET, **options}
    history = model.fit(*bars, **options)
    series = {name: history[name].tolist() for name in history.names if name != "seconds"}
    return model.params.flat.tobytes(), series


def test_a_seeded_run_repeats_bit_for_bit(bars, make_model):
    first, second = (fitted(bars, make_model(seed=3)) for _ in range(2))
    assert first == second
    assert fitted(bars, make_model(seed=4))[0] != first[0]


def test_dropout_order_and_augmentation_follow_the_seed(bars, make_model):
    def changed(**options):
        one, other = make_model(seed=1), make_model(seed=2)
        other.params.flat[:] = one.params.flat
        return fitted(bars, one, **options)[0] != fitted(bars, other, **options)[0]

    assert changed()


def test_a_second_fit_goes_on_with_other_random_numbers(bars, make_model):
    model = make_model()
    orders = []

    class Orders(Callback):
        def on_start(self, run):
            orders.append(run.arrays.weights.step)

    for _ in range(2):
        model.fit(*bars, epochs=1, callbacks=[Orders()], **QUIET)
    assert orders == [0, 15]


def test_training_data_is_never_changed(bars, make_model):
    x, y = bars.x.copy(), bars.y.copy()
    x.flags.writeable = y.flags.writeable = False
    make_model().fit(x, y, epochs=1, **QUIET)
    np.testing.assert_array_equal(x, bars.x)


def test_integer_images_are_converted_batch_by_batch(bars, make_model):
    x = np.clip(bars.x * 100 + 50, 0, 255).astype(np.uint8)
    ours, floats = make_model(), make_model()
    ours.fit(x, bars.y, epochs=1, **QUIET)
    floats.fit(x.astype(np.float32), bars.y, epochs=1, **QUIET)
    np.testing.assert_array_equal(ours.params.flat, floats.params.flat)


def test_one_step_by_hand():
    """Dense without bias on one example: loss, gradient and update from the formula."""
    model = cs.Model(cs.Sequential([nn.Dense(2, bias=False)]), input_shape=(2,), dtype=np.float64)
    model.params["dense1.weight"][...] = [[1.0, 0.0], [0.0, 1.0]]
    x = np.array([[1.0, 2.0]])
    history = model.fit(x, [0], epochs=1, optimizer=nn.SGD(0.5), progress="none")
    p = np.exp([1.0, 2.0]) / np.exp([1.0, 2.0]).sum()
    assert history["loss"][0] == pytest.approx(-math.log(p[0]))
    expected = np.eye(2) - 0.5 * np.outer(x[0], p - [1, 0])
    np.testing.assert_allclose(model.params["dense1.weight"], expected, rtol=1e-14)


def test_every_example_is_seen_once_in_an_epoch_in_another_order():
    seen = []

    def record(batch, rng):
        seen.append(batch[:, 0].tolist())
        return batch

    model = cs.Model(cs.Sequential([nn.Dense(2)]), input_shape=(1,))
    x = np.arange(10.0)[:, None]
    model.fit(x, np.arange(10) % 2, epochs=2, batch_size=4, augment=record, progress="none")
    assert [len(batch) for batch in seen] == [4, 4, 2, 4, 4, 2]
    epochs = [[x for batch in part for x in batch] for part in (seen[:3], seen[3:])]
    assert [sorted(epoch) for epoch in epochs] == [list(range(10))] * 2
    assert epochs[0] != epochs[1] != list(range(10))


def test_the_schedule_scales_the_learning_rate(bars, make_model):
    history = make_model().fit(
        *bars, epochs=4, optimizer=nn.SGD(0.5), schedule=nn.CosineSchedule(warmup=0.25), **QUIET
    )
    rates = history["learning_rate"]
    assert rates[0] == pytest.approx(0.5 * 15 / 16)
    assert rates[0] > rates[1] > rates[2] > rates[3] > 0


def test_callbacks_hear_of_everything_in_order(bars, make_model):
    watcher = Watcher()
    make_model().fit(*bars, epochs=2, callbacks=[watcher], batch_size=100, progress="none")
    assert watcher.events == ["start", *(["step"] * 3 + ["epoch"]) * 2, "end"]


def test_a_callback_can_stop_the_run(bars, make_model):
    class Stop(Callback):
        def on_epoch(self, run, values):
            run.stop = run.epoch == 2

    history = make_model().fit(*bars, epochs=9, callbacks=[Stop()], **QUIET)
    assert history.epochs == 2


def test_keep_best_puts_the_best_epoch_back(bars, make_model):
    model, watcher = make_model(), Watcher()
    history = model.fit(
        *bars, epochs=6, optimizer=nn.Adam(0.05), validation_split=0.25, keep_best=True,
        callbacks=[watcher], **QUIET,
    )  # fmt: skip
    accuracy, loss = history["validation_accuracy"], history["validation_loss"]
    best = max(range(6), key=lambda epoch: (accuracy[epoch], -loss[epoch]))
    assert history.best_epoch == best + 1
    np.testing.assert_array_equal(model.params.flat, watcher.weights[best])


def test_without_keep_best_the_last_epoch_stays(bars, make_model):
    model, watcher = make_model(), Watcher()
    history = model.fit(*bars, epochs=3, validation_split=0.25, callbacks=[watcher], **QUIET)
    assert history.best_epoch is None
    np.testing.assert_array_equal(model.params.flat, watcher.weights[-1])


@pytest.mark.parametrize("keep_best", [True, False])
def test_an_interrupted_run_keeps_the_best_so_far(bars, make_model, keep_best):
    model, watcher = make_model(), Watcher()
    with pytest.raises(KeyboardInterrupt):
        model.fit(
            *bars, epochs=9, optimizer=ADAM, validation_split=0.25, keep_best=keep_best,
            callbacks=[watcher, InterruptAt(29)], **QUIET,
        )  # fmt: skip
    assert model.history.epochs == 2
    assert watcher.events[-1] == "end"
    if keep_best:
        best = model.history.best_epoch
        np.testing.assert_array_equal(model.params.flat, watcher.weights[best - 1])
    else:
        assert not np.array_equal(model.params.flat, watcher.weights[-1])


def test_interrupted_before_the_first_epoch_is_over(bars, make_model):
    model = make_model()
    with pytest.raises(KeyboardInterrupt):
        model.fit(*bars, validation_split=0.25, keep_best=True, callbacks=[InterruptAt(3)], **QUIET)
    assert model.history.epochs == 0
    assert model.history.best_epoch is None
    assert np.isfinite(model.params.flat).all()


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("learning_rate", [1e30, 1e38, 1e300])
def test_a_loss_that_is_no_number_stops_the_run_without_warnings(bars, make_model, learning_rate):
    model = make_model()
    with pytest.raises(
        cs.errors.ArgumentError, match=r"must stay finite; .*at step \d+ of epoch 1"
    ):
        model.fit(*bars, epochs=5, optimizer=nn.SGD(learning_rate), **QUIET)


@pytest.mark.filterwarnings("error")
def test_a_validation_that_overflows_does_not_warn(bars, make_model):
    options = {"epochs": 1, "batch_size": 240, "progress": "none", "validation_data": bars}
    history = make_model().fit(*bars, optimizer=nn.SGD(1e38), **options)
    assert not np.isfinite(history["validation_loss"]).any()


@pytest.mark.parametrize(
    "accuracies, losses, best",
    [
        ([0.5, 0.9, 0.7], [1.0, 3.0, 0.1], 2),  # the highest accuracy, whatever the loss
        ([0.9, 0.9, 0.9], [0.5, 0.3, 0.4], 2),  # among equals, the lowest loss
        ([0.9, 0.9, 0.9], [0.5, 0.3, 0.3], 2),  # among equals, the first
        ([0.9, 0.8, 0.9], [0.3, 0.1, 0.3], 1),
    ],
)
def test_the_rule_for_the_best_epoch(accuracies, losses, best):
    params = FlatArrays({"p": nn.ArraySpec((1,), np.dtype(float))}, np.dtype(float))
    weights = SimpleNamespace(params=params, state={})
    run = SimpleNamespace(arrays=SimpleNamespace(weights=weights), history=History(), epoch=0)
    keeper = KeepBest()
    for accuracy, loss in zip(accuracies, losses, strict=True):
        run.epoch += 1
        params.flat[:] = run.epoch
        keeper.on_epoch(run, {"validation_accuracy": accuracy, "validation_loss": loss})
    keeper.on_end(run)
    assert run.history.best_epoch == best
    assert params.flat == [best]
