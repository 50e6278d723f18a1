#!/usr/bin/env bash
# From a fresh machine to the running product with demo data. A second start takes seconds.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
export PORT=${PORT:-8000} HOST=${HOST:-127.0.0.1}
python=$(find_python)
problem=$("$python" scripts/port.py "$HOST" "$PORT") || die "$problem"
case $HOST in
  127.0.0.1 | localhost | ::1) ;;
  *) own=$(hostname -I 2>/dev/null || true)
     export ALLOWED_HOSTS=${ALLOWED_HOSTS:-localhost,127.0.0.1,[::1],$HOST,$(hostname),$(tr -s ' ' , <<< "$own")} ;;
esac
case $HOST in
  0.0.0.0 | ::) shown=$(hostname) ;;
  *:*) shown="[$HOST]" ;;
  *) shown=$HOST ;;
esac
export SITE_URL=${SITE_URL:-http://$shown:$PORT}
prepare base
"$VENV/bin/python" scripts/prepare_data.py
exec "$VENV/bin/python" scripts/supervise.py
