"""The classifier: what goes in, what comes out, how training goes on and ends."""

import pickle

import numpy as np
import pytest

pytest.importorskip("sklearn")

from scipy.sparse import csr_array
from sklearn.base import clone
from sklearn.exceptions import (
    ConvergenceWarning,
    DataConversionWarning,
    NotFittedError,
)

from convstep import Graph, Sequential, nn
from convstep.errors import ArgumentError
from convstep.estimators import ConvNetClassifier

NEVER = np.inf
COLOURS = np.array(["blue", "green", "red"])


def colour_images(count=90, seed=0, channels=3):
    """Images, (count, 6, 6, channels), whose brightest channel is their class."""
    rng = np.random.default_rng(seed)
    labels = np.arange(count) % 3
    x = rng.normal(size=(count, 6, 6, channels)).astype(np.float32)
    x[np.arange(count), :, :, labels] += 1.0
    return x, labels


def net(**options):
    return ConvNetClassifier(
        **{"max_iter": 10, "n_iter_no_change": NEVER, "random_state": 0, **options}
    )


def small(input_shape, n_outputs):
    return Sequential(
        [nn.Conv2D(4, 1, activation="relu"), nn.GlobalAvgPool2D(), nn.Dense(n_outputs)]
    )


def test_images_with_names_for_labels():
    x, y = colour_images()
    found = net().fit(x, COLOURS[y])
    assert list(found.classes_) == list(COLOURS)
    held, wanted = colour_images(seed=1)
    assert found.score(held, COLOURS[wanted]) > 0.95
    proba = found.predict_proba(held)
    assert proba.shape == (90, 3) and proba.dtype == np.float32
    np.testing.assert_allclose(proba.sum(axis=1), 1, rtol=1e-5)
    np.testing.assert_array_equal(found.predict(held), COLOURS[proba.argmax(axis=1)])
    np.testing.assert_allclose(found.predict_log_proba(held), np.log(proba))
    assert found.image_shape_ == (6, 6, 3) and found.n_features_in_ == 108


def test_flat_rows_with_image_shape_are_the_images():
    x, y = colour_images()
    images = net(max_iter=2).fit(x, y)
    rows = net(max_iter=2, image_shape=(6, 6, 3)).fit(x.reshape(90, -1), y)
    np.testing.assert_array_equal(images.predict_proba(x), rows.predict_proba(x.reshape(90, -1)))
    # Once it is known what an example is, both forms will do.
    np.testing.assert_array_equal(images.predict_proba(x), rows.predict_proba(x))


@pytest.mark.parametrize(
    "shape, expected",
    [((5,), (1, 5, 1)), ((1,), (1, 1, 1)), ((4, 9), (4, 9, 1)), ((1, 16, 2), (1, 16, 2))],
)
def test_what_an_example_is(shape, expected):
    x = np.random.default_rng(0).normal(size=(12, *shape))
    found = net(max_iter=1).fit(x, np.arange(12) % 2)
    assert found.image_shape_ == expected
    assert found.model_.input_shape == expected
    assert found.predict(x.tolist()).shape == (12,)  # lists in lists are arrays too


def test_the_scale_of_the_input_changes_nothing():
    x, y = colour_images()
    found = [net(max_iter=3, dtype="float64").fit(a * x - a, y) for a in (1, 64)]
    np.testing.assert_allclose(*[each.loss_curve_ for each in found], rtol=1e-4)


def test_the_dtype():
    x, y = colour_images(12)
    for given, option, expected in [
        ("float32", "auto", "float32"),
        ("float64", "auto", "float64"),
        ("uint8", "auto", "float32"),
        ("float64", "float32", "float32"),
    ]:
        found = net(max_iter=1, dtype=option).fit(np.abs(x).astype(given), y)
        assert found.model_.dtype == expected
        assert found.predict_proba(x).dtype == expected


def test_two_labels_at_once():
    x, _ = colour_images(120)
    rng = np.random.default_rng(5)
    y = rng.integers(2, size=(120, 2))
    x[:, :, :, :2] = rng.normal(size=(120, 6, 6, 2)) + 2 * y[:, np.newaxis, np.newaxis, :]
    found = net(max_iter=20).fit(x, y)
    assert found.predict(x).shape == (120, 2)
    assert found.score(x, y) > 0.9  # both right
    proba = found.predict_proba(x)
    np.testing.assert_array_equal(found.predict(x), proba > 0.5)
    assert not np.allclose(proba.sum(axis=1), 1)


def test_an_example_of_weight_two_is_there_twice():
    x, y = colour_images(30)
    x = x.astype(np.float64)
    weight = np.arange(30) // 3 % 3
    weighted = net(batch_size=100).fit(x, y, weight)
    repeated = net(batch_size=100).fit(x.repeat(weight, axis=0), y.repeat(weight))
    np.testing.assert_allclose(
        weighted.predict_proba(x), repeated.predict_proba(x), rtol=1e-6, atol=1e-9
    )


def test_class_weights_are_weights_of_examples():
    x, y = colour_images(30)
    by_class = net(class_weight={0: 5.0, 2: 0.5}).fit(x, y)
    by_hand = net().fit(x, y, np.array([5.0, 1.0, 0.5])[y])
    np.testing.assert_array_equal(by_class.predict_proba(x), by_hand.predict_proba(x))


def test_balanced_class_weights_give_classes_the_same_sum():
    x, y = colour_images(30)
    keep = np.r_[0:30:3, 1:16:3, 2:7:3]  # 10, 5, 2
    x, y = x[keep], y[keep]
    balanced = net(class_weight="balanced").fit(x, y)
    by_hand = net().fit(x, y, (17 / (3 * np.array([10, 5, 2])))[y])
    np.testing.assert_array_equal(balanced.predict_proba(x), by_hand.predict_proba(x))
    with pytest.raises(ArgumentError, match="not be 'balanced' for partial_fit"):
        net(class_weight="balanced").partial_fit(x, y, classes=[0, 1, 2])


# ---------------------------------------------------------------------------- going on


def test_the_seed_decides():
    x, y = colour_images(30)
    one, two, other = (net(random_state=s, max_iter=2).fit(x, y) for s in (0, 0, 1))
    np.testing.assert_array_equal(one.predict_proba(x), two.predict_proba(x))
    assert not np.array_equal(one.predict_proba(x), other.predict_proba(x))


def test_passes_of_partial_fit_are_the_epochs_of_fit():
    """The optimizer's memory is kept, and the order of examples goes on."""
    x, y = colour_images(70)
    whole = net(max_iter=4).fit(x, y)
    parts = net()
    for _ in range(4):
        parts.partial_fit(x, y, classes=[0, 1, 2])
    np.testing.assert_array_equal(whole.predict_proba(x), parts.predict_proba(x))
    assert whole.loss_curve_ == parts.loss_curve_
    assert whole.t_ == parts.t_ == 280
    assert (whole.n_iter_, parts.n_iter_) == (4, 1)
    after = net(max_iter=3).fit(x, y).partial_fit(x, y)
    np.testing.assert_array_equal(whole.predict_proba(x), after.predict_proba(x))


def test_partial_fit_on_classes_that_come_one_by_one():
    x, y = colour_images(60)
    found = net()
    found.partial_fit(x[y == 0], COLOURS[y[y == 0]], classes=COLOURS)
    found.partial_fit(x[y == 2], COLOURS[y[y == 2]])
    assert found.predict_proba(x).shape == (60, 3)
    with pytest.raises(ValueError, match=r"hold classes of .* only; got .*pink"):
        found.partial_fit(x[:2], ["pink", "blue"])
    with pytest.raises(ValueError, match="classes must be passed on the first call"):
        net().partial_fit(x, y)


def test_a_warm_start_goes_on():
    x, y = colour_images(60)
    found = net(max_iter=3, warm_start=True).fit(x, y)
    model, losses = found.model_, list(found.loss_curve_)
    found.fit(x, y)
    assert found.model_ is model and found.loss_curve_[:3] == losses
    assert len(found.loss_curve_) == 6 and found.loss_curve_[3] < losses[0]
    cold = net(max_iter=3).fit(x, y).fit(x, y)
    assert cold.loss_curve_ == losses


def test_early_stopping_puts_the_best_back():
    x, y = colour_images(90)
    y = np.where(np.arange(90) % 4 == 0, (y + 1) % 3, y)  # nobody gets these right
    found = net(early_stopping=True, validation_fraction=0.3, n_iter_no_change=3, max_iter=60)
    found.fit(x, y)
    scores = found.validation_scores_
    assert len(scores) == found.n_iter_ < 60
    assert found.best_validation_score_ == max(scores) and found.best_loss_ is None
    assert found.t_ == found.n_iter_ * 63
    again = net(
        early_stopping=True, validation_fraction=0.3, max_iter=scores.index(max(scores)) + 1
    ).fit(x, y)
    np.testing.assert_array_equal(again.predict_proba(x), found.predict_proba(x))
    with pytest.raises(ValueError, match="early_stopping must be False for partial_fit"):
        net(early_stopping=True).partial_fit(x, y, classes=[0, 1, 2])


def test_training_ends_when_nothing_gets_better(capsys):
    x, y = colour_images(30)
    found = net(tol=10.0, n_iter_no_change=2, max_iter=50, verbose=True).fit(x, y)
    # The first epoch is better than none; three in a row that are not are more than two.
    assert found.n_iter_ == 4
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == f"Iteration 1, loss = {found.loss_curve_[0]:.8f}"
    assert "did not improve more than tol" in lines[-1]


def test_a_warning_where_max_iter_was_too_low():
    x, y = colour_images(30)
    with pytest.warns(ConvergenceWarning, match="after max_iter=2 epochs") as caught:
        net(n_iter_no_change=10, max_iter=2).fit(x, y)
    assert caught[0].filename == __file__


def test_ctrl_c_keeps_what_was_learned():
    x, y = colour_images(30)
    calls = []

    class Interrupted(ConvNetClassifier):
        def _measure(self, *args):
            calls.append(1)
            if len(calls) == 3:
                raise KeyboardInterrupt
            return super()._measure(*args)

    found = Interrupted(early_stopping=True, validation_fraction=0.2, random_state=0)
    with pytest.warns(UserWarning, match="interrupted by user"):
        found.fit(x, y)
    assert found.n_iter_ == 3 and found.predict(x).shape == (30,)


@pytest.mark.parametrize("solver", ["adam", "adamw", "sgd"])
def test_each_solver_learns(solver):
    x, y = colour_images()
    found = net(solver=solver, learning_rate_init=0.01, max_iter=8).fit(x, y)
    assert found.score(x, y) > 0.95


# ---------------------------------------------------------------------------- networks


def test_a_network_of_ones_own():
    x, y = colour_images()
    found = net(network=small, learning_rate_init=0.05, max_iter=20).fit(x, y)
    assert found.score(x, y) > 0.9
    assert [node.name for node in found.model_.graph.nodes] == ["conv1", "pool1", "dense1"]
    same = net(network=small((6, 6, 3), 3), learning_rate_init=0.05, max_iter=20).fit(x, y)
    np.testing.assert_array_equal(same.predict_proba(x), found.predict_proba(x))
    assert isinstance(clone(same).network, Graph)


@pytest.mark.parametrize(
    "network, message",
    [
        (small((6, 6, 3), 4), "network must end in 3 numbers for these targets"),
        (lambda shape, n: "lenet", "network must return a Graph"),
        ("lenet", "network must be None, a Graph, or a function"),
    ],
)
def test_a_network_that_does_not_fit(network, message):
    with pytest.raises(ValueError, match=message):
        net(network=network).fit(*colour_images(6))


def test_the_default_network_grows_with_the_input():
    def convolutions(shape):
        found = net(max_iter=1).fit(np.random.default_rng(0).normal(size=(4, *shape)), [0, 1, 0, 1])
        return sum(node.name.startswith("conv") for node in found.model_.graph.nodes)

    sizes = [(1, 1, 1), (8, 8, 1), (28, 28, 1), (1, 100, 2), (2, 50, 1)]
    assert [convolutions(size) for size in sizes] == [1, 2, 3, 5, 4]


def test_pickle_and_clone():
    x, y = colour_images(30)
    found = net(network=small, max_iter=2).fit(x, y)
    copy = pickle.loads(pickle.dumps(found))
    np.testing.assert_array_equal(copy.predict_proba(x), found.predict_proba(x))
    for each in (copy, found):  # the optimizer's memory came along, and nothing is shared
        each.partial_fit(x, y)
    np.testing.assert_array_equal(copy.predict_proba(x), found.predict_proba(x))
    assert clone(found).get_params() == found.get_params()
    with pytest.raises(NotFittedError):
        clone(found).predict(x)


# ---------------------------------------------------------------------------- what is refused


@pytest.mark.parametrize(
    "options, message",
    [
        ({"solver": "lbfgs"}, "solver must be one of 'adam', 'adamw', 'sgd'"),
        ({"alpha": -1.0}, "alpha must be a number of at least 0"),
        ({"batch_size": 0}, "batch_size must be an integer of at least 1"),
        ({"batch_size": "all"}, "batch_size must be one of 'auto'"),
        ({"learning_rate_init": 0.0}, "learning_rate_init must be a number above 0"),
        ({"max_iter": 0}, "max_iter must be an integer of at least 1"),
        ({"tol": -0.1}, "tol must be a number of at least 0"),
        ({"momentum": 1.0}, "momentum must be a number from 0"),
        ({"n_iter_no_change": 0}, "n_iter_no_change must be an integer of at least 1"),
        ({"early_stopping": "yes"}, "early_stopping must be True or False"),
        ({"validation_fraction": 1.0}, "validation_fraction must be a number from 0"),
        ({"class_weight": "even"}, "class_weight must be a dict, 'balanced' or None"),
        ({"class_weight": {0: -1.0}}, "class_weight must hold no negative numbers"),
        ({"dtype": "float16"}, "dtype must be one of"),
        ({"image_shape": (5, 5)}, "image_shape must have as many numbers as a row of X: 36"),
        ({"image_shape": 36}, "image_shape must be"),
        ({"image_shape": (36,)}, "image_shape must be"),
    ],
)
def test_a_parameter_out_of_place(options, message):
    x, y = np.zeros((6, 36)), [0, 1] * 3
    found = net(**options)  # nothing is looked at here
    with pytest.raises(ValueError, match=f"ConvNetClassifier: {message}"):
        found.fit(x, y)
    with pytest.raises(NotFittedError):
        found.predict(x)


def test_data_out_of_place():
    x, y = colour_images(6)
    with pytest.raises(TypeError, match="Sparse data was passed"):
        net().fit(csr_array(x.reshape(6, -1)), y)
    with pytest.raises(ValueError, match="NaN"):
        net().fit(np.where(x > 0, x, np.nan), y)
    with pytest.raises(ValueError, match="at least two classes"):
        net().fit(x, np.zeros(6, int))
    with pytest.raises(ValueError, match="no negative"):
        net().fit(x, y, -np.ones(6))
    with pytest.raises(ValueError, match="hold one label per example, or rows of 0 and 1"):
        net().fit(x, np.arange(12).reshape(6, 2))
    with pytest.raises(ValueError, match=r"X must hold images of shape \(6, 6, 1\)"):
        net(image_shape=(6, 6)).fit(x, y)
    with pytest.warns(DataConversionWarning):
        found = net(max_iter=1).fit(x, y[:, np.newaxis])
    with pytest.raises(ValueError, match="108 features"):
        found.predict(x[:, :5])
    with pytest.raises(ValueError, match=r"X must hold images of shape \(6, 6, 3\)"):
        found.predict(x.reshape(6, 3, 12, 3))


def test_a_loss_that_breaks_says_so():
    x, y = colour_images(60)
    with pytest.raises(ValueError, match="must stay finite"):
        net(solver="sgd", learning_rate_init=1e30, max_iter=20).fit(x, y)
