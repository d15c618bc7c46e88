#!/bin/sh
# Makes a virtual environment with Python 3.11 or newer, or says in one line what is missing.
# Usage: sh scripts/environment.sh FOLDER
set -eu
folder=$1

has_apt() { command -v apt-get >/dev/null 2>&1; }
has_brew() { command -v brew >/dev/null 2>&1 || [ "$(uname)" = Darwin ]; }
new_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; }

refuse() {
    echo "$1" >&2
    exit 1
}

if [ -x "$folder/bin/python" ] && new_enough "$folder/bin/python" &&
    "$folder/bin/python" -m pip --version >/dev/null 2>&1; then
    exit 0
fi

python=
for candidate in python3 python3.14 python3.13 python3.12 python3.11; do
    if new_enough "$candidate"; then
        python=$candidate
        break
    fi
done

if [ -z "$python" ]; then
    if ! has_apt; then
        if has_brew; then
            refuse "Python 3.11 or newer is missing. Install it: brew install python"
        fi
        refuse "Python 3.11 or newer is missing. Install it with your system's packages."
    fi
    if command -v python3 >/dev/null 2>&1; then
        refuse "This Python is older than 3.11. Install a newer one beside it: sudo apt install python3.11 python3.11-venv"
    fi
    refuse "Python 3.11 or newer is missing. Install it: sudo apt install python3 python3-venv"
fi

# Debian splits the venv module: venv is there, ensurepip is not, and making the folder fails.
if ! "$python" -c 'import ensurepip, venv' >/dev/null 2>&1; then
    if has_apt; then
        refuse "Python's venv module is missing. Install it: sudo apt install $python-venv"
    elif has_brew; then
        refuse "Python's venv module is missing. Install it: brew install python"
    fi
    refuse "Python's venv module is missing. Install it with your system's packages."
fi

rm -rf "$folder"
"$python" -m venv "$folder"
