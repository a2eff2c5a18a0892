"""Models: a network with its arrays; and well-known networks, in `zoo`."""

from convstep.models import zoo
from convstep.models.model import Model

__all__ = ["Model", "zoo"]
