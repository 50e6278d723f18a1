#!/usr/bin/env bash
# Gather translatable texts into the Chinese catalogue; English is the source.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
prepare base
manage makemessages --locale zh_Hans --no-obsolete --no-wrap --no-location \
  --ignore .venv --ignore node_modules --ignore var --ignore staticfiles --ignore tests "$@"
