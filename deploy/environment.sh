# shellcheck shell=sh
# Sourced by deploy/demo and deploy/test, which have set $root to the top of the checkout. POSIX sh.
# Everything said here goes to stderr: stdout belongs to the command itself.

say() { printf '%s\n' "$*" >&2; }

# The first Python of 3.11 or later, or nothing.
find_python() {
    for name in python3 python3.14 python3.13 python3.12 python3.11 python; do
        if "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            command -v "$name"
            return
        fi
    done
}

# shellcheck disable=SC2154  # root is the caller's
# environment NAME EXTRAS [WISHED]: .venv in the checkout with our package and these extras, installed again only when
# pyproject.toml or the checkout's place has changed. WISHED is one that is left out where it cannot be had. Sets $python.
environment() {
    python=$root/.venv/bin/python
    mark=$root/.venv/.installed-$1
    wanted="$root $2${3:+,$3} $(cksum <"$root/pyproject.toml")"
    mkdir -p "$root/.venv"
    if command -v flock >/dev/null; then
        exec 9>"$root/.venv/.lock"
        flock 9 # two commands started at once install once
    fi
    if [ "$(cat "$mark" 2>/dev/null)" != "$wanted" ] || ! "$python" -c '' >/dev/null 2>&1; then
        make_environment
        say "Installing Python packages (once; about a minute) ..."
        install "$2${3:+,$3}" || without "${3:-}" "$2" || {
            say "Installing failed; the lines above say why. A package index must be reachable the first time."
            exit 1
        }
        printf '%s\n' "$wanted" >"$mark"
    fi
    exec 9>&-
}

install() {
    "$python" -m pip install --quiet --disable-pip-version-check --editable "${root}[$1]" >&2
}

# without WISHED EXTRAS: false where nothing was left out.
without() {
    [ -n "$1" ] || return 1
    say "Not everything could be installed; trying without the extra $1 ..."
    install "$2"
}

make_environment() {
    "$python" -m pip --version >/dev/null 2>&1 && return
    base=$(find_python)
    if [ -z "$base" ]; then
        say "Python 3.11 or later is needed, and none was found. On Debian or Ubuntu: apt-get install python3 python3-venv"
        exit 1
    fi
    "$base" -m venv "$root/.venv" >&2 || {
        say "Python could not make a virtual environment. On Debian or Ubuntu: apt-get install python3-venv"
        exit 1
    }
}
