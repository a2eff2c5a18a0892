"""A network on an image: what each layer makes of it, and the gradients that flow back."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from convstep import nn, ops
from convstep.errors import Shown, argument_error, type_error
from convstep.lens.anatomy import (
    Part,
    activation_of,
    image_layer,
    image_shape,
    parts,
    step,
    words,
)
from convstep.lens.page import Lens, page
from convstep.lens.situation import packed
from convstep.lens.statistics import statistics
from convstep.models import Model
from convstep.models.leaves import all_shared
from convstep.models.trace import Trace
from convstep.nn.activation import activation_backward
from convstep.nn.layer import Array, ArraySpec
from convstep.ops.geometry import integer

__all__ = ["LIMIT", "NetworkLens", "network"]

LIMIT = 24_000_000
"""How many bytes of numbers a page may hold; in a page's text they are a third more."""

_KEPT = (4096, 256, 128, 64, 32, 16, 8, 4, 2, 1)
_LIMITED = (nn.Sigmoid, nn.Tanh, nn.ReLU, nn.ReLU6, nn.LeakyReLU)


class NetworkLens(Lens):
    """A network on a few examples, to be looked at: what `network` returns.

    In a notebook it shows itself.
    """

    def __init__(self, data: Mapping[str, Any]) -> None:
        self._data = data

    def data(self) -> Mapping[str, Any]:
        """Return what the page is given, as docs/lens.md has it."""
        return self._data

    def html(self) -> str:
        """Return the page."""
        title = str(self._data["title"])
        return page({"view": "network", "network": self._data}, title=title)

    def __repr__(self) -> str:
        layers, examples = len(self._data["layers"]), len(self._data["examples"])
        return f"NetworkLens(layers={layers}, examples={examples})"


def network(
    model: Model,
    x: npt.ArrayLike,
    *,
    target: int | None = None,
    labels: Sequence[int] | None = None,
    titles: Sequence[str] | None = None,
    title: str = "A network, layer by layer",
    limit: int = LIMIT,
) -> NetworkLens:
    """Look into a network at work: each layer's values, and the gradient of the prediction.

    Parameters
    ----------
    model : Model
    x : ndarray of real numbers, shape input_shape or (N, *input_shape)
        One example, or a few.
    target : int, optional
        Which output's gradient flows back; without it, of each example the largest's.
    labels : sequence of int, optional
        The examples' true classes.
    titles : sequence of str, optional
        What to call the examples.
    title : str
        Of the page.
    limit : int
        Bytes of numbers that the page may hold. A network that has more shows fewer maps of each
        layer; the page says so.

    Returns
    -------
    NetworkLens
        ``.to_html("page.html")``; a notebook shows it as it is.

    Raises
    ------
    ArgumentError
        If `x` does not fit the model or is empty, `target` is no output of it, or `labels` or
        `titles` are not one for each example.

    Examples
    --------
    >>> import numpy as np
    >>> from convstep import nn
    >>> from convstep.graph import Sequential
    >>> from convstep.models import Model
    >>> graph = Sequential([nn.Conv2D(4, 3), nn.Flatten(), nn.Dense(2)])
    >>> network(Model(graph, input_shape=(5, 5, 1)), np.ones((5, 5, 1)))
    NetworkLens(layers=4, examples=1)
    """
    if not isinstance(model, Model):
        raise type_error("network", "model", "be a Model", model)
    return NetworkLens(
        _Reader(model, _batch(model, x), limit).data(
            target=target, labels=labels, titles=titles, title=title
        )
    )


def _batch(model: Model, x: npt.ArrayLike) -> Array:
    """Give one example the axis of a batch; the trace checks the rest."""
    values = np.asarray(x)
    shape = model.input_shape
    alone = values.shape == shape or (shape[-1] == 1 and values.shape == shape[:-1])
    values = values[np.newaxis] if alone else values
    if not values.ndim or not len(values):
        raise argument_error("network", "x", "hold at least one example", x)
    return values


def _of_each(name: str, given: Any, count: int) -> list[Any]:
    """Check that there is one for each example."""
    rule = f"have one for each of the {count} examples"
    if isinstance(given, str) or not isinstance(given, Iterable):
        raise type_error("network", name, rule, given)
    found = list(given)
    if len(found) != count:
        raise argument_error("network", name, rule, Shown(f"{len(found)}"))
    return found


class _Reader:
    """Traces a model and writes down what the page needs."""

    def __init__(self, model: Model, x: Array, limit: int) -> None:
        self.model = model
        spec = ArraySpec(model.input_shape, model.dtype)
        self.parts = parts(model.graph, spec)
        self.steps = {part.name: step(part) for part in self.parts}
        self.x_name = model.graph.inputs[0]
        self.params = _spread(model)
        self.outputs = model.predict(x)
        self.x = x
        self.sizes = {self.x_name: image_shape(spec.shape)}
        self.sizes |= {part.name: image_shape(part.output.shape) for part in self.parts}
        self.kept = self._fitting(integer("network", "limit", limit, 1))

    def data(
        self,
        *,
        target: int | None,
        labels: Sequence[int] | None,
        titles: Sequence[str] | None,
        title: str,
    ) -> dict[str, Any]:
        count = len(self.outputs)
        names = (
            None if titles is None else [str(each) for each in _of_each("titles", titles, count)]
        )
        known = None
        if labels is not None:
            known = [self._output("labels", each) for each in _of_each("labels", labels, count)]
        targets = self._targets(target)
        trace = self.model.trace(self.x, grad=self._grad(targets))
        examples = [self._example(trace, i, int(targets[i])) for i in range(count)]
        for i, example in enumerate(examples):
            example["title"] = names[i] if names is not None else f"Example {i + 1}"
            example["label"] = known[i] if known is not None else None
        classes = self.model.metadata.get("class_names")
        if not isinstance(classes, list | tuple) or len(classes) != self.outputs[0].size:
            classes = None
        return {
            "title": title,
            "classes": classes and [str(name) for name in classes],
            "input": self.x_name,
            "value_range": self.model.metadata.get("value_range"),
            "maps": self.kept,
            "layers": [self._input(trace), *(self._layer(part, trace) for part in self.parts)],
            "examples": examples,
        }

    # ------------------------------------------------------------------ what to derive

    def _targets(self, target: int | None) -> npt.NDArray[np.intp]:
        flat = self.outputs.reshape(len(self.outputs), -1)
        if target is None:
            largest: npt.NDArray[np.intp] = flat.argmax(axis=1)
            return largest
        return np.full(len(flat), self._output("target", target))

    def _output(self, argument: str, value: Any) -> int:
        """Check the number of an output."""
        chosen = integer("network", argument, value, 0)
        if chosen >= self.outputs[0].size:
            rule = f"be one of the model's outputs, 0 to {self.outputs[0].size - 1}"
            raise argument_error("network", argument, rule, value)
        return chosen

    def _grad(self, targets: npt.NDArray[np.intp]) -> Array:
        grad = np.zeros_like(self.outputs)
        grad.reshape(len(grad), -1)[np.arange(len(grad)), targets] = 1
        return grad

    # ------------------------------------------------------------------ how much to keep

    def _fitting(self, limit: int) -> int:
        """Return how many maps of each layer the page can hold."""
        return next((kept for kept in _KEPT if self._bytes(kept) <= limit), _KEPT[-1])

    def _bytes(self, kept: int) -> int:
        numbers = 0
        for name, size in self.sizes.items():
            maps = min(size[-1], kept) if len(size) == 3 and name != self.x_name else size[-1]
            arrays = 4 if self._fused(name) else 2
            numbers += len(self.outputs) * arrays * maps * int(np.prod(size[:-1]))
        for part in self.parts:
            if part.name in self.steps and f"{part.name}.weight" in self.params:
                shape = self.params[f"{part.name}.weight"].shape
                if len(shape) > 2:
                    numbers += (
                        int(np.prod(shape[:-2])) * min(shape[-2], kept) * min(shape[-1], kept)
                    )
        return numbers * self.model.dtype.itemsize

    def _fused(self, name: str) -> bool:
        found = self.steps.get(name)
        return found is not None and found["activation"] is not None

    def _cut(self, name: str, values: Array) -> Array:
        """Bring values to the page's shape, (..., height, width, channels) with the maps kept."""
        whole = values.reshape(len(values), *self.sizes[name])
        return whole if name == self.x_name or whole.ndim == 2 else whole[..., : self.kept]

    # ------------------------------------------------------------------ layers

    def _input(self, trace: Trace) -> dict[str, Any]:
        values = trace.values[self.x_name]
        shape = list(values.shape[1:])
        return {
            "name": self.x_name,
            "kind": "Input",
            "words": " x ".join(map(str, shape)),
            "inputs": [],
            "shape": shape,
            "channels": self.sizes[self.x_name][-1],
            "parameters": 0,
            "statistics": statistics(values, None),
            "step": None,
        }

    def _layer(self, part: Part, trace: Trace) -> dict[str, Any]:
        return {
            "name": part.name,
            "kind": type(part.layer).__name__,
            "words": words(part.layer),
            "inputs": list(part.inputs),
            "shape": list(part.output.shape),
            "channels": self.sizes[part.name][-1],
            "parameters": sum(self.params[name].size for name in part.params),
            "statistics": statistics(trace.values[part.name], activation_of(part.layer)),
            "step": self._step(part),
        }

    def _step(self, part: Part) -> dict[str, Any] | None:
        found = self.steps[part.name]
        if found is None or found["operation"] != "conv_forward":
            return found
        weight = self._weight(part)
        bias = self.params.get(f"{part.name}.bias", np.zeros(weight.shape[3], weight.dtype))
        given = self.kept if self._narrowed(part) else weight.shape[2]
        return found | {
            "W": packed(weight[:, :, :given, : self.kept]),
            "b": packed(bias[: self.kept]),
        }

    def _weight(self, part: Part) -> Array:
        weight = self.params[f"{part.name}.weight"]
        return weight[np.newaxis] if weight.ndim == 3 else weight  # of a signal: height 1

    def _narrowed(self, part: Part) -> bool:
        """Whether the page has only some of the channels of a layer's input."""
        return part.inputs[0] != self.x_name and self.sizes[part.inputs[0]][-1] > self.kept

    # ------------------------------------------------------------------ examples

    def _example(self, trace: Trace, i: int, target: int) -> dict[str, Any]:
        own = slice(i, i + 1)
        values = {name: self._cut(name, trace.values[name][own]) for name in self.sizes}
        grads = {
            name: self._cut(name, trace.grads[name][own])
            for name in self.sizes
            if name in trace.grads
        }
        scores = self.outputs[i].reshape(-1)
        return {
            "target": target,
            "scores": packed(scores),
            "probabilities": packed(ops.softmax(scores[np.newaxis])[0])
            if self._classifies()
            else None,
            "values": _packed(values),
            "grads": _packed(grads),
            "grads_before_activation": _packed(self._before_grads(values, grads)),
            "before_activation": _packed(self._before(trace, own)),
        }

    def _before_grads(
        self, values: Mapping[str, Array], grads: Mapping[str, Array]
    ) -> dict[str, Array]:
        """Gradients by the sums, which the backward pass of a convolution is given."""
        found = {}
        for part in self.parts:
            if self._fused(part.name) and part.name in grads:
                activation = image_layer(part.layer).activation  # type: ignore[attr-defined]
                pair = (
                    np.ascontiguousarray(grads[part.name]),
                    np.ascontiguousarray(values[part.name]),
                )
                found[part.name] = activation_backward(activation, *pair)
        return found

    def _before(self, trace: Trace, own: slice) -> dict[str, Array]:
        """Sums before the activation, where the page cannot compute them: it lacks channels."""
        found = {}
        for part in self.parts:
            if self._fused(part.name) and self._narrowed(part):
                source = part.inputs[0]
                x = trace.values[source][own].reshape(1, *self.sizes[source])
                params = {"weight": self._weight(part)}
                if f"{part.name}.bias" in self.params:
                    params["bias"] = self.params[f"{part.name}.bias"]
                own_layer: Any = image_layer(part.layer)
                plain = replace(own_layer, activation=None)
                found[part.name] = self._cut(part.name, plain.apply(params, {}, (x,)))
        return found

    def _classifies(self) -> bool:
        """Whether the outputs look like the scores of classes, which a softmax makes probable."""
        last = self.parts[-1].layer
        linear = not isinstance(last, (*_LIMITED, nn.Softmax))
        linear = linear and activation_of(last) is None
        return self.outputs.ndim == 2 and self.outputs.shape[1] > 1 and linear


def _packed(arrays: Mapping[str, Array]) -> dict[str, Any]:
    """Pack the numbers of one example, without the axis of the batch."""
    return {name: packed(values[0]) for name, values in arrays.items()}


def _spread(model: Model) -> dict[str, Array]:
    """Return the parameters under all their names, shared ones too."""
    owned = dict(model.params)
    return owned | {name: owned[owner] for name, owner in all_shared(model.graph).items()}
