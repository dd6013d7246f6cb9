#!/bin/bash
# Builds the simulated accelerator as a shared library, or a module's test bench as an executable.
#   build.sh library OUT.so  [P=16 E=1 N=64 T=64 LAYERS=2 WORDS=8192 LIST=16384] [OPT=-O2]
#   build.sh bench   MODULE OUT [P=4 ...]
# Needs verilator and g++. Sizes not given are those of rtl/lull_pkg.sv.
set -euo pipefail
here="$(cd "$(dirname "$0")" && pwd)"
rtl="$here/../rtl"

kind="$1"; shift
top=lull_accelerator
if [ "$kind" = bench ]; then top="$1"; shift; fi
out="$(realpath -m "$1")"; shift
defines=(); opt=-O1
for argument in "$@"; do
  case "$argument" in
    OPT=*) opt="${argument#OPT=}" ;;
    *=*) defines+=("+define+LULL_$argument") ;;
    *) echo "build.sh: '$argument' is not NAME=VALUE" >&2; exit 2 ;;
  esac
done
mkdir -p "$(dirname "$out")"
work="$(mktemp -d "$out.XXXXXX")"
trap 'rm -rf "$work"' EXIT

flags=(--cc -O3 --assert --x-assign unique --x-initial unique --no-timing --unroll-count 256 --output-split 20000 -Wall -Wno-fatal
  -y "$rtl" "${defines[@]+"${defines[@]}"}" "$rtl/lull_pkg.sv" --top-module "$top" --Mdir "$work")
if [ "$kind" = library ]; then
  verilator "${flags[@]}" --prefix "V$top" "$rtl/$top.sv"
  root="$(verilator --getenv VERILATOR_ROOT)"
  cat > "$work/all.mk" <<MAKE
SRC := \$(wildcard $work/V*.cpp) $root/include/verilated.cpp $root/include/verilated_threads.cpp $here/lull_capi.cpp
OBJ := \$(addprefix $work/,\$(notdir \$(SRC:.cpp=.o)))
vpath %.cpp $work $root/include $here
$work/%.o: %.cpp
	g++ -std=c++17 $opt -fPIC -w -fvisibility=hidden -DVERILATOR=1 -DVM_COVERAGE=0 -DVM_SC=0 -DVM_TRACE=0 -DVL_USER_FATAL -DVL_USER_STOP -DVL_USER_FINISH -I$work -I$root/include -I$root/include/vltstd -c -o \$@ \$<
$work/out.so: \$(OBJ)
	g++ -shared -o \$@ \$^ -Wl,-Bsymbolic -lpthread -latomic
MAKE
  make -s -f "$work/all.mk" "$work/out.so"
  mv "$work/out.so" "$out"
else
  bench="$here/tb_$top.cpp"
  verilator "${flags[@]}" --exe --build --prefix Vdut -CFLAGS "-std=c++17 $opt -w -I$here $(printf ' -D%s' "${defines[@]+"${defines[@]#+define+}"}")" -o bench "$rtl/$top.sv" "$bench" > /dev/null
  mv "$work/bench" "$out"
fi
