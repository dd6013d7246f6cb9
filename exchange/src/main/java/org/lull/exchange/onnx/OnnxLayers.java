// SPDX-License-Identifier: Apache-2.0
package org.lull.exchange.onnx;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import com.google.protobuf.ByteString;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.lull.exchange.CellKind;
import org.lull.exchange.RecurrentWeights;
import org.lull.exchange.RecurrentWeights.Layer;
import org.lull.input.InvalidInputException;

/** Reads single nodes LSTM, GRU and RNN, and brings their gates into PyTorch's order. */
final class OnnxLayers {
  private final Path file;
  private final OnnxConstants constants;

  OnnxLayers(Path file, OnnxConstants constants) {
    this.file = file;
    this.constants = constants;
  }

  /** The attribute, or null. */
  static AttributeProto attribute(NodeProto node, String name) {
    return node.getAttributeList().stream().filter(attribute -> attribute.getName().equals(name)).findFirst().orElse(null);
  }

  /**
   * The weights of a node.
   *
   * @throws InvalidInputException if the node does something that Lull has no equal for
   */
  OnnxReference.Layer layer(NodeProto node) {
    requireEqual(node);
    int gates = switch (node.getOpType()) {
      case "LSTM" -> 4;
      case "GRU" -> 3;
      default -> 1;
    };
    OnnxConstants.Values w = input(node, 1);
    OnnxConstants.Values r = input(node, 2);
    int[] shape = r.shape();
    int hidden = shape.length == 3 ? shape[2] : 0;
    if (hidden == 0 || !Arrays.equals(shape, new int[] {1, gates * hidden, hidden}) || w.shape().length != 3 || w.shape()[2] == 0
        || !Arrays.equals(w.shape(), new int[] {1, gates * hidden, w.shape()[2]})) {
      throw bad(node, "has W of the sizes " + Arrays.toString(w.shape()) + " and R of " + Arrays.toString(shape) + ", expected [1, " + gates
          + " H, I] and [1, " + gates + " H, H]" + (shape.length > 0 && shape[0] == 2 ? "; 2 directions have no equal in Lull" : ""));
    }
    AttributeProto size = attribute(node, "hidden_size");
    if (size != null && size.getI() != hidden) {
      throw bad(node, "has the hidden_size " + size.getI() + ", and weights of " + hidden + " units");
    }
    float[] b = has(node, 3) ? input(node, 3).data() : new float[2 * gates * hidden];
    float[] p = node.getOpType().equals("LSTM") && has(node, 7) ? input(node, 7).data() : new float[0];
    if (b.length != 2 * gates * hidden || p.length != 0 && p.length != 3 * hidden) {
      throw bad(node, "has " + b.length + " biases and " + p.length + " peepholes, expected " + 2 * gates * hidden + " and " + 3 * hidden);
    }
    return new OnnxReference.Layer(node.getOpType(), w.shape()[2], hidden, w.data(), r.data(), b, p);
  }

  private static boolean has(NodeProto node, int i) {
    return node.getInputCount() > i && !node.getInput(i).isEmpty();
  }

  private OnnxConstants.Values input(NodeProto node, int i) {
    if (!has(node, i)) {
      throw bad(node, "has no input " + i + ", where its weights would be");
    }
    return constants.floats(node.getInput(i));
  }

  /** Refuses by name what Lull computes otherwise. */
  private void requireEqual(NodeProto node) {
    boolean reset = false;
    for (AttributeProto attribute : node.getAttributeList()) {
      String name = attribute.getName();
      switch (name) {
        case "direction" -> {
          String direction = attribute.getS().toStringUtf8();
          if (!direction.equals("forward")) {
            throw bad(node, "is " + direction + ", which Lull has no equal for: it computes as the input arrives");
          }
        }
        case "clip" -> throw bad(node, "clips what its gates see at " + attribute.getF() + ", which Lull has no equal for");
        case "input_forget" -> {
          if (attribute.getI() != 0) {
            throw bad(node, "has coupled input and forget gates (input_forget), which Lull has no equal for");
          }
        }
        case "linear_before_reset" -> reset = attribute.getI() != 0;
        case "activations" -> requireDefault(node, attribute.getStringsList());
        default -> {
          // hidden_size is checked with the weights; layout is that of the data; the activations above have no alpha and beta
        }
      }
    }
    if (node.getOpType().equals("GRU") && !reset) {
      throw bad(node, "has the reset gate before the product (linear_before_reset = 0), which Lull has no equal for: it has it after, as"
          + " PyTorch does");
    }
  }

  private void requireDefault(NodeProto node, List<ByteString> given) {
    List<String> expected = switch (node.getOpType()) {
      case "LSTM" -> List.of("sigmoid", "tanh", "tanh");
      case "GRU" -> List.of("sigmoid", "tanh");
      default -> List.of("tanh");
    };
    List<String> names = given.stream().map(name -> name.toStringUtf8().toLowerCase(Locale.ROOT)).toList();
    if (!names.isEmpty() && !names.equals(expected)) {
      throw bad(node, "has the activations " + names + ", which Lull has no equal for; expected " + expected);
    }
  }

  private InvalidInputException bad(NodeProto node, String what) {
    return new InvalidInputException((file + ": the node " + (node.getName().isEmpty() ? node.getOpType() : node.getName()) + " " + what)
        .replaceAll("\\p{Cntrl}", " "));
  }

  /** All layers in the common form. */
  static RecurrentWeights weights(List<OnnxReference.Layer> layers, Path file) {
    boolean peepholes = layers.stream().anyMatch(OnnxLayers::hasPeepholes);
    List<Layer> stack = new ArrayList<>();
    for (OnnxReference.Layer layer : layers) {
      CellKind kind = switch (layer.operator()) {
        case "LSTM" -> peepholes ? CellKind.PEEPHOLE : CellKind.LSTM;
        case "GRU" -> CellKind.GRU;
        default -> CellKind.RNN;
      };
      int n = layer.hidden();
      int rows = kind.gates() * n;
      float[] own = new float[kind == CellKind.PEEPHOLE ? 3 * n : 0];
      if (own.length == layer.p().length) { // i o f becomes i f o
        own = reordered(layer.p(), own.length == 0 ? new int[0] : new int[] {0, 2, 1}, n);
      }
      int[] gates = gates(kind);
      stack.add(new Layer(kind, layer.inputs(), n, reordered(layer.w(), gates, n * layer.inputs()), reordered(layer.r(), gates, n * n),
          reordered(Arrays.copyOf(layer.b(), rows), gates, n), reordered(Arrays.copyOfRange(layer.b(), rows, 2 * rows), gates, n), own));
    }
    try {
      return new RecurrentWeights(stack.getFirst().kind(), stack, null);
    } catch (InvalidInputException e) {
      throw new InvalidInputException(file + ": " + e.getMessage(), e);
    }
  }

  private static boolean hasPeepholes(OnnxReference.Layer layer) {
    for (float weight : layer.p()) {
      if (weight != 0) {
        return true;
      }
    }
    return false;
  }

  /** For each gate of PyTorch (i f g o, r z n) the index of ONNX's (i o f c, z r h). */
  private static int[] gates(CellKind kind) {
    return switch (kind) {
      case LSTM, PEEPHOLE -> new int[] {0, 2, 3, 1};
      case GRU -> new int[] {1, 0, 2};
      case RNN -> new int[] {0};
    };
  }

  private static float[] reordered(float[] values, int[] from, int size) {
    float[] ordered = new float[values.length];
    for (int gate = 0; gate < from.length; gate++) {
      System.arraycopy(values, from[gate] * size, ordered, gate * size, size);
    }
    return ordered;
  }
}
