#!/usr/bin/env bash
# All checks, stage by stage, on throw-away servers of their own. Usage: test.sh all|static
# TEST_STAGE=mypy (a part of a stage's name) runs only the stages it fits.
# Each stage tells what it said when it is over.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
WHAT=${1:-all} ONLY=${TEST_STAGE:-} STAGE=preparation LANES=() SERVERS=()
started=$SECONDS
WORK=$(mktemp -d -t coordination-test.XXXXXX)
chmod 711 "$WORK"  # PostgreSQL's own user looks in

# Kindly, then at once (PostgreSQL's QUIT), then by force.
end_server() {
  local signal _
  for signal in TERM QUIT KILL; do
    kill -"$signal" "$1" 2>/dev/null || return 0
    for _ in {1..30}; do
      kill -0 "$1" 2>/dev/null || return 0
      sleep 0.1
    done
  done
}

# End what still runs, remove what was made, say where it failed. Runs on every way out.
finish() {
  local code=$? pid
  trap '' INT TERM HUP
  for pid in ${LANES[@]+"${LANES[@]}"}; do
    kill -TERM -- "-$pid" 2>/dev/null && sleep 1
    kill -KILL -- "-$pid" 2>/dev/null || true
  done
  for pid in ${SERVERS[@]+"${SERVERS[@]}"}; do end_server "$pid"; done
  rm -rf "$WORK"
  if [ "$code" -ne 0 ]; then say "FAILED in stage: $STAGE"; fi
  exit "$code"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

fits() { case $1 in *"$ONLY"*) ;; *) return 1 ;; esac }

# stage NAME COMMAND: run it as the next of its lane; the lane ends with the first that fails.
stage() {
  fits "$1" || return 0
  local name=$1 since=$SECONDS said; shift
  said=$(mktemp -p "$WORK" said.XXXXXX)
  if "$@" < /dev/null > "$said" 2>&1; then
    printf '   ok, %s s\n' "$((SECONDS - since))" >> "$said"
    printf '%s\n' "$name" >> "$WORK/done"
    say "== $name
$(cat "$said")"
  else
    printf '%s\n' "$name" >> "$WORK/failed"
    say "== $name
$(cat "$said")"
    exit 1
  fi
}

# lane FUNCTION: its stages in a process group of their own, so that nothing of them survives.
lane() {
  set -m; (set +m; "$@") & LANES+=($!); set +m
}

# Until all lanes are over, or one has failed. Then new ones may begin.
wait_for_lanes() {
  local pid
  for pid in "${LANES[@]}"; do
    while kill -0 "$pid" 2>/dev/null && [ ! -e "$WORK/failed" ]; do sleep 0.3; done
    if [ -e "$WORK/failed" ]; then STAGE=$(head -1 "$WORK/failed"); exit 1; fi
    wait "$pid"
  done
  LANES=()
}

free_port() { "$VENV/bin/python" -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }

# serve SIGNAL USER COMMAND: a server that ends with this script, even if that is killed outright.
serve() {
  local signal=$1 user=()
  [ "$2" = "$(id -un)" ] || user=(--reuid "$2" --regid "$2" --init-groups)
  shift 2
  (cd "$WORK" && exec setpriv --pdeathsig "$signal" ${user[@]+"${user[@]}"} "$@") >> "$WORK/servers.log" 2>&1 &
  SERVERS+=($!)
}

until_ready() {
  local left=100
  while [ $((left -= 1)) -gt 0 ]; do
    if "$@" >/dev/null 2>&1; then return; fi
    sleep 0.1
  done
  tail -5 "$WORK/servers.log" >&2
  die "no answer from: $1"
}

# Without the server's own ANALYZE: it would take the tables, empty for a moment between two tests, for
# small ones, and plan the next questions so that they take hours. What hangs all the same is ended.
start_servers() {
  local bin owner pg_port redis_port
  say "== throw-away PostgreSQL and Redis"
  bin=$(find /usr/lib/postgresql -maxdepth 2 -name bin | sort -V | tail -1)
  owner=$(id -un); [ "$owner" != root ] || owner=postgres
  pg_port=$(free_port); redis_port=$(free_port)
  install -d -o "$owner" -m 700 "$WORK/pg"
  serve TERM "$owner" "$bin/initdb" -D "$WORK/pg/data" -U postgres -A trust -E UTF8 --locale=C.UTF-8 --no-sync
  wait "${SERVERS[0]}" || { cat "$WORK/servers.log" >&2; die "initdb failed."; }
  SERVERS=()
  serve QUIT "$owner" "$bin/postgres" -D "$WORK/pg/data" -p "$pg_port" -h 127.0.0.1 -F \
    -c unix_socket_directories= -c full_page_writes=off -c synchronous_commit=off \
    -c autovacuum=off -c statement_timeout=120s
  serve TERM "$(id -un)" redis-server --port "$redis_port" --bind 127.0.0.1 --save '' --appendonly no --dir "$WORK"
  until_ready "$bin/pg_isready" -q -h 127.0.0.1 -p "$pg_port"
  until_ready redis-cli -p "$redis_port" ping
  POSTGRES_URL=postgres://postgres@127.0.0.1:$pg_port/postgres
  TEST_REDIS_URL=redis://127.0.0.1:$redis_port
}

check_deploy() {
  PRODUCTION=1 ALLOWED_HOSTS=office.example SECRET_KEY=$("$VENV/bin/python" -c 'import secrets; print(secrets.token_urlsafe(60))') \
    manage check --deploy --fail-level WARNING
}

static_stages() {
  stage "ruff" "$VENV/bin/ruff" check --quiet .
  stage "ruff format" "$VENV/bin/ruff" format --check --quiet .
  stage "mypy" "$VENV/bin/mypy" --no-error-summary .
  stage "import layers" "$VENV/bin/lint-imports"
  stage "djlint" "$VENV/bin/djlint" --lint --quiet templates
  stage "message catalogues" "$VENV/bin/python" scripts/check_messages.py
  stage "migrations" manage makemigrations --check --dry-run
  stage "check --deploy" check_deploy
}

# run_pytest NAME OPTION...: with a record from which the totals are told at the end.
run_pytest() { local name=$1; shift; "$VENV/bin/pytest" -q --junitxml="$WORK/$name.xml" "$@"; }
# on_servers REDIS COMMAND: a queue of its own, for the stages share the servers.
on_servers() { DATABASE_URL=$POSTGRES_URL REDIS_URL=$TEST_REDIS_URL/$1 "${@:2}"; }

# A browser and a server wait for each other: the pages leave a core to the other checks.
browser_stages() {
  stage "$IN_BROWSER" on_servers 1 run_pytest browser -m browser
}
server_stages() {
  stage "$ON_SERVERS" on_servers 0 run_pytest PostgreSQL -m "not browser" -n 2 --dist worksteal
}

other_stages() {
  static_stages
  stage "$ON_SQLITE" run_pytest SQLite -m "not browser" --second-engine
}

totals() {
  "$VENV/bin/python" - "$WORK"/*.xml <<'PY'
import pathlib, sys, xml.etree.ElementTree as tree
for path in filter(pathlib.Path.is_file, map(pathlib.Path, sys.argv[1:])):
    suite = tree.parse(path).getroot().find("testsuite")
    print(f"; {path.stem}: {suite.get('tests')} tests, {suite.get('skipped')} skipped", end="")
PY
}

if [ "$WHAT" = all ]; then prepare dev postgresql redis-server "chromium-headless-shell|chromium" poppler-utils libreoffice-writer-nogui; else prepare dev; fi
# The tests choose their own settings, whatever the caller's environment says.
unset DATABASE_URL REDIS_URL PRODUCTION DEBUG SECRET_KEY ALLOWED_HOSTS CSRF_TRUSTED_ORIGINS SITE_URL EMAIL_URL \
  DEFAULT_FROM_EMAIL DEMO_PASSWORD LOG_LEVEL PROXY_COUNT MAX_UPLOAD_BYTES SESSION_IDLE_SECONDS \
  DATABASE_CONN_MAX_AGE DJANGO_SETTINGS_MODULE "${!PG@}"
export VAR_DIR=$WORK/var; mkdir -p "$VAR_DIR"; write_secret_key
if [ "$WHAT" = all ]; then
  ON_SERVERS="tests on PostgreSQL and Redis" ON_SQLITE="tests on SQLite"
  IN_BROWSER="browser tests on PostgreSQL, Redis and a real worker"
  STAGE="the stages"
  if fits "$ON_SERVERS" || fits "$IN_BROWSER"; then start_servers; fi
  lane other_stages
  lane browser_stages
  wait_for_lanes
  lane server_stages
else
  lane static_stages
fi
STAGE="the stages"
wait_for_lanes
[ -e "$WORK/done" ] || die "no stage is called like TEST_STAGE=$ONLY"
say "All stages ($(wc -l < "$WORK/done")) passed in $((SECONDS - started)) s$(totals)"
