# expect: zero_pad = right; distribute_value = right
import argparse
import numpy as np

parser = argparse.ArgumentParser(description="my padding")
parser.add_argument("--value", type=float, default=0.0, help="what the border is made of")
parser.add_argument("--verbose", action="store_true")
parser.set_defaults(mode="constant")
args, unknown = parser.parse_known_args()


class Settings:
    def __init__(self):
        self.options = {}

    def define(self, name, value):
        self.options[name] = value


settings = Settings()
settings.define("dtype", np.float64)


def zero_pad(X, pad):
    if args.verbose:
        print("padding by", pad)
    return np.pad(array=X, pad_width=((0, 0), (pad, pad), (pad, pad), (0, 0)), mode=args.mode, constant_values=args.value)


def distribute_value(dz, shape):
    return np.full(shape, dz / (shape[0] * shape[1]), dtype=settings.options["dtype"])
