#!/usr/bin/env bash
# Puts a recent Emscripten into .toolchain/, where cmake/emscripten.cmake expects it. Does nothing when it is there.
#
#   Debian 12    its own emscripten is 3.1.6, too old; the next release's packages are unpacked, never installed
#   Debian 13+   its own package
#   elsewhere    an emcc of 3.1.69 or newer on PATH
#
# Run tools/setup/packages.sh first: clang, lld and the C++ libraries come from there.
#
# .toolchain/emscripten   Emscripten's root, with its own configuration and cache (writable: it adds to it when
#                         options ask for a system library that is not there, which needs no network)
# .toolchain/include      the header-only libraries, as links: a cross build must not see /usr/include
set -euo pipefail

minimum=3.1.69
repo=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
toolchain=$repo/.toolchain
script_hash=$(sha256sum "${BASH_SOURCE[0]}" | cut -c1-16)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/stratadb/emscripten-$script_hash

fail() { echo "emscripten.sh: $*" >&2; exit 1; }
at_least() { [ "$(printf '%s\n' "$1" "$2" | sort -V | head -1)" = "$1" ]; }

# The checkout may have been moved since, and absolute paths are written into the toolchain.
stamp="$script_hash $repo"
[ "$(head -1 "$toolchain/stamp" 2>/dev/null)" != "$stamp" ] || exit 0

debian=0
codename=
if [ -r /etc/os-release ]; then
  # shellcheck disable=SC1091
  . /etc/os-release
  [ "${ID-}" != debian ] || { debian=${VERSION_ID:-99}; codename=${VERSION_CODENAME-}; }
fi

# Debian 12: fetches the next release's packages into $cache, through apt directories of our own, so that the machine
# neither installs nor even lists them. The mirrors are the machine's: its own sources with the suite name replaced.
fetch_next_release() {
  local next=trixie work sources
  [ ! -e "$cache/complete" ] || return 0
  rm -rf "$cache"
  mkdir -p "$cache"
  work=$(mktemp -d)
  # shellcheck disable=SC2064  # the value now is the one that is meant
  trap "rm -rf '$work'" RETURN
  sources=$work/sources.list.d
  mkdir -p "$sources" "$work/lists/partial" "$work/cache/archives/partial" "$work/debs"
  touch "$work/status"

  # Only Debian's own entries: a suite that is the code name itself or its -updates and -security, with "main".
  shopt -s nullglob
  local file suite="$codename(-updates|-security)?([[:space:]]|\$)"
  for file in /etc/apt/sources.list /etc/apt/sources.list.d/*.list; do
    [ -r "$file" ] || continue
    { grep -E "^deb[[:space:]].*[[:space:]]$suite.*main" "$file" || true; } | sed "s/$codename/$next/g" \
      > "$sources/$(basename "$file" .list).list"
  done
  for file in /etc/apt/sources.list.d/*.sources; do
    awk -v RS= -v ORS='\n\n' -v suite="(^|\n)Suites:([^\n]*[ \t])?$codename(-updates|-security)?([ \t\n]|\$)" \
      '$0 ~ suite && /(^|\n)Components:[^\n]*main/' "$file" | sed "s/$codename/$next/g" \
      > "$sources/$(basename "$file")"
  done
  shopt -u nullglob
  find "$sources" -empty -delete
  [ -d "$sources" ] || fail "found no Debian source for $codename in /etc/apt to derive the $next one from"

  # The machine's other apt settings (a proxy, say) still hold.
  cat > "$work/apt.conf" <<CONF
Dir::Etc::sourcelist "/dev/null";
Dir::Etc::sourceparts "$sources";
Dir::Etc::preferences "/dev/null";
Dir::Etc::preferencesparts "/dev/null";
Dir::State "$work";
Dir::State::lists "$work/lists";
Dir::State::status "$work/status";
Dir::Cache "$work/cache";
APT::Sandbox::User "$(id -un)";
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
CONF
  echo "emscripten.sh: downloading emscripten of $next (about 250 MB)"
  (
    export APT_CONFIG=$work/apt.conf
    cd "$work/debs"
    apt-get -q update
    apt-get -q download emscripten binaryen libc6 libstdc++6 libgcc-s1 node-acorn
  ) </dev/null || fail "could not download the $next packages"
  mv "$work"/debs/*.deb "$cache/"
  touch "$cache/complete"
}

# The tests, documentation and position-independent libraries are 0.8 GB that nothing here uses.
without_unused=(--exclude=*/emscripten/test --exclude=*/emscripten/docs --exclude=*/emscripten/media
  --exclude=*/wasm32-emscripten/pic --exclude=*/wasm32-emscripten/lto-pic)

# Unpacks the Debian packages given as arguments under .toolchain/unpacked.
unpack() {
  local deb
  mkdir -p "$toolchain/unpacked"
  for deb in "$@"; do
    dpkg --fsys-tarfile "$deb" | tar -x -C "$toolchain/unpacked" "${without_unused[@]}"
  done
}

# The unpacked binaryen needs a newer libc than the machine has, so each program runs through that libc's own loader.
wrap_binaryen() {
  local unpacked=$toolchain/unpacked loader program
  loader=$(find "$unpacked/usr/lib" "$unpacked"/usr/lib64 -name 'ld-linux*.so.*' 2>/dev/null | head -1)
  [ -n "$loader" ] || fail "the libc6 package holds no loader"
  mkdir -p "$toolchain/binaryen/bin"
  for program in "$unpacked"/usr/bin/wasm*; do
    printf '#!/bin/sh\nexec "%s" --library-path "%s" "%s" "$@"\n' "$loader" "$(dirname "$loader")" "$program" \
      > "$toolchain/binaryen/bin/$(basename "$program")"
    chmod +x "$toolchain/binaryen/bin/$(basename "$program")"
  done
}

# Emscripten reads .emscripten in its own root, so no environment variable is needed to use it. It is Python.
configure() {  # LLVM_ROOT BINARYEN_ROOT
  cat > "$toolchain/emscripten/.emscripten" <<CONF
import os, shutil
LLVM_ROOT = '$1'
BINARYEN_ROOT = '$2'
NODE_JS = shutil.which('node')
CACHE = '$toolchain/emscripten/cache'
FROZEN_CACHE = False
COMPILER_WRAPPER = shutil.which('ccache')
if COMPILER_WRAPPER:
  # With paths made relative, another checkout of the same files hits the same cache.
  os.environ.setdefault('CCACHE_BASEDIR', '$repo')
  os.environ.setdefault('CCACHE_NOHASHDIR', '1')
CONF
}

# Node resolves a module from where the importing file is, so it finds acorn only inside Emscripten's own tree.
add_acorn() {
  mkdir -p "$toolchain/emscripten/node_modules"
  cp -rL "$1" "$toolchain/emscripten/node_modules/acorn"
}

link_headers() {
  local name from folder
  mkdir -p "$toolchain/include"
  for name in hwy protozero xxhash.h xxh3.h eigen3; do
    from=
    for folder in /usr/include /usr/local/include /opt/homebrew/include; do
      [ ! -e "$folder/$name" ] || { from=$folder/$name; break; }
    done
    [ -n "$from" ] || fail "no $name under /usr/include or /usr/local/include; run tools/setup/packages.sh"
    ln -sfn "$from" "$toolchain/include/$name"
  done
}

rm -rf "$toolchain"
mkdir -p "$toolchain"
# Ends Node's search for "type" here: under this repository's "module", Emscripten's CommonJS files would not load.
echo '{}' > "$toolchain/package.json"
origin=
case $debian in
  12)
    fetch_next_release
    unpack "$cache"/*.deb
    mv "$toolchain/unpacked/usr/share/emscripten" "$toolchain/emscripten"
    wrap_binaryen
    configure /usr/lib/llvm-19/bin "$toolchain/binaryen"
    add_acorn "$toolchain/unpacked/usr/share/nodejs/acorn"
    origin=$(cd "$cache" && echo *.deb)
    ;;
  0 | [1-9] | 1[01])
    emcc=$(command -v emcc) || fail "needs Emscripten $minimum or newer: install emsdk $minimum (or your system's
  emscripten package, if it is new enough) and put its emcc on PATH"
    root=$(em-config EMSCRIPTEN_ROOT) || root=$(dirname "$(readlink -f "$emcc")")
    ln -sfn "$root" "$toolchain/emscripten"
    origin=$emcc
    ;;
  *)
    as_root=()
    [ "$(id -u)" -eq 0 ] || as_root=(sudo)
    dpkg-query -W -f '${db:Status-Status}' emscripten 2>/dev/null | grep -qx installed ||
      "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
        apt-get -q install -y --no-install-recommends emscripten </dev/null
    # A copy, since the installed one has a cache that nobody but root may add to.
    tar -c -C /usr/share "${without_unused[@]/#--exclude=\*\//--exclude=}" emscripten | tar -x -C "$toolchain"
    llvm=$(sed -n "s/^LLVM_ADD_VERSION *= *'\([0-9]*\)'.*/\1/p" /usr/share/emscripten/.emscripten)
    configure "/usr/lib/llvm-$llvm/bin" /usr
    add_acorn /usr/share/nodejs/acorn
    origin="Debian $debian"
    ;;
esac

version=$(tr -d '"[:space:]' < "$toolchain/emscripten/emscripten-version.txt")
at_least "$minimum" "$version" || fail "Emscripten is $version ($origin), but $minimum or newer is needed"
link_headers
"$toolchain/emscripten/emcc" --version </dev/null >/dev/null || fail "emcc was set up but does not run"

# Written last: an interrupted run starts over.
printf '%s\nemscripten %s from %s\n' "$stamp" "$version" "$origin" > "$toolchain/stamp"
echo "emscripten.sh: Emscripten $version is in .toolchain"
