"""Cases drawn at random: shapes that nobody has chosen, in proportions that networks have.

python -m benchmarks.run --drawn 40 --seed 1
"""

import random

from benchmarks.shapes import Case, conv, depth, pool, up

MOST_WORK = 4e8  # multiply-adds of a case
MOST_NUMBERS = 1.5e7  # of its input or output
_CHANNELS = (8, 16, 24, 32, 40, 48, 64, 80, 96, 100, 128, 144, 160, 192, 256, 320, 384, 512)
_FEW = (1, 2, 3, 4, 5, 6, 8, 10, 12, 15)


def draw(count: int, seed: int) -> list[Case]:
    """Return so many cases, the same for the same seed."""
    generator = random.Random(seed)
    cases: list[Case] = []
    while len(cases) < count:
        family = generator.choices(tuple(_MAKERS), (25, 35, 15, 15, 10))[0]
        case = _MAKERS[family](generator)
        numbers = max(
            case.x[0] * case.x[1] * case.x[2] * case.x[3],
            case.x[0] * case.out[0] * case.out[1] * case.out_channels,
        )
        fits = min(case.out) > 0 and case.multiply_adds < MOST_WORK and numbers < MOST_NUMBERS
        if fits and (case.multiply_adds > 2e6 or numbers > 2e5):
            name = f"{len(cases)}_{_describe(case)}"
            cases.append(case._replace(name=name, family=family, held_out=True))
    return cases


def _describe(case: Case) -> str:
    x = "x".join(map(str, case.x))
    text = f"{case.kind[:4]}_{x}_k{case.kernel[0]}x{case.kernel[1]}_{case.out_channels}"
    for letter, pair, plain in (
        ("s", case.stride, 1), ("p", case.padding, 0), ("d", case.dilation, 1),
    ):  # fmt: skip
        text += f"_{letter}{pair[0]}" if set(pair) != {plain} else ""
    return text + (f"_g{case.groups}" if case.groups > 1 and not case.pooling else "")


def _image(r: random.Random, channels: int, least: int = 4, most: int = 160) -> tuple[int, ...]:
    """Draw (batch, height, width, channels); small images come in large batches."""
    height = round(least * (most / least) ** r.random())
    width = height if r.random() < 0.7 else round(least * (most / least) ** r.random())
    batch = max(1, round(r.choice((1, 1, 2, 4, 8, 16, 32, 64)) * min(1, 3000 / (height * width))))
    return batch, height, width, channels


def _winograd(r: random.Random) -> Case:
    x = _image(r, r.choice(_CHANNELS[1:]))
    return conv("", x, 3, r.choice(_CHANNELS[1:]), 1, r.choice((0, 1, 1, 1)))


def _dense(r: random.Random) -> Case:
    channels, out_channels = r.choice(_CHANNELS[1:]), r.choice(_CHANNELS[1:])
    x = _image(r, channels)
    kind = r.choice(
        ("1x1", "1x1", "stride", "kernel", "kernel", "dilated", "groups", "up", "signal")
    )
    if kind == "1x1":
        return conv("", x, 1, out_channels, r.choice((1, 1, 1, 2)))
    if kind == "stride":
        return conv("", x, r.choice((2, 3, 3, 4)), out_channels, 2, r.choice((0, 1)))
    if kind == "kernel":
        kernel = r.choice(((1, 3), (3, 1), (1, 7), (7, 1), (5, 5), (2, 2), (4, 4), (7, 7)))
        return conv("", x, kernel, out_channels, 1, (kernel[0] // 2, kernel[1] // 2))
    if kind == "dilated":
        dilation = r.choice((2, 3, 4))
        return conv("", x, 3, out_channels, 1, dilation, dilation)
    if kind == "groups":
        groups = r.choice((2, 4, 8, 16, 32))
        width = r.choice((4, 6, 8, 16, 24, 32))
        return conv(
            "", (*x[:3], groups * width), 3, groups * width, r.choice((1, 1, 2)), 1, 1, groups
        )
    if kind == "up":
        kernel = r.choice((2, 3, 4))
        return up("", x, kernel, out_channels, 2, 1 if kernel > 2 else 0)
    length = r.choice((100, 360, 1000, 4000))
    taps = r.choice((3, 5, 9, 15))
    x = (r.choice((1, 4, 16)), 1, length, channels)
    return conv("", x, (1, taps), out_channels, (1, r.choice((1, 1, 2))), (0, taps // 2))


def _few(r: random.Random) -> Case:
    few, many = r.choice(_FEW), r.choice(_FEW + _CHANNELS[:8])
    inputs, outputs = (few, many) if r.random() < 0.7 else (many, few)
    kernel = r.choice((2, 3, 3, 4, 5, 5, 7))
    x = _image(r, inputs, 8, 256)
    return conv("", x, kernel, outputs, r.choice((1, 1, 1, 2)), r.choice((0, kernel // 2)))


def _depthwise(r: random.Random) -> Case:
    x = _image(r, r.choice((*_CHANNELS, 576, 672, 960)), 5, 112)
    kernel = r.choice((3, 3, 3, 5, 5, 7))
    return depth("", x, kernel, r.choice((1, 1, 2)), kernel // 2)


def _pooling(r: random.Random) -> Case:
    x = _image(r, r.choice(_FEW + _CHANNELS), 6, 160)
    kind = r.choice(("max", "average"))
    kernel, stride, padding = r.choice(
        ((2, 2, 0), (2, 2, 0), (3, 2, 1), (3, 1, 1), (3, 2, 0), (5, 1, 2))
    )
    if kind == "average" and r.random() < 0.3:
        return pool(kind, x, x[1:3], x[1:3])
    return pool(kind, x, kernel, stride, padding)


_MAKERS = {
    "winograd": _winograd,
    "dense": _dense,
    "few": _few,
    "depthwise": _depthwise,
    "pooling": _pooling,
}
