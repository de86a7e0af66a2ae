#!/usr/bin/env bash
# Installs the system packages the build needs, and only those that are missing.
#
#   tools/setup/packages.sh            everything that building and testing needs
#   tools/setup/packages.sh wasm       only what a WebAssembly build needs (enough for `npm start`)
#
# Groups: wasm, native, browser, and bench, which is only installed when it is named. Does nothing, and asks for no rights, when nothing is missing.
set -euo pipefail

declare -A group=(
  # clang, lld and llvm compile and link for emscripten.sh; the libraries are header-only in this build.
  [wasm]="clang-19 lld-19 llvm-19 python3 cmake ninja-build ccache
          libeigen3-dev libhwy-dev libprotozero-dev libxxhash-dev"
  # libclang-rt carries libFuzzer and the sanitizer runtimes for the fuzz preset.
  [native]="build-essential cmake ninja-build ccache clang-19 libclang-rt-19-dev clang-format-19
            libeigen3-dev libhwy-dev libprotozero-dev libxxhash-dev
            libgtest-dev libgmock-dev librapidcheck-dev libbenchmark-dev"
  [browser]="chromium"
  # Peers that bench/js/report.mjs measures; FAISS wants a BLAS, and one that starts no threads.
  [bench]="libhnswlib-dev libfaiss-dev libopenblas-serial-dev"
)

groups=("$@")
[ ${#groups[@]} -gt 0 ] || groups=(wasm native browser)
wanted=()
for name in "${groups[@]}"; do
  [ -n "${group[$name]-}" ] || { echo "packages.sh: no group '$name' (there are: ${!group[*]})" >&2; exit 2; }
  # shellcheck disable=SC2206  # splitting the list into words is the point
  wanted+=(${group[$name]})
done

if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
  echo "packages.sh: this is not Debian, so nothing was installed. The build needs the equivalents of:"
  printf '  %s\n' "${wanted[@]}" | sort -u
  exit 0
fi

missing=()
while read -r package; do
  state=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null) || true
  [ "$state" = installed ] || missing+=("$package")
done < <(printf '%s\n' "${wanted[@]}" | sort -u)
[ ${#missing[@]} -gt 0 ] || exit 0

as_root=()
if [ "$(id -u)" -ne 0 ]; then
  command -v sudo >/dev/null || {
    echo "packages.sh: not root and no sudo; as root run: apt-get install ${missing[*]}" >&2
    exit 1
  }
  as_root=(sudo)
fi

echo "packages.sh: installing ${missing[*]}"
export DEBIAN_FRONTEND=noninteractive
# Lists may be absent (a fresh container) or name files that are gone from the mirror.
"${as_root[@]}" apt-get -q update </dev/null
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
  apt-get -q install -y --no-install-recommends "${missing[@]}" </dev/null
