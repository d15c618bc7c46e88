#!/bin/sh
# Finds the programs of a PostgreSQL server for the tests of the store, or installs them as root on
# Debian; without them, says so in one line, and fails only when CI=true. Where they may stand, and
# how the tests start a server of their own, is in tests/kit/postgres.py.
# Usage: sh scripts/postgres.sh FOLDER-OF-THE-VIRTUAL-ENVIRONMENT
set -eu
python=$1/bin/python
tried=$1/.postgres-tried
settings=/etc/postgresql-common/createcluster.conf

has_programs() { "$python" -m tests.kit.postgres >/dev/null; }
debian() { [ "$(id -u)" = 0 ] && grep -Eqs '^ID=(debian|ubuntu)$' /etc/os-release; }
apt_install() { DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends "$@"; }

# The package would make a cluster and start it at once; we want its programs only.
install_programs() {
    apt-get -qq update && apt_install postgresql-common || return 1
    cp "$settings" "$settings.before-backprop" || return 1
    echo "create_main_cluster = false" >>"$settings"
    apt_install postgresql && installed=0 || installed=1
    mv "$settings.before-backprop" "$settings"
    return $installed
}

if has_programs; then exit 0; fi

if debian && { [ ! -e "$tried" ] || [ "${CI:-}" = true ]; }; then
    echo "The tests of the store need a PostgreSQL server; installing its package."
    touch "$tried"
    install_programs >"$tried" 2>&1 || true
    if has_programs; then exit 0; fi
fi

"$python" -m tests.kit.postgres >&2 || [ "${CI:-}" != true ]
