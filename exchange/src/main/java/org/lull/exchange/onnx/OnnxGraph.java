// SPDX-License-Identifier: Apache-2.0
package org.lull.exchange.onnx;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.AttributeProto.AttributeType;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto.Dimension;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Builds an ONNX graph: inputs, weights, nodes in the order of computation, outputs. The value of a node has the name of its operator and a
 * number, unless it is an output of the graph.
 */
final class OnnxGraph {
  private final GraphProto.Builder graph = GraphProto.newBuilder();
  private final String prefix;
  private final OnnxGraph weights;
  private final Map<String, Integer> counts = new HashMap<>();

  OnnxGraph(String name) {
    this(name, "", null);
  }

  /** @param outer has the weights; null if this graph has them */
  private OnnxGraph(String name, String prefix, OnnxGraph outer) {
    graph.setName(name);
    this.prefix = prefix;
    weights = outer == null ? this : outer;
  }

  /** The graph of one iteration of a loop. It sees the values of this graph, which keeps the weights of both. */
  OnnxGraph body(String name) {
    return new OnnxGraph(name, name + "_", this);
  }

  /** Adds an input of the graph; a dimension is a number, or a name if it is not fixed. */
  String input(String name, DataType type, Object... shape) {
    graph.addInput(value(name, type, shape));
    return name;
  }

  /** Makes a value an output of the graph, under this name. */
  void output(String name, String value, DataType type, Object... shape) {
    graph.addNode(node("Identity", List.of(value), List.of(name)));
    graph.addOutput(value(name, type, shape));
  }

  private static ValueInfoProto value(String name, DataType type, Object... shape) {
    TensorShapeProto.Builder dimensions = TensorShapeProto.newBuilder();
    for (Object size : shape) {
      dimensions.addDim(size instanceof String text ? Dimension.newBuilder().setDimParam(text)
          : Dimension.newBuilder().setDimValue(((Number) size).longValue()));
    }
    return ValueInfoProto.newBuilder().setName(name).setType(TypeProto.newBuilder()
        .setTensorType(TypeProto.Tensor.newBuilder().setElemType(type.getNumber()).setShape(dimensions))).build();
  }

  /** Adds a weight, float32. */
  String weight(String name, float[] values, long... shape) {
    ByteBuffer bytes = ByteBuffer.allocate(Float.BYTES * values.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    return weight(tensor(name, DataType.FLOAT, shape).setRawData(ByteString.copyFrom(bytes)));
  }

  /** Adds a constant list of whole numbers, int64. */
  String list(String name, long... values) {
    return weight(tensor(name, DataType.INT64, values.length).setRawData(int64(values)));
  }

  /** Adds a constant whole number, int64. */
  String scalar(String name, long value) {
    return weight(tensor(name, DataType.INT64).setRawData(int64(value)));
  }

  private static TensorProto.Builder tensor(String name, DataType type, long... shape) {
    TensorProto.Builder tensor = TensorProto.newBuilder().setName(name).setDataType(type.getNumber());
    for (long size : shape) {
      tensor.addDims(size);
    }
    return tensor;
  }

  private static ByteString int64(long... values) {
    ByteBuffer bytes = ByteBuffer.allocate(Long.BYTES * values.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asLongBuffer().put(values);
    return ByteString.copyFrom(bytes);
  }

  /** Adds it once. */
  private String weight(TensorProto.Builder tensor) {
    boolean known = weights.graph.getInitializerList().stream().anyMatch(other -> other.getName().equals(tensor.getName()));
    if (!known) {
      weights.graph.addInitializer(tensor);
    }
    return tensor.getName();
  }

  /** Adds a node with one output, and returns its name. */
  String add(String operator, String... inputs) {
    return add(operator, List.of(), inputs);
  }

  String add(String operator, List<AttributeProto> attributes, String... inputs) {
    return add(operator, 1, attributes, inputs).getFirst();
  }

  /** Adds a node with several outputs, and returns their names. An input that is left out is empty. */
  List<String> add(String operator, int outputs, List<AttributeProto> attributes, String... inputs) {
    List<String> names = new ArrayList<>();
    for (int i = 0; i < outputs; i++) {
      names.add(prefix + operator + "_" + counts.merge(operator, 1, Integer::sum));
    }
    graph.addNode(node(operator, List.of(inputs), names).toBuilder().addAllAttribute(attributes));
    return names;
  }

  private static NodeProto node(String operator, List<String> inputs, List<String> outputs) {
    return NodeProto.newBuilder().setOpType(operator).setName(outputs.getFirst()).addAllInput(inputs).addAllOutput(outputs).build();
  }

  GraphProto build() {
    return graph.build();
  }

  static AttributeProto attribute(String name, long value) {
    return AttributeProto.newBuilder().setName(name).setType(AttributeType.INT).setI(value).build();
  }

  static AttributeProto attribute(String name, float value) {
    return AttributeProto.newBuilder().setName(name).setType(AttributeType.FLOAT).setF(value).build();
  }

  static AttributeProto attribute(String name, long[] values) {
    AttributeProto.Builder attribute = AttributeProto.newBuilder().setName(name).setType(AttributeType.INTS);
    for (long value : values) {
      attribute.addInts(value);
    }
    return attribute.build();
  }

  static AttributeProto attribute(String name, GraphProto value) {
    return AttributeProto.newBuilder().setName(name).setType(AttributeType.GRAPH).setG(value).build();
  }
}
