"""Runs a submission in a process of its own, which can do no harm."""

from convstep.check.sandbox.limits import Limits
from convstep.check.sandbox.session import Sandboxed, open_submission, protections

__all__ = ["Limits", "Sandboxed", "open_submission", "protections"]
