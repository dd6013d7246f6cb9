#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Bounded formal checks of the handshakes, each to the depth that it names at its top: run.sh. Needs yosys and z3.
set -euo pipefail
cd "$(dirname "$0")"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
sizes="-DLULL_P=4 -DLULL_N=4 -DLULL_T=4 -DLULL_LAYERS=1 -DLULL_WORDS=64 -DLULL_LIST=32"
status=0
for check in *_formal.sv; do
  top="$(basename "$check" .sv)"
  depth="$(sed -n 's,^// depth ,,p' "$check")"
  sources=../rtl/lull_pkg.sv
  for source in ../rtl/*.sv; do [ "$(basename "$source")" = lull_pkg.sv ] || sources+=" $source"; done
  script="read_verilog -sv -formal -DSYNTHESIS $sizes -I../rtl $sources $check; prep -top $top -nordff; flatten; async2sync"
  yosys -q -p "$script; opt_clean -purge; write_smt2 -wires $work/$top.smt2" \
    > "$work/$top.log" 2>&1 || { cat "$work/$top.log"; exit 1; }
  if yosys-smtbmc -s z3 -t "$depth" "$work/$top.smt2" > "$work/$top.out" 2>&1; then
    echo "$top: holds for $depth cycles"
  else
    echo "$top: FAILED"; grep -E "Assert|assert|Unexpected|ERROR|step" "$work/$top.out" | tail -8
    status=1
  fi
done
exit $status
