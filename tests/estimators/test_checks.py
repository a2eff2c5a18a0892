"""scikit-learn's own checks, beside those that its multi-layer perceptrons pass."""

import warnings

import pytest

pytest.importorskip("sklearn")

from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.utils.estimator_checks import check_estimator, parametrize_with_checks

from convstep.estimators import ConvNetClassifier, ConvNetRegressor

PAIRS = [(ConvNetClassifier, MLPClassifier), (ConvNetRegressor, MLPRegressor)]


# As many epochs as in the comparison below: the checks pass with the defaults too, slower.
@parametrize_with_checks([ConvNetClassifier(max_iter=60), ConvNetRegressor(max_iter=60)])
@pytest.mark.filterwarnings("ignore")  # some checks provoke warnings, and look at them themselves
def test_each_check_passes(estimator, check):
    check(estimator)


@pytest.mark.parametrize("own, theirs", PAIRS)
def test_no_check_of_theirs_is_skipped(own, theirs):
    """What the perceptrons pass, in the versions installed here, ours pass."""
    passed = {}
    for kind in own, theirs:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            results = check_estimator(kind(max_iter=60), on_skip=None, on_fail=None)
        passed[kind] = {each["check_name"] for each in results if each["status"] == "passed"}
    assert len(passed[theirs]) > 40
    # Sparse input is theirs alone; here it is refused, which is checked too.
    assert {name for name in passed[theirs] if "sparse" not in name} <= passed[own]
