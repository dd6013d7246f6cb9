# SPDX-License-Identifier: Apache-2.0
"""Outputs and gradients of PyTorch, for the test TorchFiguresTest of the module exchange to compare with an imported network's.

    python torch_figures.py FOLDER    needs torch, safetensors
    ./mvnw -pl exchange -am test -Dtest=TorchFiguresTest -Dsurefire.failIfNoSpecifiedTests=false -Dlull.torch=FOLDER

LSTM, GRU and RNN of 1 to 3 layers and 1 to 128 units. The loss is the sum of the outputs of the last timestep, each times a random number.
"""

import os
import sys

import torch
from safetensors.torch import save_file

STEPS, OUTPUTS = 30, 7
CELLS = {"lstm": torch.nn.LSTM, "gru": torch.nn.GRU, "rnn": torch.nn.RNN}

folder = sys.argv[1]
os.makedirs(folder, exist_ok=True)
torch.manual_seed(1)
for cell, module in CELLS.items():
    for layers in (1, 2, 3):
        for size in (1, 2, 7, 16, 33, 64, 128):
            inputs = max(1, size // 2)
            net = torch.nn.ModuleDict({"rnn": module(inputs, size, layers), "fc": torch.nn.Linear(size, OUTPUTS)})
            x, factors = torch.randn(STEPS, 1, inputs), torch.randn(OUTPUTS)
            logits = net["fc"](net["rnn"](x)[0][-1])[0]
            (logits * factors).sum().backward()
            name = os.path.join(folder, f"{cell}-{layers}x{size}")
            torch.save(net.state_dict(), name + ".pt")
            expected = {"x": x[:, 0], "factors": factors, "logits": logits.detach()}
            expected.update({"gradient." + key: parameter.grad for key, parameter in net.named_parameters()})
            save_file({key: value.contiguous() for key, value in expected.items()}, name + ".safetensors")
print("PyTorch", torch.__version__, "to", folder)
