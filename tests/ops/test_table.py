"""The table of operations is complete: functions, backwards, bodies."""

from convstep import ops
from convstep.ops import dispatch
from convstep.ops.table import IN_PLACE, OPERATIONS

HELPERS = {"batch_statistics"}  # public, and no operation with a gradient
LAYERS_ONLY = {
    "max_pool2d_with_index",
    "batch_norm_train",
    "add",
}  # operations that only layers use


def test_every_public_function_has_a_row():
    functions = {name for name in ops.__all__ if callable(getattr(ops, name)) and name[0].islower()}
    in_rows = {f.__name__ for row in OPERATIONS for f in (row.forward, row.backward)}
    layers = {f.__name__ for row in OPERATIONS if row.name in LAYERS_ONLY for f in row[:2]}
    assert functions - HELPERS == in_rows - layers


def test_every_body_belongs_to_a_row_and_every_row_has_its_bodies():
    bodies = {name for row in OPERATIONS for name in row.bodies} | set(IN_PLACE)
    assert bodies == set(dispatch.PORTABLE)
    assert set(dispatch.COMPILED) <= bodies


def test_names_are_taken_once():
    names = [row.name for row in OPERATIONS]
    assert len(names) == len(set(names))
