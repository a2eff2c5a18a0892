"""Model files: safetensors, with the network described in the header.

The header's metadata has one entry, "convstep": a JSON object ::

    {
      "format": 1,                       2 if a graph shares parameters: older versions cannot
      "model": {
        "graph": {"type": "Graph", ...},  the layers and edges
        "input_shape": [8, 8, 1],         without the batch
        "dtype": "float32",
        "seed": 0,
        "step": 1440,                     training steps taken
        "frozen": ["conv1.weight"]        what training leaves alone, if anything
      },
      "metadata": {...},                 the user's own: class names, value range, ...
      "crc32": 305419896                 of all the rest
    }

`convstep.training.tensorfile` says what the checksum is of. The tensors are the parameters and
the state, under their names in the graph.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from convstep.errors import FileFormatError, Shown, argument_error, type_error
from convstep.nn.layer import Array, Arrays
from convstep.training.tensorfile import Kind

NEWEST = 2
"""The newest format that is known; a file has the oldest that can hold its model."""
KIND = Kind(
    function="Model.load",
    noun="model",
    parts={"model": dict, "metadata": dict},
    newest=NEWEST,
    lack="network",
    advice="Save the model again, or take another copy.",
)


class Contents(NamedTuple):
    """What a model file holds."""

    model: dict[str, Any]
    metadata: dict[str, Any]
    arrays: dict[str, Array]


def write(
    path: Path, model: Mapping[str, Any], metadata: Mapping[str, Any], arrays: Arrays
) -> None:
    """Write a model file; one that is there is replaced as a whole or not at all."""
    if not isinstance(metadata, dict):
        raise type_error("Model.save", "metadata", "be a dict", metadata)
    try:
        version = NEWEST if _shares(model["graph"]) else 1
        contents = {"format": version, "model": model, "metadata": metadata}
        text = json.dumps(contents, allow_nan=False)
        header = json.loads(text)  # as a reader will see it: with lists for tuples, say
    except RecursionError:
        got = Shown("more than Python can")
        raise argument_error("Model.save", "metadata", "nest less deeply", got) from None
    except (TypeError, ValueError) as error:
        rule = "hold only what JSON can: text, numbers, booleans, None, lists, dicts"
        raise argument_error("Model.save", "metadata", rule, metadata, f"{error}.") from None
    KIND.write(path, header, arrays)


def read(path: Path) -> Contents:
    """Read a model file.

    Raises
    ------
    FileFormatError
        If it is not there, not a file, damaged, of another program, or of a newer convstep.
    """
    header, tensors = KIND.read(path)
    return Contents(header["model"], header["metadata"], tensors)


def damaged(path: Path, why: object) -> FileFormatError:
    """Word the error for a file that cannot be used."""
    return KIND.damaged(path, why)


def _shares(layer: Mapping[str, Any]) -> bool:
    """Tell whether a graph, or one within it, shares parameters."""
    nodes = layer["nodes"] if layer["type"] == "Graph" else []
    return bool(layer.get("shared") and nodes) or any(_shares(node["layer"]) for node in nodes)
