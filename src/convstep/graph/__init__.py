"""Networks: named layers, joined by named edges.

A `Graph` is an immutable description, and a layer itself: it keeps the contract at the head of
`convstep.nn.layer`, so graphs nest. The parameters of its node "conv1" are called
"conv1.weight" and "conv1.bias"; those of a nested graph "block1.conv1.weight".

`Sequential` and whatever else joins layers only build a `Graph`.
"""

from convstep.graph.fold import fold_batch_norm
from convstep.graph.graph import INPUT, Graph, NodeSpec
from convstep.graph.sequential import Sequential

__all__ = ["INPUT", "Graph", "NodeSpec", "Sequential", "fold_batch_norm"]
