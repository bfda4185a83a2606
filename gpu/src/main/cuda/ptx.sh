#!/bin/bash
# The PTX of the kernels, which is committed so that whoever builds or runs Lockstep needs no CUDA compiler.
#
#   ptx.sh           makes it anew; needs nvcc, by NVCC or on the PATH
#   ptx.sh --print   the same, to standard output
#   ptx.sh --check   fails if the committed PTX is not that of these sources and flags; needs no nvcc
#
# It is for compute capability 7.5, and the driver compiles it for the device it finds. nvcc 13 marks it with a version
# of PTX that drivers of CUDA 12 refuse; nothing in it is newer than 7.8, so the mark is lowered to that, and the tests
# hold it to it with a PTX compiler of CUDA 12.
set -euo pipefail
shopt -s globstar nullglob inherit_errexit

here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
resource="$here/../resources/dev/lockstep/gpu/kernel/lockstep.ptx"
version=7.8

# -fmad=false: a product and a sum are fused only where the source says fma. The others keep subnormal numbers, and
# round division and square root correctly.
flags=(-ptx -arch=compute_75 -std=c++17 -fmad=false -ftz=false -prec-div=true -prec-sqrt=true -Werror all-warnings)

fail() { echo "ptx.sh: $1" >&2; exit 1; }

sha256() {
  if command -v sha256sum > /dev/null; then sha256sum; else shasum -a 256; fi | cut -d ' ' -f 1
}

# Of the names and texts of all sources, the flags and the version, whatever the checkout's folder or the locale.
digest_of_sources() {
  (
    export LC_ALL=C
    cd "$here"
    echo "${flags[@]}" "$version"
    for source in **/*.cu **/*.cuh; do
      echo "$source"
      tr -d '\r' < "$source"
    done
  ) | sha256
}

# Comments are left out (they may name the compiler's temporary files), and blank lines.
compile() {
  local nvcc="${NVCC:-nvcc}" text release
  command -v "$nvcc" > /dev/null || fail "there is no $nvcc here"
  text="$("$nvcc" "${flags[@]}" -o /dev/stdout "$here/lockstep.cu" | sed -E -e '/^[[:space:]]*(\/\/.*)?$/d' \
    -e "s/^\.version .*/.version $version/")"
  release="$("$nvcc" --version | grep -o 'release .*')"
  echo "// The kernels of Lockstep, made by ptx.sh from the sources beside it. Do not edit."
  echo "// sources sha256 $(digest_of_sources)"
  echo "// nvcc $release"
  echo "// flags ${flags[*]}, .version lowered to $version"
  echo "// text sha256 $(sha256 <<< "$text")"
  echo "$text"
}

# Of what stands below the comments at the head.
digest_of_text() {
  sed '/^\/\//d' "$resource" | sha256
}

case "${1:-}" in
  --check)
    [ -f "$resource" ] || fail "lockstep.ptx is missing: run gpu/src/main/cuda/ptx.sh, which needs nvcc"
    grep -qx "// sources sha256 $(digest_of_sources)" "$resource" ||
      fail "lockstep.ptx is older than the kernels or the flags: run gpu/src/main/cuda/ptx.sh, which needs nvcc"
    grep -qx "// text sha256 $(digest_of_text)" "$resource" ||
      fail "lockstep.ptx was changed by hand or by a merge: run gpu/src/main/cuda/ptx.sh, which needs nvcc"
    ;;
  --print) compile ;;
  "")
    mkdir -p "$(dirname "$resource")"
    text="$(compile)"
    echo "$text" > "$resource"
    ;;
  *) fail "usage: ptx.sh [--print | --check]" ;;
esac
