"""Generated configurations, the same in every run, and the measure of errors."""

import random
from typing import NamedTuple

import numpy as np

# |error| <= tolerance * (the same operation on absolute values), element by element. The first
# is the contract's; the second is 64 roundings of float32, on sums of a few hundred products.
TOLERANCE = {np.dtype(np.float64): 1e-12, np.dtype(np.float32): 64 * 2.0**-23}
DTYPES = tuple(TOLERANCE)
ACTIVATIONS = (None, "relu", "relu6", "leaky_relu", "sigmoid", "tanh")


def assert_close(actual, expected, bound, dtype=None, *, extra=0.0):
    """Compare with the truth in float64; `extra` roundings of the result are allowed too."""
    dtype = np.dtype(actual.dtype if dtype is None else dtype)
    assert actual.dtype == dtype
    assert actual.shape == expected.shape
    if actual.size == 0:
        return
    allowed = TOLERANCE[dtype] * bound + extra * np.finfo(dtype).eps * np.abs(expected)
    excess = np.abs(actual.astype(np.float64) - expected) - allowed
    worst = np.unravel_index(np.argmax(np.where(np.isnan(excess), np.inf, excess)), excess.shape)
    assert excess[worst] <= 0, (
        f"at {tuple(map(int, worst))}: {actual[worst]!r}, but should be {expected[worst]!r} "
        f"within {allowed[worst]:.2g}"
    )


class Conv(NamedTuple):
    """One configuration of a convolution or, with output_padding, of a transposed one."""

    x_shape: tuple[int, int, int, int]
    weight_shape: tuple[int, int, int, int]
    bias: int | None
    stride: tuple[int, int]
    padding: tuple[tuple[int, int], tuple[int, int]]
    dilation: tuple[int, int]
    groups: int
    activation: str | None
    output_padding: tuple[int, int]
    seed: int

    def __str__(self):
        (top, bottom), (left, right) = self.padding
        words = [
            "x" + "x".join(map(str, self.x_shape)),
            "w" + "x".join(map(str, self.weight_shape)),
            "s{}x{}".format(*self.stride),
            f"p{top},{bottom},{left},{right}",
            "d{}x{}".format(*self.dilation),
            f"g{self.groups}",
        ]
        return "-".join(words)

    @property
    def options(self):
        return {
            "stride": self.stride,
            "padding": self.padding,
            "dilation": self.dilation,
            "groups": self.groups,
        }

    def arrays(self, *shapes):
        """x, weight, bias and more, in float64 and yet exact in float32."""
        rng = np.random.default_rng(self.seed)
        shapes = (self.x_shape, self.weight_shape, (self.bias or 0,), *shapes)
        return [rng.standard_normal(s, np.float32).astype(np.float64) for s in shapes]


def conv_cases(count):
    """Convolutions: small odd shapes, then a few with channels that fill a vector register."""
    draw = random.Random(20240501)
    cases = [_conv(draw, seed, most=5) for seed in range(count)]
    return cases + [_conv(draw, seed, most=37, kernel=3) for seed in range(count, count + 40)]


def _conv(draw, seed, most, kernel=5):
    groups = draw.choice((1, 1, 2, 3))
    each_in, each_out = draw.randint(1, most), draw.randint(1, most)
    if draw.random() < 0.25:  # depthwise, with a multiplier
        groups, each_in, each_out = draw.randint(1, most), 1, draw.randint(1, 3)
    axes = [_axis(draw, kernel) for _ in range(2)]
    sizes, kernels, strides, pads, dilations = zip(*axes, strict=True)
    return Conv(
        (draw.randint(1, 3), *sizes, groups * each_in),
        (*kernels, each_in, groups * each_out),
        groups * each_out if draw.random() < 0.5 else None,
        strides,
        pads,
        dilations,
        groups,
        draw.choice(ACTIVATIONS),
        (0, 0),
        seed,
    )


def _axis(draw, most_kernel):
    """Size, kernel, stride, padding, dilation of one axis; the window fits."""
    while True:
        size, kernel = draw.randint(1, 11), draw.randint(1, most_kernel)
        stride, dilation = draw.randint(1, 3), draw.choice((1, 1, 2, 3))
        pads = draw.choice(((0, 0), (1, 1), (draw.randint(0, 4), draw.randint(0, 4))))
        if (kernel - 1) * dilation + 1 <= size + sum(pads):
            return size, kernel, stride, pads, dilation


def transposed_cases(count):
    """Transposed convolutions; padding is one number per axis, as PyTorch has it."""
    draw = random.Random(20240502)
    cases = []
    while len(cases) < count:
        groups, each_in, each_out = (
            draw.choice((1, 1, 2, 3)),
            draw.randint(1, 4),
            draw.randint(1, 4),
        )
        size = draw.randint(1, 6), draw.randint(1, 6)
        kernel = draw.randint(1, 4), draw.randint(1, 4)
        stride, dilation = [(draw.randint(1, 3), draw.randint(1, 3)) for _ in range(2)]
        crop = draw.randint(0, 2), draw.randint(0, 2)
        extra = [draw.randint(0, max(stride[a], dilation[a]) - 1) for a in (0, 1)]
        out = [
            (size[a] - 1) * stride[a] + (kernel[a] - 1) * dilation[a] + 1 - 2 * crop[a] + extra[a]
            for a in (0, 1)
        ]
        if min(out) < 1:
            continue
        case = Conv(
            (draw.randint(1, 3), *size, groups * each_in),
            (*kernel, each_out, groups * each_in),
            groups * each_out if draw.random() < 0.5 else None,
            stride,
            ((crop[0], crop[0]), (crop[1], crop[1])),
            dilation,
            groups,
            None,
            tuple(extra),
            len(cases),
        )
        cases.append(case)
    return cases


class Pool(NamedTuple):
    """One configuration of pooling, with padding as PyTorch allows it."""

    x_shape: tuple[int, int, int, int]
    kernel: tuple[int, int]
    stride: tuple[int, int]
    padding: tuple[int, int]
    dilation: tuple[int, int]
    ceil_mode: bool
    seed: int

    def __str__(self):
        words = ["x" + "x".join(map(str, self.x_shape))]
        for letter, (height, width) in zip("kspd", self[1:5], strict=True):
            words.append(f"{letter}{height}x{width}")
        return "-".join([*words, "ceil" if self.ceil_mode else "floor"])

    @property
    def options(self):
        return {"stride": self.stride, "padding": self.padding, "ceil_mode": self.ceil_mode}


def pool_cases(count, most_dilation):
    draw = random.Random(20240503 + most_dilation)
    cases = []
    while len(cases) < count:
        size = draw.randint(1, 11), draw.randint(1, 11)
        kernel = draw.randint(1, 4), draw.randint(1, 4)
        stride = draw.randint(1, 4), draw.randint(1, 4)
        padding = draw.randint(0, kernel[0] // 2), draw.randint(0, kernel[1] // 2)
        dilation = draw.randint(1, most_dilation), draw.randint(1, most_dilation)
        if all(
            (kernel[a] - 1) * dilation[a] + 1 <= size[a] + 2 * padding[a] for a in (0, 1)
        ) and not _in_padding(size, kernel, padding, dilation):
            shape = (draw.randint(1, 2), *size, draw.randint(1, 5))
            case = Pool(shape, kernel, stride, padding, dilation, draw.random() < 0.5, len(cases))
            cases.append(case)
    return cases


def _in_padding(size, kernel, padding, dilation):
    """Whether a window may step over the whole input: dilation longer than the input."""
    return any(dilation[a] > size[a] and kernel[a] > 1 for a in (0, 1))
