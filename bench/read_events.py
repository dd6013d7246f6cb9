#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Reads what lull train --tensorboard has written, with TensorBoard's own reader, and compares it with metrics.jsonl.

    pip install tensorboard
    bench/read_events.py RUN

Ends with 1 if a figure is missing or differs by more than the rounding to 32 bits.
"""
import json
import pathlib
import sys

from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

FIGURES = {"loss/train": "train_loss", "loss/validation": "validation_loss", "accuracy/train": "train_accuracy",
           "accuracy/validation": "validation_accuracy", "learning_rate": "learning_rate", "gradient_norm": "gradient_norm",
           "sparsity/x": "sparsity_x", "sparsity/h": "sparsity_h"}

run = pathlib.Path(sys.argv[1])
lines = [json.loads(line) for line in (run / "metrics.jsonl").read_text().splitlines()]
wrong = 0
for folder in sorted({file.parent for file in run.glob("**/*tfevents*")}):
    events = EventAccumulator(str(folder), size_guidance={"scalars": 0}).Reload()
    read = {tag: {e.step: e.value for e in events.Scalars(tag)} for tag in events.Tags()["scalars"]}
    network = folder.name
    epochs = {line["epoch"]: line for line in lines if line["phase"] in (network, "pretrain")}
    compared = 0
    for tag, name in FIGURES.items():
        for epoch, line in epochs.items():
            if line.get(name) is None:
                continue
            compared += 1
            value = read.get(tag, {}).get(epoch)
            if value is None or abs(value - line[name]) > 1e-6 * abs(line[name]) + 1e-38:
                wrong += 1
                print(f"{folder}: {tag} of epoch {epoch} is {value}, expected {line[name]}")
    print(f"{folder}: {len(read)} tags, {sum(map(len, read.values()))} values; {compared} compared with metrics.jsonl")
print("all the same" if not wrong else f"{wrong} DIFFERENT")
sys.exit(wrong > 0)
