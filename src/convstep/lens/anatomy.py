"""The layers of a network, one by one, as the page shows them: wiring, words, and windows."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from convstep import nn
from convstep.graph import Graph
from convstep.nn.layer import ArraySpec, Layer, Shape
from convstep.ops.geometry import Window, sliding_window

__all__ = ["Part", "activation_of", "image_layer", "image_shape", "parts", "step", "words"]

_CONVOLUTIONS = (nn.Conv2D, nn.DepthwiseConv2D)
_GLOBAL = (nn.GlobalAvgPool2D, nn.GlobalMaxPool2D)
_MAXIMA = (nn.MaxPool2D, nn.GlobalMaxPool2D)


class Part(NamedTuple):
    """A layer that is no graph, under its full name; `inputs` are names of parts, or "x"."""

    name: str
    layer: Layer
    inputs: tuple[str, ...]
    given: tuple[ArraySpec, ...]
    output: ArraySpec
    params: tuple[str, ...]


def parts(graph: Graph, *inputs: ArraySpec) -> list[Part]:
    """Return the layers of a graph in the order in which they run, nested graphs resolved."""
    found, _ = _parts(graph, inputs, graph.inputs, "")
    return found


def _parts(
    graph: Graph, inputs: Sequence[ArraySpec], sources: Sequence[str], prefix: str
) -> tuple[list[Part], str]:
    """Also return the part that makes the graph's output."""
    found: list[Part] = []
    maker = dict(zip(graph.inputs, sources, strict=True))
    for node, given, spec in graph.node_specs(*inputs):
        name = f"{prefix}{node.name}"
        origins = tuple(maker[each] for each in node.inputs)
        if isinstance(node.layer, Graph):
            within, maker[node.name] = _parts(node.layer, given, origins, f"{name}.")
            found += within
        else:
            params = tuple(f"{name}.{own}" for own in spec.params)
            found.append(Part(name, node.layer, origins, given, spec.output, params))
            maker[node.name] = name
    return found, maker[graph.output]


def image_layer(layer: Layer) -> Layer:
    """Return the layer of images that does the work of one of signals; others as they are."""
    found: Layer = getattr(layer, "_image", layer)
    return found


def image_shape(shape: Shape) -> Shape:
    """Return a shape as the page has it: (height, width, channels), or (features,)."""
    if len(shape) in (1, 3):
        return shape
    return (1, *shape) if len(shape) == 2 else (_product(shape),)


def _product(shape: Shape) -> int:
    return ArraySpec(shape, None).size  # type: ignore[arg-type]  # of no dtype


def activation_of(layer: Layer) -> str | None:
    """Return the name of the activation in a layer, or that the layer is."""
    fused: str | None = getattr(layer, "activation", None)
    return fused or {"Sigmoid": "sigmoid", "Tanh": "tanh", "ReLU6": "relu6"}.get(
        type(layer).__name__
    )


# ---------------------------------------------------------------------------- words


def words(layer: Layer) -> str:
    """Say what a layer is: "3 x 3, 16 filters, stride 2, relu".

    Examples
    --------
    >>> words(nn.Conv2D(16, 3, stride=(2, 1), padding="same", activation="relu"))
    '3 x 3, 16 filters, stride 2 x 1, padding same, relu'
    """
    config = layer.to_config()
    return ", ".join(_phrases({name: value for name, value in config.items() if value is not None}))


def _phrases(config: Mapping[str, Any]) -> Iterator[str]:
    if "kernel_size" in config:
        yield _sizes(config["kernel_size"], always=True)
    if "out_channels" in config:
        yield _count(config["out_channels"], "filter")
    if "out_features" in config:
        yield _count(config["out_features"], "unit")
    for name, usual in (("stride", 1), ("dilation", 1), ("groups", 1), ("depth_multiplier", 1)):
        if name in config and _pair(config[name]) != (usual, usual):
            yield f"{name.replace('_', ' ')} {_sizes(config[name])}"
    padding = config.get("padding", "valid")
    if isinstance(padding, str):
        if padding != "valid":
            yield f"padding {padding}"
    elif _sides(padding) != (0, 0, 0, 0):
        yield f"padding {_sizes_of(_sides(padding))}"
    if "drop_probability" in config:
        yield f"drops {config['drop_probability']:.0%} while it trains"
    if config.get("activation"):
        yield str(config["activation"])


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _pair(value: Any) -> tuple[Any, Any]:
    return tuple(value) if isinstance(value, tuple | list) else (value, value)


def _sizes(value: Any, *, always: bool = False) -> str:
    height, width = _pair(value)
    plain = not isinstance(value, tuple | list)
    return str(height) if plain or (height == width and not always) else f"{height} x {width}"


def _sides(padding: Any) -> tuple[int, ...]:
    """Top, bottom, left, right."""
    rows, columns = _pair(padding)
    return (*_pair(rows), *_pair(columns))


def _sizes_of(sides: tuple[int, ...]) -> str:
    return str(sides[0]) if len(set(sides)) == 1 else ", ".join(map(str, sides))


# ---------------------------------------------------------------------------- windows


def step(part: Part) -> dict[str, Any] | None:
    """Describe how the window of a convolution or pooling moves, for the page's step view.

    Returns
    -------
    dict or None
        ``operation``, ``kernel``, ``stride``, ``padding``, ``dilation``, ``groups`` and the like;
        None for a layer that is neither, or whose windows the page cannot repeat.
    """
    layer: Any = image_layer(part.layer)
    if isinstance(layer, _GLOBAL):
        size = image_shape(part.given[0].shape)[:2]
        window = sliding_window("lens", size, size, stride=1, padding=0, dilation=1)  # type: ignore[arg-type]
    elif isinstance(layer, (*_CONVOLUTIONS, nn.MaxPool2D, nn.AvgPool2D)):
        size = image_shape(part.given[0].shape)[:2]
        options = {name: getattr(layer, name) for name in ("stride", "padding", "dilation")}
        options["ceil_mode"] = getattr(layer, "ceil_mode", False)
        window = sliding_window("lens", size, layer.kernel_size, **options)  # type: ignore[arg-type]
    else:
        return None
    count_padding = getattr(layer, "count_include_pad", False)
    sides = _reached(window)
    if count_padding and sides != _sides(window.padding):
        return None  # cells beyond the padding count for nothing, which the page does not know
    return {
        "operation": _operation(layer),
        "kernel": list(window.kernel),
        "stride": list(window.stride),
        "padding": list(sides),
        "dilation": list(window.dilation),
        "groups": _groups(part, layer),
        "count_padding": count_padding,
        "ties": "first",
        "activation": getattr(layer, "activation", None),
    }


def _operation(layer: Layer) -> str:
    if isinstance(layer, _CONVOLUTIONS):
        return "conv_forward"
    return "max_pool_forward" if isinstance(layer, _MAXIMA) else "average_pool_forward"


def _groups(part: Part, layer: Layer) -> int:
    if isinstance(layer, nn.DepthwiseConv2D):
        return part.given[0].shape[-1]
    return getattr(layer, "groups", 1)


def _reached(window: Window) -> tuple[int, ...]:
    """Return the padding, grown where in ceil mode a last window hangs over it."""
    sides = []
    for axis in (0, 1):
        before, after = window.padding[axis]
        reach = window.dilation[axis] * (window.kernel[axis] - 1) + 1
        needed = (window.out[axis] - 1) * window.stride[axis] + reach
        sides += [before, max(after, needed - window.size[axis] - before)]
    return tuple(sides)
