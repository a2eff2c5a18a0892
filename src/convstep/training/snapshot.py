"""A run's progress, taken apart into what JSON can hold and arrays, and put together again."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import numpy as np

from convstep.errors import argument_error
from convstep.nn.layer import Array
from convstep.nn.optimizers import OptimizerState
from convstep.training.metrics import RunningMeans
from convstep.training.run import Run, Within


def take(run: Run) -> tuple[dict[str, Any], dict[str, Array]]:
    """Return the progress of a run, and its arrays by name: no copies."""
    weights, memories = run.arrays.weights, run.arrays.optimizer
    progress = {
        "step": weights.step,
        "epoch": run.epoch,
        "within": None if run.within is None else _within(run.within),
        "examples_seen": run.examples_seen,
        "stop": bool(run.stop),
        "optimizer_steps": [memory.step for memory in memories],
        "history": run.history.to_dict(),
    }
    arrays = {"params": weights.params.flat}
    arrays |= {f"state/{name}": array for name, array in weights.state.items()}
    for number, memory in enumerate(memories):
        arrays |= {f"optimizer/{number}/{name}": array for name, array in memory.arrays.items()}
    return plain("the progress of the run", progress), arrays


def restore(run: Run, progress: Mapping[str, Any], arrays: Mapping[str, Array]) -> None:
    """Put a run where it was when `take` looked at it."""
    weights = run.arrays.weights
    state = {name: _fitting(arrays, f"state/{name}", own) for name, own in weights.state.items()}
    memories = tuple(
        OptimizerState(
            steps,
            {
                name: _fitting(arrays, f"optimizer/{number}/{name}", own)
                for name, own in memory.arrays.items()
            },
        )
        for number, (memory, steps) in enumerate(
            zip(run.arrays.optimizer, progress["optimizer_steps"], strict=True)
        )
    )
    np.copyto(weights.params.flat, _fitting(arrays, "params", weights.params.flat))
    weights.state, weights.step = state, progress["step"]
    run.arrays.optimizer = memories
    run.history.update(progress["history"])
    run.epoch, run.examples_seen = progress["epoch"], progress["examples_seen"]
    run.stop = progress["stop"]
    run.within = None if progress["within"] is None else _from_within(progress["within"])


def plain(what: str, values: Any) -> Any:
    """Return values as JSON gives them back; NaN and infinity too, as Python's writes them."""
    try:
        return json.loads(json.dumps(values))
    except (TypeError, ValueError) as error:
        rule = "hold only arrays and what JSON can"
        raise argument_error("Model.fit", what, rule, values, f"{error}.") from None


def _within(within: Within) -> dict[str, Any]:
    means = {"sums": within.means.sums, "weights": within.means.weights}
    return {**asdict(within), "means": means}


def _from_within(values: Mapping[str, Any]) -> Within:
    means = RunningMeans()
    means.sums, means.weights = values["means"]["sums"], values["means"]["weights"]
    return Within(**{**values, "means": means})


def _fitting(arrays: Mapping[str, Array], name: str, own: Array) -> Array:
    """Return an array that has the shape and dtype of the run's own."""
    found = arrays[name]
    if (found.shape, found.dtype) != (own.shape, own.dtype):
        rule = f"have shape {own.shape} and dtype {own.dtype}"
        raise argument_error("Model.fit", f"the array {name!r}", rule, found)
    return found
