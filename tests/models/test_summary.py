import convstep as cs
from convstep import nn


def test_the_table():
    block = cs.Sequential([nn.Conv2D(4, 3, padding="same"), nn.ReLU()])
    graph = cs.Sequential([("block1", block), nn.MaxPool2D(2), nn.Flatten(), nn.Dense(10)])
    assert cs.Model(graph, input_shape=(8, 8, 3)).summary() == (
        "layer         kind       output     parameters  multiply-adds\n"
        "-------------------------------------------------------------\n"
        "input                    8 x 8 x 3\n"
        "block1.conv1  Conv2D     8 x 8 x 4         112          6,912\n"
        "block1.relu1  ReLU       8 x 8 x 4           0              0\n"
        "pool1         MaxPool2D  4 x 4 x 4           0              0\n"
        "flatten1      Flatten    64                  0              0\n"
        "dense1        Dense      10                650            640\n"
        "-------------------------------------------------------------\n"
        "total                                      762          7,552"
    )
