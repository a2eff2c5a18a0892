#!/usr/bin/env bash
# Gradescope runs this once, as root, when it builds the image of the autograder.
set -euo pipefail
root=${AUTOGRADER_ROOT:-/autograder}

export DEBIAN_FRONTEND=noninteractive
apt-get update
apt-get install -y python3 python3-venv
python=python3
if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
  apt-get install -y python3.11 python3.11-venv # Ubuntu 22.04 has it beside its Python 3.10
  python=python3.11
fi

cd "$root/source"
"$python" -m venv "$root/venv"
"$root/venv/bin/python" -m pip install @PACKAGE@
"$root/venv/bin/convstep" --version
