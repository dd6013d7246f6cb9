// SPDX-License-Identifier: Apache-2.0
package org.lull.exchange.onnx;

import static org.lull.exchange.onnx.OnnxGraph.attribute;

import ai.onnx.proto.OnnxMl.AttributeProto;
import java.util.ArrayList;
import java.util.List;
import org.lull.exchange.CellKind;
import org.lull.exchange.RecurrentWeights.Layer;

/**
 * A dense layer as ONNX's operator LSTM, GRU or RNN, which runs all timesteps at once. Its gates are in the order i o f c, or z r h, where
 * {@link Layer} has PyTorch's i f g o, or r z n; the peepholes i o f, where it has i f o. The GRU has {@code linear_before_reset}, the
 * reset gate after the product.
 */
record RecurrentOperator(OnnxGraph graph, int number, Layer layer) {
  /** What a run of the operator gives. */
  record Result(String all, String lastH, String lastC) {}

  private boolean isLstm() {
    return layer.kind() == CellKind.LSTM || layer.kind() == CellKind.PEEPHOLE;
  }

  boolean hasC() {
    return isLstm();
  }

  /** For each gate of ONNX, the index of PyTorch's. */
  private int[] gates() {
    return switch (layer.kind()) {
      case LSTM, PEEPHOLE -> new int[] {0, 3, 1, 2};
      case GRU -> new int[] {1, 0, 2};
      case RNN -> new int[] {0};
    };
  }

  /**
   * Adds the operator.
   *
   * @param x [time, batch, inputs]
   * @param lengths [batch], int32; or empty
   * @param h [1, batch, hidden], what h begins with; empty for zeros
   * @param c likewise
   * @return h of all timesteps, [time, 1, batch, hidden], and the last h and c, [1, batch, hidden]
   */
  Result add(String x, String lengths, String h, String c) {
    int gates = layer.kind().gates();
    int rows = gates * layer.hidden();
    float[] bias = new float[2 * rows];
    System.arraycopy(ordered(layer.biasIh(), 1), 0, bias, 0, rows);
    System.arraycopy(ordered(layer.biasHh(), 1), 0, bias, rows, rows);
    List<String> inputs = new ArrayList<>(List.of(x, graph.weight("W_" + number, ordered(layer.weightIh(), layer.inputs()), 1, rows,
        layer.inputs()), graph.weight("R_" + number, ordered(layer.weightHh(), layer.hidden()), 1, rows, layer.hidden()),
        graph.weight("B_"
            + number, bias, 1, 2L * rows),
        lengths, h));
    if (isLstm()) {
      inputs.add(c);
    }
    if (layer.kind() == CellKind.PEEPHOLE) {
      inputs.add(graph.weight("P_" + number, peepholes(), 1, 3L * layer.hidden()));
    }
    while (inputs.getLast().isEmpty()) {
      inputs.removeLast();
    }
    List<AttributeProto> attributes = new ArrayList<>(List.of(attribute("hidden_size", layer.hidden())));
    if (layer.kind() == CellKind.GRU) {
      attributes.add(attribute("linear_before_reset", 1));
    }
    String operator = isLstm() ? "LSTM" : layer.kind().name();
    List<String> outputs = graph.add(operator, isLstm() ? 3 : 2, attributes, inputs.toArray(String[]::new));
    return new Result(outputs.get(0), outputs.get(1), isLstm() ? outputs.get(2) : "");
  }

  /** Rows of ONNX's order of gates. */
  private float[] ordered(float[] matrix, int columns) {
    int size = layer.hidden() * columns;
    float[] ordered = new float[matrix.length];
    int[] gates = gates();
    for (int gate = 0; gate < gates.length; gate++) {
      System.arraycopy(matrix, gates[gate] * size, ordered, gate * size, size);
    }
    return ordered;
  }

  private float[] peepholes() {
    int n = layer.hidden();
    float[] ordered = layer.peepholes().clone();
    System.arraycopy(layer.peepholes(), 2 * n, ordered, n, n);
    System.arraycopy(layer.peepholes(), n, ordered, 2 * n, n);
    return ordered;
  }
}
