"""Starts the process of a submission, and ends it with all that came of it."""

import contextlib
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

from convstep.check.outcome import Failure
from convstep.check.sandbox.channel import Channel

__all__ = ["Process"]

_START = (
    "import json, sys; sys.path[:] = json.loads(sys.argv.pop()); "
    "from convstep.check.sandbox.child import main; main()"
)
_PATIENCE = 5.0  # seconds, for what was killed to be gone


class Process:
    """A Python that knows nothing of the user: no variables, no folder but an empty one."""

    def __init__(self, folder: str, largest: int) -> None:
        self._popen = subprocess.Popen(
            [sys.executable, "-I", "-B", "-X", "utf8", "-c", _START, json.dumps(_path())],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            bufsize=0,
            cwd=folder,
            env=_environment(folder),
            start_new_session=True,
        )
        assert self._popen.stdin is not None and self._popen.stdout is not None
        self.channel = Channel(self._popen.stdin, self._popen.stdout, largest)

    def why_it_ended(self) -> Failure:
        """What became of a process that closed its end."""
        try:
            code = self._popen.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            return Failure("protocol", message="it closed the pipe for its results")
        if code >= 0:
            return Failure("exit", message=f"it ended the program, with exit code {code}")
        try:
            name = signal.Signals(-code).name
        except ValueError:
            name = f"signal {-code}"
        if name == "SIGXCPU":
            return Failure("timeout", message="its computing time is used up")
        return Failure("killed", message=f"the process died of {name}")

    def end(self) -> None:
        """Kill the process and its group; nothing can prevent that."""
        if os.name == "posix":
            with contextlib.suppress(OSError):
                os.killpg(self._popen.pid, signal.SIGKILL)
        with contextlib.suppress(OSError):
            self._popen.kill()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._popen.wait(_PATIENCE)
        self.channel.close()


def _path() -> list[str]:
    """Where Python looks for modules, but for the folder that happens to be the current one."""
    here = os.getcwd()
    ours = str(Path(__file__).resolve().parents[3])
    kept = [p for p in sys.path if p and (os.path.abspath(p) != here or p == ours)]
    return kept if ours in kept else [*kept, ours]


def _environment(folder: str) -> dict[str, str]:
    """Nothing of the user's own variables, which may hold secrets."""
    system = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT") if name in os.environ}
    threads = {f"{name}_NUM_THREADS": "1" for name in ("OMP", "OPENBLAS", "MKL", "NUMEXPR")}
    own = dict.fromkeys(("HOME", "TMPDIR", "TEMP", "TMP", "MPLCONFIGDIR"), folder)
    return {**system, **threads, **own, "LANG": "C.UTF-8", "MPLBACKEND": "Agg"}
