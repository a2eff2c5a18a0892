import copy
import pickle

import numpy as np
import pytest

from convstep.nn import ArraySpec
from convstep.training.parameters import FlatArrays

F32 = np.dtype(np.float32)
SPECS = {
    "a.weight": ArraySpec((2, 3), F32),
    "a.bias": ArraySpec((3,), F32),
    "scale": ArraySpec((), F32),
}


def test_views_cover_the_vector_end_to_end():
    arrays = FlatArrays(SPECS, F32)
    assert list(arrays) == list(SPECS)
    assert arrays.flat.size == len(arrays.flat) == 10
    for number, name in enumerate(arrays, 1):
        assert arrays[name].shape == SPECS[name].shape
        arrays[name][...] = number
    np.testing.assert_array_equal(arrays.flat, [1] * 6 + [2] * 3 + [3])


@pytest.mark.parametrize("duplicate", [copy.deepcopy, lambda a: pickle.loads(pickle.dumps(a))])
def test_a_copy_has_views_of_its_own(duplicate):
    arrays = FlatArrays(SPECS, F32)
    other = duplicate(arrays)
    other.flat[:] = 7
    assert (other["a.bias"] == 7).all()
    assert not arrays.flat.any()
