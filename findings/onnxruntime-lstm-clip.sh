#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# ONNX Runtime 1.29.0, CPU: `clip` of the LSTM operator spares what the tanh of the cell state sees.
#
# With clip = 0.5 the sums of the gates and of the candidate are clipped before their activations, but in h = o * tanh(c) the cell state
# is not: where c is 2, h is 0.482 and not 0.231.
# It matters to who exports a network trained with clipping, or deploys one model to two runtimes that follow the specification: large
# cell states, the case clip is for, give other outputs. To have it clipped, write the cell out in elementary operators, with Clip before
# that Tanh.
#
# Expected: the LSTM operator's specification says of clip: "Cell clip threshold. Clipping bounds the elements of a tensor in the range of
# [-threshold, +threshold] and is applied to the input of activations." h is one of the three activations f, g, h it names, and its input
# is C_t.
# Known: issue 27224 of microsoft/onnxruntime, "No clipping before activation in LSTM", closed, labelled stale; pull request 27239, "Fix
# LSTM clipping before h activation (Issue #27224)", was open when looked up.
#
# Output seen (AMD EPYC, x86-64):
#      x   c: expected      seen   h: expected, clipped   without clipping c       seen
#    0.0      2.000000  2.000000               0.231059             0.482014   0.482014
#    2.0      2.231059  2.231059               0.231059             0.488594   0.488594
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
import java.nio.FloatBuffer;
import java.util.*;

class Finding {
  static final OrtEnvironment ENVIRONMENT = OrtEnvironment.getEnvironment();
  static final float CLIP = 0.5f;

  /** One unit, one step. The gates are sigmoid(0) = 0.5, the candidate is tanh(x), the cell state was 4: c = 2 + 0.5 tanh(x). */
  public static void main(String[] args) throws Exception {
    boolean asStated = true;
    System.out.println("   x   c: expected      seen   h: expected, clipped   without clipping c       seen");
    for (float x : new float[] {0, 2}) {
      double c = 2 + 0.5 * Math.tanh(clip(x));
      double expected = 0.5 * Math.tanh(clip(c));
      double unclipped = 0.5 * Math.tanh(c);
      float[] seen = run(x);
      System.out.printf(Locale.ROOT, "%4.1f %13.6f %9.6f %22.6f %20.6f %10.6f%n", x, c, seen[1], expected, unclipped, seen[0]);
      asStated &= Math.abs(seen[1] - c) < 1e-5 && Math.abs(seen[0] - unclipped) < 1e-5;
    }
    System.exit(asStated ? 0 : 3);
  }

  static double clip(double value) {
    return Math.max(-CLIP, Math.min(CLIP, value));
  }

  /** h and c after the step. */
  static float[] run(float value) throws OrtException {
    NodeProto lstm = NodeProto.newBuilder().setOpType("LSTM").addAllInput(List.of("x", "W", "R", "", "", "h0", "c0"))
        .addAllOutput(List.of("", "h", "c"))
        .addAttribute(AttributeProto.newBuilder().setName("hidden_size").setType(AttributeProto.AttributeType.INT).setI(1))
        .addAttribute(AttributeProto.newBuilder().setName("clip").setType(AttributeProto.AttributeType.FLOAT).setF(CLIP)).build();
    byte[] model = ModelProto.newBuilder().setIrVersion(8).addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(14))
        .setGraph(GraphProto.newBuilder().setName("lstm").addInput(value("x")).addOutput(value("h")).addOutput(value("c"))
            .addInitializer(tensor("W", 4, 0, 0, 0, 1)) // gates order i o f c
            .addInitializer(tensor("R", 4, 0, 0, 0, 0)).addInitializer(tensor("h0", 1, 0)).addInitializer(tensor("c0", 1, 4)).addNode(lstm))
        .build().toByteArray();
    try (OrtSession session = ENVIRONMENT.createSession(model);
        OnnxTensor x = OnnxTensor.createTensor(ENVIRONMENT, FloatBuffer.wrap(new float[] {value}), new long[] {1, 1, 1});
        OrtSession.Result result = session.run(Map.of("x", x))) {
      return new float[] {((float[][][]) result.get(0).getValue())[0][0][0], ((float[][][]) result.get(1).getValue())[0][0][0]};
    }
  }

  /** Of shape [1, rows, 1]. */
  static TensorProto tensor(String name, int rows, float... values) {
    TensorProto.Builder tensor = TensorProto.newBuilder().setName(name).setDataType(TensorProto.DataType.FLOAT_VALUE)
        .addDims(1).addDims(rows).addDims(1);
    for (float value : values) {
      tensor.addFloatData(value);
    }
    return tensor.build();
  }

  static ValueInfoProto value(String name) {
    return ValueInfoProto.newBuilder().setName(name).setType(TypeProto.newBuilder()
        .setTensorType(TypeProto.Tensor.newBuilder().setElemType(TensorProto.DataType.FLOAT_VALUE))).build();
  }
}
JAVA

echo "ONNX Runtime 1.29.0, CPU: clip = 0.5 of the LSTM operator"
echo "expected: the input of every activation clipped, also of the tanh of the cell state"
echo "seen:"
status=0
java --enable-native-access=ALL-UNNAMED -cp 'lib/*' Finding.java 2>errors || status=$?
case $status in
  0) echo "as stated" ;;
  3) echo "CHANGED: no longer as stated in this script"; exit 1 ;;
  *) cat errors >&2; exit 2 ;;
esac
