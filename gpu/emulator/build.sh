#!/bin/bash
# Builds the emulated CUDA device: lets JCudaDriver and JCublas2 run, unchanged, on a machine without a GPU. It is what
# `check --emulate-cuda` runs on, from the bundle too, and what the tests of the CUDA backends run on (docs/cuda.md).
#
#   build.sh [--device BUILT] OUTPUT KERNELS...
#
# KERNELS are folders of .cu files; their extern "C" kernels are compiled by g++ and found by name. Written to OUTPUT:
#   libcuda.so.1                the driver (driver/), and the executor of kernels (executor/)
#   libemulated_kernels.so      the kernels, through the headers in kernel/
#   cuda12/libcublas.so.12      cuBLAS (cublas/), and an empty libcublasLt.so.12 beside it
#   cuda13/libcublas.so.13      the same as a machine with CUDA 13 only has it
#   unavailable.txt             instead of all that: one sentence, why it cannot be built here
# With --device only the kernels are compiled; the rest are links to the device that was built into BUILT.
#
# The machine that is presented is set by the environment (driver/machine.h, driver/injection.h). What a test asks of the
# device is in driver/observe.cpp.
#
# driver/imports.txt and cublas/imports.txt name what the libraries of JCuda 12.6.0 import (nm -D --undefined-only); what
# nobody wrote of it becomes a stub that answers "not supported" and is reported as a fault.
set -euo pipefail
shopt -s nullglob

here="$(cd "$(dirname "$0")" && pwd)"
built=
[ "${1:-}" != --device ] || { built="$(cd "$2" && pwd)"; shift 2; }
[ $# -ge 2 ] || { echo "usage: build.sh [--device BUILT] OUTPUT KERNELS..." >&2; exit 2; }
mkdir -p "$1"
output="$(cd "$1" && pwd)"
shift

unavailable() {
  rm -rf "$output"/{objects,stamp,cuda12,cuda13} "$output"/lib*.so*
  echo "$1" > "$output/unavailable.txt"
  echo "the emulated CUDA device is not built: $1"
  exit 0
}
compiler="${CXX:-g++}"
[ "$(uname -s)-$(uname -m)" = Linux-x86_64 ] || unavailable "it needs Linux on x86-64, this is $(uname -s) on $(uname -m)"
command -v "$compiler" > /dev/null || unavailable "it needs a C++ compiler, and $compiler is not installed"

# -O0 with --device: such a device runs a few short tests, in less time than an optimised one takes to compile.
# -ffp-contract=off: a product and a sum are fused only where the source says fma.
# -mfma:             that fma is then one instruction; without it a library call that gives the same bits, slowly.
# -fno-strict-aliasing: device memory has no C++ type, and nvcc does not assume one.
optimisation=-O2
[ -z "$built" ] || optimisation=-O0
flags=(-std=c++17 "$optimisation" -fPIC -pthread -Wall -Wextra -Wno-unknown-pragmas -ffp-contract=off -fno-strict-aliasing)
grep -q -m1 '\bfma\b' /proc/cpuinfo && flags+=(-mfma)
# Shared memory is thread-local and never constructed: no call to ask whether it has been.
kernel_flags=(-fno-extern-tls-init -I "$here/kernel" -include cuda_host.h)

kernels=()
for folder in "$@"; do
  [ -d "$folder" ] || { echo "build.sh: no folder $folder" >&2; exit 2; }
  folder="$(cd "$folder" && pwd)"
  kernels+=("$folder"/*.cu)
done

# Nothing to do if nothing changed.
stamp="$({ echo "${flags[@]}" "$built" "${kernels[@]}"; "$compiler" --version
  find "$here" "$@" -type f \( -name '*.cpp' -o -name '*.h' -o -name '*.cu' -o -name '*.cuh' -o -name '*.txt' \
    -o -name '*.map' -o -name '*.sh' \) -print0 | sort -z | xargs -0 cat; } | sha256sum)"
[ -f "$output/stamp" ] && [ "$(cat "$output/stamp")" = "$stamp" ] && exit 0
rm -rf "$output"/{objects,stamp,unavailable.txt,cuda12,cuda13} "$output"/lib*.so*
work="$output/objects"
mkdir -p "$work" "$output/cuda12" "$output/cuda13"

# The source, and behind it one registration a kernel. What is found: `__global__ void name(`.
dynamic=()
number=0
for source in "${kernels[@]}"; do
  listing="$("$compiler" -E -P -x c++ -DEMULATED_LIST_KERNELS "${kernel_flags[@]}" "$source" | tr '\n' ' ')"
  unit="$work/kernel_$((number++)).cpp"
  echo "#include \"$source\"" > "$unit"
  grep -oP '@kernel@\s+void\s+\K\w+' <<< "$listing" | sort -u | while read -r name; do
    echo "static const emulated::Registration register_$name(\"$name\", $name);" >> "$unit"
  done
  dynamic+=($(grep -oP 'extern\s+@shared@[^;]*?\K\w+(?=\s*\[\s*\])' <<< "$listing" || true))
done

# Arrays declared `extern __shared__ type name[]`: one a name, each as large as a block may ask for (227 KiB).
{
  echo '#include "registration.h"'
  names=($(printf '%s\n' "${dynamic[@]}" | sort -u))
  for name in "${names[@]}"; do echo "alignas(1024) thread_local char $name[227 << 10];"; done
  echo 'namespace emulated {'
  echo 'std::vector<SharedMemory::Range> dynamic_shared_memory() { return {'
  for name in "${names[@]}"; do echo "  {::$name, sizeof(::$name)},"; done
  echo '}; }'
  echo '}  // namespace emulated'
} > "$work/dynamic_shared.cpp"

# compile OBJECT SOURCE FLAG...: two at a time; finish_compiling waits for the last. Paths may have blanks. The launcher
# reads how many there are.
running=0
started=0
units=("$work"/kernel_*.cpp)
device=("$here"/{executor,driver}/*.cpp "$here"/cublas/{handle,api_product,product}.cpp "$here"/cublas/api_handle.cpp{,}
  {driver,cublas}-stubs.cpp)
[ -z "$built" ] || device=()
total=$((${#device[@]} + 2 + ${#units[@]}))
compile() {
  echo "compiling $((++started)) of $total: $2"
  if ((running == 2)); then wait -n; running=1; fi
  "$compiler" "${flags[@]}" "${@:3}" -c "$2" -o "$1" &
  running=$((running + 1))
}
finish_compiling() {
  for ((; running > 0; running--)); do wait -n; done
}

cd "$work"
if [ -z "$built" ]; then
  for source in "$here"/executor/*.cpp "$here"/driver/*.cpp; do
    compile "driver-$(basename "$source" .cpp).o" "$source"
  done
  for major in 12 13; do
    compile "cublas$major-api_handle.o" "$here/cublas/api_handle.cpp" "-DEMULATED_CUBLAS_MAJOR=$major"
  done
  for source in handle api_product; do compile "cublas-$source.o" "$here/cublas/$source.cpp"; done
  compile cublas-product.o "$here/cublas/product.cpp" -O3
fi
compile kernels-dynamic_shared.o "$work/dynamic_shared.cpp" "-I$here/kernel"
compile kernels-shared_memory.o "$here/kernel/shared_memory.cpp"
for unit in "${units[@]}"; do
  compile "kernels-$(basename "$unit" .cpp).o" "$unit" "${kernel_flags[@]}"
done
finish_compiling

# stubs LIST STATUS OBJECT...: a stub for each name in LIST that no OBJECT defines.
stubs() {
  local list="$1" status="$2"
  shift 2
  echo 'extern "C" int emulated_unimplemented(const char* name);'
  comm -23 <(sort -u "$list") <(nm --defined-only -g "$@" | awk 'NF == 3 { print $3 }' | sort -u) | while read -r name; do
    echo "extern \"C\" __attribute__((visibility(\"default\"))) int $name() { emulated_unimplemented(\"$name\"); return $status; }"
  done
}
link() { # NAME INPUT...
  "$compiler" -shared -pthread -Wl,-Bsymbolic -Wl,-z,defs -Wl,-rpath,'$ORIGIN:$ORIGIN/..' \
    -Wl,-soname,"$(basename "$1")" -o "$output/$1" "${@:2}"
}

if [ -n "$built" ]; then
  for file in libcuda.so.1 cuda{12/libcublas{,Lt}.so.12,13/libcublas{,Lt}.so.13}; do ln -s "$built/$file" "$output/$file"; done
else
  stubs "$here/driver/imports.txt" 801 driver-*.o > driver-stubs.cpp
  stubs "$here/cublas/imports.txt" 15 cublas-*.o cublas12-*.o > cublas-stubs.cpp
  for stub in driver-stubs cublas-stubs; do compile "$stub.o" "$stub.cpp" -O1; done
  finish_compiling
  link libcuda.so.1 driver-*.o -ldl -Wl,--version-script="$here/driver/libcuda.map"
  for major in 12 13; do
    link "cuda$major/libcublas.so.$major" "cublas$major"-*.o cublas-*.o "$output/libcuda.so.1" \
      -Wl,--version-script="$here/cublas/libcublas.so.$major.map"
    # The real one needs it; this one is only there to be found.
    link "cuda$major/libcublasLt.so.$major" -x c++ /dev/null
  done
fi
link libemulated_kernels.so kernels-*.o "$output/libcuda.so.1"
echo "$stamp" > "$output/stamp"
