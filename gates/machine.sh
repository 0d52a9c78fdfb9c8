#!/bin/sh
# What `make run` needs from a fresh machine: says in one sentence each what is missing. `sh gates/machine.sh python3`
# A shell script, because a machine without Python is one of the answers. Keep the versions as pyproject.toml and Cargo.toml have them.
python=${1:-python3}
missing=0

lacks() {
    echo "make: $1" >&2
    missing=1
}

if ! command -v "$python" >/dev/null 2>&1; then
    lacks "there is no $python: install Python 3.11 or newer (Debian: python3 python3-venv), or say where it is: make PYTHON=/path/to/python3"
elif ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
    lacks "$python is $("$python" -V 2>&1), and 3.11 is the oldest that works: install a newer one, or say where it is: make PYTHON=/path/to/python3"
elif ! "$python" -c 'import venv, ensurepip' 2>/dev/null; then
    lacks "$python has no venv module: install it (Debian: python3-venv)"
fi

if ! command -v cargo >/dev/null 2>&1; then
    lacks "there is no cargo: install Rust 1.89 or newer with rustup, or put its folder (often ~/.cargo/bin) on the PATH"
else
    set -- $(rustc --version 2>/dev/null)
    version=$2
    major=${version%%.*}
    rest=${version#*.}
    minor=${rest%%.*}
    if ! [ "${major:-0}" -gt 1 ] 2>/dev/null && ! [ "${minor:-0}" -ge 88 ] 2>/dev/null; then
        lacks "rustc is ${version:-not there}, and 1.89 is the oldest that works: rustup update"
    fi
fi

command -v "${CC:-cc}" >/dev/null 2>&1 ||
    lacks "there is no C compiler called ${CC:-cc}: install one (Debian: gcc libc6-dev; macOS: xcode-select --install)"

exit $missing
