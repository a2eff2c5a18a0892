"""The bar on the terminal: the one place where tqdm is imported."""

import sys
from typing import Any

__all__ = ["new_bar"]


def new_bar(**options: Any) -> Any:
    """Draw an empty bar of tqdm's on the standard error output."""
    from tqdm import tqdm

    return tqdm(dynamic_ncols=True, file=sys.stderr, **options)
