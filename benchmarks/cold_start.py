"""From a cold interpreter to a model of the digits that is right on 98 % of the test images.

Each side starts a fresh interpreter, imports what it needs, reads the same arrays from one .npz
file, and trains with Adam in batches of 32 until the 360 test images, asked after each epoch,
are recognised well enough. convstep and PyTorch train the same small network; scikit-learn's
MLPClassifier has one hidden layer. The time is what the parent's clock says, from the start of
the process to its last line.

example: python -m benchmarks.cold_start --seeds 10
"""

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

GOAL = 0.98
MOST_EPOCHS = 100
SIDES = ("convstep", "torch", "sklearn")
RATE = 0.003


def convstep(x: Any, y: Any, test_x: Any, test_y: Any, seed: int) -> tuple[int, float]:
    """Train by `Model.fit`."""
    import convstep as cs
    from convstep import nn

    class Enough(cs.training.Callback):
        def on_epoch(self, run: Any, values: Any) -> None:
            run.stop = values["validation_accuracy"] >= GOAL

    model = cs.Model(
        cs.Sequential([
            nn.Conv2D(16, 3, padding="same", activation="relu"),
            nn.MaxPool2D(2),
            nn.Conv2D(32, 3, padding="same", activation="relu"),
            nn.MaxPool2D(2),
            nn.Flatten(),
            nn.Dense(10),
        ]),
        input_shape=(8, 8, 1), seed=seed,
    )  # fmt: skip
    history = model.fit(
        x, y, epochs=MOST_EPOCHS, batch_size=32, optimizer=nn.Adam(RATE),
        validation_data=(test_x, test_y), callbacks=[Enough()], progress="none",
    )  # fmt: skip
    return history.epochs, float(history["validation_accuracy"][-1])


def torch(x: Any, y: Any, test_x: Any, test_y: Any, seed: int) -> tuple[int, float]:
    """Train by the usual loop."""
    import torch
    from torch import nn

    torch.manual_seed(seed)
    x, test_x = (torch.from_numpy(each).permute(0, 3, 1, 2).contiguous() for each in (x, test_x))
    y, test_y = torch.from_numpy(y), torch.from_numpy(test_y)
    model = nn.Sequential(
        nn.Conv2d(1, 16, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(16, 32, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(128, 10),
    )  # fmt: skip
    optimizer = torch.optim.Adam(model.parameters(), RATE)
    loss = nn.CrossEntropyLoss()
    for epoch in range(1, MOST_EPOCHS + 1):  # noqa: B007
        for chosen in torch.randperm(len(x)).split(32):
            optimizer.zero_grad()
            loss(model(x[chosen]), y[chosen]).backward()
            optimizer.step()
        with torch.inference_mode():
            accuracy = float((model(test_x).argmax(1) == test_y).float().mean())
        if accuracy >= GOAL:
            break
    return epoch, accuracy


def sklearn(x: Any, y: Any, test_x: Any, test_y: Any, seed: int) -> tuple[int, float]:
    """Train an MLPClassifier, epoch by epoch."""
    import numpy as np
    from sklearn.neural_network import MLPClassifier

    x, test_x = (each.reshape(len(each), -1) for each in (x, test_x))
    model = MLPClassifier((256,), batch_size=32, learning_rate_init=RATE, random_state=seed)
    classes = np.unique(y)
    for epoch in range(1, MOST_EPOCHS + 1):  # noqa: B007
        model.partial_fit(x, y, classes=classes)
        accuracy = float((model.predict(test_x) == test_y).mean())
        if accuracy >= GOAL:
            break
    return epoch, accuracy


def child(side: str, seed: int, path: str) -> None:
    """Read the arrays and train."""
    import numpy as np

    with np.load(path) as arrays:
        parts = [arrays[name] for name in ("x", "y", "test_x", "test_y")]
    epochs, accuracy = {"convstep": convstep, "torch": torch, "sklearn": sklearn}[side](
        *parts, seed
    )
    print(epochs, accuracy, flush=True)


def write_arrays(path: Path) -> None:
    """Write the stratified split of the digits, scaled to about -1 to 1."""
    import numpy as np

    from convstep.data import digits

    images, labels = digits.load()
    x, y = images.astype(np.float32) / 8 - 1, labels.astype(np.int64)
    rest, test = digits.split(labels)
    np.savez(path, x=x[rest], y=y[rest], test_x=x[test], test_y=y[test])


def main() -> None:
    """Print a Markdown table."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.cold_start", description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--child", nargs=3, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.child:
        child(args.child[0], int(args.child[1]), args.child[2])
        return
    times: dict[str, list[float]] = {side: [] for side in SIDES}
    epochs: dict[str, list[int]] = {side: [] for side in SIDES}
    reached = dict.fromkeys(SIDES, 0)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "digits.npz"
        write_arrays(path)
        for seed in range(args.seeds):
            for side in SIDES:
                command = ["-m", "benchmarks.cold_start", "--child", side, str(seed), str(path)]
                start = time.perf_counter()
                done = subprocess.run(
                    [sys.executable, *command], stdout=subprocess.PIPE, text=True, check=True
                )
                times[side].append(time.perf_counter() - start)
                count, accuracy = done.stdout.split()
                epochs[side].append(int(count))
                reached[side] += float(accuracy) >= GOAL
    print(f"## From a cold interpreter to {GOAL:.0%} of the digits\n")
    print("| side | median s | least | most | epochs (median) | reached | times convstep |")
    print("|---|---:|---:|---:|---:|---:|---:|")
    ours = statistics.median(times["convstep"])
    for side in SIDES:
        median = statistics.median(times[side])
        print(
            f"| {side} | {median:.2f} | {min(times[side]):.2f} | {max(times[side]):.2f} "
            f"| {statistics.median(epochs[side]):g} | {reached[side]} of {args.seeds} "
            f"| {median / ours:.1f} |"
        )


if __name__ == "__main__":
    main()
