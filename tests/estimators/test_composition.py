"""The estimators inside scikit-learn's own."""

import os

import numpy as np
import pytest

pytest.importorskip("sklearn")

from joblib import Parallel, delayed
from sklearn.calibration import CalibratedClassifierCV
from sklearn.ensemble import StackingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler

import convstep as cs
from convstep.data import digits
from convstep.estimators import ConvNetClassifier


@pytest.fixture(scope="module")
def data():
    x, y = digits.load()
    chosen = np.flatnonzero(y < 3)[:150]
    names = np.array(["zero", "one", "two"])
    return x[chosen].reshape(150, 64).astype(np.float32), names[y[chosen]]


def net(**options):
    common = {"image_shape": (8, 8), "max_iter": 5, "n_iter_no_change": np.inf, "random_state": 0}
    return ConvNetClassifier(**{**common, "batch_size": 16, **options})


def test_a_pipeline(data):
    pipeline = Pipeline([("scale", StandardScaler()), ("net", net())]).fit(*data)
    assert pipeline.score(*data) > 0.95
    pipeline.set_params(net__max_iter=1).fit(*data, net__sample_weight=np.ones(150))
    assert pipeline["net"].n_iter_ == 1


def test_a_grid_search_in_two_processes(data):
    """The core has run threads in this process before; the workers' share of them is theirs."""
    net(max_iter=1).fit(*data)
    search = GridSearchCV(net(), {"max_iter": [1, 8]}, cv=2, n_jobs=2).fit(*data)
    assert search.best_params_ == {"max_iter": 8}
    assert search.best_score_ > 0.9
    alone = GridSearchCV(net(), {"max_iter": [1, 8]}, cv=2).fit(*data)
    np.testing.assert_array_equal(
        search.cv_results_["mean_test_score"], alone.cv_results_["mean_test_score"]
    )


def test_two_workers_share_the_cores():
    counts = Parallel(n_jobs=2)(delayed(cs.get_num_threads)() for _ in range(2))
    assert max(counts) <= max(1, (os.cpu_count() or 1) // 2)


def test_cross_validation(data):
    assert cross_val_score(net(), *data, cv=3).min() > 0.8


def test_calibration(data):
    calibrated = CalibratedClassifierCV(net(), cv=2).fit(*data)
    assert calibrated.score(*data) > 0.9
    np.testing.assert_allclose(calibrated.predict_proba(data[0]).sum(axis=1), 1, rtol=1e-5)


def test_stacking(data):
    members = [("net", net()), ("lines", LogisticRegression(max_iter=500))]
    stacked = StackingClassifier(members, cv=2).fit(*data)
    assert stacked.score(*data) > 0.95
