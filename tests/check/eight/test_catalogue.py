"""The catalogue as data: its edits can be made, its mistakes show, and each behaves as no other."""

from itertools import combinations

import pytest

from convstep.check.eight import STYLES, eight
from convstep.check.execute import execute
from convstep.check.exercise import run_source
from convstep.check.outcome import parts, same
from convstep.check.trials import suspects, trials

EIGHT = eight()
MISTAKES = {mistake.id: mistake for mistake in EIGHT.mistakes}

# What the catalogue must have at the least. A cache of a global array is `any.reads_global`, which
# shows in the code and needs no variant.
LEAST = {
    "zero_pad": "one_sided wrong_axes height_only width_only pads_channels pads_examples "
    "non_zero_value edge reflect not_padded",
    "conv_single_step": "bias_per_element no_bias bias_subtracted bias_truncated mean_for_sum "
    "flipped_filter not_summed matrix_product",
    "conv_forward": "no_stride stride_height_only stride_width_only window_end_stride "
    "starts_swapped loops_swapped ceil_size round_size size_without_pad size_pad_once "
    "size_without_one unpadded_input first_example first_channel first_filter "
    "bias_first_channel no_bias W_reshaped flipped_filter caches_padded cache_order cache_form",
    "conv_backward": "no_stride dA_overwritten dW_overwritten db_overwritten filter_rotated "
    "dA_never_written cut_at_pad_zero cut_off_by_one cut_outside_loop unpadded_A_for_dW "
    "divided_by_m db_axes db_shape n_C_for_n_C_prev starts_swapped W_times_a_slice not_cut",
    "pool_forward": "no_stride max_over_channels absolute_maximum sum_for_mean mode_ignored "
    "mode_misspelt pools_padded window_end_stride starts_swapped ceil_size minimum",
    "create_mask_from_window": "argmax_index absolute minimum first_tied",
    "distribute_value": "divides_by_f not_divided divides_by_rows_squared divides_by_sum "
    "returns_scalar",
    "pool_backward": "no_stride overwritten mask_times_A not_distributed dA_slice wrong_axes "
    "mask_for_average divided_by_m window_end_stride",
}


def behaviour(mistake, variant):
    """What a variant returns in every case of its task."""
    of_task = suspects(EIGHT, EIGHT.task(mistake.function))
    return tuple(of_task.given(n, variant) for n in range(len(of_task.trials)))


def wrong_cases(mistake, variant):
    of_task = suspects(EIGHT, EIGHT.task(mistake.function))
    given = behaviour(mistake, variant)
    return [n for n, t in enumerate(of_task.trials) if not same(t.expected, given[n])]


def test_the_known_names_are_there():
    wanted = {f"{function}.{name}" for function, names in LEAST.items() for name in names.split()}
    assert sorted(wanted - MISTAKES.keys()) == []
    assert len(MISTAKES) == len(EIGHT.mistakes)


@pytest.mark.parametrize("mistake", EIGHT.mistakes, ids=MISTAKES)
def test_every_edit_can_be_made(mistake):
    assert mistake.variants
    for variant in mistake.variants:
        assert suspects(EIGHT, EIGHT.task(mistake.function)).function(variant) is not None


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("task", EIGHT.tasks, ids=lambda task: task.name)
def test_every_style_is_right(style, task):
    function = run_source(EIGHT.definitions[style])[task.name]
    for one in trials(EIGHT, task):
        assert same(one.expected, parts(task, execute(function, one.arguments))), one.setting


@pytest.mark.parametrize("mistake", EIGHT.mistakes, ids=MISTAKES)
def test_every_variant_shows_in_two_cases(mistake):
    least = 1 if mistake.kind == "convention" else 2
    for number, variant in enumerate(mistake.variants):
        assert len(wrong_cases(mistake, variant)) >= least, f"{number}: {variant}"


@pytest.mark.parametrize("task", EIGHT.tasks, ids=lambda task: task.name)
def test_no_two_mistakes_behave_the_same(task):
    variants = [(m, v, behaviour(m, v)) for m in EIGHT.catalogue(task.name) for v in m.variants]
    assert all(same(given, given) for _, _, given in variants)  # else none would be alike
    alike = {
        (one.id, other.id)
        for (one, _, a), (other, _, b) in combinations(variants, 2)
        if one.id != other.id and one.shows == other.shows and same(a, b)
    }
    assert sorted(alike) == []


@pytest.mark.parametrize("mistake", EIGHT.mistakes, ids=MISTAKES)
def test_the_texts(mistake):
    assert 0 < len(mistake.title) < 80
    assert mistake.explanation.endswith((".", "?"))
    assert mistake.line.strip() not in mistake.nudge
    if mistake.kind == "mistake":  # a convention is right: there is nothing to hint at
        assert mistake.nudge.endswith((".", "?"))
