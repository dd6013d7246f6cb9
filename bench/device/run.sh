#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Counts the instructions of an exported model on a Cortex-M4 under QEMU: bench/device/run.sh MODEL CLIP.wav [FACTOR...]
# For each factor the thresholds of the model are multiplied by it; 0 is the dense network. Needs arm-none-eabi-gcc, newlib,
# qemu-system-arm and gcc (Debian: gcc-arm-none-eabi libnewlib-arm-none-eabi qemu-system-arm), and Lull, built.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$here/../..
model=$1
clip=$2
shift 2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
path=$(find "$root"/*/target/classes -maxdepth 0 | tr '\n' ':')
path=$path$(find "${MAVEN_REPOSITORY:-$HOME/.m2/repository}" -name 'jackson-*.jar' -o -name 'JTransforms*.jar' -o -name 'JLargeArrays*.jar' \
  -o -name 'commons-math3*.jar' | tr '\n' ':')
"${LULL_JAVA_HOME:+$LULL_JAVA_HOME/bin/}java" --add-modules jdk.incubator.vector -cp "$path" "$here/Export.java" "$model" "$work" "$clip" 2>"$work/java.log" || { cat "$work/java.log"; exit 1; }
cp "$here/measure.c" "$here/startup.c" "$work"
gcc -O2 -fPIC -shared -o "$work/count.so" "$here/count.c"
flags="-mcpu=cortex-m4 -mthumb -mfloat-abi=hard -mfpu=fpv4-sp-d16 -std=c99 ${OPTIMISE:--O2}"
cd "$work"
cp model.c model.original
arm-none-eabi-gcc $flags -c lull.c && arm-none-eabi-gcc $flags -c model.c && arm-none-eabi-size lull.o model.o
arm-none-eabi-gcc $flags -fstack-usage -c lull.c && sort -t"$(printf '\t')" -k2 -nr lull.su | head -3

# instructions WHAT REPEAT
instructions() {
  arm-none-eabi-gcc $flags -DWHAT="$1" -DREPEAT="$2" --specs=rdimon.specs -nostartfiles -T "$here/cortex-m.ld" -o run.elf \
    startup.c measure.c lull.c model.c -Wl,--gc-sections
  qemu-system-arm -machine mps2-an386 -nographic -semihosting-config enable=on,target=native -plugin ./count.so -kernel run.elf \
    </dev/null >said 2>counted
  sed -n 's/.*instructions //p' counted
}

for factor in "${@:-1}"; do
  awk -v factor="$factor" '/lull_theta_/ { print; getline; n = split($0, v, ","); line = "  ";
    for (k = 1; k <= n; k++) if (v[k] ~ /[0-9]/) line = line int(v[k] * factor + 0.5) ", "; print line; next } { print }' model.original >model.c
  one=$(instructions 1 1)
  two=$(instructions 1 2)
  learned=$(instructions 2 1)
  cat said
  echo "thresholds times $factor: a clip $((two - one)) instructions, learning it $((learned - one)) more"
done
