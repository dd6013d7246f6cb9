// SPDX-License-Identifier: Apache-2.0
package org.lull.exchange.onnx;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.lull.exchange.Budget;
import org.lull.exchange.Description;
import org.lull.exchange.ImportedModel;
import org.lull.exchange.Linear;
import org.lull.exchange.RecurrentWeights;
import org.lull.input.InvalidInputException;
import org.lull.io.AtomicFile;
import org.lull.network.Head;
import org.lull.network.Normalisation;

/**
 * Reads an ONNX model: the nodes LSTM, GRU or RNN, which feed each other, and the Gemm or MatMul and Add after them. What is what is found
 * by following the inputs of the nodes, never by names. A node that computes something else with the data is refused by its operator.
 */
public final class OnnxImport {
  private static final Set<String> RECURRENT = Set.of("LSTM", "GRU", "RNN");
  /** Operators that give the data another shape, or nothing else when they run. */
  private static final Set<String> PASSIVE =
      Set.of("Identity", "Transpose", "Squeeze", "Unsqueeze", "Reshape", "Flatten", "Dropout", "Cast");
  /** Operators that an initial state of zeros may come from. */
  private static final Set<String> OF_ZEROS =
      Set.of("Identity", "Expand", "Slice", "Reshape", "Unsqueeze", "Squeeze", "Transpose", "Concat", "Gather", "Split", "Cast");
  /** Operators that follow the scores, and change none of the decisions. */
  private static final Set<String> AFTER = Set.of("Softmax", "LogSoftmax", "Identity", "Reshape", "Squeeze", "Unsqueeze", "Flatten",
      "Transpose", "Cast", "ArgMax");
  /** What the metadata of Lull's own files begin with. */
  private static final String OWN = "lull-onnx-";
  private static final int DEEPEST = 200;

  private final Path file;
  private final GraphProto graph;
  private final Map<String, String> metadata = new HashMap<>();
  private final Map<String, NodeProto> producers = new HashMap<>();
  private final Set<NodeProto> used = new HashSet<>();
  private final OnnxConstants constants;
  private final boolean own;
  private float[] mean;
  private float[] deviation;

  private OnnxImport(Path file, ModelProto model, Budget budget) {
    this.file = file;
    graph = model.getGraph();
    for (StringStringEntryProto entry : model.getMetadataPropsList()) {
      metadata.put(entry.getKey(), entry.getValue());
    }
    own = metadata.getOrDefault("format", "").startsWith(OWN);
    for (NodeProto node : graph.getNodeList()) {
      node.getOutputList().stream().filter(name -> !name.isEmpty()).forEach(name -> producers.put(name, node));
    }
    constants = new OnnxConstants(file, budget, graph, producers);
  }

  /**
   * Reads a file.
   *
   * @throws InvalidInputException if the file cannot be read, is damaged, or holds something that Lull has no equal for
   */
  public static ImportedModel read(Path file) {
    Budget budget = Budget.of(file);
    try {
      budget.take(Files.size(file), Byte.BYTES);
      CodedInputStream in = CodedInputStream.newInstance(Files.readAllBytes(file));
      in.enableAliasing(true);
      return new OnnxImport(file, ModelProto.parseFrom(in), budget).model();
    } catch (InvalidProtocolBufferException e) {
      throw new InvalidInputException((file + " is not a usable ONNX model: " + e.getMessage() + "; copy it again or save it anew")
          .replaceAll("\\p{Cntrl}", " "), e);
    } catch (IOException e) {
      throw new InvalidInputException("cannot read " + file + ": " + AtomicFile.reason(e) + "; check the path and its permissions", e);
    }
  }

  private ImportedModel model() {
    List<NodeProto> stack = stack();
    List<OnnxReference.Layer> layers = new ArrayList<>();
    OnnxLayers reader = new OnnxLayers(file, constants);
    for (NodeProto node : stack) {
      used.add(node);
      checkStates(node);
      layers.add(reader.layer(node));
    }
    RecurrentWeights weights = OnnxLayers.weights(layers, file);
    Head[] read = new Head[1];
    Linear head = head(stack.getLast(), weights.hidden(), read);
    if (!own) {
      refuseTheRest();
    }
    Normalisation normalisation = normalisation(weights.inputs());
    Description inGraph = new Description(null, read[0], normalisation, null);
    try {
      return new ImportedModel("ONNX model", weights.withHead(head), new OnnxReference(layers),
          Description.of(metadata, file.toString()).or(inGraph), metadata, List.of());
    } catch (InvalidInputException e) {
      throw e.getMessage().contains(file.toString()) ? e : bad(e.getMessage());
    }
  }

  // ---------------------------------------------------------------- the recurrent nodes

  /** The recurrent nodes, the lowest first. */
  private List<NodeProto> stack() {
    List<NodeProto> nodes =
        graph.getNodeList().stream().filter(node -> RECURRENT.contains(node.getOpType()) && isStandard(node)).toList();
    if (nodes.isEmpty()) {
      boolean loop = graph.getNodeList().stream().anyMatch(node -> Set.of("Scan", "Loop").contains(node.getOpType()));
      throw bad("there is no node LSTM, GRU or RNN among its " + graph.getNodeCount() + (loop
          ? ", only a loop of elementary operators (Scan or Loop), which is not read; export the model with its recurrent operator, which"
              + " lull export --dense does"
          : "; an exporter may have unrolled it: export it with torch.onnx.export(..., dynamo=False)"));
    }
    Map<NodeProto, NodeProto> below = new HashMap<>();
    NodeProto lowest = null;
    for (NodeProto node : nodes) {
      NodeProto under = below(node);
      if (under == null && lowest != null || under != null && below.containsValue(under)) {
        throw bad("two nodes, " + name(node) + " and " + name(under == null ? lowest : under) + ", read the same data; expected layers"
            + " above each other");
      }
      if (under == null) {
        lowest = node;
      } else {
        below.put(node, under);
      }
    }
    List<NodeProto> stack = new ArrayList<>();
    for (NodeProto node = lowest; node != null;) {
      stack.add(node);
      NodeProto under = node;
      node = nodes.stream().filter(other -> below.get(other) == under).findFirst().orElse(null);
      if (stack.size() > nodes.size()) {
        break;
      }
    }
    if (stack.size() != nodes.size()) {
      throw bad("its recurrent nodes feed each other in a circle");
    }
    return stack;
  }

  /** The recurrent node that this one reads, or null if it reads the input of the graph. */
  private NodeProto below(NodeProto recurrent) {
    String name = recurrent.getInputCount() == 0 ? "" : recurrent.getInput(0);
    List<NodeProto> path = new ArrayList<>();
    for (int depth = 0; depth < DEEPEST; depth++) {
      NodeProto node = producers.get(name);
      if (node == null) {
        requireInput(name, recurrent);
        readNormalisation(path.reversed());
        return null;
      }
      if (RECURRENT.contains(node.getOpType())) {
        if (path.stream().anyMatch(each -> !PASSIVE.contains(each.getOpType()))) {
          throw refused(path.getFirst(), "between two recurrent layers");
        }
        used.addAll(path);
        return node;
      }
      if (!PASSIVE.contains(node.getOpType()) && !Set.of("Sub", "Div").contains(node.getOpType()) || node.getInputCount() == 0) {
        throw refused(node, "before a recurrent layer");
      }
      path.add(node);
      name = node.getInput(0);
    }
    throw bad("its nodes feed each other in a circle, or are over " + DEEPEST + " between two layers");
  }

  private void requireInput(String name, NodeProto recurrent) {
    if (graph.getInputList().stream().noneMatch(input -> input.getName().equals(name)) || constants.has(name)) {
      throw bad(name(recurrent) + " reads \"" + name + "\", which is neither an input of the graph nor made by a node");
    }
  }

  /** (x - mean) / deviation on the way from the input. */
  private void readNormalisation(List<NodeProto> path) {
    for (NodeProto node : path) {
      if (node.getOpType().equals("Sub") && mean == null && deviation == null) {
        mean = constants.floats(second(node)).data();
      } else if (node.getOpType().equals("Div") && deviation == null) {
        deviation = constants.floats(second(node)).data();
      } else if (!PASSIVE.contains(node.getOpType())) {
        throw refused(node, "before the recurrent layers, where (x - mean) / deviation is read");
      }
      used.add(node);
    }
  }

  private Normalisation normalisation(int inputs) {
    if (mean == null && deviation == null) {
      return null;
    }
    return new Normalisation(spread(mean == null ? new float[1] : mean, inputs), spread(deviation == null ? new float[] {1} : deviation,
        inputs));
  }

  private float[] spread(float[] values, int inputs) {
    if (values.length != 1 && values.length != inputs) {
      throw bad("the normalisation of the input has " + values.length + " numbers, expected 1 or " + inputs);
    }
    float[] all = Arrays.copyOf(values, inputs);
    if (values.length == 1) {
      Arrays.fill(all, values[0]);
    }
    return all;
  }

  private String second(NodeProto node) {
    if (node.getInputCount() < 2) {
      throw bad(name(node) + " has " + node.getInputCount() + " inputs, expected 2");
    }
    return node.getInput(1);
  }

  /** Layers begin with states of zero, or of what the caller gives. */
  private void checkStates(NodeProto node) {
    for (int i = 5; i < Math.min(node.getInputCount(), node.getOpType().equals("LSTM") ? 7 : 6); i++) {
      if (!node.getInput(i).isEmpty() && !isZero(node.getInput(i), 0)) {
        throw bad(name(node) + " begins with a state that is not zero, which Lull has no equal for");
      }
    }
  }

  private boolean isZero(String name, int depth) {
    if (constants.has(name)) {
      for (float value : constants.floats(name).data()) {
        if (value != 0) {
          return false;
        }
      }
      return true;
    }
    NodeProto node = producers.get(name);
    if (node == null || depth > DEEPEST) {
      return graph.getInputList().stream().anyMatch(input -> input.getName().equals(name));
    }
    if (node.getOpType().equals("ConstantOfShape")) {
      return node.getAttributeList().stream().allMatch(attribute -> attribute.getT().getRawData().isEmpty()
          ? attribute.getT().getFloatDataList().stream().allMatch(value -> value == 0)
          : attribute.getT().getRawData().asReadOnlyByteBuffer().compareTo(
              ByteBuffer.allocate(attribute.getT().getRawData().size())) == 0);
    }
    if (!OF_ZEROS.contains(node.getOpType())) {
      return false;
    }
    int data = node.getOpType().equals("Concat") ? node.getInputCount() : 1;
    return node.getInputList().stream().limit(data).allMatch(input -> isZero(input, depth + 1));
  }

  // ---------------------------------------------------------------- the output layer

  /**
   * The only linear layer that reads the top layer; null where there is none.
   *
   * @param read is set to what it reads of it, where the graph tells
   */
  private Linear head(NodeProto top, int hidden, Head[] read) {
    List<NodeProto> linear = new ArrayList<>();
    for (NodeProto node : graph.getNodeList()) {
      boolean product = Set.of("Gemm", "MatMul").contains(node.getOpType()) && node.getInputCount() >= 2;
      if (product && constants.has(node.getInput(1)) && reads(node.getInput(0), top, read)) {
        linear.add(node);
      }
    }
    if (linear.size() > 1) {
      throw bad("there are " + linear.size() + " linear layers on the recurrent ones, expected one, the output layer");
    }
    if (linear.isEmpty()) {
      return null;
    }
    NodeProto node = linear.getFirst();
    used.add(node);
    return node.getOpType().equals("Gemm") ? gemm(node, hidden) : matMul(node, hidden);
  }

  /** Whether a value is h of the top layer, of all timesteps, of the last, or the mean. */
  private boolean reads(String value, NodeProto top, Head[] read) {
    List<NodeProto> path = new ArrayList<>();
    Head found = null;
    String name = value;
    for (int depth = 0; depth < DEEPEST; depth++) {
      NodeProto node = producers.get(name);
      if (node == null || node.getInputCount() == 0) {
        return false;
      }
      if (node == top) {
        used.addAll(path);
        read[0] = top.getOutputCount() > 1 && top.getOutput(1).equals(name) ? Head.LAST : found;
        return true;
      }
      if (RECURRENT.contains(node.getOpType())) {
        throw bad("its output layer reads " + name(node) + ", which is not the top layer");
      }
      found = switch (node.getOpType()) {
        case "Gather" -> lastOf(node, node.getInputCount() > 1 ? node.getInput(1) : "");
        case "Slice" -> lastOf(node, node.getInputCount() > 1 ? node.getInput(1) : "");
        case "ReduceMean" -> Head.MEAN;
        default -> found;
      };
      boolean pools = Set.of("Gather", "Slice", "ReduceMean").contains(node.getOpType());
      boolean ownMean = own && Set.of("ReduceSum", "Mul").contains(node.getOpType());
      if (!pools && !ownMean && !PASSIVE.contains(node.getOpType())) {
        return false; // the nodes that are left over are refused by name
      }
      path.add(node);
      name = node.getInput(0);
    }
    return false;
  }

  private Head lastOf(NodeProto node, String index) {
    Long at = constants.whole(index);
    if (at == null || at != -1) {
      throw bad(
          name(node) + " takes a part of h that is not the last timestep (index " + at + "), which Lull has no equal for; expected -1");
    }
    return Head.LAST;
  }

  private Linear gemm(NodeProto node, int hidden) {
    boolean transposed = OnnxLayers.attribute(node, "transB") != null && OnnxLayers.attribute(node, "transB").getI() != 0;
    for (String factor : List.of("alpha", "beta")) {
      if (OnnxLayers.attribute(node, factor) != null && OnnxLayers.attribute(node, factor).getF() != 1) {
        throw bad(name(node) + " has " + factor + " = " + OnnxLayers.attribute(node, factor).getF() + ", expected 1");
      }
    }
    if (OnnxLayers.attribute(node, "transA") != null && OnnxLayers.attribute(node, "transA").getI() != 0) {
      throw bad(name(node) + " transposes its data (transA), expected 0");
    }
    OnnxConstants.Values b = constants.floats(node.getInput(1));
    String bias = node.getInputCount() > 2 ? node.getInput(2) : "";
    return linear(node, b, transposed, bias, hidden);
  }

  /** With the Add that follows, if one does. */
  private Linear matMul(NodeProto node, int hidden) {
    String bias = "";
    for (NodeProto add : graph.getNodeList()) {
      if (add.getOpType().equals("Add") && add.getInputCount() == 2 && add.getInputList().contains(node.getOutput(0))) {
        bias = add.getInput(add.getInput(0).equals(node.getOutput(0)) ? 1 : 0);
        used.add(add);
      }
    }
    return linear(node, constants.floats(node.getInput(1)), false, bias, hidden);
  }

  private Linear linear(NodeProto node, OnnxConstants.Values b, boolean transposed, String bias, int hidden) {
    if (b.shape().length != 2 || b.shape()[transposed ? 1 : 0] != hidden) {
      throw bad(name(node) + " has weights of the sizes " + Arrays.toString(b.shape()) + ", and the layer below has " + hidden + " units");
    }
    int outputs = b.shape()[transposed ? 0 : 1];
    float[] weight = b.data();
    if (!transposed) {
      weight = new float[b.data().length];
      for (int i = 0; i < weight.length; i++) {
        weight[i % outputs * hidden + i / outputs] = b.data()[i];
      }
    }
    float[] values = bias.isEmpty() ? new float[outputs] : constants.floats(bias).data();
    if (values.length != outputs) {
      throw bad(name(node) + " has " + outputs + " outputs, and " + values.length + " biases");
    }
    return new Linear(outputs, hidden, weight, values);
  }

  // ---------------------------------------------------------------- what is left over

  /** Nodes that compute something with the data, and are no part of the network. */
  private void refuseTheRest() {
    Set<String> data = new HashSet<>(); // values that come from the data, other than their shapes
    used.forEach(node -> data.addAll(node.getOutputList()));
    graph.getInputList().stream().map(input -> input.getName()).filter(name -> !constants.has(name)).forEach(data::add);
    for (NodeProto node : graph.getNodeList()) {
      boolean computes = !used.contains(node) && !Set.of("Shape", "Size").contains(node.getOpType())
          && node.getInputList().stream().anyMatch(data::contains);
      if (computes && !AFTER.contains(node.getOpType()) && !(OF_ZEROS.contains(node.getOpType()) && isZero(node.getOutput(0), 0))) {
        throw refused(node, "beside the recurrent layers and the output layer");
      }
      if (computes) {
        data.addAll(node.getOutputList());
      }
    }
  }

  private InvalidInputException refused(NodeProto node, String where) {
    return bad(name(node) + " is an operator " + node.getOpType() + " " + where + ", which Lull has no equal for");
  }

  private static boolean isStandard(NodeProto node) {
    return node.getDomain().isEmpty() || node.getDomain().equals("ai.onnx");
  }

  private static String name(NodeProto node) {
    return "the node " + (node.getName().isEmpty() ? node.getOpType() : node.getName());
  }

  private InvalidInputException bad(String what) {
    return new InvalidInputException((file + ": " + what).replaceAll("\\p{Cntrl}", " "));
  }
}
