# SPDX-License-Identifier: Apache-2.0
"""Small models of PyTorch, ONNX and Keras with what they compute, for the tests of the module exchange.

    python golden.py torch FOLDER    needs torch, onnx, onnxruntime, onnxscript, safetensors
    python golden.py keras FOLDER    needs keras with any backend, h5py

FOLDER is exchange/src/test/resources/golden. Each FILE gets a FILE.expected.json: x [steps][inputs] and the outputs of the model before any
softmax, for every step of the recurrent layers (h) and of the whole model (logits).
"""

import json
import os
import sys

STEPS, INPUTS, HIDDEN, OUTPUTS = 9, 3, 5, 4


def expect(folder, name, x, h, logits):
    with open(os.path.join(folder, name + ".expected.json"), "w") as out:
        json.dump({"x": x.tolist(), "h": h.tolist(), "logits": logits.tolist()}, out)
        out.write("\n")


def torch_models(folder):
    import onnx
    import onnxruntime
    import torch
    from safetensors.torch import save_file

    def path(name):
        return os.path.join(folder, name)

    class Net(torch.nn.Module):
        def __init__(self, cell, layers=2, **options):
            super().__init__()
            self.rnn = cell(INPUTS, HIDDEN, layers, batch_first=True, **options)
            self.fc = torch.nn.Linear(self.rnn.proj_size or HIDDEN * (2 if self.rnn.bidirectional else 1), OUTPUTS)

        def forward(self, x):
            h, _ = self.rnn(x)
            return self.fc(h[:, -1])

    cells = {"lstm": torch.nn.LSTM, "gru": torch.nn.GRU, "rnn": torch.nn.RNN}
    for name, cell in cells.items():
        torch.manual_seed(1)
        net = Net(cell).eval()
        x = torch.randn(1, STEPS, INPUTS)
        with torch.no_grad():
            h, _ = net.rnn(x)
            logits = net(x)
        torch.save(net.state_dict(), path(name + ".pt"))
        save_file({"module." + key: value for key, value in net.state_dict().items()}, path(name + ".safetensors"), {"format": "pt"})
        shapes = {"x": {0: "batch", 1: "time"}}
        torch.onnx.export(net, (x,), path(name + ".onnx"), input_names=["x"], output_names=["logits"], dynamic_axes=shapes,
                          opset_version=17, dynamo=False)
        ran = onnxruntime.InferenceSession(path(name + ".onnx")).run(None, {"x": x.numpy()})[0]
        assert abs(ran - logits.numpy()).max() < 1e-5, name
        kinds = [".pt", ".safetensors", ".onnx"]
        if name != "rnn":  # which this exporter unrolls, a node for each operation of each timestep
            torch.onnx.export(net, (x,), path(name + "-dynamo.onnx"), input_names=["x"], output_names=["logits"], dynamo=True,
                              external_data=False, verbose=False)
            without_traces(path(name + "-dynamo.onnx"), onnx)
            kinds.append("-dynamo.onnx")
        for kind in kinds:
            expect(folder, name + kind, x[0], h[0], logits[0])

    torch.manual_seed(2)
    net = torch.nn.DataParallel(Net(torch.nn.LSTM, 1, bias=False)).double()
    x = torch.randn(1, STEPS, INPUTS, dtype=torch.float64)
    with torch.no_grad():
        h, logits = net.module.rnn(x)[0], net.module(x)
    optimizer = torch.optim.Adam(net.parameters())
    net.module(x).sum().backward()
    optimizer.step()
    with torch.no_grad():
        h, logits = net.module.rnn(x)[0], net.module(x)
    torch.save({"epoch": 3, "loss": 0.5, "best": None, "classes": ["a", "b"], "model_state_dict": net.state_dict(),
                "optimizer_state_dict": optimizer.state_dict()}, path("checkpoint.pt"))
    expect(folder, "checkpoint.pt", x[0], h[0], logits[0])

    torch.manual_seed(3)
    cell = torch.nn.GRUCell(INPUTS, HIDDEN)
    x, state, h = torch.randn(STEPS, INPUTS), torch.zeros(HIDDEN), []
    with torch.no_grad():
        for t in range(STEPS):
            state = cell(x[t], state)
            h.append(state)
    # transposed and expanded views, and one storage for all
    flat = torch.cat([parameter.detach().flatten() for parameter in cell.parameters()])
    views, at = {}, 0
    for key, parameter in cell.state_dict().items():
        views["cell." + key] = flat[at:at + parameter.numel()].view(parameter.shape)
        at += parameter.numel()
    head = torch.randn(HIDDEN, OUTPUTS).half()
    views["out.weight"] = head.t()
    torch.save(views, path("views.pt"))
    expect(folder, "views.pt", x, torch.stack(h), h[-1] @ head.float())

    # what Lull has no equal for
    torch.save(Net(torch.nn.LSTM, 1, bidirectional=True).state_dict(), path("refused-bidirectional.pt"))
    torch.save(Net(torch.nn.LSTM, 1, proj_size=2).state_dict(), path("refused-projection.pt"))
    torch.save(torch.nn.LSTM(2, 2), path("refused-whole-module.pt"))
    torch.save(torch.nn.LSTM(2, 2).state_dict(), path("refused-before-1.6.pt"), _use_new_zipfile_serialization=False)
    torch.save({"conv.weight": torch.zeros(2, 2, 3), **torch.nn.LSTM(2, 2).state_dict()}, path("refused-more.pt"))
    torch.jit.save(torch.jit.script(torch.nn.GRU(2, 2)), path("refused-torchscript.pt"))
    x = torch.randn(1, STEPS, INPUTS)
    torch.onnx.export(Net(torch.nn.GRU, 1, bidirectional=True), (x,), path("refused-bidirectional.onnx"), dynamo=False)
    torch.onnx.export(Net(torch.nn.RNN, 1, nonlinearity="relu"), (x,), path("refused-relu.onnx"), dynamo=False)
    onnx_models(folder, onnx)


def without_traces(path, onnx):
    """The exporter writes where in which source file each node comes from."""
    model = onnx.load(path)
    graph = model.graph
    for part in [graph, *graph.node, *graph.initializer, *graph.value_info, *graph.input, *graph.output]:
        del part.metadata_props[:]
        part.doc_string = ""
    onnx.save(model, path)


def onnx_models(folder, onnx):
    """What PyTorch does not export: peepholes, and the reset gate before the product."""
    import numpy
    import onnxruntime
    random = numpy.random.default_rng(4)

    def save(name, operator, gates, peepholes=False, **attributes):
        initializers = [onnx.numpy_helper.from_array(values.astype(numpy.float32) / 2, key) for key, values in {
            "w": random.standard_normal((1, gates * HIDDEN, INPUTS)), "r": random.standard_normal((1, gates * HIDDEN, HIDDEN)),
            "b": random.standard_normal((1, 2 * gates * HIDDEN)), "p": random.standard_normal((1, 3 * HIDDEN)),
            "fc": random.standard_normal((HIDDEN, OUTPUTS)), "fb": random.standard_normal(OUTPUTS)}.items()]
        inputs = ["x", "w", "r", "b"] + (["", "", "", "p"] if peepholes else [])
        nodes = [onnx.helper.make_node(operator, inputs, ["y", "last"], hidden_size=HIDDEN, **attributes),
                 onnx.helper.make_node("Squeeze", ["last", "axes"], ["top"]),
                 onnx.helper.make_node("MatMul", ["top", "fc"], ["product"]),
                 onnx.helper.make_node("Add", ["product", "fb"], ["logits"])]
        initializers.append(onnx.numpy_helper.from_array(numpy.array([0]), "axes"))
        x = onnx.helper.make_tensor_value_info("x", onnx.TensorProto.FLOAT, [None, None, INPUTS])
        outputs = [onnx.helper.make_tensor_value_info(key, onnx.TensorProto.FLOAT, None) for key in ["logits", "y"]]
        model = onnx.helper.make_model(onnx.helper.make_graph(nodes, "g", [x], outputs, initializers), ir_version=8,
                                       opset_imports=[onnx.helper.make_opsetid("", 17)])
        onnx.save(model, os.path.join(folder, name))
        if not name.startswith("refused"):
            x = random.standard_normal((STEPS, 1, INPUTS)).astype(numpy.float32)
            logits, y = onnxruntime.InferenceSession(os.path.join(folder, name)).run(["logits", "y"], {"x": x})
            expect(folder, name, x[:, 0], y[:, 0, 0], logits[0])

    save("peepholes.onnx", "LSTM", 4, peepholes=True)
    save("refused-reset-before.onnx", "GRU", 3)
    save("refused-clip.onnx", "LSTM", 4, clip=1.0)
    save("refused-activation.onnx", "LSTM", 4, activations=["HardSigmoid", "Tanh", "Tanh"])
    save("refused-reverse.onnx", "LSTM", 4, direction="reverse")
    save("refused-coupled.onnx", "LSTM", 4, input_forget=1)


def keras_models(folder):
    import keras
    import numpy
    keras.utils.set_random_seed(1)
    layers = keras.layers
    random = numpy.random.default_rng(1)
    x = random.standard_normal((1, STEPS, INPUTS)).astype(numpy.float32)

    def randomise(model):
        for weight in model.weights:
            if weight.path.split("/")[-1] in ("kernel", "recurrent_kernel", "bias"):
                weight.assign(random.standard_normal(weight.shape) / 2)

    def save(name, stack, kinds, sequences, output):
        model = keras.Sequential([keras.Input((None, INPUTS)), *stack])
        randomise(model)
        for kind in kinds:
            model.save(os.path.join(folder, name + kind))
            recurrent = keras.Model(model.inputs, sequences.output)
            dense = keras.Model(model.inputs, output.input)
            h = numpy.asarray(recurrent(x))[0]
            kernel, *bias = output.get_weights()
            logits = numpy.asarray(dense(x))[0] @ kernel + (bias[0] if bias else 0)
            expect(folder, name + kind, x[0], h, logits)

    for name, cell in {"keras-lstm": layers.LSTM, "keras-gru": layers.GRU, "keras-rnn": layers.SimpleRNN}.items():
        top = cell(HIDDEN, return_sequences=True, name="top")
        out = layers.Dense(OUTPUTS, activation="softmax", name="out")
        save(name, [cell(HIDDEN, return_sequences=True, dropout=0.1), top, layers.GlobalAveragePooling1D(), layers.Dropout(0.5), out],
             [".keras", ".h5"], top, out)

    normalise = layers.Normalization(mean=[1., 2., 3.], variance=[4., 4., 1.])
    top = layers.GRU(HIDDEN, use_bias=False, return_sequences=True)
    out = layers.Dense(OUTPUTS, use_bias=False)
    save("keras-normalised", [normalise, top, out], [".keras"], top, out)

    adapted = layers.Normalization()
    adapted.adapt(random.standard_normal((50, 4, INPUTS)) * 3 + 1)
    source = keras.Input((None, INPUTS))
    model = keras.Model(source, layers.Dense(OUTPUTS)(layers.LSTM(HIDDEN)(adapted(source))))
    randomise(model)
    for kind in [".keras", ".h5"]:
        model.save(os.path.join(folder, "keras-functional" + kind))
        expect(folder, "keras-functional" + kind, x[0], x[0][:0], numpy.asarray(model(x))[0])

    def refused(name, *stack):
        keras.Sequential([keras.Input((None, INPUTS)), *stack]).save(os.path.join(folder, "refused-" + name + ".keras"))

    refused("bidirectional", layers.Bidirectional(layers.LSTM(2)), layers.Dense(2))
    refused("reset-before", layers.GRU(2, reset_after=False), layers.Dense(2))
    refused("activation", layers.LSTM(2, activation="relu"), layers.Dense(2))
    refused("hard-sigmoid", layers.LSTM(2, recurrent_activation="hard_sigmoid"), layers.Dense(2))
    refused("convolution", layers.Conv1D(2, 3), layers.LSTM(2), layers.Dense(2))
    refused("backwards", layers.LSTM(2, go_backwards=True), layers.Dense(2))
    refused("relu-output", layers.LSTM(2), layers.Dense(2, activation="relu"))


if __name__ == "__main__":
    {"torch": torch_models, "keras": keras_models}[sys.argv[1]](sys.argv[2])
