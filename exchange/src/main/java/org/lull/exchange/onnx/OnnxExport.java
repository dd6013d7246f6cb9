// SPDX-License-Identifier: Apache-2.0
package org.lull.exchange.onnx;

import static org.lull.exchange.onnx.OnnxGraph.attribute;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import com.google.protobuf.ByteString;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.stream.IntStream;
import org.lull.Model;
import org.lull.exchange.CellKind;
import org.lull.exchange.Description;
import org.lull.exchange.RecurrentWeights;
import org.lull.input.InvalidInputException;
import org.lull.io.StateDict;
import org.lull.network.Arithmetic;
import org.lull.network.Mode;
import org.lull.network.NetworkSpec;
import org.lull.network.Normalisation;
import org.lull.rnn.Thresholds;

/**
 * Makes an ONNX model of a model of Lull: raw features in, scores out, with the normalisation inside. Inputs and outputs are described in
 * docs/export.md.
 *
 * <p>Dense layers are the operators LSTM, GRU and RNN. Delta layers, and cells that ONNX has no operator for, are elementary operators
 * ({@link StepNodes}): in a Scan over the timesteps, or once in the graph of one step.
 */
public final class OnnxExport {
  /** Whether the graph takes whole sequences, or one timestep with the states as inputs and outputs. */
  public enum Form {
    SEQUENCE,
    STEP
  }

  /** In the metadata: what wrote the file. */
  public static final String FORMAT = "lull-onnx-1";
  private static final int OPSET = 17; // the first with LayerNormalization
  private static final int IR_VERSION = 8; // of that opset

  private static final String PRODUCER = "lull";
  /** What the file begins with: the version and the producer, as the fields of the message come in order. */
  private static final ByteString HEAD = ModelProto.newBuilder().setIrVersion(IR_VERSION).setProducerName(PRODUCER).build().toByteString();

  private static final String BATCH = "batch";
  private static final String TIME = "time";

  private final Model model;
  private final NetworkSpec spec;
  private final boolean delta;
  private final Form form;
  private final OnnxGraph graph;
  private final StepNodes step;

  private OnnxExport(Model model, boolean delta, Form form) {
    this.model = model;
    this.spec = model.spec();
    this.delta = delta;
    this.form = form;
    graph = new OnnxGraph("lull");
    step = new StepNodes(model.network(), delta);
  }

  /**
   * The bytes of an ONNX file.
   *
   * @param dense whether to leave the thresholds of a delta model out
   * @throws InvalidInputException if the model computes in integers, which the file could not say
   */
  public static byte[] bytes(Model model, boolean dense, Form form) {
    if (model.arithmetic() != Arithmetic.FLOAT32) {
      throw new InvalidInputException("the model computes in " + model.arithmetic().name() + ", which has no equal in ONNX; train it"
          + " further in floats by lull train --from RUN --numeric float32, and export that");
    }
    return new OnnxExport(model, isDelta(model, dense), form).model().toByteArray();
  }

  /** Whether a file was written by this class; of other files nothing is read but the beginning. */
  public static boolean wrote(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] head = in.readNBytes(HEAD.size());
      return ByteString.copyFrom(head).equals(HEAD);
    } catch (IOException e) {
      return false;
    }
  }

  /** Whether the file has thresholds: those of a delta model that are not all 0. */
  public static boolean isDelta(Model model, boolean dense) {
    return !dense && model.mode() == Mode.DELTA && IntStream.range(0, model.spec().layers()).anyMatch(layer -> {
      Thresholds thresholds = model.network().thresholds(layer);
      return IntStream.range(0, model.spec().inputs(layer)).anyMatch(i -> thresholds.x()[i] > 0)
          || IntStream.range(0, model.spec().hidden()).anyMatch(u -> thresholds.h()[u] > 0);
    });
  }

  /** Whether the file has ONNX's operator for the layers. */
  public static boolean hasOperator(Model model, boolean dense) {
    return !isDelta(model, dense) && Arrays.stream(CellKind.values()).anyMatch(kind -> kind.cell().equals(model.spec().cell()));
  }

  private ModelProto model() {
    GraphProto built = form == Form.STEP ? oneStep() : sequence();
    ModelProto.Builder onnx = ModelProto.newBuilder().setIrVersion(IR_VERSION).setProducerName(PRODUCER)
        .setProducerVersion(model.provenance().lull()).addOpsetImport(OperatorSetIdProto.newBuilder().setDomain("").setVersion(OPSET))
        .setGraph(built);
    metadata().forEach((key, value) -> onnx.addMetadataProps(StringStringEntryProto.newBuilder().setKey(key).setValue(value)));
    return onnx.build();
  }

  private SequencedMap<String, String> metadata() {
    SequencedMap<String, String> metadata = new LinkedHashMap<>();
    metadata.put("format", FORMAT);
    metadata.put("cell", spec.cell().name());
    metadata.put("mode", delta ? "delta" : "dense");
    metadata.putAll(Description.of(model).metadata());
    if (model.isRegression()) {
      metadata.put("targets", Description.json(model.loss().targets()));
    }
    metadata.put(Description.PROVENANCE, Description.json(model.provenance()));
    return metadata;
  }

  private boolean hasOperator() {
    return hasOperator(model, !delta);
  }

  private List<RecurrentOperator> operators() {
    RecurrentWeights weights = RecurrentWeights.of(model.network());
    return IntStream.range(0, spec.layers()).mapToObj(k -> new RecurrentOperator(graph, k, weights.layers().get(k))).toList();
  }

  // ---------------------------------------------------------------- whole sequences

  private GraphProto sequence() {
    String features = graph.input("features", DataType.FLOAT, BATCH, TIME, spec.inputs());
    String lengths = graph.input("lengths", DataType.INT32, BATCH);
    String x = graph.add("Transpose", List.of(attribute("perm", new long[] {1, 0, 2})), normalised(features)); // [time, batch, inputs]
    String longs = graph.add("Cast", List.of(attribute("to", DataType.INT64.getNumber())), lengths);
    String[] top = hasOperator() ? byOperators(x, lengths) : byScan(x, longs);
    String h = top[0];
    switch (spec.head()) {
      case LAST -> decision(linear(top[1]));
      case MEAN -> decision(linear(mean(graph.add("ReduceSum", List.of(attribute("keepdims", 0)), h, graph.list("axis_0", 0)), longs)));
      case FRAMES -> frames(h, longs);
    }
    return graph.build();
  }

  private String normalised(String features) {
    Normalisation normalisation = model.normalisation();
    return graph.add("Div", graph.add("Sub", features, graph.weight("mean", normalisation.mean(), spec.inputs())),
        graph.weight("deviation", normalisation.deviation(), spec.inputs()));
  }

  /** h of the top layer: of all timesteps, [time, batch, hidden], 0 beyond the length; and of the last, [batch, hidden]. */
  private String[] byOperators(String x, String lengths) {
    String below = x;
    String last = "";
    for (RecurrentOperator operator : operators()) {
      RecurrentOperator.Result result = operator.add(below, lengths, "", "");
      below = graph.add("Squeeze", result.all(), graph.list("axis_1", 1));
      last = result.lastH();
    }
    return new String[] {below, graph.add("Squeeze", last, graph.list("axis_0", 0))};
  }

  /** The same by a Scan over the timesteps, which leaves the states of a sequence as they are beyond its length. */
  private String[] byScan(String x, String lengths) {
    OnnxGraph body = graph.body("step");
    SequencedMap<String, Integer> sizes = step.states();
    List<String> inputs = new ArrayList<>();
    Map<String, String> states = new LinkedHashMap<>();
    String batch = graph.add("Shape", lengths);
    sizes.forEach((name, size) -> {
      inputs.add(graph.add("ConstantOfShape", graph.add("Concat", List.of(attribute("axis", 0)), batch, graph.list("size_" + size, size))));
      states.put(name, body.input("step_" + name, DataType.FLOAT, BATCH, size));
    });
    String frame = body.input("step_x", DataType.FLOAT, BATCH, spec.inputs());
    String t = body.input("step_t", DataType.INT64);
    String valid = body.add("Unsqueeze", body.add("Less", t, lengths), graph.list("axis_1", 1));
    Map<String, String> before = new LinkedHashMap<>(states);
    String h = step.add(body, frame, states);
    sizes.forEach((name, size) -> body.output("step_next_" + name, body.add("Where", valid, states.get(name), before.get(name)),
        DataType.FLOAT, BATCH, size));
    body.output("step_y", body.add("Where", valid, h, graph.weight("zero", new float[1])), DataType.FLOAT, BATCH, spec.hidden());

    String time = graph.add("Squeeze", graph.add("Shape", List.of(attribute("start", 0), attribute("end", 1)), x));
    inputs.add(x);
    inputs.add(graph.add("Range", graph.scalar("number_0", 0), time, graph.scalar("number_1", 1)));
    List<String> outputs = graph.add("Scan", sizes.size() + 1, List.of(attribute("body", body.build()), attribute("num_scan_inputs", 2)),
        inputs.toArray(String[]::new));
    int top = List.copyOf(sizes.keySet()).indexOf("h_" + (spec.layers() - 1));
    return new String[] {outputs.getLast(), outputs.get(top)};
  }

  /** The mean over the timesteps, as Lull takes it: times 1 / steps. */
  private String mean(String sum, String steps) {
    String float32 = graph.add("Cast", List.of(attribute("to", DataType.FLOAT.getNumber())), steps);
    return graph.add("Mul", sum, graph.add("Unsqueeze", graph.add("Reciprocal", float32), graph.list("axis_1", 1)));
  }

  /** The outputs of the head for rows of h, [rows, outputs]. */
  private String linear(String h) {
    return graph.add("Gemm", List.of(attribute("transB", 1)), h, headWeight(), headBias());
  }

  private String headWeight() {
    return graph.weight("head.weight", tensor("head.weight"), spec.outputs(), spec.hidden());
  }

  private String headBias() {
    return graph.weight("head.bias", tensor("head.bias"), spec.outputs());
  }

  private float[] tensor(String name) {
    return StateDict.of(model.network()).stream().filter(tensor -> tensor.name().equals(name)).findFirst().orElseThrow().data();
  }

  /** The output of the graph: scores of the classes, or numbers in the unit of the target. */
  private void decision(String outputs) {
    if (!model.isRegression()) {
      graph.output("scores", outputs, DataType.FLOAT, BATCH, spec.outputs());
      return;
    }
    Normalisation targets = model.loss().targets();
    String deviation = graph.weight("target_deviation", targets.deviation(), spec.outputs());
    String restored = graph.add("Add", graph.add("Mul", outputs, deviation), graph.weight("target_mean", targets.mean(), spec.outputs()));
    graph.output("predictions", restored, DataType.FLOAT, BATCH, spec.outputs());
  }

  /** The outputs of every timestep, silence first; and the scores of the last timestep that is not silence, or of the last of all. */
  private void frames(String h, String lengths) {
    String transposed = graph.add("Transpose", List.of(attribute("perm", new long[] {1, 0})), headWeight());
    String all = graph.add("Add", graph.add("MatMul", h, transposed), headBias()); // [time, batch, outputs]
    graph.output("frames", graph.add("Transpose", List.of(attribute("perm", new long[] {1, 0, 2})), all), DataType.FLOAT, BATCH, TIME,
        spec.outputs());
    String winner = graph.add("ArgMax", List.of(attribute("axis", 2), attribute("keepdims", 0)), all); // [time, batch]
    String time = graph.add("Squeeze", graph.add("Shape", List.of(attribute("start", 0), attribute("end", 1)), h));
    String t = graph.add("Unsqueeze", graph.add("Range", graph.scalar("number_0", 0), time, graph.scalar("number_1", 1)),
        graph.list("axis_1", 1));
    String heard = graph.add("And", graph.add("Greater", winner, graph.scalar("number_0", 0)), graph.add("Less", t, lengths));
    String latest = graph.add("ReduceMax", List.of(attribute("axes", new long[] {0}), attribute("keepdims", 0)),
        graph.add("Where", heard, t, graph.scalar("number_-1", -1))); // [batch]; -1 where all is silence
    String end = graph.add("Sub", lengths, graph.scalar("number_1", 1));
    String at = graph.add("Where", graph.add("Less", latest, graph.scalar("number_0", 0)), end, latest);
    String index = graph.add("Unsqueeze", graph.add("Unsqueeze", at, graph.list("axis_0", 0)), graph.list("axis_2", 2)); // [1, batch, 1]
    String expanded = graph.add("Expand", index, graph.list("row", 1, 1, spec.outputs()));
    String row = graph.add("Squeeze", graph.add("GatherElements", List.of(attribute("axis", 0)), all, expanded), graph.list("axis_0", 0));
    graph.output("scores", classes(row), DataType.FLOAT, BATCH, spec.head().classes(spec.outputs()));
  }

  /** Without the output of silence. */
  private String classes(String row) {
    return graph.add("Slice", row, graph.list("axis_1", 1), graph.list("end", spec.outputs()), graph.list("axis_1", 1));
  }

  // ---------------------------------------------------------------- one step

  private GraphProto oneStep() {
    String x = normalised(graph.input("features", DataType.FLOAT, BATCH, spec.inputs()));
    Map<String, String> states = new LinkedHashMap<>();
    SequencedMap<String, Integer> sizes = step.states();
    sizes.forEach((name, size) -> states.put(name, graph.input(name, DataType.FLOAT, BATCH, size)));
    String h = hasOperator() ? stepByOperators(x, states) : step.add(graph, x, states);
    switch (spec.head()) {
      case LAST -> decision(linear(h));
      case MEAN -> meanSoFar(h);
      case FRAMES -> frameSoFar(h);
    }
    sizes.forEach((name, size) -> graph.output("next_" + name, states.get(name), DataType.FLOAT, BATCH, size));
    return graph.build();
  }

  private String stepByOperators(String x, Map<String, String> states) {
    String axis = graph.list("axis_0", 0);
    String below = graph.add("Unsqueeze", x, axis); // [1, batch, inputs], a sequence of one timestep
    for (RecurrentOperator operator : operators()) {
      String h = "h_" + operator.number();
      String c = "c_" + operator.number();
      RecurrentOperator.Result result = operator.add(below, "", graph.add("Unsqueeze", states.get(h), axis), operator.hasC()
          ? graph.add("Unsqueeze", states.get(c), axis) : "");
      states.put(h, graph.add("Squeeze", result.lastH(), axis));
      if (operator.hasC()) {
        states.put(c, graph.add("Squeeze", result.lastC(), axis));
      }
      below = result.lastH();
    }
    return graph.add("Squeeze", below, axis);
  }

  /** The mean needs the sum of h so far, and the number of timesteps. */
  private void meanSoFar(String h) {
    String sum = graph.add("Add", graph.input("h_sum", DataType.FLOAT, BATCH, spec.hidden()), h);
    String steps = graph.add("Add", graph.input("steps", DataType.INT64, BATCH), graph.scalar("number_1", 1));
    decision(linear(mean(sum, steps)));
    graph.output("next_h_sum", sum, DataType.FLOAT, BATCH, spec.hidden());
    graph.output("next_steps", steps, DataType.INT64, BATCH);
  }

  /** The scores of the last timestep that was not silence decide, and until there is one, those of this timestep. */
  private void frameSoFar(String h) {
    int classes = spec.head().classes(spec.outputs());
    String row = linear(h);
    graph.output("frame", row, DataType.FLOAT, BATCH, spec.outputs());
    String winner = graph.add("ArgMax", List.of(attribute("axis", 1)), row); // [batch, 1]
    String heard = graph.add("Cast", List.of(attribute("to", DataType.FLOAT.getNumber())),
        graph.add("Greater", winner, graph.scalar("number_0", 0)));
    String before = graph.input("heard", DataType.FLOAT, BATCH, 1);
    String ever = graph.add("Max", before, heard);
    String keeps = graph.add("Greater", before, heard); // heard before, and now is silence
    String scores = graph.add("Where", keeps, graph.input("last_scores", DataType.FLOAT, BATCH, classes), classes(row));
    graph.output("scores", scores, DataType.FLOAT, BATCH, classes);
    graph.output("next_heard", ever, DataType.FLOAT, BATCH, 1);
    graph.output("next_last_scores", scores, DataType.FLOAT, BATCH, classes);
  }
}
