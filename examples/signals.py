"""Tell noisy waves apart by their form, with a network of one's own beside the default one.

python examples/signals.py            seconds
python examples/signals.py --quick    less, on fewer signals
"""

import argparse

import numpy as np
from sklearn.model_selection import cross_val_score

from convstep import Graph, Sequential, nn
from convstep.estimators import ConvNetClassifier

LENGTH = 128
KINDS = ("sine", "square", "sawtooth")


def make_signals(count: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return noisy waves of random frequency and phase, (count, LENGTH), and what they are."""
    rng = np.random.default_rng(seed)
    frequency, phase = rng.uniform(2, 8, (count, 1)), rng.uniform(0, 1, (count, 1))
    turns = frequency * np.linspace(0, 1, LENGTH) + phase  # (count, LENGTH)
    sine = np.sin(2 * np.pi * turns)
    forms = np.stack([sine, np.sign(sine), 2 * (turns % 1) - 1])  # (3, count, LENGTH)
    kind = rng.integers(len(KINDS), size=count)
    waves = forms[kind, np.arange(count)]
    noisy = waves + rng.normal(0, 0.3, waves.shape)
    return noisy.astype(np.float32), np.array(KINDS)[kind]


def wide_network(input_shape: tuple[int, int, int], n_outputs: int) -> Graph:
    """Look at 9 samples at a time, and at the whole signal at the end, wherever a form begins."""
    return Sequential(
        [
            nn.Conv2D(16, (1, 9), padding="same", activation="relu"),
            nn.MaxPool2D((1, 2)),
            nn.Conv2D(32, (1, 9), padding="same", activation="relu"),
            nn.GlobalAvgPool2D(),
            nn.Dense(n_outputs),
        ]
    )


def main(arguments: list[str] | None = None) -> dict[str, float]:
    """Compare both networks by cross-validation, and return their mean accuracies."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer signals and epochs")
    quick = parser.parse_args(arguments).quick

    # Flat rows without image_shape are signals: images of height 1.
    x, y = make_signals(300 if quick else 1200, seed=0)
    common = {"n_iter_no_change": np.inf, "max_iter": 10 if quick else 30, "random_state": 0}
    networks = {
        "default": ConvNetClassifier(**common),
        "wide": ConvNetClassifier(
            network=wide_network, learning_rate_init=0.01, batch_size=16, **common
        ),
    }
    means = {}
    for name, network in networks.items():
        scores = cross_val_score(network, x, y, cv=3)
        means[name] = float(scores.mean())
        print(f"{name:8s} {scores.mean():.3f} (from {scores.min():.3f} to {scores.max():.3f})")
    return means


if __name__ == "__main__":
    main()
