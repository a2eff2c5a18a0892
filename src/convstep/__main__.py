"""``python -m convstep`` is the `convstep` command."""

import sys

from convstep.cli.main import main

sys.exit(main())
