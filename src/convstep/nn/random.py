"""Random numbers that are a function of (seed, step, place), not of what was drawn before.

So a run that is resumed, copied or split over workers draws the same numbers, and adding a
layer changes nobody else's.
"""

import hashlib
from typing import NamedTuple

import numpy as np


class Key(NamedTuple):
    """Where in a run random numbers are wanted.

    Attributes
    ----------
    seed : int
        Chosen by the user, once for a run.
    step : int
        The training step.
    path : str
        The place: names from the whole down to the part, joined by "/".

    Examples
    --------
    >>> key = Key(seed=1).child("block1").child("dropout1")
    >>> key
    Key(seed=1, step=0, path='/block1/dropout1')
    >>> bool(key.generator().random() == key.generator().random())
    True
    """

    seed: int
    step: int = 0
    path: str = ""

    def child(self, name: str) -> "Key":
        """Return the key of a part."""
        return self._replace(path=f"{self.path}/{name}")

    def generator(self) -> np.random.Generator:
        """Return a generator at the start of this key's own stream."""
        text = f"{self.seed} {self.step} {self.path}".encode()
        digest = hashlib.blake2b(text, digest_size=16).digest()
        return np.random.Generator(np.random.Philox(key=int.from_bytes(digest, "little")))
