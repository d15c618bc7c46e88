#!/bin/sh
# Finds a Chromium for the browser tests, or installs one; without one, says so in one line,
# and fails only when CI=true. tests/browser/conftest.py looks in the same places.
# Usage: sh scripts/browser.sh FOLDER-OF-THE-VIRTUAL-ENVIRONMENT
set -eu
python=$1/bin/python
tried=$1/.browser-tried

system_browser() {
    for candidate in "${CHROMIUM_PATH:-}" chromium-headless-shell chromium chromium-browser \
        google-chrome google-chrome-stable \
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome" \
        "/Applications/Chromium.app/Contents/MacOS/Chromium"; do
        # --version, for Ubuntu's chromium-browser may be a stub that only asks for snap.
        if [ -n "$candidate" ] && "$candidate" --version >/dev/null 2>&1; then
            return 0
        fi
    done
    return 1
}

playwright_browser() {
    "$python" - <<'CODE' >/dev/null 2>&1
from playwright.sync_api import sync_playwright

with sync_playwright() as playwright:
    playwright.chromium.launch(args=["--no-sandbox"]).close()
CODE
}

debian() { [ "$(id -u)" = 0 ] && grep -qs '^ID=debian' /etc/os-release; }

# The shell without windows does the same tests in two thirds of a whole Chromium's time.
apt_install() {
    apt-get -qq update && for package in chromium-headless-shell chromium; do
        DEBIAN_FRONTEND=noninteractive apt-get -qq install -y "$package" && return 0
    done
}

playwright_install() {
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
        "$python" -m playwright install --with-deps chromium
    else
        "$python" -m playwright install chromium
    fi
}

if system_browser; then
    if [ -z "${CHROMIUM_PATH:-}" ] && [ ! -e "$tried" ] && debian &&
        ! command -v chromium-headless-shell >/dev/null 2>&1; then
        echo "The browser tests are quickest in chromium-headless-shell; installing it."
        touch "$tried"
        apt_install >"$tried" 2>&1 || true
    fi
    exit 0
fi

if [ ! -e "$tried" ] || [ "${CI:-}" = true ]; then
    echo "The browser tests need a Chromium; installing one."
    touch "$tried"
    if debian && apt_install >"$tried" 2>&1 && system_browser; then exit 0; fi
    if playwright_install >>"$tried" 2>&1 && playwright_browser; then exit 0; fi
elif playwright_browser; then
    exit 0
fi

echo "No Chromium: browser tests cannot run. Install chromium or set CHROMIUM_PATH." >&2
[ "${CI:-}" != true ]
