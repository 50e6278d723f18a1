#!/usr/bin/env bash
# Compile the hashed lock files; no address of a package index is written into them.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
command -v uv >/dev/null || { echo "uv is needed to compile locks: pip install uv" >&2; exit 1; }
options=(--universal --python-version 3.11 --generate-hashes --no-header --no-annotate --quiet "$@")
uv pip compile "${options[@]}" pyproject.toml -o requirements/base.txt
uv pip compile "${options[@]}" pyproject.toml --group dev -o requirements/dev.txt
