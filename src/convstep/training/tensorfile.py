"""Files of arrays with a description: safetensors, checked by a sum, written as a whole.

The header's metadata has one entry, "convstep": a JSON object with a number "format", the parts
of the description, and "crc32", the checksum of all the rest: of the JSON text of the list
[format, part, part, ...], as Python's ``json.dumps`` writes it, and then of the tensors' bytes,
in the order of their names. Nothing in such a file is ever executed or unpickled.
"""

import json
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from convstep.atomic import write_atomically
from convstep.errors import FileFormatError
from convstep.nn.layer import Array, Arrays

_KEY = "convstep"


@dataclass(frozen=True)
class Kind:
    """A kind of such files.

    Attributes
    ----------
    function : str
        The public name that reads it, for messages.
    noun : str
        What it is: "model", "checkpoint".
    parts : dict from str to type
        What its description holds beside "format", in the order of the checksum.
    newest : int
        The newest format that is known.
    lack : str
        What is missing from a file of another program.
    advice : str
        What to do about a damaged one.
    """

    function: str
    noun: str
    parts: dict[str, type]
    newest: int
    lack: str
    advice: str

    def write(
        self,
        path: Path,
        description: Mapping[str, Any],
        arrays: Arrays,
        before: Callable[[], None] = lambda: None,
    ) -> None:
        """Write a file; one that is there is replaced as a whole or not at all.

        `description` is as JSON would give it back, with lists for tuples. `before` is called
        when the new file is complete, and has not taken its name yet.
        """
        from safetensors.numpy import save

        # ascontiguousarray would give an array without axes one.
        tensors = {name: np.asarray(array, order="C") for name, array in arrays.items()}
        text = json.dumps({**description, "crc32": self.checksum(description, tensors)})
        write_atomically(path, save(tensors, metadata={_KEY: text}), before)

    def read(self, path: Path) -> tuple[dict[str, Any], dict[str, Array]]:
        """Read description and arrays.

        Raises
        ------
        FileFormatError
            If it is not there, not a file, damaged, of another program, or of a newer convstep.
        OSError
            If it may not be read.
        """
        if not path.is_file():
            what = "a folder, not a file" if path.is_dir() else "not there"
            raise FileFormatError(
                f"{self.function}: {path} is {what}. Give the path of a saved {self.noun}."
            )
        metadata, tensors = self._open(path)
        if _KEY not in metadata:
            raise FileFormatError(
                f"{self.function}: {path} is a safetensors file, but not one of convstep's: "
                f"its header describes no {self.lack}. Give a file that convstep wrote."
            )
        header = self._header(path, metadata[_KEY])
        try:
            intact = header["crc32"] == self.checksum(header, tensors)
        except RecursionError as error:
            raise self.damaged(path, error) from error
        if not intact:
            raise self.damaged(path, "its contents are not those that were written")
        return header, tensors

    def damaged(self, path: Path, why: object) -> FileFormatError:
        """Word the error for a file that cannot be used."""
        reason = str(why).rstrip(".")
        return FileFormatError(
            f"{self.function}: {path} is damaged or no {self.noun} file ({reason}). {self.advice}"
        )

    def checksum(self, header: Mapping[str, Any], tensors: Arrays) -> int:
        """Compute the checksum of a file with this description, as JSON gives it, and tensors."""
        described = json.dumps([header["format"], *(header[part] for part in self.parts)])
        result = zlib.crc32(described.encode())
        for name in sorted(tensors):
            result = zlib.crc32(tensors[name].tobytes(), result)
        return result

    def _open(self, path: Path) -> tuple[dict[str, str], dict[str, Array]]:
        """Read the header's metadata and the tensors."""
        from safetensors import SafetensorError, safe_open

        path.open("rb").close()  # safetensors calls a file that may not be read missing
        try:
            with safe_open(path, framework="numpy") as file:
                tensors = {name: file.get_tensor(name) for name in list(file.keys())}
                return file.metadata() or {}, tensors
        except (SafetensorError, OSError, ValueError, TypeError, KeyError, AttributeError) as error:
            raise self.damaged(path, error) from error

    def _header(self, path: Path, text: str) -> dict[str, Any]:
        """Parse the description, and see that it is one that this version knows."""
        try:
            header = json.loads(text)
            version = header["format"]
            known = {**self.parts, "crc32": int}
            if version in range(1, self.newest + 1) and all(
                isinstance(header[key], known[key]) for key in known
            ):
                return dict(header)
        except (ValueError, TypeError, KeyError, RecursionError) as error:
            raise self.damaged(path, f"unreadable description: {error}") from error
        if isinstance(version, int) and version > self.newest:
            raise FileFormatError(
                f"{self.function}: {path} has format {version}, and this convstep reads up to "
                f"{self.newest}. Install a newer convstep."
            )
        raise self.damaged(path, "unreadable description")
