// SPDX-License-Identifier: Apache-2.0
package org.lull.exchange.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.InvalidProtocolBufferException;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.lull.Model;
import org.lull.exchange.onnx.OnnxExport.Form;
import org.lull.io.Safetensors.Tensor;
import org.lull.io.StateDict;
import org.lull.network.Head;
import org.lull.network.Mode;
import org.lull.network.Network;
import org.lull.rnn.Cell;
import org.lull.rnn.Cells;
import org.lull.rnn.Thresholds;

/** The structure of exported files; what they compute is tested in ONNX Runtime (OnnxRuntimeTest). */
class OnnxExportTest {
  private static ModelProto export(Model model, boolean dense, Form form) {
    try {
      return ModelProto.parseFrom(OnnxExport.bytes(model, dense, form));
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
  }

  private static List<String> operators(GraphProto graph) {
    return graph.getNodeList().stream().map(NodeProto::getOpType).toList();
  }

  private static List<String> names(List<ValueInfoProto> values) {
    return values.stream().map(ValueInfoProto::getName).toList();
  }

  private static float[] weight(GraphProto graph, String name) {
    TensorProto tensor = graph.getInitializerList().stream().filter(other -> other.getName().equals(name)).findFirst().orElseThrow();
    float[] values = new float[tensor.getRawData().size() / Float.BYTES];
    tensor.getRawData().asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(values);
    return values;
  }

  private static float[] tensor(Model model, String name) {
    return StateDict.of(model.network()).stream().filter(t -> t.name().equals(name)).map(Tensor::data).findFirst().orElseThrow();
  }

  /** Every value that is used is there before, and none has two makers: what a runtime checks first. */
  private static void assertWired(GraphProto graph, Set<String> outer) {
    Set<String> known = new HashSet<>(outer);
    graph.getInitializerList().forEach(tensor -> assertThat(known.add(tensor.getName())).as(tensor.getName()).isTrue());
    graph.getInputList().forEach(input -> assertThat(known.add(input.getName())).as(input.getName()).isTrue());
    for (NodeProto node : graph.getNodeList()) {
      assertThat(known).containsAll(node.getInputList().stream().filter(name -> !name.isEmpty()).toList());
      node.getAttributeList().stream().filter(attribute -> attribute.hasG()).forEach(attribute -> assertWired(attribute.getG(), known));
      node.getOutputList().forEach(output -> assertThat(known.add(output)).as(output).isTrue());
    }
    assertThat(known).containsAll(names(graph.getOutputList()));
  }

  @Test
  void everyGraphIsWired() {
    for (Cell cell : Cells.ALL) {
      for (Head head : Head.values()) {
        for (Mode mode : Mode.values()) {
          for (Form form : Form.values()) {
            Model model = TestModels.model(cell.name(), 2, head, mode, false);
            ModelProto onnx = export(model, false, form);
            assertWired(onnx.getGraph(), Set.of());
            assertThat(OnnxExport.bytes(model, false, form)).isEqualTo(onnx.toByteArray());
          }
        }
      }
    }
  }

  @Test
  void aDenseLayerIsAnOperatorWithTheGatesOfOnnx() {
    Model model = TestModels.model("lstm", 2, Head.LAST, Mode.DENSE, false);
    GraphProto graph = export(model, false, Form.SEQUENCE).getGraph();
    assertThat(operators(graph)).contains("LSTM").doesNotContain("Scan");
    float[] ours = tensor(model, "weight_ih_l1"); // i f g o
    float[] theirs = weight(graph, "W_1"); // i o f c
    int gate = 5 * 5;
    for (int i = 0; i < gate; i++) {
      assertThat(theirs[i]).isEqualTo(ours[i]);
      assertThat(theirs[gate + i]).isEqualTo(ours[3 * gate + i]);
      assertThat(theirs[2 * gate + i]).isEqualTo(ours[gate + i]);
      assertThat(theirs[3 * gate + i]).isEqualTo(ours[2 * gate + i]);
    }
    assertThat(names(graph.getInputList())).containsExactly("features", "lengths");
    assertThat(names(graph.getOutputList())).containsExactly("scores");
  }

  @Test
  void theResetGateComesAfterTheProduct() {
    Model model = TestModels.model("gru", 1, Head.MEAN, Mode.DENSE, false);
    GraphProto graph = export(model, false, Form.SEQUENCE).getGraph();
    NodeProto gru = graph.getNodeList().stream().filter(node -> node.getOpType().equals("GRU")).findFirst().orElseThrow();
    assertThat(gru.getAttributeList()).anySatisfy(attribute -> {
      assertThat(attribute.getName()).isEqualTo("linear_before_reset");
      assertThat(attribute.getI()).isEqualTo(1);
    });
    float[] ours = tensor(model, "weight_hh_l0"); // r z n
    float[] theirs = weight(graph, "R_0"); // z r h
    assertThat(theirs[0]).isEqualTo(ours[25]);
    assertThat(theirs[25]).isEqualTo(ours[0]);
    assertThat(theirs[50]).isEqualTo(ours[50]);
    assertThat(weight(graph, "B_0")).hasSize(30);
  }

  @Test
  void peepholesAreInTheOrderOfOnnx() {
    Model trained = TestModels.model("peephole", 1, Head.MEAN, Mode.DELTA, false);
    GraphProto graph = export(trained, true, Form.SEQUENCE).getGraph();
    float[] p = weight(graph, "P_0"); // i o f
    assertThat(p[0]).isEqualTo(tensor(trained, "weight_ci_l0")[0]).isNotZero();
    assertThat(p[5]).isEqualTo(tensor(trained, "weight_co_l0")[0]);
    assertThat(p[10]).isEqualTo(tensor(trained, "weight_cf_l0")[0]);
  }

  @Test
  void aDeltaModelIsAScanWithItsThresholds() {
    Model model = TestModels.model("gru", 2, Head.FRAMES, Mode.DELTA, false);
    GraphProto graph = export(model, false, Form.SEQUENCE).getGraph();
    assertThat(operators(graph)).containsOnlyOnce("Scan").doesNotContain("GRU");
    assertThat(weight(graph, "threshold_x_l0")).containsExactly(model.network().thresholds(0).x()[0], 0.1f, 0.15f);
    assertThat(weight(graph, "threshold_h_l1")).hasSize(5);
    assertThat(weight(graph, "weight_ih_l1")).isEqualTo(tensor(model, "weight_ih_l1"));
    assertThat(names(graph.getOutputList())).containsExactlyInAnyOrder("frames", "scores");
    GraphProto dense = export(model, true, Form.SEQUENCE).getGraph();
    assertThat(operators(dense)).contains("GRU").doesNotContain("Scan");
  }

  /** Thresholds of 0 let everything through: the ordinary operator computes the same. */
  @Test
  void thresholdsOfZeroAreTheOrdinaryOperator() {
    Model model = TestModels.model("lstm", 1, Head.MEAN, Mode.DELTA, false);
    Network zero = model.network().copy();
    zero.setThresholds(0, Thresholds.uniform(3, 5, 0, 0));
    Model open = new Model(zero, Mode.DELTA, model.normalisation(), model.labels(), "", model.provenance());
    assertThat(operators(export(open, false, Form.SEQUENCE).getGraph())).contains("LSTM").doesNotContain("Scan");
    assertThat(OnnxExport.isDelta(open, false)).isFalse();
    assertThat(OnnxExport.isDelta(model, false)).isTrue();
    zero.setThresholds(0, Thresholds.uniform(3, 5, 0, 0.1f));
    assertThat(OnnxExport.isDelta(new Model(zero, Mode.DELTA, model.normalisation(), model.labels(), "", model.provenance()), false))
        .isTrue();
  }

  @Test
  void statesOfAStepGoInAndComeOut() {
    for (Head head : Head.values()) {
      GraphProto graph = export(TestModels.model("lstm", 2, head, Mode.DELTA, false), false, Form.STEP).getGraph();
      List<String> inputs = new ArrayList<>(names(graph.getInputList()));
      assertThat(inputs).contains("features", "h_0", "c_0", "x_reference_0", "h_reference_0", "h_1", "c_1", "x_reference_1",
          "h_reference_1");
      inputs.remove("features");
      assertThat(names(graph.getOutputList())).contains("scores").containsAll(inputs.stream().map(name -> "next_" + name).toList());
    }
  }

  @Test
  void theMetadataSayWhatTheWeightsDoNot() {
    Model model = TestModels.model("lstm", 1, Head.MEAN, Mode.DELTA, false);
    ModelProto onnx = export(model, false, Form.SEQUENCE);
    Map<String, String> metadata = onnx.getMetadataPropsList().stream()
        .collect(Collectors.toMap(StringStringEntryProto::getKey, StringStringEntryProto::getValue));
    assertThat(metadata).containsEntry("format", "lull-onnx-1").containsEntry("mode", "delta").containsEntry("head", "mean")
        .containsEntry("labels", "[\"class 0\",\"class 1\",\"class 2\"]").containsEntry("features", "")
        .containsKeys("normalisation", "provenance");
    assertThat(onnx.getProducerName()).isEqualTo("lull");
    assertThat(onnx.getOpsetImport(0).getVersion()).isEqualTo(17);
  }
}
