"""Two small networks: LeNet-5, and the one of the lesson's sequel."""

from convstep import nn
from convstep.graph import Graph, Sequential
from convstep.ops.geometry import integer


def lenet5(classes: int = 10) -> Graph:
    """Build LeNet-5, for digits: 61,706 parameters with 10 classes.

    Parameters
    ----------
    classes : int
        The number of scores.

    Returns
    -------
    Graph
        For images (28, 28, channels); parameters are counted for one channel.

    Notes
    -----
    LeCun et al. (1998), *Gradient-based learning applied to document recognition*, in the form
    that is usual today: ReLU and maximum instead of tanh and trained averages, every map of the
    second convolution sees all maps before it, and a `Dense` gives the scores. The first
    convolution pads by 2, which makes the paper's 32 x 32 of 28 x 28.

    Examples
    --------
    >>> from convstep.models import Model, zoo
    >>> Model(zoo.lenet5(), input_shape=(28, 28, 1))
    Model(input_shape=(28, 28, 1), parameters=61706, dtype=float32)
    """
    return Sequential(
        [
            nn.Conv2D(6, 5, padding=2, activation="relu"),
            nn.MaxPool2D(2),
            nn.Conv2D(16, 5, activation="relu"),
            nn.MaxPool2D(2),
            nn.Flatten(),
            nn.Dense(120, activation="relu"),
            nn.Dense(84, activation="relu"),
            nn.Dense(integer("lenet5", "classes", classes, 1)),
        ]
    )


def signs(classes: int = 6) -> Graph:
    """Build the network of the lesson's sequel, for hand signs: 1,310 parameters with 6 classes.

    Parameters
    ----------
    classes : int
        The number of scores.

    Returns
    -------
    Graph
        For images (64, 64, 3).

    Notes
    -----
    Convolution 4 x 4 to 8 channels, ReLU, maximum over 8 x 8, convolution 2 x 2 to 16 channels,
    ReLU, maximum over 4 x 4, `Dense`; every step is padded to the "same" size, as in the
    course's *Convolution model: application*. Parameters: 392 + 528 + 390.

    Examples
    --------
    >>> from convstep.models import Model, zoo
    >>> Model(zoo.signs(), input_shape=(64, 64, 3))
    Model(input_shape=(64, 64, 3), parameters=1310, dtype=float32)
    """
    return Sequential(
        [
            nn.Conv2D(8, 4, padding="same", activation="relu"),
            nn.MaxPool2D(8, padding="same"),
            nn.Conv2D(16, 2, padding="same", activation="relu"),
            nn.MaxPool2D(4, padding="same"),
            nn.Flatten(),
            nn.Dense(integer("signs", "classes", classes, 1)),
        ]
    )
