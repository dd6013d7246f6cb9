#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# onnx 1.23.1, Python: the reference evaluator accepts `sequence_lens`, `clip` and `activations` of LSTM and GRU, and computes without them.
#
# onnx.reference.ReferenceEvaluator is what exporters compare their files with, because the ONNX project itself ships it. A file with one
# of these three gets other outputs there than the operator's specification asks for, without an error or a warning: every sequence has
# the length of the longest, nothing is clipped, the activations are sigmoid and tanh. The vanilla RNN ignores the
# first two as well.
# It matters to who checks a recurrent network with batches of different lengths, with clipping or with hard sigmoids, against it: a right
# export looks wrong and a wrong one may look right. A way round: compare with another runtime that honours the attribute in question, or
# run each sequence alone at its own length.
#
# Expected: the specification of LSTM, GRU and RNN says of sequence_lens: "Optional tensor specifying lengths of the sequences in a batch",
# and names clip and activations as attributes of all three; the model passes onnx.checker with full_check.
# Known: pull request 7935 of onnx/onnx made the evaluator honour `direction`, which it had ignored likewise; nothing was found on these.
#
# Output seen (Python 3.11, x86-64):
#   operator  given                expected      seen    without it
#   LSTM      sequence_lens = 4, 1  0.608283  0.917327      0.917327
#   LSTM      clip = 0.5           0.174270  0.608283      0.608283
#   LSTM      activations          0.852125  0.608283      0.608283
#   GRU       sequence_lens = 4, 1  0.114915  0.364819      0.364819
#   GRU       clip = 0.5           0.174468  0.114915      0.114915
#   GRU       activations          0.200000  0.114915      0.114915
#   RNN       sequence_lens = 4, 1  0.964028  0.986433      0.986433
#   RNN       clip = 0.5           0.462117  0.964028      0.964028
#
# Needs bash and Python 3.10 or later with venv, on Linux. Exit code: 0 as stated here, 1 changed, 2 could not be tried.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
{ python3 -m venv venv && venv/bin/pip install -q onnx==1.23.1 numpy; } &> pip.log || { cat pip.log >&2; exit 2; }

cat > finding.py <<'PY'
import sys
import warnings
import numpy as np
from onnx import TensorProto, checker, helper, numpy_helper
from onnx.reference import ReferenceEvaluator

warnings.simplefilter("error")  # a warning would be an answer too
STEPS, BATCH, GATES = 4, 2, {"LSTM": 4, "GRU": 3, "RNN": 1}


def last_state(operator, lengths=None, x=None, **attributes):
    """The last hidden state of each sequence: one unit, one input of weight 2, recurrent weights 0.5."""
    gates = GATES[operator]
    x = np.ones((STEPS, BATCH, 1), np.float32) if x is None else x
    constants = {"W": np.full((1, gates, 1), 2, np.float32), "R": np.full((1, gates, 1), 0.5, np.float32)}
    if lengths is not None:
        constants["lengths"] = np.array(lengths, np.int32)
    inputs = ["X", "W", "R", "", "lengths" if lengths is not None else ""]
    node = helper.make_node(operator, inputs, ["", "Y_h"], hidden_size=1, **attributes)
    graph = helper.make_graph(
        [node], "g", [helper.make_tensor_value_info("X", TensorProto.FLOAT, x.shape)],
        [helper.make_tensor_value_info("Y_h", TensorProto.FLOAT, [1, x.shape[1], 1])],
        [numpy_helper.from_array(v, k) for k, v in constants.items()])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 22)])
    checker.check_model(model, full_check=True)
    return ReferenceEvaluator(model).run(None, {"X": x})[0].reshape(-1)


def sigmoid(v):
    return 1 / (1 + np.exp(-v))


def first_step(operator, s, g):
    """The state after one step from zero states with input 1, whose sums of gates are all 2: by the specification's equations."""
    if operator == "LSTM":
        return s(2) * np.tanh(s(2) * g(2))
    return (1 - s(2)) * g(2) if operator == "GRU" else g(2)


ok = True
print("operator  given                expected      seen    without it")
for operator in GATES:
    one = np.ones((1, BATCH, 1), np.float32)
    plain = last_state(operator, x=one)[0]
    full = last_state(operator)[1]
    clip = lambda f: lambda v: f(min(v, 0.5))
    hard = lambda v: min(1, max(0, 0.2 * v + 0.5))
    rows = [("sequence_lens = 4, 1", first_step(operator, sigmoid, np.tanh), last_state(operator, [STEPS, 1])[1], full)]
    clipped = last_state(operator, x=one, clip=0.5)[0]
    rows.append(("clip = 0.5", first_step(operator, clip(sigmoid), clip(np.tanh)), clipped, plain))
    if operator != "RNN":
        names = ["HardSigmoid", "Relu", "Tanh"][: GATES[operator] - 1]
        other = last_state(operator, x=one, activations=names)[0]
        rows.append(("activations", first_step(operator, hard, lambda v: v), other, plain))
    for name, expected, seen, without in rows:
        print(f"{operator:8}  {name:19} {expected:9.6f} {seen:9.6f}     {without:9.6f}")
        ok &= abs(seen - without) < 1e-6 and abs(expected - without) > 1e-3
sys.exit(0 if ok else 1)
PY
venv/bin/python finding.py
