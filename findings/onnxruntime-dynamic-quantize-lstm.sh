#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# ONNX Runtime 1.29.0, CPU: DynamicQuantizeLSTM is not causal, reads padding, and depends on the neighbours in the batch.
#
# DynamicQuantizeLSTM is what ONNX Runtime's dynamic quantisation makes of an LSTM. It behaves as if it took one scale for the whole input
# of a call, over all steps and sequences: the output of a step changes when
#   1. a later step is louder: the output at step t depends on inputs after t;
#   2. another sequence of the batch is louder;
#   3. what stands beyond the sequence's own length (`sequence_lens`) is not 0, as in a padded batch.
# It matters to who deploys: frame by frame, in chunks or in whole, alone or in batches, the same model gives other outputs, and its
# accuracy measured in batches is not the accuracy it has in use. Measure as it will be called, and pad with values the data have anyway,
# such as 0.
#
# Expected: as of LSTM, whose steps depend on earlier ones only, whose sequences are independent, and whose `sequence_lens` are "lengths
# of the sequences in a batch". The operator's description (docs/ContribOperators.md of microsoft/onnxruntime) gives `sequence_lens` the
# same meaning and says nothing about over what the scale is taken. That dynamic quantisation depends on the batch is called expected in
# issue 10111, "is batch inference supported in dynamic quantization?", and on padding in issue 8625, "Padding effect quantizied ONNX
# quality"; neither is about recurrent operators or says that a step depends on later ones.
#
# Output seen (AMD EPYC with AVX-512 VNNI):
#   largest change of the first 10 outputs of a sequence, when
#                                               LSTM   DynamicQuantizeLSTM
#     nothing is different                        0.0   0.000000
#     later steps are 20 times louder             0.0   0.060664
#     its neighbour is 20 times louder            0.0   0.059158
#     values beyond its own length are 20, not 0  0.0   0.044110
#
# Needs bash, Maven and a JDK of version 17 or later on Linux. Exit code: 0 as stated here, 1 changed, 2 could not be tried.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
for artifact in com.microsoft.onnxruntime:onnxruntime:1.29.0 org.tribuo:tribuo-util-onnx:4.3.2 com.google.protobuf:protobuf-java:3.25.6; do
  mvn -q -B org.apache.maven.plugins:maven-dependency-plugin:3.9.0:copy -Dartifact="$artifact" \
    -DoutputDirectory=lib &> maven.log || { cat maven.log >&2; exit 2; }
done

cat > Finding.java <<'JAVA'
import ai.onnx.proto.OnnxMl.*;
import ai.onnxruntime.*;
import com.google.protobuf.ByteString;
import java.nio.*;
import java.util.*;

class Finding {
  static final OrtEnvironment ENVIRONMENT = OrtEnvironment.getEnvironment();
  static final int INPUTS = 4;
  static final int HIDDEN = 8;
  static final int STEPS = 10;
  static final float SCALE = 1 / 64f;

  public static void main(String[] args) throws Exception {
    Random random = new Random(1);
    byte[] w = weights(random, INPUTS); // [inputs, 4 hidden]
    byte[] r = weights(random, HIDDEN); // [hidden, 4 hidden]
    float[] x = new float[STEPS * INPUTS];
    for (int i = 0; i < x.length; i++) {
      x[i] = (float) random.nextGaussian();
    }
    System.out.println("largest change of the first " + STEPS + " outputs of a sequence, when");
    System.out.println("                                            LSTM   DynamicQuantizeLSTM");
    double[] plain = changes(session(lstm(w, r)), x);
    double[] quantised = changes(session(quantisedLstm(w, r)), x);
    String[] when = {"nothing is different", "later steps are 20 times louder", "its neighbour is 20 times louder",
        "values beyond its own length are 20, not 0"};
    boolean asStated = plain[0] == 0 && quantised[0] == 0;
    for (int k = 0; k < when.length; k++) {
      System.out.printf(Locale.ROOT, "  %-42s %4.1f   %.6f%n", when[k], plain[k], quantised[k]);
      asStated &= k == 0 || plain[k] == 0 && quantised[k] > 1e-2;
    }
    System.exit(asStated ? 0 : 3);
  }

  static double[] changes(OrtSession session, float[] x) throws OrtException {
    float[][] alone = run(session, batch(x, null, STEPS, 0), STEPS, STEPS);
    float[][] quietLater = run(session, longer(x, 1), 2 * STEPS, 2 * STEPS);
    float[][] quietNeighbour = run(session, batch(x, loud(STEPS, 1), STEPS, 0), STEPS, STEPS, STEPS);
    float[][] zeroPadding = run(session, batch(x, loud(2 * STEPS, 1), 2 * STEPS, 0), 2 * STEPS, STEPS, 2 * STEPS);
    return new double[] {
        change(alone, run(session, batch(x, null, STEPS, 0), STEPS, STEPS)),
        change(quietLater, run(session, longer(x, 20), 2 * STEPS, 2 * STEPS)),
        change(quietNeighbour, run(session, batch(x, loud(STEPS, 20), STEPS, 0), STEPS, STEPS, STEPS)),
        change(zeroPadding, run(session, batch(x, loud(2 * STEPS, 1), 2 * STEPS, 20), 2 * STEPS, STEPS, 2 * STEPS))};
  }

  static float[] loud(int steps, float level) {
    float[] loud = new float[steps * INPUTS];
    for (int i = 0; i < loud.length; i++) {
      loud[i] = i % 2 == 0 ? level : -level;
    }
    return loud;
  }

  /** x and as many steps of another level after it. */
  static float[] longer(float[] x, float level) {
    float[] longer = Arrays.copyOf(x, 2 * x.length);
    System.arraycopy(loud(STEPS, level), 0, longer, x.length, x.length);
    return longer;
  }

  /** [steps, batch, inputs]: x, padded with a value where it is shorter than steps, and its neighbour where there is one. */
  static float[] batch(float[] x, float[] neighbour, int steps, float padding) {
    int sequences = neighbour == null ? 1 : 2;
    float[] batch = new float[steps * sequences * INPUTS];
    for (int t = 0; t < steps; t++) {
      for (int i = 0; i < INPUTS; i++) {
        batch[t * sequences * INPUTS + i] = t < STEPS ? x[t * INPUTS + i] : padding;
        if (neighbour != null) {
          batch[(t * sequences + 1) * INPUTS + i] = neighbour[t * INPUTS + i];
        }
      }
    }
    return batch;
  }

  /** The outputs of the first sequence, step by step. */
  static float[][] run(OrtSession session, float[] x, int steps, int... lengths) throws OrtException {
    try (OnnxTensor input = OnnxTensor.createTensor(ENVIRONMENT, FloatBuffer.wrap(x), new long[] {steps, lengths.length, INPUTS});
        OnnxTensor length = OnnxTensor.createTensor(ENVIRONMENT, IntBuffer.wrap(lengths), new long[] {lengths.length});
        OrtSession.Result result = session.run(Map.of("x", input, "lengths", length))) {
      float[][][][] y = (float[][][][]) result.get(0).getValue(); // [steps, directions, batch, hidden]
      return Arrays.stream(y).map(step -> step[0][0]).toArray(float[][]::new);
    }
  }

  static double change(float[][] before, float[][] after) {
    double largest = 0;
    for (int t = 0; t < STEPS; t++) {
      for (int j = 0; j < HIDDEN; j++) {
        largest = Math.max(largest, Math.abs(before[t][j] - after[t][j]));
      }
    }
    return largest;
  }

  static byte[] weights(Random random, int rows) {
    byte[] weights = new byte[rows * 4 * HIDDEN];
    for (int i = 0; i < weights.length; i++) {
      weights[i] = (byte) (random.nextInt(127) - 63); // 7 bits: no saturation on any processor
    }
    return weights;
  }

  static GraphProto.Builder quantisedLstm(byte[] w, byte[] r) {
    return GraphProto.newBuilder().addInitializer(bytes("W", w, 1, INPUTS, 4 * HIDDEN)).addInitializer(bytes("R", r, 1, HIDDEN, 4 * HIDDEN))
        .addInitializer(floats("scale", new float[] {SCALE}, 1)).addInitializer(bytes("zero", new byte[1], 1))
        .addNode(NodeProto.newBuilder().setDomain("com.microsoft").setOpType("DynamicQuantizeLSTM")
            .addAllInput(List.of("x", "W", "R", "", "lengths", "", "", "", "scale", "zero", "scale", "zero"))
            .addOutput("y").addAttribute(hiddenSize()));
  }

  /** The same weights as floats. */
  static GraphProto.Builder lstm(byte[] w, byte[] r) {
    return GraphProto.newBuilder().addInitializer(floats("W", transposed(w, INPUTS), 1, 4 * HIDDEN, INPUTS))
        .addInitializer(floats("R", transposed(r, HIDDEN), 1, 4 * HIDDEN, HIDDEN))
        .addNode(NodeProto.newBuilder().setOpType("LSTM").addAllInput(List.of("x", "W", "R", "", "lengths"))
            .addOutput("y").addAttribute(hiddenSize()));
  }

  static float[] transposed(byte[] weights, int rows) {
    float[] transposed = new float[weights.length];
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < 4 * HIDDEN; j++) {
        transposed[j * rows + i] = weights[i * 4 * HIDDEN + j] * SCALE;
      }
    }
    return transposed;
  }

  static OrtSession session(GraphProto.Builder graph) throws OrtException {
    graph.setName("lstm").addInput(value("x", TensorProto.DataType.FLOAT)).addInput(value("lengths", TensorProto.DataType.INT32))
        .addOutput(value("y", TensorProto.DataType.FLOAT));
    OrtSession.SessionOptions options = new OrtSession.SessionOptions();
    options.setIntraOpNumThreads(1);
    return ENVIRONMENT.createSession(ModelProto.newBuilder().setIrVersion(8).setGraph(graph)
        .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(14))
        .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain("com.microsoft").setVersion(1)).build().toByteArray(), options);
  }

  static AttributeProto hiddenSize() {
    return AttributeProto.newBuilder().setName("hidden_size").setType(AttributeProto.AttributeType.INT).setI(HIDDEN).build();
  }

  static TensorProto floats(String name, float[] values, long... shape) {
    TensorProto.Builder tensor = TensorProto.newBuilder().setName(name).setDataType(TensorProto.DataType.FLOAT_VALUE);
    Arrays.stream(shape).forEach(tensor::addDims);
    for (float value : values) {
      tensor.addFloatData(value);
    }
    return tensor.build();
  }

  static TensorProto bytes(String name, byte[] values, long... shape) {
    TensorProto.Builder tensor = TensorProto.newBuilder().setName(name).setDataType(TensorProto.DataType.INT8_VALUE);
    Arrays.stream(shape).forEach(tensor::addDims);
    return tensor.setRawData(ByteString.copyFrom(values)).build();
  }

  static ValueInfoProto value(String name, TensorProto.DataType type) {
    return ValueInfoProto.newBuilder().setName(name).setType(TypeProto.newBuilder()
        .setTensorType(TypeProto.Tensor.newBuilder().setElemType(type.getNumber()))).build();
  }
}
JAVA

echo "ONNX Runtime 1.29.0, CPU: DynamicQuantizeLSTM"
echo "expected: 0 in both columns"
echo "seen:"
status=0
java --enable-native-access=ALL-UNNAMED -cp 'lib/*' Finding.java 2>errors || status=$?
case $status in
  0) echo "as stated" ;;
  3) echo "CHANGED: no longer as stated in this script"; exit 1 ;;
  *) cat errors >&2; exit 2 ;;
esac
