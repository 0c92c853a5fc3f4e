#!/bin/sh
# Builds .venv from the pinned requirements: `setup.sh app` for the demo, `setup.sh dev` for the tests too.
# A second run with unchanged pins does nothing.
set -eu
cd "$(dirname "$0")/.."
set_wanted="${1:-dev}"
python="${PYTHON:-python3}"
say() { printf '%s\n' "portside: $*" >&2; }

command -v "$python" >/dev/null 2>&1 || { say "Python 3.11 or newer is needed and '$python' was not found. Install it, or run: make PYTHON=/path/to/python3"; exit 1; }
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { say "Python 3.11 or newer is needed; '$python' is $("$python" -V 2>&1)."; exit 1; }

if [ ! -x .venv/bin/python ]; then
  # Debian ships Python without ensurepip: the pip beside the interpreter can fill a bare environment too.
  "$python" -m venv .venv >/dev/null 2>&1 || { rm -rf .venv; "$python" -m venv --without-pip .venv; } \
    || { say "cannot create .venv with '$python -m venv'. Install Python's venv module (Debian: python3-venv)."; exit 1; }
fi
if .venv/bin/python -m pip --version >/dev/null 2>&1; then pip=".venv/bin/python -m pip"
else pip="$python -m pip --python .venv/bin/python"; fi
$pip --version >/dev/null 2>&1 || { say "pip 22.3 or newer is needed beside '$python'."; exit 1; }

# The pins are the whole closure. Resolving again would look at what came out since: a requirement with an extra
# (coverage[toml]) then takes the newest release, which has no hash here.
install() { $pip install -qq --disable-pip-version-check --no-compile --no-deps "$@"; }
pins=$(cat requirements/*.txt pyproject.toml | cksum | tr ' ' '-')

if [ "$(cat .venv/.app 2>/dev/null || true)" != "$pins" ]; then
  say "installing the pinned requirements into .venv"
  install --require-hashes -r requirements/app.txt
  install --require-hashes -r requirements/build.txt
  install --no-build-isolation -e .
  printf '%s' "$pins" > .venv/.app
fi
[ "$set_wanted" = app ] && exit 0

if [ "$(cat .venv/.dev 2>/dev/null || true)" != "$pins" ]; then
  say "installing the tools of the tests"
  install --require-hashes -r requirements/dev.txt
  install --require-hashes -r requirements/spec.txt
  printf '%s' "$pins" > .venv/.dev
fi
.venv/bin/python scripts/browser.py
