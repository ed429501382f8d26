#!/bin/sh
# Says what is missing on this machine before a build starts, and how to install it.
set -eu

root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
minimum=$(sed -n 's/^rust-version = "\(.*\)"/\1/p' "$root/Cargo.toml")
missing=''

have() { command -v "$1" >/dev/null 2>&1; }
need() { missing="$missing
  - $*"; }

# at_least 1.95.0 1.90
at_least() {
    [ "$(printf '%s\n%s\n' "$2" "$1" | sort -t . -k 1,1n -k 2,2n -k 3,3n | head -n 1)" = "$2" ]
}

if have cargo; then
    found=$(cargo --version | cut -d ' ' -f 2)
    at_least "$found" "$minimum" ||
        need "Rust $minimum or newer (this is $found): rustup update stable"
else
    need "Rust $minimum or newer: https://rustup.rs, or
      curl --proto '=https' --tlsv1.2 -sSf https://sh.rustup.rs | sh"
fi

have cc || have gcc || have clang ||
    need 'a C compiler: sudo apt-get install build-essential (Debian, Ubuntu) or xcode-select --install (macOS)'

if [ -n "$missing" ]; then
    printf 'This machine still needs:%s\n\nThen run the same command again.\n' "$missing" >&2
    exit 1
fi
