// SPDX-License-Identifier: Apache-2.0
package org.lull.exchange.onnx;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataLocation;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.lull.exchange.Budget;
import org.lull.input.InvalidInputException;
import org.lull.io.AtomicFile;

/** The constants of a graph: initializers, Constant nodes, and what only gives these another shape. */
final class OnnxConstants {
  /** Operators that leave the numbers and their order alone. */
  private static final Set<String> SHAPES = Set.of("Identity", "Unsqueeze", "Squeeze", "Reshape", "Flatten", "Cast");
  private static final int DEEPEST = 20;

  private final Path file;
  private final Budget budget;
  private final Map<String, TensorProto> tensors = new HashMap<>();
  private final Map<String, NodeProto> producers;
  private final Set<Path> besides = new HashSet<>();

  /** Numbers of a constant. */
  record Values(int[] shape, float[] data) {}

  OnnxConstants(Path file, Budget budget, GraphProto graph, Map<String, NodeProto> producers) {
    this.file = file;
    this.budget = budget;
    this.producers = producers;
    graph.getInitializerList().forEach(tensor -> tensors.put(tensor.getName(), tensor));
    for (NodeProto node : graph.getNodeList()) {
      for (AttributeProto attribute : node.getAttributeList()) {
        if (node.getOpType().equals("Constant") && node.getOutputCount() == 1 && attribute.getName().equals("value")) {
          tensors.put(node.getOutput(0), attribute.getT());
        }
      }
    }
  }

  /** Whether this value is a constant of floats that can be read. */
  boolean has(String name) {
    return source(name, 0) != null;
  }

  private TensorProto source(String name, int depth) {
    NodeProto node = producers.get(name);
    if (tensors.containsKey(name) || node == null || depth > DEEPEST || node.getInputCount() == 0) {
      return tensors.get(name);
    }
    boolean passes = SHAPES.contains(node.getOpType()) || node.getOpType().equals("Transpose");
    return passes ? source(node.getInput(0), depth + 1) : null;
  }

  /**
   * A constant of floats, all finite.
   *
   * @throws InvalidInputException if it is none
   */
  Values floats(String name) {
    if (!has(name)) {
      throw bad("\"" + name + "\" is computed, or comes from outside; expected weights that are constants");
    }
    Values values = floats(name, 0);
    for (float value : values.data) {
      if (!Float.isFinite(value)) {
        throw bad("a number of \"" + name + "\" is " + value + ", expected finite ones; the training that wrote it has diverged");
      }
    }
    return values;
  }

  private Values floats(String name, int depth) {
    if (tensors.containsKey(name)) {
      return new Values(shape(tensors.get(name)), data(tensors.get(name)));
    }
    NodeProto node = producers.get(name);
    Values of = floats(node.getInput(0), depth + 1);
    return node.getOpType().equals("Transpose") ? transposed(name, of) : of;
  }

  private Values transposed(String name, Values of) {
    if (of.shape.length != 2) {
      throw bad("\"" + name + "\" is a transposed constant of " + of.shape.length + " dimensions, expected 2");
    }
    int rows = of.shape[0];
    int columns = of.shape[1];
    budget.take(of.data.length, Float.BYTES);
    float[] data = new float[of.data.length];
    for (int i = 0; i < data.length; i++) {
      data[i % columns * rows + i / columns] = of.data[i];
    }
    return new Values(new int[] {columns, rows}, data);
  }

  /** A constant of a single whole number, as of an index; null where it is none. */
  Long whole(String name) {
    TensorProto tensor = source(name, 0);
    if (tensor == null || tensor.getDataType() != DataType.INT64.getNumber() || Arrays.stream(shape(tensor)).anyMatch(size -> size != 1)) {
      return null;
    }
    if (tensor.getInt64DataCount() == 1) {
      return tensor.getInt64Data(0);
    }
    ByteBuffer raw = tensor.getRawData().asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
    return raw.remaining() == Long.BYTES ? raw.getLong() : null;
  }

  private int[] shape(TensorProto tensor) {
    int[] shape = new int[tensor.getDimsCount()];
    long elements = 1;
    for (int i = 0; i < shape.length; i++) {
      long size = tensor.getDims(i);
      elements = size < 0 || size > Integer.MAX_VALUE ? -1 : elements * size;
      if (elements < 0 || elements > Integer.MAX_VALUE - 8) {
        throw bad("\"" + tensor.getName() + "\" has the sizes " + tensor.getDimsList());
      }
      shape[i] = (int) size;
    }
    return shape;
  }

  private float[] data(TensorProto tensor) {
    int elements = Arrays.stream(shape(tensor)).reduce(1, (a, b) -> a * b);
    DataType type = DataType.forNumber(tensor.getDataType());
    int bytes = type == null ? 0 : switch (type) {
      case FLOAT -> Float.BYTES;
      case DOUBLE -> Double.BYTES;
      case FLOAT16, BFLOAT16 -> Short.BYTES;
      default -> 0;
    };
    if (bytes == 0) {
      throw bad("\"" + tensor.getName() + "\" has numbers of the type " + (type == null ? tensor.getDataType() : type)
          + ", expected FLOAT, DOUBLE, FLOAT16 or BFLOAT16");
    }
    ByteBuffer raw = tensor.getDataLocation() == DataLocation.EXTERNAL ? external(tensor)
        : tensor.getRawData().asReadOnlyByteBuffer();
    raw.order(ByteOrder.LITTLE_ENDIAN);
    int held = !tensor.getRawData().isEmpty() || tensor.getDataLocation() == DataLocation.EXTERNAL ? raw.remaining() / bytes
        : type == DataType.FLOAT ? tensor.getFloatDataCount() : type == DataType.DOUBLE ? tensor.getDoubleDataCount()
            : tensor.getInt32DataCount();
    if (held != elements) {
      throw bad("\"" + tensor.getName() + "\" has " + held + " numbers, and the sizes " + tensor.getDimsList());
    }
    budget.take(elements, Float.BYTES);
    float[] values = new float[elements];
    for (int i = 0; i < elements; i++) {
      values[i] = switch (type) {
        case FLOAT -> raw.hasRemaining() ? raw.getFloat() : tensor.getFloatData(i);
        case DOUBLE -> (float) (raw.hasRemaining() ? raw.getDouble() : tensor.getDoubleData(i));
        case FLOAT16 -> Float.float16ToFloat(raw.hasRemaining() ? raw.getShort() : (short) tensor.getInt32Data(i));
        default -> Float.intBitsToFloat((raw.hasRemaining() ? raw.getShort() : tensor.getInt32Data(i)) << 16);
      };
    }
    return values;
  }

  /** Numbers that are in a file beside the model. */
  private ByteBuffer external(TensorProto tensor) {
    Map<String, String> entries = new HashMap<>();
    for (StringStringEntryProto entry : tensor.getExternalDataList()) {
      entries.put(entry.getKey(), entry.getValue());
    }
    String location = entries.getOrDefault("location", "");
    if (!location.matches("[^/\\\\:\\p{Cntrl}]+") || location.startsWith("..")) {
      throw bad("\"" + tensor.getName() + "\" is in another file, which is called " + location + "; expected one in the same folder");
    }
    Path beside = file.resolveSibling(location);
    try (FileChannel channel = FileChannel.open(beside)) {
      long offset = Long.parseLong(entries.getOrDefault("offset", "0"));
      long length = Long.parseLong(entries.getOrDefault("length", Long.toString(channel.size() - offset)));
      if (offset < 0 || length < 0 || length > Integer.MAX_VALUE - 8 || offset > channel.size() - length) {
        throw bad("\"" + tensor.getName() + "\" is at " + offset + " to " + (offset + length) + " of " + beside + ", which has "
            + channel.size() + " bytes");
      }
      if (besides.add(beside)) {
        budget.add(channel.size());
      }
      return channel.map(FileChannel.MapMode.READ_ONLY, offset, length);
    } catch (IOException e) {
      throw new InvalidInputException("cannot read " + beside + ", where " + file + " has its weights: " + AtomicFile.reason(e)
          + "; copy both into one folder", e);
    } catch (NumberFormatException e) {
      throw bad("\"" + tensor.getName() + "\" has a place in " + beside + " that is no number");
    }
  }

  private InvalidInputException bad(String what) {
    return new InvalidInputException((file + ": " + what).replaceAll("\\p{Cntrl}", " "));
  }
}
