"""Well-known networks, as graphs without weights: ``Model(zoo.resnet18(10), input_shape=...)``.

Parameters have the names that torchvision gives them, where it has the network, so that its
weights load as they are: ``model.load_torch_state(state_dict)``. Images are not scaled within;
put a `Normalize` before where that is wanted.
"""

from convstep.models.zoo.lenet import lenet5, signs
from convstep.models.zoo.mobilenet import mobilenet_v2
from convstep.models.zoo.resnet import resnet18, resnet20
from convstep.models.zoo.vgg import vgg11

__all__ = ["lenet5", "mobilenet_v2", "resnet18", "resnet20", "signs", "vgg11"]
