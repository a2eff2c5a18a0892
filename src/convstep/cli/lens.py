"""Watch every step: open a page on which convolution and pooling run.

The page shows the window as it slides, every product and every sum, forward
and backward, beside the lines of convstep.loops that compute them. It is one
file that needs no network.

Without --out it is written to a temporary folder and opened in the browser.

With MODEL and IMAGE it shows a network at work instead: what each layer makes
of the image, and the gradient of the prediction, down to the pixels. A click on
any activation opens its window. MODEL is model.safetensors or a run folder;
IMAGE is a picture or an .npy array, as for `convstep predict`.

example: convstep lens
example: convstep lens --tab conv_backward
example: convstep lens runs/digits-1 three.png
example: convstep lens --out page.html
"""

import argparse
import tempfile
import webbrowser
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from convstep.atomic import write_atomically
from convstep.cli import options
from convstep.cli.saved import advise, load, value_range
from convstep.data.arrays import load_npy
from convstep.data.images import read_images
from convstep.errors import argument_error
from convstep.lens.code import OPERATIONS
from convstep.lens.networks import network
from convstep.lens.page import page
from convstep.models import Model


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what `lens` takes."""
    add = parser.add_argument
    add("model", metavar="MODEL", nargs="?", help="model.safetensors, or the run folder")
    add("image", metavar="IMAGE", nargs="?", help="a picture or an .npy array")
    add("--class", dest="target", type=options.seed, metavar="K",
        help="the output whose gradient flows back (the largest)")  # fmt: skip
    add("--invert", action="store_true", help="swap dark and light of a picture")
    add("--out", type=options.file, metavar="FILE", help="write the page here")
    add("--tab", choices=OPERATIONS, metavar="TAB",
        help=f"what to open without MODEL: {', '.join(OPERATIONS)} (conv_forward)")  # fmt: skip


def run(args: argparse.Namespace) -> int:
    """Write the page; open it, if nobody says where to put it."""
    if args.model is None:
        for option, value in (("--class", args.target), ("--invert", args.invert or None)):
            if value is not None:
                raise argument_error("lens", option, "come with MODEL and IMAGE", value)
        show(page({"view": "steps", "tab": args.tab or "conv_forward"}), args.out)
    elif args.tab is not None:
        raise argument_error("lens", "--tab", "come without MODEL", args.tab)
    else:
        show(_network(args), args.out)
    return 0


def _network(args: argparse.Namespace) -> str:
    """Write the page of a network on an image."""
    if args.image is None:
        advice = "Without MODEL, the page of single operations opens."
        raise argument_error("lens", "IMAGE", "come with MODEL", args.image, advice)
    model = load(args.model)
    x = _examples(model, args)
    name = Path(args.image).name
    titles = [name if len(x) == 1 else f"{name} [{i}]" for i in range(len(x))]
    title = f"{Path(args.model).name} on {name}"
    return network(model, x, target=args.target, titles=titles, title=title).html()


def _examples(model: Model, args: argparse.Namespace) -> NDArray[Any]:
    """Read a picture, or for a network that takes no images an array."""
    if len(model.input_shape) != 3:
        values = load_npy(Path(args.image))
        return values[np.newaxis] if values.shape == model.input_shape else values
    height, width, channels = model.input_shape
    trained = value_range("lens", model)
    images = read_images(args.image, (height, width, channels), trained, invert=args.invert)
    if trained is not None:
        advise("lens", args.image, model, images, trained, inverted=args.invert)
    return images


def show(html: str, out: str | None) -> None:
    """Write a page to a file, or to a temporary one that is opened in the browser."""
    path = Path(out) if out is not None else Path(tempfile.mkdtemp(prefix="convstep-"), "lens.html")
    write_atomically(path, html.encode())
    print(f"Written to {path}", flush=True)  # at once: some browsers keep who opens them waiting
    if out is None:
        webbrowser.open(path.resolve().as_uri())
