"""The regressor."""

import numpy as np
import pytest

pytest.importorskip("sklearn")

from convstep import Sequential, nn
from convstep.estimators import ConvNetRegressor


def brightness(count=80, seed=0):
    """Images, and the means of their two halves."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(count, 4, 6)) + rng.normal(size=(count, 1, 1))
    return x, np.stack([x[..., :3].mean(axis=(1, 2)), x[..., 3:].mean(axis=(1, 2))], axis=1)


def net(**options):
    return ConvNetRegressor(
        **{"max_iter": 30, "n_iter_no_change": np.inf, "random_state": 0, **options}
    )


@pytest.mark.parametrize("scale, shift", [(1, 0), (1000, 5e4), (1e-3, 0)])
def test_targets_need_no_scaling(scale, shift):
    x, y = brightness()
    found = net().fit(x, scale * y[:, 0] + shift)
    held, wanted = brightness(seed=1)
    assert found.predict(held).shape == (80,)
    same = net().fit(x, y[:, 0]).predict(held)
    np.testing.assert_allclose(found.predict(held), scale * same + shift, rtol=1e-6, atol=1e-4)
    assert found.score(held, scale * wanted[:, 0] + shift) > 0.7


def test_several_outputs():
    x, y = brightness()
    found = net().fit(x, y)
    assert found.predict(x).shape == (80, 2) and found.n_outputs_ == 2
    assert found.score(x, y) > 0.9
    found.partial_fit(x, y)
    with pytest.raises(ValueError, match="hold 2 numbers per example"):
        found.partial_fit(x, y[:, 0])


def test_the_loss_is_that_of_least_squares():
    """One linear layer without bias, full batches: NumPy's solution."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=(40, 3))
    y = x @ [1.0, -2.0, 0.5] + rng.normal(size=40)
    weight = rng.uniform(0.1, 2, 40)
    graph = Sequential([nn.Flatten(), nn.Dense(1)])
    options = {"network": graph, "solver": "sgd", "learning_rate_init": 0.1, "alpha": 0.0}
    found = net(max_iter=400, **options).fit(x, y, weight)
    root = np.sqrt(weight)[:, np.newaxis]
    design = np.c_[x, np.ones(40)] * root
    solution = np.linalg.lstsq(design, y * root[:, 0])[0]
    np.testing.assert_allclose(found.model_.params["dense1.weight"][:, 0], solution[:3], rtol=1e-6)
    np.testing.assert_allclose(found.model_.params["dense1.bias"], solution[3:], rtol=1e-6)


def test_early_stopping_scores_by_r2():
    x, y = brightness()
    found = net(early_stopping=True, validation_fraction=0.25, n_iter_no_change=5, max_iter=200)
    found.fit(x, y[:, 0])
    assert 0.7 < found.best_validation_score_ <= 1.0
    assert len(found.validation_scores_) == found.n_iter_ < 200


def test_a_warm_start_keeps_the_loss_of_its_network():
    x, y = brightness()
    graph = Sequential([nn.Flatten(), nn.Dense(1)])
    warm = net(network=graph, warm_start=True, max_iter=2).fit(x, y[:, 0])
    same = net(network=graph, warm_start=True, max_iter=2).fit(x, y[:, 0])
    warm.set_params(network=None)  # of no effect any more
    np.testing.assert_array_equal(
        warm.fit(x, y[:, 0]).loss_curve_, same.fit(x, y[:, 0]).loss_curve_
    )
