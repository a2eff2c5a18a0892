"""What all tests share: the bodies that operations run on, and Hypothesis' settings."""

import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

sys.path.insert(0, str(Path(__file__).parent))  # for the helpers beside this file

from bodies import BODIES, running

for name, options in {
    "convstep": {"max_examples": 60, "derandomize": True, "database": None},
    "thorough": {"max_examples": 2000},
}.items():
    settings.register_profile(
        name,
        deadline=None,
        print_blob=True,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
        **options,
    )
settings.load_profile("convstep")  # --hypothesis-profile=thorough looks further


@pytest.fixture(params=BODIES)
def body(request):
    """Run the test on each body: portable, and compiled for every instruction set that runs."""
    with running(request.param):
        yield request.param
