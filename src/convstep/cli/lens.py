"""Watch every step: open a page on which convolution and pooling run.

The page shows the window as it slides, every product and every sum, forward
and backward, beside the lines of convstep.loops that compute them. It is one
file that needs no network.

Without --out it is written to a temporary folder and opened in the browser.

example: convstep lens
example: convstep lens --tab conv_backward
example: convstep lens --out page.html
"""

import argparse
import tempfile
import webbrowser
from pathlib import Path

from convstep.atomic import write_atomically
from convstep.cli import options
from convstep.lens.code import OPERATIONS
from convstep.lens.page import page


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what `lens` takes."""
    parser.add_argument("--out", type=options.file, metavar="FILE", help="write the page here")
    parser.add_argument(
        "--tab", choices=OPERATIONS, default="conv_forward", help="what to open (conv_forward)"
    )


def run(args: argparse.Namespace) -> int:
    """Write the page; open it, if nobody says where to put it."""
    show(page({"view": "steps", "tab": args.tab}), args.out)
    return 0


def show(html: str, out: str | None) -> None:
    """Write a page to a file, or to a temporary one that is opened in the browser."""
    path = Path(out) if out is not None else Path(tempfile.mkdtemp(prefix="convstep-"), "lens.html")
    write_atomically(path, html.encode())
    opened = out is None and webbrowser.open(path.resolve().as_uri())
    print(f"{'Opened' if opened else 'Written to'} {path}")
