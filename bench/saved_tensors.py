# SPDX-License-Identifier: Apache-2.0
"""Bytes of what PyTorch keeps from the forward pass of an LSTM for its backward pass, beside the parameters.

Batch 1, float32, the networks of docs/benchmarks.md, mean-pooled outputs, a linear head and cross-entropy. Each storage counts once.
Needs Python with PyTorch.
"""

import torch


def saved(inputs, hidden, layers, steps, classes):
    rnn = torch.nn.LSTM(inputs, hidden, layers, batch_first=True)
    head = torch.nn.Linear(hidden, classes)
    parameters = {p.untyped_storage().data_ptr() for p in [*rnn.parameters(), *head.parameters()]}
    kept = {}

    def pack(tensor):
        storage = tensor.untyped_storage()
        if storage.data_ptr() not in parameters:
            kept[storage.data_ptr()] = storage  # a reference, so that no address is used twice
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(pack, lambda tensor: tensor):
        outputs, _ = rnn(torch.randn(1, steps, inputs))
        torch.nn.functional.cross_entropy(head(outputs.mean(1)), torch.tensor([0]))
    return sum(storage.nbytes() for storage in kept.values())


print("PyTorch", torch.__version__)
for name, sizes in {"56k": (16, 64, 2, 100, 31), "128": (16, 128, 1, 61, 36), "256": (256, 256, 1, 256, 36),
                    "512": (512, 512, 1, 100, 36)}.items():
    for onednn in True, False:
        with torch.backends.mkldnn.flags(enabled=onednn):
            print(name, "oneDNN" if onednn else "without oneDNN", saved(*sizes), "bytes")
