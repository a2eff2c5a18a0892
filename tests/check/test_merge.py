import pytest

from convstep.check.merge import merged

BASE = "a += W * dZ\nb += dZ\n"


@pytest.mark.parametrize(
    "one, other, both",
    [
        ("a = W * dZ\nb += dZ\n", "a += V * dZ\nb += dZ\n", "a = V * dZ\nb += dZ\n"),
        ("a += W * dZ\nb = dZ\n", "a = W * dZ\nb += dZ\n", "a = W * dZ\nb = dZ\n"),
        ("a += W * dZ\n", "a += W * dZ * 2\nb += dZ\n", "a += W * dZ * 2\n"),
        (BASE, "c\n", "c\n"),
        (BASE, BASE, BASE),
        ("a = V * dZ\nb = dX\n", "a += W * dY\nb += dZ\n", "a = V * dY\nb = dX\n"),
    ],
)
def test_both_changes_are_made(one, other, both):
    assert merged(BASE, one, other) == both
    assert merged(BASE, other, one) == both


def test_two_changes_of_one_place_are_none():
    assert merged(BASE, "a = V * dZ\nb += dZ\n", "a = U * dZ\nb += dZ\n") is None
