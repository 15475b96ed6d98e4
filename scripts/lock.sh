#!/bin/sh
# Write both lock files anew from pyproject.toml; `scripts/lock.sh --upgrade` takes newer releases.
# Universal: one file for Python 3.11 to 3.13. The second is bound by the first, so that tests run on what ships.
set -eu
cd "$(dirname "$0")/.."
command -v uv >/dev/null || { echo "uv is missing: pip install uv" >&2; exit 69; }
lock() { uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url \
    --no-emit-find-links --no-annotate "$@"; }
lock "${1:---no-upgrade}" pyproject.toml --group build -o requirements.lock
lock "${1:---no-upgrade}" pyproject.toml --group build --group test --group dev -c requirements.lock -o requirements-dev.lock
if grep -nE 'https?://' requirements.lock requirements-dev.lock; then
    echo "a lock file names a host: remove it" >&2
    exit 1
fi
