"""The suite: one table of cases, in classes, half of them held out.

Classes
-------
winograd    3x3, stride 1, at least 16 channels on both sides
dense       every other convolution with at least 16 channels: 1x1, strided, grouped, dilated,
            transposed, 1-D, rectangular
few         fewer than 16 channels on one side (the first layer of any network), and the layers
            of small networks: LeNet, signs, ResNet-20, MNIST
depthwise   one filter, or two, for each channel
pooling     maximum and mean
tiny        a call on next to nothing: what is timed is the way there

Held out
--------
Cases marked ``old`` were timed while the kernels were designed: they are for tuning. The new
ones stand in groups of four kindred shapes; the first of each group is for tuning too, the other
three are held out: nobody times them before the kernels are done. It is a rule, not a choice.
"""

from collections.abc import Iterable
from fnmatch import fnmatch
from typing import NamedTuple

Pair = tuple[int, int]


class Case(NamedTuple):
    """One convolution or pooling: x is (N, H, W, C)."""

    name: str
    kind: str  # "conv", "transposed", "max" or "average"
    x: tuple[int, int, int, int]
    kernel: Pair
    out_channels: int
    stride: Pair = (1, 1)
    padding: Pair = (0, 0)
    dilation: Pair = (1, 1)
    groups: int = 1
    family: str = ""  # the class
    held_out: bool = False

    @property
    def pooling(self) -> bool:
        """Whether there are no weights."""
        return self.kind in ("max", "average")

    @property
    def out(self) -> Pair:
        """Height and width of the result."""
        height, width = (
            (size - 1) * stride + dilation * (kernel - 1) + 1 - 2 * padding
            if self.kind == "transposed"
            else (size + 2 * padding - dilation * (kernel - 1) - 1) // stride + 1
            for size, kernel, stride, padding, dilation in zip(
                self.x[1:3], self.kernel, self.stride, self.padding, self.dilation, strict=True
            )
        )
        return height, width

    @property
    def multiply_adds(self) -> int:
        """Of the direct computation, padding included: the same for each gradient; 0: pooling."""
        if self.pooling:
            return 0
        batch, height, width, channels = self.x
        if self.kind == "conv":
            height, width = self.out
        taps = self.kernel[0] * self.kernel[1]
        return batch * height * width * taps * channels * self.out_channels // self.groups


def conv(name: str, x: tuple[int, int, int, int], kernel: int | Pair, out_channels: int,
         stride: int | Pair = 1, padding: int | Pair = 0, dilation: int | Pair = 1,
         groups: int = 1, kind: str = "conv") -> Case:  # fmt: skip
    """Lay out a case; an int stands for both axes."""
    return Case(
        name, kind, x, _pair(kernel), out_channels,
        _pair(stride), _pair(padding), _pair(dilation), groups,
    )  # fmt: skip


def up(name: str, x: tuple[int, int, int, int], kernel: int, out_channels: int,
       stride: int, padding: int = 0) -> Case:  # fmt: skip
    """Lay out a transposed convolution."""
    return conv(name, x, kernel, out_channels, stride, padding, kind="transposed")


def depth(name: str, x: tuple[int, int, int, int], kernel: int | Pair, stride: int = 1,
          padding: int | Pair = 0, dilation: int = 1, multiplier: int = 1) -> Case:  # fmt: skip
    """Lay out a depthwise convolution."""
    channels = x[3]
    return conv(name, x, kernel, channels * multiplier, stride, padding, dilation, channels)


def pool(name: str, x: tuple[int, int, int, int], kernel: int | Pair,
         stride: int | Pair, padding: int = 0) -> Case:  # fmt: skip
    """Lay out a pooling; its name says which."""
    kind = "max" if name.startswith("max") else "average"
    return conv(name, x, kernel, x[3], stride, padding, groups=x[3], kind=kind)


def _pair(value: int | Pair) -> Pair:
    return (value, value) if isinstance(value, int) else value


def _resnet50(batch: int) -> dict[str, Case]:
    """Lay out what ResNet-50 has at each of its sizes."""
    cases = (
        conv("stem", (batch, 224, 224, 3), 7, 64, 2, 3),
        conv("56_3x3", (batch, 56, 56, 64), 3, 64, 1, 1),
        conv("56_1x1", (batch, 56, 56, 64), 1, 256),
        conv("56_s2", (batch, 56, 56, 128), 3, 128, 2, 1),
        conv("28_3x3", (batch, 28, 28, 128), 3, 128, 1, 1),
        conv("14_3x3", (batch, 14, 14, 256), 3, 256, 1, 1),
        conv("14_1x1", (batch, 14, 14, 1024), 1, 256),
        conv("7_3x3", (batch, 7, 7, 512), 3, 512, 1, 1),
        conv("7_1x1", (batch, 7, 7, 512), 1, 2048),
    )
    return {c.name: c._replace(name=f"resnet50_{c.name}_n{batch}") for c in cases}


_R1, _R8 = _resnet50(1), _resnet50(8)

OLD = {
    "winograd": [
        *(r[size] for size in ("56_3x3", "28_3x3", "14_3x3", "7_3x3") for r in (_R1, _R8)),
        conv("vgg_224", (1, 224, 224, 64), 3, 64, 1, 1),
    ],
    "dense": [r[size] for size in ("56_1x1", "56_s2", "14_1x1", "7_1x1") for r in (_R1, _R8)],
    "few": [
        conv("lenet1", (64, 28, 28, 1), 5, 6, 1, 2),
        conv("lenet2", (64, 14, 14, 6), 5, 16),
        conv("lenet3", (64, 8, 8, 1), 3, 16, 1, 1),
        conv("lenet4", (64, 8, 8, 16), 3, 32, 1, 1),
        conv("signs1", (64, 64, 64, 3), 4, 8, 1, 2),
        conv("signs2", (64, 8, 8, 8), 2, 16, 1, 1),
        conv("resnet20_in", (32, 32, 32, 3), 3, 16, 1, 1),
        conv("resnet20_16", (32, 32, 32, 16), 3, 16, 1, 1),
        conv("resnet20_32", (32, 16, 16, 32), 3, 32, 1, 1),
        conv("resnet20_64", (32, 8, 8, 64), 3, 64, 1, 1),
        conv("resnet20_s2", (32, 32, 32, 16), 3, 32, 2, 1),
        _R1["stem"],
        _R8["stem"],
    ],
    "depthwise": [
        depth("dw_112", (8, 112, 112, 32), 3, 1, 1),
        depth("dw_56_s2", (8, 56, 56, 128), 3, 2, 1),
        depth("dw_14", (8, 14, 14, 512), 3, 1, 1),
    ],
    "pooling": [
        pool("max_lenet", (64, 28, 28, 6), 2, 2),
        pool("max_resnet20", (32, 32, 32, 64), 2, 2),
        pool("max_resnet50", (8, 112, 112, 64), 3, 2, 1),
        pool("avg_lenet", (64, 28, 28, 6), 2, 2),
        pool("avg_resnet20", (32, 32, 32, 64), 2, 2),
        pool("avg_resnet50", (8, 112, 112, 64), 2, 2),
        pool("avg_global_2048", (8, 7, 7, 2048), 7, 7),
    ],
    "tiny": [
        conv("tiny_seed", (10, 4, 4, 3), 2, 8, 2, 2),
        conv("tiny_3_1_1", (1, 3, 3, 1), 3, 1, 1, 1),
        conv("tiny_8_1_8", (1, 8, 8, 1), 3, 8, 1, 1),
        conv("tiny_8_16_16", (1, 8, 8, 16), 3, 16, 1, 1),
        pool("max_tiny_2", (1, 2, 2, 1), 2, 2),
    ],
}

NEW = {
    "winograd": [
        # VGG
        conv("vgg_112_128", (1, 112, 112, 128), 3, 128, 1, 1),
        conv("vgg_56_256", (1, 56, 56, 256), 3, 256, 1, 1),
        conv("vgg_28_512_n2", (2, 28, 28, 512), 3, 512, 1, 1),
        conv("vgg_14_512_n4", (4, 14, 14, 512), 3, 512, 1, 1),
        # U-Net
        conv("unet_256_64", (1, 256, 256, 64), 3, 64, 1, 1),
        conv("unet_512_32", (1, 512, 512, 32), 3, 32, 1, 1),
        conv("unet_64_256_valid", (1, 64, 64, 256), 3, 256),
        conv("unet_128_256_128", (1, 128, 128, 256), 3, 128, 1, 1),
        # odd sizes
        conv("odd_33x47_20_36", (2, 33, 47, 20), 3, 36, 1, 1),
        conv("odd_45x37_40_56", (2, 45, 37, 40), 3, 56, 1, 1),
        conv("odd_19x23_33_65", (4, 19, 23, 33), 3, 65, 1, 1),
        conv("odd_27x27_100_100", (2, 27, 27, 100), 3, 100, 1, 1),
        # ResNet-18 and wide ResNet on CIFAR, large batches
        conv("cifar_32_64_n32", (32, 32, 32, 64), 3, 64, 1, 1),
        conv("cifar_32_160_n8", (8, 32, 32, 160), 3, 160, 1, 1),
        conv("cifar_8_256_n64", (64, 8, 8, 256), 3, 256, 1, 1),
        conv("cifar_4_512_n128", (128, 4, 4, 512), 3, 512, 1, 1),
        # DenseNet, growth 32
        conv("densenet_56_128_32", (4, 56, 56, 128), 3, 32, 1, 1),
        conv("densenet_28_128_32", (8, 28, 28, 128), 3, 32, 1, 1),
        conv("densenet_14_128_32", (16, 14, 14, 128), 3, 32, 1, 1),
        conv("densenet_7_128_32", (32, 7, 7, 128), 3, 32, 1, 1),
    ],
    "dense": [
        # Inception
        conv("inception_1x7", (8, 17, 17, 128), (1, 7), 128, 1, (0, 3)),
        conv("inception_7x1", (8, 17, 17, 192), (7, 1), 192, 1, (3, 0)),
        conv("inception_5x5", (8, 35, 35, 48), 5, 64, 1, 2),
        conv("inception_s2", (4, 35, 35, 288), 3, 384, 2),
        # 1x1
        conv("densenet_1x1", (8, 28, 28, 384), 1, 128),
        conv("mobilenet_expand", (8, 28, 28, 32), 1, 192),
        conv("mobilenet_project", (8, 14, 14, 576), 1, 96),
        conv("efficientnet_head", (4, 7, 7, 320), 1, 1280),
        # groups: ResNeXt, AlexNet
        conv("resnext_56", (4, 56, 56, 128), 3, 128, 1, 1, groups=32),
        conv("resnext_56_s2", (4, 56, 56, 256), 3, 256, 2, 1, groups=32),
        conv("resnext_14", (4, 14, 14, 512), 3, 512, 1, 1, groups=32),
        conv("alexnet_g2", (8, 27, 27, 96), 5, 256, 1, 2, groups=2),
        # dilation: DeepLab, WaveNet
        conv("deeplab_d2", (1, 65, 65, 256), 3, 256, 1, 2, 2),
        conv("aspp_d6", (1, 33, 33, 512), 3, 256, 1, 6, 6),
        conv("wavenet_d8", (4, 1, 4000, 32), (1, 2), 64, 1, 0, (1, 8)),
        conv("context_d4", (1, 128, 128, 64), 3, 64, 1, 4, 4),
        # 1-D signals
        conv("signal_64", (8, 1, 2048, 64), (1, 9), 64, 1, (0, 4)),
        conv("speech_80_384", (4, 1, 3000, 80), (1, 3), 384, 1, (0, 1)),
        conv("speech_384_s2", (4, 1, 3000, 384), (1, 3), 384, (1, 2), (0, 1)),
        conv("signal_s4", (16, 1, 8000, 16), (1, 8), 32, (1, 4)),
        # transposed: U-Net, DCGAN
        up("unet_up_64", (1, 64, 64, 256), 2, 128, 2),
        up("unet_up_128", (1, 128, 128, 128), 2, 64, 2),
        up("dcgan_8", (16, 8, 8, 256), 4, 128, 2, 1),
        up("up_3x3_28", (2, 28, 28, 64), 3, 32, 2, 1),
        # strides, odd sizes
        conv("resnet_1x1_s2", (8, 56, 56, 256), 1, 512, 2),
        conv("resnet34_28_s2", (4, 28, 28, 128), 3, 256, 2, 1),
        conv("odd_5x5_29_43", (2, 31, 37, 29), 5, 43, 1, 2),
        conv("odd_2x2_s2_50_70", (3, 40, 41, 50), 2, 70, 2),
        # no image left; large kernels and batches
        conv("classifier_n256", (256, 1, 1, 512), 1, 1000),
        conv("whole_image_7x7", (8, 7, 7, 256), 7, 1024),
        conv("batch64_1x1", (64, 14, 14, 64), 1, 64),
        conv("stride3", (2, 100, 100, 48), 3, 48, 3),
    ],
    "few": [
        # first and last layers
        conv("vgg_in", (1, 224, 224, 3), 3, 64, 1, 1),
        conv("unet_in", (1, 256, 256, 1), 3, 64, 1, 1),
        conv("mobilenet_in", (4, 224, 224, 3), 3, 32, 2, 1),
        conv("unet_out", (1, 256, 256, 64), 1, 2),
        # LeNet-5 as published, signs one by one
        conv("lenet5_1", (256, 32, 32, 1), 5, 6),
        conv("lenet5_2", (256, 14, 14, 6), 5, 16),
        conv("lenet5_3", (256, 5, 5, 16), 5, 120),
        conv("signs1_n1", (1, 64, 64, 3), 4, 8, 1, 2),
        # ResNet-20
        conv("resnet20_in_n1", (1, 32, 32, 3), 3, 16, 1, 1),
        conv("resnet20_16_n128", (128, 32, 32, 16), 3, 16, 1, 1),
        conv("resnet20_32_s2", (32, 16, 16, 32), 3, 64, 2, 1),
        conv("resnet20_1x1_s2", (32, 32, 32, 16), 1, 32, 2),
        # channels that nothing divides
        conv("few_13_29", (4, 40, 52, 13), 3, 29, 1, 1),
        conv("few_5_7", (2, 60, 60, 5), 3, 7, 1, 1),
        conv("few_10_3_5x5", (1, 128, 128, 10), 5, 3, 1, 2),
        conv("few_3_20", (2, 50, 70, 3), 3, 20, 1, 1),
        # signals and filters
        conv("ecg", (64, 1, 360, 1), (1, 7), 16, 1, (0, 3)),
        conv("filter_512", (1, 512, 512, 1), 5, 1, 1, 2),
        conv("fir_31", (1, 1, 65536, 1), (1, 31), 1),
        conv("audio_80_s4", (8, 1, 16000, 1), (1, 80), 64, (1, 4)),
        # MNIST, AlexNet, patches
        conv("mnist1", (128, 28, 28, 1), 3, 32),
        conv("mnist2", (128, 26, 26, 32), 3, 64),
        conv("alexnet_in", (2, 227, 227, 3), 11, 64, 4, 2),
        conv("patches_16", (2, 224, 224, 3), 16, 192, 16),
    ],
    "depthwise": [
        # EfficientNet
        depth("efficientnet_28_5x5", (8, 28, 28, 240), 5, 1, 2),
        depth("efficientnet_14_5x5", (8, 14, 14, 672), 5, 1, 2),
        depth("efficientnet_28_5x5_s2", (8, 28, 28, 240), 5, 2, 2),
        depth("efficientnet_7_5x5", (4, 7, 7, 1152), 5, 1, 2),
        # MobileNetV2
        depth("mobilenet_112_s2", (8, 112, 112, 96), 3, 2, 1),
        depth("mobilenet_56_n1", (1, 56, 56, 144), 3, 1, 1),
        depth("mobilenet_7_n32", (32, 7, 7, 960), 3, 1, 1),
        depth("dw_odd_45x61_37", (2, 45, 61, 37), 3, 1, 1),
        # others
        depth("convnext_28_7x7", (4, 28, 28, 192), 7, 1, 3),
        depth("dw_multiplier_2", (8, 28, 28, 64), 3, 1, 1, multiplier=2),
        depth("dw_dilated", (1, 65, 65, 256), 3, 1, 2, 2),
        depth("dw_signal_31", (8, 1, 1000, 128), (1, 31), 1, (0, 15)),
    ],
    "pooling": [
        # networks
        pool("max_vgg_224", (1, 224, 224, 64), 2, 2),
        pool("max_vgg_56", (8, 56, 56, 256), 2, 2),
        pool("max_odd_stem", (4, 113, 113, 64), 3, 2, 1),
        pool("max_inception_s2", (8, 35, 35, 288), 3, 2),
        # windows that overlap, odd sizes
        pool("max_inception_s1", (8, 28, 28, 192), 3, 1, 1),
        pool("max_spp_5x5", (2, 20, 20, 256), 5, 1, 2),
        pool("max_odd_37x53_13", (3, 37, 53, 13), 3, 2),
        pool("max_signal", (16, 1, 4096, 32), (1, 4), (1, 4)),
        # means
        pool("avg_global_1280", (8, 7, 7, 1280), 7, 7),
        pool("avg_global_56_24", (4, 56, 56, 24), 56, 56),
        pool("avg_densenet", (8, 28, 28, 256), 2, 2),
        pool("avg_inception_s1", (8, 17, 17, 768), 3, 1, 1),
        # small networks, odd means
        pool("max_lenet_n256", (256, 28, 28, 6), 2, 2),
        pool("max_mnist", (128, 24, 24, 64), 2, 2),
        pool("avg_odd_45x61_19", (2, 45, 61, 19), 3, 2, 1),
        pool("avg_googlenet_5x5", (8, 14, 14, 512), 5, 3),
    ],
    "tiny": [
        conv("tiny_lesson", (2, 5, 7, 4), 3, 8, 2, 1),
        conv("tiny_5_1_1", (1, 5, 5, 1), 2, 1),
        conv("tiny_8_3_4", (1, 8, 8, 3), 3, 4, 1, 1),
        pool("max_tiny_lesson", (2, 5, 5, 3), 3, 1),
        # other ways
        conv("tiny_signal", (1, 1, 16, 4), (1, 3), 8),
        depth("tiny_depthwise", (1, 6, 6, 8), 3, 1, 1),
        up("tiny_up", (1, 4, 4, 4), 2, 4, 2),
        pool("avg_tiny", (1, 4, 4, 3), 2, 2),
    ],
}

FAMILIES = tuple(OLD)


def _cases() -> tuple[Case, ...]:
    table = []
    for family in FAMILIES:
        table += [case._replace(family=family) for case in OLD[family]]
        table += [
            case._replace(family=family, held_out=position % 4 != 0)
            for position, case in enumerate(NEW[family])
        ]
    return tuple(table)


CASES = _cases()


def select(names: Iterable[str] = ("",), families: Iterable[str] = FAMILIES) -> list[Case]:
    """Return the cases of these classes whose names begin so; a name may have "*" for anything."""
    return [
        case
        for case in CASES
        if case.family in families and any(fnmatch(case.name, f"{name}*") for name in names)
    ]
