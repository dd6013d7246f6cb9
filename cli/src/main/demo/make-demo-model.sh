#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Makes cli/src/main/resources/org/lull/cli/commands/demo.safetensors, the model of lull demo: ten commands of the
# embedded corpus, learned by a small delta LSTM. The same seed gives the same weights on any machine; the file also
# names the versions of Lull and Java. Takes a few minutes, and 600 MB in a temporary folder.
#
#   cli/src/main/demo/make-demo-model.sh [FILE]
set -eu

root=$(cd "${0%/*}/../../../.." && pwd -P)
file=${1:-$root/cli/src/main/resources/org/lull/cli/commands/demo.safetensors}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# the corpus as WAV files, and of its 31 intents the ten commands, each a folder; speakers in the names keep the splits apart
"$root/lull" synthesise --out "$work/speech"
cat "$work"/speech/data/*_data.csv | awk -F, '
  BEGIN {
    name["activate,lights,none"] = "lights on";  name["deactivate,lights,none"] = "lights off"
    name["activate,music,none"] = "music on";    name["deactivate,music,none"] = "music off"
    name["increase,volume,none"] = "louder";     name["decrease,volume,none"] = "quieter"
    name["increase,heat,none"] = "warmer";       name["decrease,heat,none"] = "cooler"
    name["bring,shoes,none"] = "shoes";          name["bring,juice,none"] = "juice"
  }
  ($5 "," $6 "," $7) in name {
    speaker = $3; sub(/-/, "", speaker)
    number = $2; sub(/.*\//, "", number)
    print $2 "\t" name[$5 "," $6 "," $7] "\t" speaker "_" number
  }' | while IFS="$(printf '\t')" read -r wav name target; do
  mkdir -p "$work/words/$name"
  mv "$work/speech/$wav" "$work/words/$name/$target"
done

"$root/lull" train --data "$work/words" --run "$work/run" --no-cache --timing 0 --delta --layers 2 --hidden 48 --threshold 0.15 \
  --epochs 120 --seed 1
cp "$work/run/model.safetensors" "$file"
