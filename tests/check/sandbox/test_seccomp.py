"""The filter of system calls, run step by step: also for the machine that this one is not."""

import errno
import os
import struct

import pytest

from convstep.check.sandbox import kernel, seccomp

ALLOWED, KILLED = seccomp._ALLOW, seccomp._KILL
REFUSED = seccomp._ERRNO | errno.EPERM
THREAD, FORK = 0x00010000 | 0x100, 17


def verdict(program, architecture, number, first=0):
    """What a filter says to a call: an interpreter of the few steps that it is made of."""
    memory = {0: number, 4: architecture, 16: first & 0xFFFFFFFF}
    steps = [struct.unpack("=HBBI", step) for step in program]
    at, value = 0, 0
    while True:
        code, if_so, if_not, k = steps[at]
        at += 1
        if code == seccomp._LOAD:
            value = memory[k]
        elif code == seccomp._RETURN:
            return k
        else:
            test = {
                seccomp._EQUALS: value == k,
                seccomp._AT_LEAST: value >= k,
                seccomp._ANY_OF: bool(value & k),
            }[code]
            at += if_so if test else if_not


@pytest.fixture(params=["x86_64", "aarch64"])
def ask(request, monkeypatch):
    monkeypatch.setattr(kernel, "MACHINE", request.param)
    column = ["x86_64", "aarch64"].index(request.param)
    program = list(seccomp._program(column))
    architecture = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}[request.param]

    def ask(numbers, first=0, architecture=architecture):
        return verdict(program, architecture, numbers[column], first)

    assert len(program) < 4096  # the kernel's bound
    return ask


@pytest.mark.parametrize(
    "numbers, first",
    [
        ((0, 63), 3),  # read
        ((1, 64), 3),  # write
        ((9, 222), 0),  # mmap
        ((202, 98), 0),  # futex
        ((231, 94), 0),  # exit_group
        ((257, 56), 0),  # openat
        ((56, 220), THREAD),  # clone, of a thread
        ((62, 129), "own"),  # kill
        ((234, 131), "own"),  # tgkill
        ((302, 261), 0),  # prlimit64 of itself
        ((302, 261), "own"),
        ((83, 34), 0),  # mkdir, mkdirat
    ],
)
def test_allowed(ask, numbers, first):
    assert ask(numbers, os.getpid() if first == "own" else first) == ALLOWED


@pytest.mark.parametrize(
    "numbers, first",
    [
        ((56, 220), FORK),  # clone, of a process
        ((59, 221), 0),  # execve
        ((41, 198), 2),  # socket
        ((62, 129), 1),  # kill
        ((62, 129), 0),
        ((62, 129), -1),
        ((234, 131), 1),  # tgkill
        ((302, 261), 1),  # prlimit64 of another
        ((101, 117), 0),  # ptrace
        ((425, 425), 0),  # io_uring_setup
        ((268, 53), 0),  # fchmodat
    ],
)
def test_refused(ask, numbers, first):
    assert ask(numbers, first) == REFUSED


def test_what_libraries_can_do_without(ask):
    assert ask((435, 435)) == seccomp._ERRNO | errno.ENOSYS  # clone3: its flags cannot be seen


def test_calls_of_another_machine_are_death(ask):
    assert ask((0, 63), architecture=0x40000003) == KILLED  # 32 bits


def test_the_third_set_of_numbers_is_refused(ask):
    assert ask((0x40000000 + 57, 0x40000000 + 57)) == REFUSED
