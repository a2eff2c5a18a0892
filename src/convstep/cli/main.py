"""Reads the command line, runs one command, and turns every failure into an exit code.

0: fine. 1: the job's own negative answer. 2: bad usage or input, told in one line.
130: interrupted. 141: whoever read the output has gone away (``convstep train | head``).
"""

import argparse
import importlib
import io
import os
import sys
import warnings
from collections.abc import Sequence
from typing import Any, NoReturn

from convstep import __version__
from convstep.cli.terminal import worded
from convstep.errors import ConvstepError

# Each command is the module of its name, with add_arguments(parser) and run(args) -> exit code;
# it is imported only when it is the one that was asked for.
COMMANDS = {
    "train": "train a network on the built-in digits, or on data of your own",
    "predict": "say what is in image files, with a model that was trained",
    "lesson": "write the fill-in exercise: the eight functions, explained, with blanks",
    "check": "check a solution of the lesson, and say which mistake was made",
    "lens": "open a page on which every step can be watched",
    "info": "show the version, and which code runs each operation",
    "bench": "time layers of well-known networks: convstep, NumPy, and PyTorch if it is there",
}


class Parser(argparse.ArgumentParser):
    """An argument parser whose errors are one line."""

    def error(self, message: str) -> NoReturn:
        """Say what is wrong and where help is, and exit with 2."""
        self.exit(2, f"{self.prog}: {message} (see {self.prog} --help)\n")

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        """Refuse what is not known at once: so the command whose option it is says it."""
        found, unknown = super().parse_known_args(args, namespace)
        if unknown:
            self.error(f"unrecognized arguments: {' '.join(unknown)}")
        return found, unknown


class Help(argparse.HelpFormatter):
    """Folds the paragraphs of a text to the terminal; examples stay line by line."""

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        fill = super()._fill_text
        return "\n\n".join(
            paragraph if paragraph.startswith("example:") else fill(paragraph, width, indent)
            for paragraph in text.strip().split("\n\n")
        )


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line `argv` (the process's own by default) and return its exit code."""
    words = sys.argv[1:] if argv is None else argv
    _prepare_output()
    warnings.formatwarning = lambda message, *_, **__: f"convstep: {message}\n"
    try:
        args = _parser(words).parse_args(words)
        code: int = args.run(args)
        sys.stdout.flush()
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # Python would complain once more when it flushes what is left at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141
    except (ConvstepError, OSError) as error:
        told = worded(error).removeprefix(f"{args.command}: ")
        print(f"convstep {args.command}: {told}", file=sys.stderr)
        return 2
    return code


def _parser(words: Sequence[str]) -> Parser:
    parser = Parser(
        prog="convstep",
        description="Convolutional networks for NumPy, step by step.",
        epilog="example: convstep train        (convstep COMMAND --help tells more)",
    )
    parser.add_argument("--version", action="version", version=f"convstep {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    asked_for = next((word for word in words if word in COMMANDS), None)
    for name, summary in COMMANDS.items():
        command = commands.add_parser(name, help=summary, formatter_class=Help)
        if name == asked_for:
            module = importlib.import_module(f"convstep.cli.{name}")
            command.description = module.__doc__
            module.add_arguments(command)
            command.set_defaults(run=module.run)
    return parser


def _prepare_output() -> None:
    """Write nowhere if an output is closed, and "?" where it knows only ASCII."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:  # convstep info >&-
            setattr(sys, name, open(os.devnull, "w"))  # noqa: SIM115  # open to the end
        elif isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
