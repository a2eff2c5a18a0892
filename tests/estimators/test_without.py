"""Without scikit-learn, or with one that is too old."""

import subprocess
import sys

CODE = """
import sys
sys.modules["sklearn"] = None  # as if it were not installed
import convstep as cs
try:
    cs.estimators
except cs.errors.MissingExtraError as error:
    print(error)
"""


def test_the_message_says_what_to_install():
    result = subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True)
    assert "pip install 'convstep[sklearn]'" in result.stdout, result.stderr


def test_naming_convstep_does_not_load_it():
    code = "import convstep, sys; print('sklearn' in sys.modules)"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert result.stdout.strip() == "False"
