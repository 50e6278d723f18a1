#!/usr/bin/env bash
# From a fresh machine to the running product with demo data. A second start takes seconds.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
export PORT=${PORT:-8000} HOST=${HOST:-127.0.0.1}
python=$(find_python)
"$python" - "$HOST" "$PORT" <<'PY' || die "port $PORT is taken. Choose another: make run PORT=8001"
import socket, sys
with socket.socket() as probe:
    probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    probe.bind((sys.argv[1], int(sys.argv[2])))
PY
prepare base
export SITE_URL=${SITE_URL:-http://$HOST:$PORT}
"$VENV/bin/python" scripts/prepare_data.py
exec "$VENV/bin/python" scripts/supervise.py
