#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The table of docs/default-thresholds.md: each corpus with the default thresholds, with thresholds of 0.15, and dense, with equal epochs.
#
#   bench/default-thresholds.sh DATA OUT [CORPUS...]
#
# LULL is the command to measure, if it is not this checkout's; THREADS the threads of each network (one).
# DATA is a folder with a folder for each corpus (asc35, fsdd, japanese_vowels, series/GunPoint, ...). OUT gets a sweep for each corpus. If it
# is interrupted, run it again: it continues with the networks that are not finished. A corpus that is not there is left out.
set -eu
if [ $# -lt 2 ]; then
  echo "usage: bench/default-thresholds.sh DATA OUT [CORPUS...]" >&2
  exit 2
fi
root=$(cd "${0%/*}/.." && pwd)
data=$1
out=$2
shift 2
[ $# -gt 0 ] || set -- GunPoint ItalyPowerDemand ArrowHead BasicMotions japanese_vowels fsdd fsdd-theo fsdd-george fsdd-nicolas \
  fsdd-yweweler asc35 embedded
mkdir -p "$out"

# sweep CORPUS SEEDS OPTION...
sweep() {
  corpus=$1
  seeds=$2
  shift 2
  echo "== $corpus"
  # shellcheck disable=SC2086 # empty for the embedded corpus
  "${LULL:-$root/lull}" sweep "$@" --over threshold="$thresholds" --over seed="$seeds" --jobs 1 --threads "${THREADS:-1}" --timing 0 \
    --out "$out/$corpus" | cut -c1-126
}

# Writes the digits split by speaker, in the layout of Google Speech Commands: one speaker to test with, one to validate with.
speakers() {
  folder=$out/data/$1
  if [ -f "$folder/testing_list.txt" ]; then return; fi
  mkdir -p "$folder"
  : > "$folder/validation_list.txt"
  : > "$folder/testing.unfinished"
  for file in "$data"/fsdd/recordings/*.wav; do
    name=${file##*/}
    name=${name%.wav} # digit_speaker_index
    digit=${name%%_*}
    speaker=${name#*_}
    speaker=${speaker%_*}
    clip=$digit/${speaker}_nohash_${name##*_}.wav
    mkdir -p "$folder/$digit"
    cp "$file" "$folder/$clip"
    case $speaker in
      "$2") echo "$clip" >> "$folder/testing.unfinished" ;;
      "$3") echo "$clip" >> "$folder/validation_list.txt" ;;
    esac
  done
  mv "$folder/testing.unfinished" "$folder/testing_list.txt"
}

for corpus; do
  case $corpus in
    GunPoint | ItalyPowerDemand | ArrowHead | BasicMotions) folder=$data/series/$corpus ;;
    fsdd-*) folder=$data/fsdd ;;
    *) folder=$data/$corpus ;;
  esac
  if [ "$corpus" != embedded ] && [ ! -d "$folder" ]; then
    echo "== $corpus: not in $data, left out" >&2
    continue
  fi
  thresholds=auto,0.15
  case $corpus in
    asc35 | embedded) thresholds=auto ;; # which is 0.15: the same bytes
  esac
  case $corpus in
    GunPoint | ArrowHead) sweep "$corpus" 1,2,3,4,5,6,7,8 --data "$folder" ;; # a few clips: the seeds differ most
    fsdd-theo) speakers "$corpus" theo lucas ;;
    fsdd-george) speakers "$corpus" george jackson ;;
    fsdd-nicolas) speakers "$corpus" nicolas george ;;
    fsdd-yweweler) speakers "$corpus" yweweler nicolas ;;
    embedded) sweep "$corpus" 1 --epochs 10 ;;
    asc35) sweep "$corpus" 1,2,3 --data "$folder" --epochs 20 ;;
    *) sweep "$corpus" 1,2,3 --data "$folder" ;;
  esac
  case $corpus in
    fsdd-*) sweep "$corpus" 1,2,3 --data "$out/data/$corpus" --epochs 20 ;;
  esac
done
