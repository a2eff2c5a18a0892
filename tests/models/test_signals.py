"""A network of signals from end to end."""

import numpy as np
import pytest

import convstep as cs
from convstep import nn


@pytest.fixture
def waves():
    """Noisy waves of two frequencies, (120, 32, 1), and which one it is."""
    rng = np.random.default_rng(0)
    y = np.arange(120) % 2
    phase, time = rng.uniform(0, 2 * np.pi, (120, 1)), np.arange(32)
    x = np.sin(np.where(y, 1.5, 0.5)[:, None] * time + phase) + rng.normal(0, 0.1, (120, 32))
    return x[..., None].astype(np.float32), y


def network():
    return cs.Sequential(
        [
            nn.Conv1D(8, 5, padding="same", bias=False),
            nn.BatchNorm(activation="relu"),
            nn.MaxPool1D(2),
            nn.Dropout(0.1),
            nn.Conv1D(8, 3, stride=2),
            nn.ReLU(),
            nn.AvgPool1D(2),
            nn.GlobalMaxPool1D(),
            nn.Dense(2),
        ]
    )


def test_fit_predict_save_load(waves, tmp_path):
    x, y = waves
    model = cs.Model(network(), input_shape=(32, 1), seed=0)
    model.fit(x[:80], y[:80], epochs=15, batch_size=20, optimizer=nn.Adam(0.01), progress="none")
    predicted = model.predict(x[80:])
    assert (predicted.argmax(1) == y[80:]).mean() > 0.9
    np.testing.assert_array_equal(model.predict(x[80:, :, 0]), predicted)  # without its one channel
    np.testing.assert_allclose(model.folded().predict(x[80:]), predicted, rtol=1e-3, atol=1e-4)
    path = tmp_path / "waves.safetensors"
    model.save(path)
    again = cs.Model.load(path)
    assert again.graph == model.graph
    np.testing.assert_array_equal(again.predict(x[80:]), predicted)


def test_the_summary_names_lengths():
    lines = cs.Model(network(), input_shape=(32, 1)).summary().splitlines()
    rows = {line.split("  ")[0]: " ".join(line.split()) for line in lines}
    assert rows["input"] == "input 32 x 1"
    assert rows["conv1"] == "conv1 Conv1D 32 x 8 40 1,280"
    assert rows["pool1"] == "pool1 MaxPool1D 16 x 8 0 0"
    assert rows["conv2"] == "conv2 Conv1D 7 x 8 200 1,344"


def test_an_error_names_the_layer_and_both_shapes():
    message = r"^conv1 \(Conv1D\): kernel_size must .* of 1x9 over a padded input of 1x8"
    with pytest.raises(cs.errors.ArgumentError, match=message):
        cs.Model(cs.Sequential([nn.Conv1D(4, 9)]), input_shape=(8, 1))
    message = r"^conv1 \(Conv1D\): its input must .*\(length, channels\); got shape \(8, 8, 1\)"
    with pytest.raises(cs.errors.ArgumentError, match=message):
        cs.Model(cs.Sequential([nn.Conv1D(4, 3)]), input_shape=(8, 8, 1))
