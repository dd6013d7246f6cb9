#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Synthesis for Lattice ECP5 with yosys: cells, multipliers, memories.
#   run.sh [P=16 N=32 T=32 LAYERS=1 WORDS=520 LIST=2080] [JSON=FILE]         sizes not given are these
# The netlist (JSON) is what nextpnr-ecp5 takes for place and route; if it is on the path, it is run for the 45k part and prints a frequency.
set -euo pipefail
here="$(cd "$(dirname "$0")" && pwd)"
defines="-DSYNTHESIS -DLULL_P=16 -DLULL_N=32 -DLULL_T=32 -DLULL_LAYERS=1 -DLULL_WORDS=520 -DLULL_LIST=2080"; json=""
for argument in "$@"; do
  case "$argument" in
    JSON=*) json="$(realpath -m "${argument#JSON=}")" ;;
    *=*) defines+=" -DLULL_$argument" ;; # the last of a name counts
    *) echo "run.sh: '$argument' is not NAME=VALUE" >&2; exit 2 ;;
  esac
done
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
json="${json:-$work/netlist.json}"
sources="lull_pkg.sv"
cd "$here/../rtl"
for source in *.sv; do [ "$source" = lull_pkg.sv ] || sources+=" $source"; done
script="read_verilog -sv $defines $sources; synth_ecp5 -top lull_accelerator -json $json; tee -o $work/stat stat"
yosys -q -l "$work/log" -p "$script" > /dev/null 2>&1 \
  || { tail -5 "$work/log" >&2; exit 1; }
grep -E "^ +(LUT4|CCU2C|PFUMX|L6MUX21|TRELLIS_FF|TRELLIS_DPR16X4|MULT18X18D|DP16KD) " "$work/stat"
if command -v nextpnr-ecp5 > /dev/null; then
  nextpnr-ecp5 --45k --package CABGA381 --speed 6 --json "$json" --textcfg "$work/out.config" --out-of-context --freq 100 2>&1 \
    | grep -E "Max frequency|TRELLIS_|DP16KD|MULT18" | tail -12
else
  echo "no place and route: nextpnr-ecp5 is not installed"
fi
