# shellcheck shell=sh
# Sourced by deploy/test: what the tests need beside Python. POSIX sh.

# Installs the Debian packages whose program is missing, where we may; says which are missing where we may not.
system_packages() {
    missing=''
    need chromium chromium
    need chromium-headless-shell chromium-headless-shell
    need firefox-esr firefox-esr
    need redis-server redis-server
    need turnserver coturn
    need ip iproute2
    need node nodejs
    need curl curl
    need npm npm
    [ -n "$missing" ] || return 0
    as=''
    [ "$(id -u)" -eq 0 ] || as='sudo -n'
    if command -v apt-get >/dev/null && $as true 2>/dev/null; then
        say "Installing system packages:$missing"
        export DEBIAN_FRONTEND=noninteractive
        # shellcheck disable=SC2086  # a list of packages, and an optional sudo
        $as apt-get update -qq >&2 && $as apt-get install -y -qq --no-install-recommends $missing >&2
    else
        say "The tests need these programs, and they cannot be installed from here:$missing"
        exit 1
    fi
}

need() {
    command -v "$1" >/dev/null || missing="$missing $2"
}

# The pages' checks, installed again only when their lock file has changed.
web_tools() {
    mark=tests/web/node_modules/.installed
    wanted=$(cksum <tests/web/package-lock.json)
    [ "$(cat "$mark" 2>/dev/null)" = "$wanted" ] && return
    say "Installing the pages' checks (once) ..."
    npm ci --prefix tests/web --no-audit --no-fund --silent >&2
    printf '%s\n' "$wanted" >"$mark"
}
