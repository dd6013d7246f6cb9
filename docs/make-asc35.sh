#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Makes asc35, the subset of Arabic Speech Commands that our figures are of, from the dataset as published:
#
#   docs/make-asc35.sh arabic-speech-commands-dataset asc35
#
# It takes 35 of the 40 words (not ok, options, record, zoom in, zoom out), all 30 speakers, and the first 5 of 10 rounds. It copies them
# unchanged, under the names of Google Speech Commands: dataset/yes/00000021_NO_05.wav becomes yes/00000015_nohash_4.wav. The speakers of
# val.csv and test.csv become validation_list.txt and testing_list.txt. At the end the hash of all that was made is compared with ours.
set -eu
LC_ALL=C
export LC_ALL

HASH=2376e1ff5262915c72994c089b359f934184c3e5ba7aaa9ced84be99ce5ccda5

fail() {
  printf 'make-asc35: %s\n' "$*" >&2
  exit 2
}

[ $# = 2 ] || fail "expected two folders: the dataset as published, and the one to make"
from=$1
to=$2
for part in val.csv test.csv dataset; do
  [ -e "$from/$part" ] || fail "no $part in $from; give the folder of the dataset as published (tag v1.0)"
done
[ ! -e "$to" ] || fail "$to exists; give a folder to make, or remove it"
if command -v sha256sum >/dev/null; then sha256=sha256sum; else sha256='shasum -a 256'; fi

# Prints "from<tab>to" for each recording that is taken. awk reads numbers as decimal, with or without zeros before them.
names() {
  (cd "$from/dataset" && find . -name '*_NO_*.wav') | sort | awk -F '[/_.]+' -v OFS='\t' '
    BEGIN { split("ok,options,record,zoom in,zoom out", out, ","); for (i in out) leave[out[i]] = 1 }
    !($2 in leave) && $5 <= 5 { print $0, $2 "/" sprintf("%08x", $3 + 0) "_nohash_" ($5 - 1) ".wav" }'
}

# Prints the recordings, of those made, whose speakers are in table $1.
list() {
  sed -n 's/.*[^0-9]\([0-9][0-9]*\)_NO_.*/\1/p' "$from/$1" | sort -u | awk '{ printf "%08x\n", $1 + 0 }' >"$new/speakers"
  (cd "$new" && find . -name '*.wav') | sed 's|^\./||' | sort |
    awk -F '[/_]' -v speakers="$new/speakers" 'BEGIN { while ((getline s < speakers) > 0) in_[s] = 1 } $2 in in_'
  rm "$new/speakers"
}

new=$to.new.$$
trap 'rm -rf "$new"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP
mkdir -p "$new"
tab=$(printf '\t')
names | while IFS=$tab read -r source target; do
  mkdir -p "$new/${target%/*}"
  cp "$from/dataset/$source" "$new/$target"
done
list val.csv >"$new/validation_list.txt"
list test.csv >"$new/testing_list.txt"
if [ -e "$from/LICENSE" ]; then cp "$from/LICENSE" "$new"; fi
mv "$new" "$to"

# shellcheck disable=SC2086 # the command and its options
made=$(cd "$to" && find . -type f ! -name LICENSE | sort | xargs $sha256 | $sha256 | cut -d ' ' -f 1)
if [ "$made" != "$HASH" ]; then
  echo "make-asc35: $to has the hash $made, expected $HASH: it is not the subset that our figures are of; check that the dataset is tag v1.0" >&2
  exit 1
fi
echo "$to is the subset that our figures are of (hash $made)"
