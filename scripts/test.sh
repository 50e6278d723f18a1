#!/usr/bin/env bash
# All checks, stage by stage, on throw-away servers of their own. Usage: test.sh all|static
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
WHAT=${1:-all}
started=$SECONDS
WORK=$(mktemp -d); chmod 755 "$WORK"
finish() {
  code=$?
  [ -z "${REDIS_PID:-}" ] || kill "$REDIS_PID" 2>/dev/null || true
  [ ! -d "$WORK/pg/data" ] || as_postgres "$PG_BIN/pg_ctl" -D "$WORK/pg/data" -s -m immediate stop || true
  rm -rf "$WORK"
  if [ $code -ne 0 ]; then say "FAILED in stage: ${STAGE:-preparation}"; fi
  exit $code
}
trap finish EXIT
trap 'exit 130' INT TERM

stage() {
  STAGE=$1; shift
  local since=$SECONDS
  say "== $STAGE"
  "$@"
  say "   ok, $((SECONDS - since)) s"
}

as_postgres() { if [ "$(id -u)" = 0 ]; then runuser -u postgres -- "$@"; else "$@"; fi; }
free_port() { "$VENV/bin/python" -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }

start_servers() {
  PG_BIN=$(ls -d /usr/lib/postgresql/*/bin | sort -V | tail -1)
  local pg_port redis_port owner
  pg_port=$(free_port); redis_port=$(free_port)
  owner=$([ "$(id -u)" = 0 ] && echo postgres || id -un)
  install -d -o "$owner" -m 700 "$WORK/pg"
  as_postgres "$PG_BIN/initdb" -D "$WORK/pg/data" -U postgres -A trust -E UTF8 --locale=C.UTF-8 --no-sync >/dev/null
  as_postgres "$PG_BIN/pg_ctl" -D "$WORK/pg/data" -w -s -l "$WORK/pg/log" \
    -o "-p $pg_port -k $WORK/pg -h 127.0.0.1 -F -c full_page_writes=off -c synchronous_commit=off" start
  redis-server --port "$redis_port" --bind 127.0.0.1 --save '' --appendonly no --dir "$WORK" >/dev/null &
  REDIS_PID=$!
  POSTGRES_URL=postgres://postgres@127.0.0.1:$pg_port/postgres
  TEST_REDIS_URL=redis://127.0.0.1:$redis_port/0
}

check_deploy() {
  PRODUCTION=1 SECRET_KEY=$("$VENV/bin/python" -c 'import secrets; print(secrets.token_urlsafe(60))') \
    ALLOWED_HOSTS=office.example manage check --deploy --fail-level WARNING
}

static_stages() {
  stage "ruff" "$VENV/bin/ruff" check .
  stage "ruff format" "$VENV/bin/ruff" format --check --quiet .
  stage "mypy" "$VENV/bin/mypy" --no-error-summary .
  stage "import layers" "$VENV/bin/lint-imports"
  stage "djlint" "$VENV/bin/djlint" --lint --quiet templates
  stage "message catalogues" "$VENV/bin/python" scripts/check_messages.py
  stage "migrations" manage makemigrations --check --dry-run
  stage "check --deploy" check_deploy
}

on_postgresql() { DATABASE_URL=$POSTGRES_URL REDIS_URL=$TEST_REDIS_URL "$VENV/bin/pytest" -m "not browser" -n 2 --dist loadfile; }
on_sqlite() { "$VENV/bin/pytest" -m "not browser" -n 2 --dist loadfile; }
in_browser() { DATABASE_URL=$POSTGRES_URL REDIS_URL=$TEST_REDIS_URL "$VENV/bin/pytest" -m browser; }

prepare dev
export VAR_DIR=$WORK/var; mkdir -p "$VAR_DIR"; write_secret_key
unset DATABASE_URL REDIS_URL PRODUCTION DEMO_PASSWORD
static_stages
if [ "$WHAT" = all ]; then
  need_packages postgresql redis-server chromium poppler-utils
  stage "throw-away PostgreSQL and Redis" start_servers
  stage "tests on PostgreSQL and Redis" on_postgresql
  stage "tests on SQLite" on_sqlite
  stage "browser tests on PostgreSQL, Redis and a real worker" in_browser
fi
say "All stages passed in $((SECONDS - started)) s."
