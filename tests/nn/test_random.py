import itertools

import numpy as np

from convstep.nn import Key, glorot_uniform, he_normal
from convstep.nn.layer import ArraySpec

F64 = np.dtype(np.float64)


def test_a_key_gives_the_same_numbers_again_and_others_for_every_other_key():
    keys = [
        Key(seed, step).child(place)
        for seed, step, place in itertools.product((0, 1, -1), (0, 1, 10), ("a", "b", "ab"))
    ]
    draws = [key.generator().random(4).tobytes() for key in keys]
    assert draws == [key.generator().random(4).tobytes() for key in keys]
    assert len(set(draws)) == len(keys)


def test_the_stream_is_pinned():
    """Models trained by a seed stay the same from release to release."""
    words = Key(seed=1, step=2).child("conv1").generator().bit_generator.random_raw(2)
    assert [hex(word) for word in words] == ["0xc570be6f2451f68e", "0x7ed9b1daaf6decc3"]


def test_parts_of_a_path_do_not_run_together():
    assert Key(0).child("a").child("b") != Key(0).child("ab")
    assert Key(0).child("a").child("b") == Key(0, 0, "/a/b")


def test_initial_weights_have_the_spread_that_their_source_says():
    spec = ArraySpec((200, 300), F64)
    he = he_normal(Key(0), spec, fan_in=200)
    assert abs(he.var() / (2 / 200) - 1) < 0.03
    assert abs(he.mean()) < 0.001
    glorot = glorot_uniform(Key(0), spec, fan_in=200, fan_out=300)
    assert abs(glorot.var() / (2 / 500) - 1) < 0.03
    assert np.abs(glorot).max() <= np.sqrt(6 / 500)
