#!/bin/sh
# Finds the two other engines for the tests marked `engines`, or installs them as root on Debian;
# elsewhere says in one line that they are missing, and fails only when CI=true on Debian.
# tests/browser/engines/conftest.py looks for the same programs.
# Usage: sh scripts/engines.sh FOLDER-OF-THE-VIRTUAL-ENVIRONMENT
set -eu
tried=$1/.engines-tried

missing() {
    for pair in firefox-esr:firefox-esr WebKitWebDriver:webkit2gtk-driver Xvfb:xvfb; do
        command -v "${pair%:*}" >/dev/null 2>&1 || echo "${pair#*:}"
    done
}

debian() { grep -qs '^ID=debian' /etc/os-release; }

packages=$(missing)
[ -n "$packages" ] || exit 0

if debian && [ "$(id -u)" = 0 ] && { [ ! -e "$tried" ] || [ "${CI:-}" = true ]; }; then
    echo "The tests of three engines need Firefox and WebKitGTK; installing" $packages
    touch "$tried"
    { apt-get -qq update &&
        DEBIAN_FRONTEND=noninteractive apt-get -qq install -y $packages; } >"$tried" 2>&1 || true
    packages=$(missing)
    [ -n "$packages" ] || exit 0
fi

echo "Not installed:" $packages "- the tests of three engines run in those that are there." >&2
! debian || [ "${CI:-}" != true ]
