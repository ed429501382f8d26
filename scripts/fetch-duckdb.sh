#!/bin/sh
# Puts the official prebuilt libduckdb into vendor/duckdb, once, so that nobody has to
# compile a database (most of an hour on two cores).
#
#   scripts/fetch-duckdb.sh
#
# Two ways, tried in turn: the npm package that carries the library, then the zip of the
# DuckDB release (the same bytes; the `duckdb` crate would download it too, but unchecked).
# Whatever brought it, the library must have the checksum pinned here.
#
# DUCKDB_PLATFORM=linux-arm64 fetches for another machine, DUCKDB_RELEASES is the address
# of a mirror of the release zips, DUCKDB_LIB_DIR is the folder of a library of your own.
set -eu

version=1.5.5       # the version Metabase's driver bundles; the crate is 1.10505.x
package=1.5.5-r.5   # the npm packaging of it
releases=${DUCKDB_RELEASES:-https://github.com/duckdb/duckdb/releases/download}

root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
vendor=$root/vendor/duckdb
tried=''

say() { printf '%s\n' "$*" >&2; }
note() { tried="$tried
  - $*"; }
have() { command -v "$1" >/dev/null 2>&1; }

platform() {
    case "$(uname -s) $(uname -m)" in
    'Linux x86_64') echo linux-x64 ;;
    'Linux aarch64' | 'Linux arm64') echo linux-arm64 ;;
    'Darwin arm64') echo darwin-arm64 ;;
    'Darwin x86_64') echo darwin-x64 ;;
    *) echo "$(uname -s)-$(uname -m)" ;;
    esac
}

# Sets lib, zip and the two checksums: of the npm package and of the library in it.
pins() {
    case $1 in
    linux-x64)
        lib=libduckdb.so zip=libduckdb-linux-amd64.zip
        integrity=sha512-kCyq6BXhn6QXfwF8yVdVKriSSHP+rfVWcJ56cG8qZzlOZpxyvT5WGm6jMshxg4ditLlOsHsIN/D47RYrcjXuHQ==
        sha256=fc23f12e376c47be520f75221288281906e7942e8fd6f6ce4849198ba60d0405
        ;;
    linux-arm64)
        lib=libduckdb.so zip=libduckdb-linux-arm64.zip
        integrity=sha512-CafH2AIvXtpwDynG3KB/4uEOHRGlFoB7auCRMIwH3BKNIobsANV5LSpDJ3tfyRCFIsK6e8AT1eseWVnu2Dv3cw==
        sha256=d00d007f3f7ca1f2896a5e4b89c2ce141bf0508506a9d6d56f9598b8e59d074e
        ;;
    darwin-arm64)
        lib=libduckdb.dylib zip=libduckdb-osx-universal.zip
        integrity=sha512-WJdeLTFy4pRg60rkbp9smtlP1iIQ8ErtIJkxS+2LQtM1ZZMSByyW+3WPpNoKe7IwPtVl2fLlPw7tDmQW4Z974g==
        sha256=b9027d18ef3e8d960568f77e946a83ca68009cb22d71cf7f94de842afdd094d8
        ;;
    darwin-x64)
        lib=libduckdb.dylib zip=libduckdb-osx-universal.zip
        integrity=sha512-rN0KjX13MwVQ5V5ufykolty/tf4SaafOpGWcUA1Cegf98jPeRdsJsEE1IMXn8n3u6WvMSZEVJmHJ3ma4Hr7Vzg==
        sha256=b9027d18ef3e8d960568f77e946a83ca68009cb22d71cf7f94de842afdd094d8
        ;;
    *) return 1 ;;
    esac
}

sha256_of() {
    if have sha256sum; then sha256sum "$1"; else shasum -a 256 "$1"; fi | cut -d ' ' -f 1
}

# Checked here, over the bytes on disk: npm's own check is not enough for us.
integrity_of() {
    node -e '
        const bytes = require("fs").readFileSync(process.argv[1]);
        console.log("sha512-" + require("crypto").createHash("sha512").update(bytes).digest("base64"));
    ' "$1"
}

download() {
    if have curl; then curl --fail --silent --show-error --location --output "$2" "$1"; else wget -q -O "$2" "$1"; fi
}

unpack_zip() {
    if have unzip; then unzip -q -o "$1" "$2" -d "$3"; else python3 -m zipfile -e "$1" "$3"; fi
}

# Each way leaves $work/$lib, or notes why it could not.
from_npm() {
    if ! have npm || ! have node; then
        note 'npm: not installed'
        return 1
    fi
    say "fetching libduckdb $version for $platform from npm"
    spec=@duckdb/node-bindings-$platform@$package
    if ! (cd "$work" && npm pack --loglevel error "$spec" >name 2>npm.log); then
        note "npm: cannot fetch $spec: $(head -n 1 "$work/npm.log")"
        return 1
    fi
    tarball=$work/$(tail -n 1 "$work/name")
    if [ "$(integrity_of "$tarball")" != "$integrity" ]; then
        note "npm: $spec does not have the pinned checksum"
        return 1
    fi
    if ! tar -xzf "$tarball" -C "$work" "package/$lib" || ! mv "$work/package/$lib" "$work/"; then
        note "npm: cannot unpack $spec (is the disk full?)"
        return 1
    fi
}

from_release() {
    url=$releases/v$version/$zip
    if ! have curl && ! have wget; then
        note 'release zip: neither curl nor wget is installed'
        return 1
    fi
    if ! have unzip && ! have python3; then
        note 'release zip: neither unzip nor python3 is installed'
        return 1
    fi
    say "fetching libduckdb $version for $platform from $url"
    if ! download "$url" "$work/lib.zip" 2>"$work/download.log"; then
        note "release zip: cannot download $url: $(head -n 1 "$work/download.log")"
        return 1
    fi
    if ! unpack_zip "$work/lib.zip" "$lib" "$work" 2>/dev/null; then
        note "release zip: $url holds no $lib"
        return 1
    fi
}

is_the_pinned_library() {
    [ "$(sha256_of "$work/$lib")" = "$sha256" ] && return 0
    note "$1: its $lib does not have the pinned checksum"
    return 1
}

give_up() {
    say "
libduckdb $version could not be put into vendor/duckdb. Tried:$tried

Any one of these helps; then run the same command again:
  - install Node.js with npm (https://nodejs.org), or curl and unzip, and be online;
  - have a libduckdb $version of your own (https://github.com/duckdb/duckdb/releases/tag/v$version)
    and say where it is: DUCKDB_LIB_DIR=/its/folder make demo
  - compile it from source, with a C++ compiler and in most of an hour: make demo BUNDLED=1"
    exit 1
}

[ -z "${DUCKDB_LIB_DIR:-}" ] || exit 0

platform=${DUCKDB_PLATFORM:-$(platform)}
if ! pins "$platform"; then
    note "there is no pinned library for $platform (only Linux and macOS, x86-64 and arm64)"
    give_up
fi

stamp="$version $platform $sha256"
if [ -f "$vendor/$lib" ] && [ "$(cat "$vendor/VERSION" 2>/dev/null)" = "$stamp" ]; then
    exit 0
fi

# Everything happens in a folder of this process and enters by rename, library first and
# stamp last: two runs at once, or a killed one, leave a whole library or none.
mkdir -p "$vendor"
find "$vendor/" -name 'partial.*' -mmin +60 -exec rm -rf {} +
work=$(mktemp -d "$vendor/partial.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM HUP

{ from_npm && is_the_pinned_library npm; } ||
    { from_release && is_the_pinned_library 'release zip'; } ||
    give_up
echo "$stamp" >"$work/VERSION"
mv -f "$work/$lib" "$vendor/$lib"
mv -f "$work/VERSION" "$vendor/VERSION"
say "libduckdb $version is in vendor/duckdb"
