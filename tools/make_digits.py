"""Regenerate src/convstep/data/digits.npz from the UCI file (as scikit-learn carries it).

Run ``python tools/make_digits.py`` where scikit-learn is installed; the result is the same to
the byte for the same zlib.
"""

from pathlib import Path

import numpy as np
from sklearn.datasets import load_digits

TARGET = Path(__file__).parents[1] / "src" / "convstep" / "data" / "digits.npz"


def main() -> None:
    """Write the images (1797, 8, 8) and labels (1797,) as uint8, in the order of the UCI file."""
    source = load_digits()
    images, labels = source.images.astype(np.uint8), source.target.astype(np.uint8)
    np.savez_compressed(TARGET, images=images, labels=labels)
    print(f"{TARGET}: {TARGET.stat().st_size} bytes")


if __name__ == "__main__":
    main()
