# Shared by the scripts: where things are, what is installed, what was done already.
# shellcheck shell=bash
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$ROOT" || exit
export VAR_DIR=${VAR_DIR:-$ROOT/var}
VENV=$ROOT/.venv
STAMPS=$ROOT/var/stamps

say() { printf '%s\n' "$*" >&2; }
die() { printf '\nCannot go on: %s\n' "$*" >&2; exit 1; }
has() { command -v "$1" >/dev/null 2>&1; }
has_uv() { uv --version >/dev/null 2>&1; }

# apt, as root or through sudo without a password; empty where neither is possible.
apt_command() {
  if ! has apt-get; then return; fi
  if [ "$(id -u)" = 0 ]; then echo "env DEBIAN_FRONTEND=noninteractive apt-get"
  elif has sudo && sudo -n true 2>/dev/null; then echo "sudo -n env DEBIAN_FRONTEND=noninteractive apt-get"
  fi
}

is_installed() { dpkg-query -W -f='${Status}' "$1" 2>/dev/null | grep -q 'ok installed'; }
is_offered() { apt-cache show "$1" >/dev/null 2>&1; }

# need_packages NAME...: install the Debian packages that are missing, or say how.
# "BETTER|OTHER": the first where the system offers it, else the second.
need_packages() {
  local missing=() apt name
  if ! has dpkg-query; then
    say "(Not a Debian system: see that these are installed: $*)"; return
  fi
  for name in "$@"; do
    is_installed "${name%%|*}" && continue
    if is_installed "${name##*|}" && ! is_offered "${name%%|*}"; then continue; fi
    missing+=("$name")
  done
  [ ${#missing[@]} -gt 0 ] || return 0
  apt=$(apt_command)
  [ -n "$apt" ] || die "missing system packages. Install them and start again:
  sudo apt-get update && sudo apt-get install --no-install-recommends ${missing[*]%%|*}"
  $apt update -qq >/dev/null 2>&1 || true
  for name in "${!missing[@]}"; do
    if is_offered "${missing[name]%%|*}"; then missing[name]=${missing[name]%%|*}; else missing[name]=${missing[name]##*|}; fi
  done
  say "Installing system packages: ${missing[*]}"
  $apt install -y -qq --no-install-recommends "${missing[@]}" >/dev/null ||
    die "apt-get could not install: ${missing[*]}. Install them by hand and start again."
}

# Print the newest suitable Python; PYTHON chooses another.
find_python() {
  local candidate
  for candidate in "${PYTHON:-}" python3.13 python3.12 python3.11 python3; do
    if has "$candidate" && "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
      "$candidate" -c 'import sys; print(sys.executable)'; return
    fi
  done
  die "Python 3.11 or newer is needed. On Debian 12: sudo apt-get install python3 python3-venv (or name one: PYTHON=/path/to/python3)"
}

NODE_HELP="Install it from nodejs.org/en/download; on Debian 13: sudo apt-get install nodejs npm
(Debian 12's own nodejs is version 18, which is too old.)"
check_node() {
  if ! has node || ! has npm; then
    die "Node 20 or newer with npm is needed for the front-end assets. $NODE_HELP"
  fi
  node -e 'process.exit(parseInt(process.versions.node) < 20 ? 1 : 0)' ||
    die "Node 20 or newer is needed; this is $(node --version). $NODE_HELP"
}

# once NAME INPUT... -- COMMAND: run the command unless the inputs are as they were last time.
once() {
  local name=$1 inputs=() sum; shift
  while [ "$1" != -- ]; do inputs+=("$1"); shift; done; shift
  sum=$(find "${inputs[@]}" -type f ! -name '*.pyc' ! -name '*.mo' -print0 | sort -z | xargs -0 sha256sum | sha256sum)
  if [ "$(cat "$STAMPS/$name" 2>/dev/null)" = "$sum" ]; then return 0; fi
  "$@"
  mkdir -p "$STAMPS"; printf '%s\n' "$sum" > "$STAMPS/$name"
}

# The package in which Debian keeps what `python -m venv` needs, if it is missing and will be missed.
venv_package() {
  local python=$1
  if [ -x "$VENV/bin/python" ] || has_uv || "$python" -c 'import ensurepip' 2>/dev/null; then return; fi
  "$python" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])'
}

make_venv() {
  local python=$1
  rm -rf "$VENV"
  if has_uv; then uv venv -q --python "$python" "$VENV"; return; fi
  "$python" -m venv "$VENV" || { rm -rf "$VENV"; die "$python -m venv failed; see above."; }
}

install_python() {
  say "Installing Python packages ($1)"
  if has_uv; then VIRTUAL_ENV=$VENV uv pip install -q --require-hashes -r "requirements/$1.txt"; return; fi
  [ -x "$VENV/bin/pip" ] || "$VENV/bin/python" -m ensurepip >/dev/null
  "$VENV/bin/python" -m pip install -q --disable-pip-version-check --require-hashes -r "requirements/$1.txt"
}

# prepare_python base|dev PYTHON: the environment, made anew where the folder was moved or its Python is gone.
prepare_python() {
  local kind=$1
  if [ ! -x "$VENV/bin/python" ] || ! grep -qsF "$VENV" "$VENV/bin/activate"; then
    rm -f "$STAMPS"/python-*
    make_venv "$2"
  fi
  if [ -f "$STAMPS/python-dev" ]; then kind=dev; fi  # dev holds all of base
  once "python-$kind" "requirements/$kind.txt" -- install_python "$kind"
}

install_assets() {
  say "Installing front-end assets"
  npm ci --ignore-scripts --include=dev --loglevel=error --no-audit --no-fund --no-update-notifier >/dev/null
  rm -rf var/vendor; mkdir -p var/vendor
  local from
  for from in bootstrap/dist/css/bootstrap.min.css bootstrap/dist/js/bootstrap.bundle.min.js \
    htmx.org/dist/htmx.min.js tom-select/dist/js/tom-select.complete.min.js \
    tom-select/dist/css/tom-select.bootstrap5.min.css
  do sed '/sourceMappingURL=/d' "node_modules/$from" > "var/vendor/$(basename "$from")"; done
}

# The editor for official prose: our modules and ProseMirror's in one file.
build_editor() {
  node_modules/.bin/esbuild editor/main.js --bundle --minify --format=iife --charset=utf8 --legal-comments=none \
    --target=chrome90,firefox91,safari15 --log-level=warning --outfile=var/vendor/editor.js
}

# 仿宋 and 楷体 for official forms, out of a package that is not installed whole. Tried once
# (`make clean` forgets that); without them Noto stands in.
fetch_forms_fonts() {
  local dir=$ROOT/var/fonts fandol=./usr/share/texlive/texmf-dist/fonts/opentype/public/fandol work
  mkdir -p "$dir"
  if ! has apt-get || ! has dpkg-deb || ls "$dir"/FandolFang*.otf >/dev/null 2>&1; then return 0; fi
  say "Fetching the 仿宋 font"
  work=$(mktemp -d)
  if ! (
    cd "$work"
    timeout 120 apt-get -qq -o Acquire::Retries=0 -o Acquire::http::Timeout=15 download texlive-lang-chinese
    dpkg-deb --fsys-tarfile ./*.deb |
      tar -x --strip-components=9 -C "$dir" --wildcards "$fandol/FandolFang*.otf" "$fandol/FandolKai*.otf"
  ) >/dev/null 2>&1; then say "(It could not be fetched; official forms use Noto Serif instead.)"; fi
  rm -rf "$work"
}

use_fonts() {
  cat > "$ROOT/var/fonts.conf" <<XML
<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><include ignore_missing="yes">/etc/fonts/fonts.conf</include><dir>$ROOT/var/fonts</dir></fontconfig>
XML
  export FONTCONFIG_FILE=$ROOT/var/fonts.conf
}

manage() { "$VENV/bin/python" manage.py "$@"; }

write_secret_key() {
  [ -s "$VAR_DIR/secret_key" ] || (umask 077; "$VENV/bin/python" -c 'import secrets; print(secrets.token_urlsafe(50))' > "$VAR_DIR/secret_key")
}

build_static() { manage collectstatic --noinput -v 0; }
build_messages() { manage compilemessages -v 0 --locale zh_Hans --ignore .venv --ignore node_modules; }

# prepare base|dev PACKAGE...: everything both commands need, skipped where it is up to date.
prepare() {
  local kind=$1 python venv; shift
  check_node
  python=$(find_python)
  venv=$(venv_package "$python")
  mkdir -p "$VAR_DIR" "$STAMPS"
  [ -w "$VAR_DIR" ] || die "$VAR_DIR belongs to somebody else; start as that user."
  chmod go-rwx "$VAR_DIR"  # the database and the papers are nobody else's business
  need_packages libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fontconfig fonts-noto-cjk gettext \
    ${venv:+"$venv"} "$@"
  prepare_python "$kind" "$python"
  [ -d node_modules ] && [ -d var/vendor ] || rm -f "$STAMPS/assets"
  once assets package-lock.json -- install_assets
  [ -f var/vendor/editor.js ] || rm -f "$STAMPS/editor"
  once editor package-lock.json editor -- build_editor
  once fonts scripts/lib.sh -- fetch_forms_fonts
  use_fonts
  write_secret_key
  [ -d staticfiles ] || rm -f "$STAMPS/static"
  once static static var/vendor requirements/base.txt -- build_static
  [ -f locale/zh_Hans/LC_MESSAGES/django.mo ] || rm -f "$STAMPS/messages"
  once messages locale -- build_messages
}
