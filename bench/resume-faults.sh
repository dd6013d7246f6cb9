#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Interrupts trainings at random moments and goes on with them, and compares the bytes with those of runs that were not interrupted.
#
#   bench/resume-faults.sh DATA OUT [CASES] [SEED]
#
#   DATA   a folder of time series, such as japanese_vowels
#   OUT    a new folder for the runs
#   CASES  how many interruptions (default 30): a third each by kill -9, by SIGTERM, and by the end of the process in the middle of
#          writing a checkpoint
#   SEED   of the random moments (default 1)
#
# Prints a table, and ends with 1 if any file differs. It needs python3, to compare result.json without times.
set -eu
data=$1 out=$2 cases=${3:-30} RANDOM=${4:-1}
lull=$(cd "$(dirname "$0")/.." && pwd)/lull
mkdir -p "$out"

kinds=(lstm-dense lstm-delta lstm-budget lstm-fixed16 gru-dense gru-delta gru-budget)
stages=(moved half written done)
common="--pretrain-epochs 2 --hidden 24 --layers 1 --timing 0 --no-cache --checkpoint-every 5"

options() {
  case $1 in
    *-dense) echo "--cell ${1%-*} --epochs 12 --dense" ;;
    *-delta) echo "--cell ${1%-*} --epochs 12 --delta --delta-penalty 0.01" ;;
    *-budget) echo "--cell ${1%-*} --epochs 12 --target-reduction 4" ;;
    *-fixed16) echo "--cell lstm --numeric fixed16 --epochs 6" ;;
  esac
}

train() { # KIND RUN THREADS
  # shellcheck disable=SC2046
  exec "$lull" train --data "$data" $common $(options "$1") --threads "$3" --run "$2"
}

# Where the run stands: the phase, epoch and example of its last checkpoint.
place() {
  python3 - "$1/checkpoints" <<'PY'
import glob, json, os, struct, sys
def progress(file):
    try:
        bytes = open(file, 'rb').read()
        n = struct.unpack('<Q', bytes[:8])[0]
        return json.loads(json.loads(bytes[8:8 + n])['__metadata__']['progress'])
    except Exception:
        return None
for phase in ('delta', 'dense', 'pretrain'):
    for kind in ('', '.previous'):
        p = progress(os.path.join(sys.argv[1], phase + kind + '.safetensors'))
        if p:
            print(f"{phase}, epoch {p['epoch']}, example {p['position']}")
            sys.exit()
print('before the first checkpoint')
PY
}

compare() { # RUN EXPECTED
  python3 - "$1" "$2" <<'PY'
import json, os, sys
VARIES = {'threads', 'speedup', 'step_micros', 'tape', 'activations', 'active_entries'}
def without(value):
    if isinstance(value, dict):
        return {k: without(v) for k, v in value.items() if k not in VARIES}
    return [without(v) for v in value] if isinstance(value, list) else value
def content(run, name):
    path = os.path.join(run, name)
    if not os.path.exists(path):
        return None
    return json.dumps(without(json.load(open(path)))) if name == 'result.json' else open(path, 'rb').read()
names = ['model.safetensors', 'dense.safetensors', 'metrics.jsonl', 'result.json']
different = [n for n in names if content(sys.argv[1], n) != content(sys.argv[2], n)]
there = [n for n in names if content(sys.argv[2], n) is not None]
print('same: ' + ', '.join(there) if not different else 'DIFFERENT: ' + ', '.join(different))
sys.exit(len(different) > 0)
PY
}

declare -A seconds
for kind in "${kinds[@]}"; do
  begin=$(date +%s%N)
  (train "$kind" "$out/$kind" 2) > "$out/$kind.out" 2> "$out/$kind.err" || { cat "$out/$kind.err"; exit 1; }
  seconds[$kind]=$(($(date +%s%N) - begin))
done

failed=0
printf '| | network | threads | interruption | went on from | bytes |\n|---|---|---|---|---|---|\n'
for ((i = 0; i < cases; i++)); do
  kind=${kinds[i % ${#kinds[@]}]}
  threads=$((1 + RANDOM % 2))
  run=$out/$i-$kind
  for ((try = 0; try < 10; try++)); do # again if it was over before
    rm -rf "$run"
    case $((i % 3)) in
      2)
        stage=${stages[i / 3 % ${#stages[@]}]}
        number=$((1 + RANDOM % (80 >> try)))
        how="in checkpoint $number, $stage"
        (LULL_JAVA_OPTS="-Dlull.checkpoint.fault=$stage:$number" train "$kind" "$run" $threads) > "$run.out" 2> "$run.err" && continue
        ;;
      *)
        signal=$((i % 3 == 0 ? 9 : 15))
        how=$([ $signal = 9 ] && echo 'kill -9' || echo SIGTERM)
        (train "$kind" "$run" $threads) > "$run.out" 2> "$run.err" &
        pid=$!
        while [ ! -e "$run/checkpoints/settings.json" ] && kill -0 $pid 2> /dev/null; do sleep 0.02; done
        sleep "$(python3 -c "print((0.1 + 0.9 * $RANDOM / 32768) * 0.8e-9 * ${seconds[$kind]} / (1 + $try))")"
        kill -$signal $pid 2> /dev/null || :
        wait $pid && continue
        [ ! -e "$run/result.json" ] || continue
        if [ $signal = 15 ] && ! grep -q 'go on with .*lull train --resume\|nothing is kept' "$run.err"; then
          how="$how, WITHOUT WORD OF --resume"; failed=1
        fi
        ;;
    esac
    break
  done
  if [ ! -e "$run" ]; then # nothing was kept, which was said
    printf '| %d | %s | %d | %s | nothing | |\n' "$i" "$kind" "$threads" "$how"
    continue
  fi
  from=$(place "$run")
  if "$lull" train --resume "$run" --timing 0 --no-cache --threads $((1 + RANDOM % 2)) > "$run.out2" 2> "$run.err2"; then
    same=$(compare "$run" "$out/$kind") || failed=1
  else
    same="NOT RESUMED: $(tail -1 "$run.err2")"; failed=1
  fi
  printf '| %d | %s | %d | %s | %s | %s |\n' "$i" "$kind" "$threads" "$how" "$from" "$same"
done
exit $failed
