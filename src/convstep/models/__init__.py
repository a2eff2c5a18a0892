"""Models: a network with its arrays."""

from convstep.models.model import Model

__all__ = ["Model"]
