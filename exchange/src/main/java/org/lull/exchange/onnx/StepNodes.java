// SPDX-License-Identifier: Apache-2.0
package org.lull.exchange.onnx;

import static org.lull.exchange.onnx.OnnxGraph.attribute;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import org.lull.io.Safetensors.Tensor;
import org.lull.io.StateDict;
import org.lull.network.Network;
import org.lull.network.NetworkSpec;
import org.lull.rnn.Thresholds;

/**
 * One timestep of all recurrent layers in elementary operators: the body of a Scan, or a graph of one step. In delta mode an entry of x_t
 * or h_{t-1} replaces its reference (the value last transmitted) only if it has moved by its threshold, and the products take the
 * references:
 *
 * <pre>
 *   rests = |v_t - vHat_{t-1}| &lt; theta
 *   vHat_t = rests ? vHat_{t-1} : v_t
 *   M_t = bias + W vHat_t
 * </pre>
 *
 * That is the delta recurrence: Lull computes the same M_t as M_{t-1} + W (vHat_t - vHat_{t-1}), of the columns that fired alone. ONNX has
 * no operator that leaves columns out, so the shorter form is as cheap here, needs no M among the states and collects no rounding errors.
 * All states begin at 0. The cells are those of {@link org.lull.rnn.Cells}, in the order of gates of {@link StateDict}.
 */
final class StepNodes {
  private final Network network;
  private final NetworkSpec spec;
  private final boolean delta;
  private final Map<String, Tensor> tensors = new LinkedHashMap<>();

  /** @param delta whether the thresholds apply */
  StepNodes(Network network, boolean delta) {
    this.network = network;
    this.spec = network.spec();
    this.delta = delta;
    StateDict.of(network).forEach(tensor -> tensors.put(tensor.name(), tensor));
  }

  /** Names of the states, and how many numbers each has. */
  SequencedMap<String, Integer> states() {
    SequencedMap<String, Integer> states = new LinkedHashMap<>();
    for (int layer = 0; layer < spec.layers(); layer++) {
      states.put("h_" + layer, spec.hidden());
      if (hasC()) {
        states.put("c_" + layer, spec.hidden());
      }
      if (delta) {
        states.put("x_reference_" + layer, spec.inputs(layer));
        if (hasProductOfH()) {
          states.put("h_reference_" + layer, spec.hidden());
        }
      }
    }
    return states;
  }

  private boolean hasC() {
    return List.of("lstm", "peephole", "lnlstm").contains(spec.cell().name());
  }

  private boolean hasProductOfH() {
    return spec.cell().blocksOfH() > 0;
  }

  /**
   * Adds the nodes of a timestep.
   *
   * @param x [batch, inputs], normalised
   * @param states names of the values before the step, by the names of {@link #states}; afterwards, of those after it
   * @return h of the top layer, [batch, hidden]
   */
  String add(OnnxGraph graph, String x, Map<String, String> states) {
    String below = x;
    for (int layer = 0; layer < spec.layers(); layer++) {
      String h = states.get("h_" + layer);
      Thresholds thresholds = network.thresholds(layer);
      String ofX = delta ? transmitted(graph, "x", layer, below, Arrays.copyOf(thresholds.x(), spec.inputs(layer)), states) : below;
      String ofH = delta && hasProductOfH() ? transmitted(graph, "h", layer, h, Arrays.copyOf(thresholds.h(), spec.hidden()), states) : h;
      String mOfX = product(graph, ofX, "ih_l" + layer);
      String mOfH = hasProductOfH() ? product(graph, ofH, "hh_l" + layer) : null;
      below = cell(graph, layer, mOfX, mOfH, h, states);
      states.put("h_" + layer, below);
    }
    return below;
  }

  /**
   * The references after the step.
   *
   * @param part "x" or "h"
   */
  private static String transmitted(OnnxGraph graph, String part, int layer, String value, float[] thresholds, Map<String, String> states) {
    String state = part + "_reference_" + layer;
    String theta = graph.weight("threshold_" + part + "_l" + layer, thresholds, thresholds.length);
    String rests = graph.add("Less", graph.add("Abs", graph.add("Sub", value, states.get(state))), theta);
    String now = graph.add("Where", rests, states.get(state), value);
    states.put(state, now);
    return now;
  }

  /** W v + bias. */
  private String product(OnnxGraph graph, String v, String name) {
    return graph.add("Gemm", List.of(attribute("transB", 1)), v, weight(graph, "weight_" + name), weight(graph, "bias_" + name));
  }

  private String weight(OnnxGraph graph, String name) {
    Tensor tensor = tensors.get(name);
    long[] shape = new long[tensor.shape().length];
    for (int i = 0; i < shape.length; i++) {
      shape[i] = tensor.shape()[i];
    }
    return graph.weight(name, tensor.data(), shape);
  }

  /**
   * The cell: h_t of M_t, and c_t where there is one.
   *
   * @param mOfX what x gives to M, [batch, gates hidden]
   * @param mOfH what h gives; null for a cell without a product with h
   * @param h h_{t-1}
   */
  private String cell(OnnxGraph graph, int layer, String mOfX, String mOfH, String h, Map<String, String> states) {
    String name = spec.cell().name();
    if (name.equals("gru")) {
      return gru(graph, split(graph, mOfX, 3), split(graph, mOfH, 3), h);
    }
    String m = mOfH == null ? mOfX : graph.add("Add", mOfX, mOfH);
    return switch (name) {
      case "rnn" -> graph.add("Tanh", m);
      case "indrnn" -> graph.add("Relu", graph.add("Add", m, graph.add("Mul", weight(graph, "weight_hh_l" + layer), h)));
      case "mingru" -> {
        List<String> zn = split(graph, m, 2);
        yield between(graph, h, zn.get(1), graph.add("Sigmoid", zn.get(0)));
      }
      case "lstm" -> lstm(graph, split(graph, m, 4), layer, states);
      case "peephole" -> peephole(graph, split(graph, m, 4), layer, states);
      case "lnlstm" -> layerNormLstm(graph, m, layer, states);
      default -> throw new IllegalStateException("no nodes for the cell " + name);
    };
  }

  private static List<String> split(OnnxGraph graph, String m, int gates) {
    return graph.add("Split", gates, List.of(attribute("axis", 1)), m);
  }

  /** from + share (to - from). */
  private static String between(OnnxGraph graph, String from, String to, String share) {
    return graph.add("Add", from, graph.add("Mul", share, graph.add("Sub", to, from)));
  }

  private static String gru(OnnxGraph graph, List<String> ofX, List<String> ofH, String h) {
    String r = graph.add("Sigmoid", graph.add("Add", ofX.get(0), ofH.get(0)));
    String z = graph.add("Sigmoid", graph.add("Add", ofX.get(1), ofH.get(1)));
    String n = graph.add("Tanh", graph.add("Add", ofX.get(2), graph.add("Mul", r, ofH.get(2))));
    return between(graph, n, h, z);
  }

  private static String lstm(OnnxGraph graph, List<String> m, int layer, Map<String, String> states) {
    String c = newC(graph, graph.add("Sigmoid", m.get(0)), graph.add("Sigmoid", m.get(1)), m.get(2), layer, states);
    return graph.add("Mul", graph.add("Sigmoid", m.get(3)), graph.add("Tanh", c));
  }

  /** c_t = f c_{t-1} + i tanh(g). */
  private static String newC(OnnxGraph graph, String i, String f, String g, int layer, Map<String, String> states) {
    String kept = graph.add("Mul", f, states.get("c_" + layer));
    String c = graph.add("Add", kept, graph.add("Mul", i, graph.add("Tanh", g)));
    states.put("c_" + layer, c);
    return c;
  }

  private String peephole(OnnxGraph graph, List<String> m, int layer, Map<String, String> states) {
    String before = states.get("c_" + layer);
    String i = graph.add("Sigmoid", graph.add("Add", m.get(0), graph.add("Mul", weight(graph, "weight_ci_l" + layer), before)));
    String f = graph.add("Sigmoid", graph.add("Add", m.get(1), graph.add("Mul", weight(graph, "weight_cf_l" + layer), before)));
    String c = newC(graph, i, f, m.get(2), layer, states);
    String o = graph.add("Sigmoid", graph.add("Add", m.get(3), graph.add("Mul", weight(graph, "weight_co_l" + layer), c)));
    return graph.add("Mul", o, graph.add("Tanh", c));
  }

  private String layerNormLstm(OnnxGraph graph, String m, int layer, Map<String, String> states) {
    List<String> y = split(graph, norm(graph, m, "ln_", layer), 4);
    String c = newC(graph, graph.add("Sigmoid", y.get(0)), graph.add("Sigmoid", y.get(1)), y.get(2), layer, states);
    return graph.add("Mul", graph.add("Sigmoid", y.get(3)), graph.add("Tanh", norm(graph, c, "ln_c_", layer)));
  }

  private String norm(OnnxGraph graph, String v, String name, int layer) {
    return graph.add("LayerNormalization", List.of(attribute("axis", -1), attribute("epsilon", 1e-5f)), v,
        weight(graph, name + "weight_l" + layer), weight(graph, name + "bias_l" + layer));
  }
}
