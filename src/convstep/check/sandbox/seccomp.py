"""A filter of system calls, which the Linux kernel applies to this process for good.

No new processes and no other programs; no network; no signals to anybody else; no look into other
processes; nothing that changes whose a file is or what may be done with it. Threads are allowed.
A refused call fails as one without permission does, so that Python raises PermissionError.

No privileges are needed. `apply` returns False where the kernel has no such filters.
"""

import ctypes
import errno
import os
import struct
from collections.abc import Iterator

from convstep.check.sandbox import kernel

__all__ = ["apply", "available"]

_SECCOMP = {"x86_64": 317, "aarch64": 277}
_ARCHITECTURE = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
_SET_FILTER, _GET_ACTION_AVAILABLE = 1, 2
_ALLOW, _KILL, _ERRNO = 0x7FFF0000, 0x80000000, 0x00050000
_CLONE_THREAD = 0x00010000
_X32 = 0x40000000  # the third set of numbers of x86_64

# Where a call's number, its architecture and the lower half of its first argument lie.
_NUMBER, _ARCH, _FIRST = 0, 4, 16
_LOAD, _EQUALS, _AT_LEAST, _ANY_OF, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06

# Numbers by name: x86_64, aarch64 (0: it has no such call there).
_REFUSED = {
    "fork": (57, 0), "vfork": (58, 0), "execve": (59, 221), "execveat": (322, 281),
    "socket": (41, 198), "socketpair": (53, 199), "io_uring_setup": (425, 425),
    "tkill": (200, 130), "rt_sigqueueinfo": (129, 138), "rt_tgsigqueueinfo": (297, 240),
    "pidfd_open": (434, 434), "pidfd_send_signal": (424, 424), "pidfd_getfd": (438, 438),
    "ptrace": (101, 117), "process_vm_readv": (310, 270), "process_vm_writev": (311, 271),
    "process_madvise": (440, 440), "process_mrelease": (448, 448), "kcmp": (312, 272),
    "mount": (165, 40), "umount2": (166, 39), "pivot_root": (155, 41), "chroot": (161, 51),
    "open_tree": (428, 428), "move_mount": (429, 429), "fsopen": (430, 430),
    "fsmount": (432, 432), "fspick": (433, 433), "mount_setattr": (442, 442),
    "setns": (308, 268), "unshare": (272, 97), "reboot": (169, 142), "bpf": (321, 280),
    "init_module": (175, 105), "finit_module": (313, 273), "delete_module": (176, 106),
    "kexec_load": (246, 104), "kexec_file_load": (320, 294), "perf_event_open": (298, 241),
    "add_key": (248, 217), "request_key": (249, 218), "keyctl": (250, 219),
    "userfaultfd": (323, 282), "open_by_handle_at": (304, 265), "fanotify_init": (300, 262),
    "settimeofday": (164, 170), "clock_settime": (227, 112), "adjtimex": (159, 171),
    "clock_adjtime": (305, 266), "sethostname": (170, 161), "setdomainname": (171, 162),
    "swapon": (167, 224), "swapoff": (168, 225), "quotactl": (179, 60), "acct": (163, 89),
    "iopl": (172, 0), "ioperm": (173, 0), "syslog": (103, 116), "vhangup": (153, 58),
    "memfd_secret": (447, 447), "shmget": (29, 194), "semget": (64, 190), "msgget": (68, 186),
    "mq_open": (240, 180), "mknod": (133, 0), "mknodat": (259, 33),
    "chmod": (90, 0), "fchmod": (91, 52), "fchmodat": (268, 53), "fchmodat2": (452, 452),
    "chown": (92, 0), "lchown": (94, 0), "fchown": (93, 55), "fchownat": (260, 54),
    "setxattr": (188, 5), "lsetxattr": (189, 6), "fsetxattr": (190, 7),
    "removexattr": (197, 14), "lremovexattr": (198, 15), "fremovexattr": (199, 16),
    "setxattrat": (463, 463), "removexattrat": (466, 466),
    "utime": (132, 0), "utimes": (235, 0), "futimesat": (261, 0), "utimensat": (280, 88),
    "setpriority": (141, 140), "ioprio_set": (251, 30), "sched_setparam": (142, 118),
    "sched_setscheduler": (144, 119), "sched_setaffinity": (203, 122),
    "sched_setattr": (314, 274), "migrate_pages": (256, 238), "move_pages": (279, 239),
    "setsid": (112, 157), "setpgid": (109, 154),
}  # fmt: skip
# Where libraries know how to go on without.
_NOT_THERE = {"clone3": (435, 435), "memfd_create": (319, 279)}
# Allowed to the process upon itself alone: those that take its number first.
_ON_ITSELF = {"kill": (62, 129), "tgkill": (234, 131)}
_ON_ITSELF_OR_ZERO = {"prlimit64": (302, 261)}
_CLONE = (56, 220)


def available() -> bool:
    """Whether the kernel filters system calls."""
    if not kernel.is_linux():
        return False
    action = ctypes.c_uint32(_ERRNO)
    try:
        kernel.syscall(_SECCOMP[kernel.MACHINE], _GET_ACTION_AVAILABLE, 0, ctypes.byref(action))
    except OSError:
        return False
    return True


def apply() -> bool:
    """Filter the system calls of this process from now on."""
    if not available():
        return False
    program = b"".join(_program(0 if kernel.MACHINE == "x86_64" else 1))
    code = ctypes.create_string_buffer(program, len(program))
    # struct sock_fprog: the number of instructions, and where they are
    header = struct.pack("@HP", len(program) // 8, ctypes.addressof(code))
    try:
        kernel.prctl(kernel.NO_NEW_PRIVILEGES, 1)
        kernel.syscall(_SECCOMP[kernel.MACHINE], _SET_FILTER, 0, ctypes.c_char_p(header))
    except OSError:
        return False
    return True


def _step(code: int, value: int, if_so: int = 0, if_not: int = 0) -> bytes:
    return struct.pack("=HBBI", code, if_so, if_not, value)


def _refuse(error: int) -> bytes:
    return _step(_RETURN, _ERRNO | error)


def _program(column: int) -> Iterator[bytes]:
    """The filter: a list of steps, each of which may skip some of those after it."""
    yield _step(_LOAD, _ARCH)
    yield _step(_EQUALS, _ARCHITECTURE[kernel.MACHINE], 1, 0)
    yield _step(_RETURN, _KILL)
    yield _step(_LOAD, _NUMBER)
    yield _step(_AT_LEAST, _X32, 0, 1)
    yield _refuse(errno.EPERM)
    yield from _only_if_first(_CLONE[column], [_step(_ANY_OF, _CLONE_THREAD, 1, 0)])
    own = _step(_EQUALS, os.getpid(), 1, 0)
    for numbers in _ON_ITSELF.values():
        yield from _only_if_first(numbers[column], [own])
    for numbers in _ON_ITSELF_OR_ZERO.values():
        yield from _only_if_first(numbers[column], [_step(_EQUALS, 0, 2, 0), own])
    for table, error in ((_REFUSED, errno.EPERM), (_NOT_THERE, errno.ENOSYS)):
        for numbers in table.values():
            if numbers[column]:
                yield _step(_EQUALS, numbers[column], 0, 1)
                yield _refuse(error)
    yield _step(_RETURN, _ALLOW)


def _only_if_first(number: int, tests: list[bytes]) -> Iterator[bytes]:
    """Allow a call only if its first argument passes a test, which then skips the refusal."""
    yield _step(_EQUALS, number, 0, len(tests) + 3)
    yield _step(_LOAD, _FIRST)
    yield from tests
    yield _refuse(errno.EPERM)
    yield _step(_RETURN, _ALLOW)
