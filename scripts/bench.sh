#!/usr/bin/env bash
# Measure on a throw-away PostgreSQL; prints one JSON object. BENCH_LARGE=100000 documents.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
prepare dev 1>&2
need_packages postgresql
WORK=$(mktemp -d); chmod 755 "$WORK"
as_postgres() { if [ "$(id -u)" = 0 ]; then runuser -u postgres -- "$@"; else "$@"; fi; }
PG_BIN=$(ls -d /usr/lib/postgresql/*/bin | sort -V | tail -1)
finish() {
  code=$?
  [ ! -d "$WORK/pg/data" ] || as_postgres "$PG_BIN/pg_ctl" -D "$WORK/pg/data" -s -m immediate stop || true
  rm -rf "$WORK"; exit $code
}
trap finish EXIT
port=$("$VENV/bin/python" -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
install -d -o "$([ "$(id -u)" = 0 ] && echo postgres || id -un)" -m 700 "$WORK/pg"
as_postgres "$PG_BIN/initdb" -D "$WORK/pg/data" -U postgres -A trust -E UTF8 --locale=C.UTF-8 --no-sync >/dev/null
as_postgres "$PG_BIN/pg_ctl" -D "$WORK/pg/data" -w -s -l "$WORK/pg/log" \
  -o "-p $port -k $WORK/pg -h 127.0.0.1 -F -c shared_buffers=512MB" start
export DATABASE_URL=postgres://postgres@127.0.0.1:$port/postgres VAR_DIR=$WORK/var DEMO_PASSWORD=bench-only
mkdir -p "$VAR_DIR"; write_secret_key
manage migrate -v 0; manage load_charter >/dev/null; manage load_demo >/dev/null
"$VENV/bin/python" -m bench.measure
