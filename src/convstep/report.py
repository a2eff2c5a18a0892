"""The report of a training run: one page with the curves, the mistakes, and a look inside."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from convstep.lens.networks import NetworkLens, network
from convstep.models import Model
from convstep.training import History

__all__ = ["MOST_MISTAKES", "training_report"]

MOST_MISTAKES = 24
_LIMIT = 1_200_000  # bytes of numbers: a report is to be small and quick


def training_report(
    model: Model,
    history: History,
    images: NDArray[np.float32],
    labels: NDArray[np.intp],
    probabilities: NDArray[np.floating],
    result: Mapping[str, Any],
    *,
    name: str,
    class_names: Sequence[str],
) -> NetworkLens:
    """Put a run's report together.

    Parameters
    ----------
    model : Model
        The trained network.
    history : History
        Of its training.
    images, labels, probabilities : ndarray, shapes (N, H, W, C), (N,), (N, classes)
        What it was judged by, and its answers.
    result : mapping
        ``test_accuracy``, ``test_interval_95``, ``test_right``, ``test_examples``, ``confusion``
        and the like, as config.json has them.
    name : str
        Of the run.
    class_names : sequence of str

    Returns
    -------
    NetworkLens
        Its first example is an image that the network got right, if there is one; the others are
        those that it got wrong, the most confident first, up to `MOST_MISTAKES`.
    """
    shown, wrong = _chosen(labels, probabilities, images[0].size * images.itemsize)
    titles = [
        f"Test image {i}: {class_names[labels[i]]}"
        + (f", taken for {class_names[probabilities[i].argmax()]}" if i in wrong else "")
        for i in shown
    ]
    title = f"Training report: {name}"
    chosen = labels[shown].tolist()
    lens = network(model, images[shown], labels=chosen, titles=titles, title=title, limit=_LIMIT)
    total = int((probabilities.argmax(axis=1) != labels).sum())
    report = {
        "name": name,
        "result": dict(result),
        "history": _finite(history.to_dict()),
        "mistakes": len(wrong),
        "all_mistakes": total,
        "class_names": list(class_names),
    }
    return NetworkLens({**lens.data(), "classes": list(class_names), "report": report})


def _chosen(
    labels: NDArray[np.intp], probabilities: NDArray[np.floating], size: int
) -> tuple[list[int], set[int]]:
    """Return the images to show, one right and then the wrong; fewer of large ones."""
    said = probabilities.argmax(axis=1)
    wrong = np.flatnonzero(said != labels)
    sure = probabilities[wrong, said[wrong]]
    most = max(3, min(MOST_MISTAKES, _LIMIT // (32 * size)))
    worst = wrong[np.argsort(-sure, kind="stable")][:most].tolist()
    right = np.flatnonzero(said == labels)[:1].tolist()
    return right + worst, set(worst)


def _finite(content: dict[str, Any]) -> dict[str, Any]:
    """Write what JSON has no number for as null."""
    series = {
        name: [value if math.isfinite(value) else None for value in values]
        for name, values in content["series"].items()
    }
    return {**content, "series": series}
