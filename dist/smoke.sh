#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Tries the archive that ./mvnw -Pdist package makes, where there is no Java, in an empty home:
#
#   dist/smoke.sh dist/target/lull-0.2.0-linux-x64.tar.gz
set -eu

[ $# = 1 ] && [ -f "$1" ] || { echo "smoke: expected the archive, a file" >&2; exit 2; }
dir=$(mktemp -d)
served=
trap 'if [ -n "$served" ]; then kill "$served" 2>/dev/null || :; fi; rm -rf "$dir"' EXIT
mkdir "$dir/home" "$dir/tools" "$dir/a place"
tar -xzf "$1" -C "$dir/a place"
lull=$(echo "$dir/a place"/lull-*/bin/lull)
[ -x "$lull" ] || { echo "smoke: the archive has no bin/lull" >&2; exit 1; }

# All that is on the PATH: what the launcher needs, and no Java.
for tool in sh readlink; do
  ln -s "$(command -v $tool)" "$dir/tools/$tool"
done
cd "$dir/home"

# Runs lull with nothing of this environment; what it says goes to the files out and err.
run() {
  env -i PATH="$dir/tools" HOME="$dir/home" "$lull" "$@" >out 2>err || { code=$?; cat out err >&2; fail "lull $* ended with $code"; }
}

fail() {
  echo "smoke: $*" >&2
  exit 1
}

# Whether the last output has text $1.
says() {
  grep -q -- "$1" out || { cat out err >&2; fail "expected: $1"; }
}

run --version
says '^lull [0-9].*, Java .*, kernels: Vector API'
run --help
says '^Usage: lull'
[ ! -s err ] || fail "lull --help warns: $(cat err)"

mkdir series
awk 'BEGIN {
  for (part = 0; part < 2; part++) {
    file = "series/Waves_" (part ? "TEST" : "TRAIN") ".ts"
    print "@problemName Waves\n@classLabel true slow fast\n@data" >file
    for (i = 0; i < 40; i++) {
      line = ""
      for (t = 0; t < 30; t++) line = line (t ? "," : "") sin((t + i) / (i % 2 ? 1 : 4))
      print line ":" (i % 2 ? "fast" : "slow") >file
    }
  }
}'
run train --data series --run run --hidden 8 --epochs 3 --timing 0
[ -s run/model.safetensors ] && [ -s run/result.json ] && [ -s run/curves.png ] || { ls run >&2; fail "the run is not complete"; }
run info run
says '^parameters'
run eval --model run --data series --json --picture confusion.png
says '"accuracy"'
[ -s confusion.png ] || fail "no picture"

env -i PATH="$dir/tools" HOME="$dir/home" "$lull" serve --model run --state state --data series --port 0 >out 2>err &
served=$!
for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
  if grep -q '^listening on' out; then break; fi
  sleep 1
done
says '^listening on'
kill "$served"
served=

run completion
if command -v bash >/dev/null; then
  bash -c 'set -e; . ./out; COMP_WORDS=(lull tr); COMP_CWORD=1; _complete_lull; [ "${COMPREPLY[*]}" = train ]' ||
    fail "bash does not complete lull tr"
fi
echo "smoke: $(basename "$1") runs without a Java of the system"
