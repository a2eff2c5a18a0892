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

The checksum is that of the JSON text of the list [format, model, metadata], as Python's
``json.dumps`` writes it, and then of the tensors' bytes, in the order of their names.

The tensors are the parameters and the state, under their names in the graph. Nothing in the
file is ever executed or unpickled.
"""

import json
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from convstep.errors import FileFormatError, Shown, argument_error, type_error
from convstep.nn.layer import Array, Arrays
from convstep.training.atomic import write_atomically

NEWEST = 2
"""The newest format that is known; a file has the oldest that can hold its model."""
_KEY = "convstep"


class Contents(NamedTuple):
    """What a model file holds."""

    model: dict[str, Any]
    metadata: dict[str, Any]
    arrays: dict[str, Array]


def write(
    path: Path, model: Mapping[str, Any], metadata: Mapping[str, Any], arrays: Arrays
) -> None:
    """Write a model file; one that is there is replaced as a whole or not at all."""
    from safetensors.numpy import save

    tensors = {name: np.ascontiguousarray(array) for name, array in arrays.items()}
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
    text = json.dumps({**header, "crc32": checksum(header, tensors)})
    write_atomically(path, save(tensors, metadata={_KEY: text}))


def read(path: Path) -> Contents:
    """Read a model file.

    Raises
    ------
    FileFormatError
        If it is not there, not a file, damaged, of another program, or of a newer convstep.
    """
    if not path.is_file():
        what = "a folder, not a file" if path.is_dir() else "not there"
        raise FileFormatError(f"Model.load: {path} is {what}. Give the path of a saved model.")
    metadata, tensors = _open(path)
    if _KEY not in metadata:
        raise FileFormatError(
            f"Model.load: {path} is a safetensors file, but not one of convstep's: its header "
            "describes no network. Give a file that Model.save wrote."
        )
    header = _header(path, metadata[_KEY])
    try:
        intact = header["crc32"] == checksum(header, tensors)
    except RecursionError as error:
        raise damaged(path, error) from error
    if not intact:
        raise damaged(path, "its contents are not those that were written")
    return Contents(header["model"], header["metadata"], tensors)


def _shares(layer: Mapping[str, Any]) -> bool:
    """Tell whether a graph, or one within it, shares parameters."""
    nodes = layer["nodes"] if layer["type"] == "Graph" else []
    return bool(layer.get("shared") and nodes) or any(_shares(node["layer"]) for node in nodes)


def damaged(path: Path, why: object) -> FileFormatError:
    """Word the error for a file that cannot be used."""
    return FileFormatError(
        f"Model.load: {path} is damaged or no model file ({str(why).rstrip('.')}). "
        "Save the model again, or take another copy."
    )


def _open(path: Path) -> tuple[dict[str, str], dict[str, Array]]:
    """Read the header's metadata and the tensors."""
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, framework="numpy") as file:
            tensors = {name: file.get_tensor(name) for name in list(file.keys())}
            return file.metadata() or {}, tensors
    except (SafetensorError, OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise damaged(path, error) from error


def _header(path: Path, text: str) -> dict[str, Any]:
    """Parse the description, and see that it is one that this version knows."""
    try:
        header = json.loads(text)
        version = header["format"]
        known = {"model": dict, "metadata": dict, "crc32": int}
        if version in range(1, NEWEST + 1) and all(
            isinstance(header[key], known[key]) for key in known
        ):
            return dict(header)
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise damaged(path, f"unreadable description: {error}") from error
    if isinstance(version, int) and version > NEWEST:
        raise FileFormatError(
            f"Model.load: {path} has format {version}, and this convstep reads up to {NEWEST}. "
            "Install a newer convstep."
        )
    raise damaged(path, "unreadable description")


def checksum(header: Mapping[str, Any], tensors: Arrays) -> int:
    """Compute the checksum of a file with this description, as JSON gives it, and tensors."""
    described = json.dumps([header["format"], header["model"], header["metadata"]])
    result = zlib.crc32(described.encode())
    for name in sorted(tensors):
        result = zlib.crc32(tensors[name].tobytes(), result)
    return result
