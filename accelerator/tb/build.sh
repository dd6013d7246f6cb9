#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Builds the simulated accelerator as a shared library, or the modules' test benches as an executable.
#   build.sh library OUT.so  [P=16 E=1 N=64 T=64 LAYERS=2 WORDS=8192 LIST=16384] [OPT=-O1]
#   build.sh process OUT                       a program that serves such a library through pipes: lull_process.cpp
#   build.sh lint                              every warning of verilator, P = 4, 16, 64: there may be none
#   build.sh benches OUT     [P=16 E=2 ...]    all module test benches; run as OUT SEED CYCLES
# Needs verilator 5, make and g++. Sizes not given are those of rtl/lull_pkg.sv.
set -euo pipefail
here="$(cd "$(dirname "$0")" && pwd)"
rtl="$here/../rtl"

kind="$1"; shift
if [ "$kind" = lint ]; then
  cd "$rtl"
  for lanes in 4 16 64; do
    verilator --lint-only -Wall "+define+LULL_P=$lanes" lull_pkg.sv lull_accelerator.sv --top-module lull_accelerator
  done
  exit
fi
top=lull_accelerator
opt=-O1
if [ "$kind" = benches ]; then top=tb_top; opt=-O0; fi
out="$(realpath -m "$1")"; shift
defines=()
for argument in "$@"; do
  case "$argument" in
    OPT=*) opt="${argument#OPT=}" ;;
    *=*) defines+=("+define+LULL_$argument") ;;
    *) echo "build.sh: '$argument' is not NAME=VALUE" >&2; exit 2 ;;
  esac
done
mkdir -p "$(dirname "$out")"
# Make and Verilator cannot do with spaces in a path: they see none here, whatever is in those of the sources, of Verilator and of the result.
work="$(mktemp -d)"
trap 'rm -rf "$work" "$out.$$"' EXIT
cd "$work"
ln -s "$rtl" rtl
ln -s "$here" tb
ln -s "$(verilator --getenv VERILATOR_ROOT)" verilator

flags=(--cc -O3 --assert --x-assign unique --x-initial unique --no-timing --output-split 20000 -y rtl
  "${defines[@]+"${defines[@]}"}" rtl/lull_pkg.sv --top-module "$top" --prefix "V$top" --Mdir .)
if [ "$kind" = process ]; then
  g++ -std=c++17 -O1 -o out tb/lull_process.cpp -ldl
elif [ "$kind" = library ]; then
  verilator -Wno-fatal -Wno-lint "${flags[@]}" "rtl/$top.sv"
  main=tb/lull_capi.cpp; link=(-shared -Wl,-Bsymbolic); say=(-DVL_PRINTF=lull_printf -include lull_printf.h)
  echo "int lull_printf(const char*, ...);  // keeps what is printed: lull_capi.cpp" > lull_printf.h
else
  verilator -Wno-fatal -Wno-lint -Wno-MULTIDRIVEN -Wno-STMTDLY "${flags[@]}" -y tb +incdir+tb tb/tb_pkg.sv "tb/$top.sv"
  main=tb/tb_main.cpp; link=(); say=()
fi
if [ "$kind" != process ]; then
  cat > all.mk <<MAKE
SRC := \$(wildcard V*.cpp) verilator/include/verilated.cpp verilator/include/verilated_threads.cpp $main
OBJ := \$(notdir \$(SRC:.cpp=.o))
vpath %.cpp verilator/include tb
%.o: %.cpp
	g++ -std=c++17 $opt -fPIC -w -fvisibility=hidden -DVERILATOR=1 -DVM_COVERAGE=0 -DVM_SC=0 -DVM_TRACE=0 -DVL_USER_FATAL -DVL_USER_STOP \
	  -DVL_USER_FINISH ${say[*]+"${say[*]}"} -I. -Iverilator/include -Iverilator/include/vltstd -c -o \$@ \$<
out: \$(OBJ)
	g++ -o \$@ \$^ ${link[*]+"${link[*]}"} -lpthread -latomic
MAKE
  make -s -j "$(nproc)" -f all.mk out
fi
cp out "$out.$$"  # it appears at once or not at all
mv "$out.$$" "$out"
