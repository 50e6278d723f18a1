# Shared by the scripts: where things are, what is installed, what was done already.
# shellcheck shell=bash
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$ROOT"
export VAR_DIR=${VAR_DIR:-$ROOT/var}
VENV=$ROOT/.venv
STAMPS=$ROOT/var/stamps

say() { printf '%s\n' "$*" >&2; }
die() { printf '\nCannot go on: %s\n' "$*" >&2; exit 1; }
has() { command -v "$1" >/dev/null 2>&1; }

# apt, as root or through sudo without a password; empty where neither is possible.
apt_command() {
  if ! has apt-get; then return; fi
  if [ "$(id -u)" = 0 ]; then echo "env DEBIAN_FRONTEND=noninteractive apt-get"
  elif has sudo && sudo -n true 2>/dev/null; then echo "sudo -n env DEBIAN_FRONTEND=noninteractive apt-get"
  fi
}

# need_packages NAME...: install the Debian packages that are missing, or say how.
need_packages() {
  local missing=() apt
  for name in "$@"; do
    dpkg-query -W -f='${Status}' "$name" 2>/dev/null | grep -q 'ok installed' || missing+=("$name")
  done
  [ ${#missing[@]} -gt 0 ] || return 0
  apt=$(apt_command)
  [ -n "$apt" ] || die "missing system packages. Install them and start again:
  sudo apt-get install --no-install-recommends ${missing[*]}"
  say "Installing system packages: ${missing[*]}"
  $apt update -qq >/dev/null 2>&1 || true
  $apt install -y -qq --no-install-recommends "${missing[@]}" >/dev/null ||
    die "apt-get could not install: ${missing[*]}. Install them by hand and start again."
}

find_python() {
  local candidate
  for candidate in ${PYTHON:-} python3.13 python3.12 python3.11 python3; do
    if has "$candidate" && "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
    then echo "$candidate"; return; fi
  done
  die "Python 3.11 or newer is needed. On Debian 12: sudo apt-get install python3 python3-venv"
}

check_node() {
  has node && has npm || die "Node 20 or newer with npm is needed for the front-end assets. See nodejs.org, or your distribution's packages nodejs and npm."
  node -e 'process.exit(parseInt(process.versions.node) < 20 ? 1 : 0)' ||
    die "Node 20 or newer is needed; this is $(node --version)."
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

install_python() {
  local python; python=$(find_python)
  if [ ! -x "$VENV/bin/python" ]; then
    rm -f "$STAMPS"/python-*
    if has uv; then uv venv -q --python "$python" "$VENV"
    else "$python" -m venv "$VENV" || die "python -m venv failed. On Debian: sudo apt-get install python3-venv"
    fi
  fi
  say "Installing Python packages ($1)"
  if has uv; then VIRTUAL_ENV=$VENV uv pip install -q --require-hashes -r "requirements/$1.txt"
  else
    [ -x "$VENV/bin/pip" ] || "$VENV/bin/python" -m ensurepip -q
    "$VENV/bin/python" -m pip install -q --disable-pip-version-check --require-hashes -r "requirements/$1.txt"
  fi
}

install_assets() {
  say "Installing front-end assets"
  npm ci --silent --no-audit --no-fund
  rm -rf var/vendor; mkdir -p var/vendor
  local from
  for from in bootstrap/dist/css/bootstrap.min.css bootstrap/dist/js/bootstrap.bundle.min.js \
    htmx.org/dist/htmx.min.js tom-select/dist/js/tom-select.complete.min.js \
    tom-select/dist/css/tom-select.bootstrap5.min.css
  do sed '/sourceMappingURL=/d' "node_modules/$from" > "var/vendor/$(basename "$from")"; done
}

# 仿宋 for official forms, from a package that is not installed whole; Noto stands in without it.
install_forms_font() {
  local dir=$ROOT/var/fonts work
  if ls "$dir"/FandolFang*.otf >/dev/null 2>&1; then return; fi
  has apt-get && has dpkg-deb || return 0
  work=$(mktemp -d); mkdir -p "$dir"
  (cd "$work" && apt-get download -qq texlive-lang-chinese && dpkg-deb --fsys-tarfile ./*.deb |
    tar -x --strip-components=9 -C "$dir" --wildcards './usr/share/texlive/texmf-dist/fonts/opentype/public/fandol/FandolFang*.otf' './usr/share/texlive/texmf-dist/fonts/opentype/public/fandol/FandolKai*.otf') >/dev/null 2>&1 ||
    say "(The 仿宋 font could not be fetched; official forms use Noto Serif instead.)"
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
build_messages() { manage compilemessages -v 0 --locale zh_Hans; }

# prepare base|dev: everything both commands need, skipped where it is up to date.
prepare() {
  check_node
  mkdir -p "$VAR_DIR" "$ROOT/var"
  need_packages libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fontconfig fonts-noto-cjk gettext
  [ -x "$VENV/bin/python" ] || rm -f "$STAMPS"/python-*
  if [ "$1" = base ] && [ -f "$STAMPS/python-dev" ]; then :; else
    once "python-$1" "requirements/$1.txt" -- install_python "$1"
  fi
  [ -d var/vendor ] || rm -f "$STAMPS/assets"
  once assets package-lock.json -- install_assets
  install_forms_font
  use_fonts
  write_secret_key
  [ -d staticfiles ] || rm -f "$STAMPS/static"
  once static static var/vendor -- build_static
  [ -f locale/zh_Hans/LC_MESSAGES/django.mo ] || rm -f "$STAMPS/messages"
  once messages locale -- build_messages
}
