"""Convolutional networks as estimators of scikit-learn; needs the extra ``convstep[sklearn]``.

Parameters and attributes that `MLPClassifier` and `MLPRegressor` have too mean here what they
mean there.
"""

from convstep.estimators.classifier import ConvNetClassifier
from convstep.estimators.regressor import ConvNetRegressor

__all__ = ["ConvNetClassifier", "ConvNetRegressor"]
