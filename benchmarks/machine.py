"""What ran, and on what: recorded with every result."""

import importlib.metadata
import os
import platform
import shutil
import subprocess
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent


def available_cpus() -> int:
    """Count the CPUs that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def describe() -> dict[str, Any]:
    """Name the machine, the versions, the commit and the time."""
    import convstep as cs

    backend = cs.backend_info()
    return {
        "date": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        "commit": _commit(),
        "cpu": _cpu(),
        "cpus": available_cpus(),
        "caches": _caches(),
        "system": platform.platform(),
        "python": platform.python_version(),
        "versions": _versions(),
        "target": backend["target"],
        "compiled": sorted(
            name for name, body in backend["operations"].items() if body == "compiled"
        ),
    }


def measure_peak(threads: list[int], target: str | None) -> dict[int, dict[str, float]]:
    """Measure multiply-adds and copying by a small program; empty without a C++ compiler."""
    compiler = os.environ.get("CXX") or shutil.which("g++") or shutil.which("clang++")
    if compiler is None:
        return {}
    flags = ["-mavx2", "-mfma"] if target == "avx2" else ["-march=native"]
    with tempfile.TemporaryDirectory() as folder:
        program = str(Path(folder) / "peak")
        source = str(HERE / "peak.cpp")
        command = [compiler, "-O2", "-std=c++17", "-pthread", *flags, source, "-o", program]
        subprocess.run(command, check=True)
        lines = _output([program, *map(str, threads)]).splitlines()
    peak = {}
    for line in lines:
        count, float32, float64, copy = line.split()
        peak[int(count)] = {
            "float32": float(float32), "float64": float(float64), "copy": float(copy)
        }  # fmt: skip
    return peak


def _output(command: list[str]) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=HERE)
    return done.stdout.strip()


def _commit() -> str:
    """Name the commit, and say if the core or the package differ from it."""
    changed = _output(["git", "status", "--porcelain", "--", "../src", "../cpp"])
    return _output(["git", "rev-parse", "HEAD"])[:12] + (" and changes" if changed else "")


def _cpu() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    found = {name.strip(): value.strip() for name, _, value in (n.partition(":") for n in lines)}
    family = "family {} model {}".format(found.get("cpu family"), found.get("model"))
    return f"{found.get('model name', platform.machine())} ({family})"


def _caches() -> dict[str, str]:
    caches = {}
    for index in sorted(Path("/sys/devices/system/cpu/cpu0/cache").glob("index*")):
        kind = (index / "type").read_text().strip().lower()
        level = (index / "level").read_text().strip()
        caches[f"L{level} {kind}"] = (index / "size").read_text().strip()
    return caches


def _versions() -> dict[str, str]:
    versions = {}
    for name in ("convstep", "numpy", "torch", "onnxruntime", "scipy"):
        try:
            versions[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return versions
