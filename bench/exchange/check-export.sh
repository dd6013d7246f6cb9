#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Exports a run for PyTorch and Keras, and has the programs that lull export writes compare themselves with Lull:
#   bench/exchange/check-export.sh RUN [PYTHON-WITH-TORCH [PYTHON-WITH-KERAS]]
# Each program ends with code 1 if a score differs by more than 1e-4.
set -eu
run=$1
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
lull=$(dirname "$0")/../../lull
"$lull" export --model "$run" --safetensors "$out/torch.safetensors"
"${2:-python3}" "$out/torch.py"
if [ $# -ge 3 ]; then
  "$lull" export --model "$run" --safetensors "$out/keras.safetensors" --keras
  KERAS_BACKEND=${KERAS_BACKEND:-numpy} "$3" "$out/keras.py"
fi
