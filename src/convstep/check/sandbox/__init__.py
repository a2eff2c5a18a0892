"""Runs a submission in a process of its own, which can do no harm."""

from typing import TYPE_CHECKING, Any

from convstep.check.sandbox.limits import Limits

if TYPE_CHECKING:
    from convstep.check.sandbox.session import Sandboxed, open_submission, protections

__all__ = ["Limits", "Sandboxed", "open_submission", "protections"]


# The process itself imports this room, too, and not the side that starts it.
def __getattr__(name: str) -> Any:
    if name in __all__:
        from convstep.check.sandbox import session

        return getattr(session, name)
    raise AttributeError(f"module 'convstep.check.sandbox' has no attribute {name!r}")
