"""Which files this process may see, which the Linux kernel keeps to for good.

It may write in one folder alone, and read what Python and its packages consist of. So it can
neither alter nor read what else belongs to the user. Needs Linux 5.13, and no privileges; `apply`
returns False where the kernel has no Landlock.
"""

import ctypes
import os
import struct
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from convstep.check.sandbox import kernel

__all__ = ["apply", "available"]

_CREATE, _ADD, _RESTRICT = 444, 445, 446  # system calls
_VERSION = 1
_BELOW_PATH = 1

_WRITE_FILE, _READ_FILE, _READ_DIRECTORY = 1 << 1, 1 << 2, 1 << 3
_REFER, _TRUNCATE, _DEVICE = 1 << 13, 1 << 14, 1 << 15
_ALL = (1 << 13) - 1  # since version 1
_SINCE = {2: _REFER, 3: _TRUNCATE, 5: _DEVICE}
_OF_FILES = _WRITE_FILE | _READ_FILE | _TRUNCATE
_READ = _READ_FILE | _READ_DIRECTORY
_NETWORK, _NETWORK_SINCE = 3, 4  # to listen, and to connect
_SCOPES, _SCOPES_SINCE = 3, 6  # abstract sockets, and signals

# What Python, NumPy and plots read beside the packages.
_SYSTEM = (
    "/usr", "/lib", "/lib32", "/lib64", "/bin", "/opt", "/nix/store", "/proc/self", "/proc/cpuinfo",
    "/proc/meminfo", "/proc/stat", "/proc/sys", "/sys/devices/system", "/dev/urandom",
    "/dev/random", "/dev/zero", "/etc/ld.so.cache", "/etc/localtime", "/etc/fonts", "/etc/passwd",
    "/etc/nsswitch.conf", "/etc/os-release", "/etc/mime.types", "/etc/ssl/openssl.cnf",
)  # fmt: skip


def available() -> int:
    """The version of Landlock of the kernel; 0 where it has none."""
    if not kernel.is_linux():
        return 0
    try:
        return kernel.syscall(_CREATE, None, 0, _VERSION)
    except OSError:
        return 0


def apply(folder: str) -> bool:
    """Allow this process to write below one folder alone, and to read what Python needs."""
    version = available()
    if not version:
        return False
    handled = _ALL | sum(bit for since, bit in _SINCE.items() if version >= since)
    try:
        rules = _ruleset(version, handled)
    except OSError:
        return False
    try:
        _allow(rules, folder, handled & ~_DEVICE)
        _allow(rules, os.devnull, handled & _OF_FILES)
        for path in _readable():
            _allow(rules, path, handled & _READ)
        kernel.prctl(kernel.NO_NEW_PRIVILEGES, 1)
        kernel.syscall(_RESTRICT, rules, 0)
    except OSError:
        return False
    finally:
        os.close(rules)
    return True


def _ruleset(version: int, handled: int) -> int:
    attributes = struct.pack(
        "=QQQ",
        handled,
        _NETWORK if version >= _NETWORK_SINCE else 0,
        _SCOPES if version >= _SCOPES_SINCE else 0,
    )
    size = 24 if version >= _SCOPES_SINCE else 16 if version >= _NETWORK_SINCE else 8
    return kernel.syscall(_CREATE, ctypes.c_char_p(attributes), size, 0)


def _allow(rules: int, path: str, access: int) -> None:
    """Allow access to a file, or to a folder and all in it; what is not there is passed over."""
    try:
        place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    try:
        if not os.path.isdir(path):
            access &= _OF_FILES
        attributes = struct.pack("=Qi", access, place)
        kernel.syscall(_ADD, rules, _BELOW_PATH, ctypes.c_char_p(attributes), 0)
    finally:
        os.close(place)


def _readable() -> Iterable[str]:
    """Python, its packages, and the system's libraries."""
    return dict.fromkeys([*_SYSTEM, *sys.path, *_of_python(), *_of_packages()])


def _of_python() -> Iterator[str]:
    yield from (sys.prefix, sys.base_prefix, sys.exec_prefix, sys.base_exec_prefix)
    yield os.path.dirname(os.path.realpath(sys.executable))


def _of_packages() -> Iterator[str]:
    """Where packages are that a path file, as of an editable installation, has led to."""
    for name in ("numpy", "convstep"):
        file = getattr(sys.modules.get(name), "__file__", None)
        if file:
            yield str(Path(file).resolve().parent)
