// SPDX-License-Identifier: Apache-2.0
package org.lull.device;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.function.IntUnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.lull.Model;
import org.lull.accelerator.FixedClassifier;
import org.lull.input.Finite;
import org.lull.network.Head;
import org.lull.network.NetworkSpec;

/** model.h and model.c: the sizes and the data of a model as C. */
final class ModelSource {
  private static final int NUMBERS_PER_LINE = 16;
  private static final String LICENCE = "/* SPDX-License-Identifier: Apache-2.0 */\n";

  private final Model model;
  private final FixedClassifier fixed;
  private final Learning learning;
  private final int steps;

  ModelSource(Model model, FixedClassifier fixed, Learning learning, int steps) {
    this.model = model;
    this.fixed = fixed;
    this.learning = learning;
    this.steps = steps;
  }

  String header() {
    NetworkSpec spec = model.spec();
    return LICENCE + """
        /* Written by lull export; do not edit. Model %s */
        #ifndef LULL_MODEL_H
        #define LULL_MODEL_H

        #include <stdint.h>

        #define LULL_INPUTS %d
        #define LULL_LAYERS %d
        #define LULL_UNITS %d /* of each layer */
        #define LULL_CLASSES %d
        #define LULL_HEAD_MEAN %d /* 1: the head reads the mean of h, 0: h of the last frame */
        #define LULL_HEAD_FRACTION %d /* fraction bits of the weights of the head */
        #define LULL_LEARN %d /* 1: learns on the device */
        #define LULL_DEFAULT_STEPS %d /* longest clip to learn from */
        #define LULL_LARGEST_FEATURE %sf /* after normalisation */

        extern const int32_t lull_theta_x[LULL_LAYERS]; /* thresholds, in 2^-12 */
        extern const int32_t lull_theta_h[LULL_LAYERS];
        extern const int16_t lull_weights[]; /* [layers][columns of x, of h, of biases][rows], in 2^-13 */
        extern const int16_t lull_head[]; /* [classes][units, and the bias], in 2^-LULL_HEAD_FRACTION */
        extern const float lull_mean[LULL_INPUTS]; /* of the features in training */
        extern const float lull_deviation[LULL_INPUTS];
        extern const char *const lull_label[LULL_CLASSES]; /* in UTF-8 */

        extern const uint16_t lull_tanh[257]; /* tanh(k / 32), in 2^-15 */
        extern const int32_t lull_power[65]; /* 2^(k / 64), in 2^-15 */

        #endif
        """.formatted(model.fingerprint(), spec.inputs(), spec.layers(), spec.hidden(), spec.outputs(), spec.head() == Head.MEAN ? 1 : 0,
        fixed.headFraction(), learning == Learning.FULL ? 1 : 0, steps, Float.toString(Finite.LARGEST));
  }

  String data() {
    StringBuilder text = new StringBuilder(LICENCE);
    text.append("/* Written by lull export; do not edit. Model ").append(model.fingerprint()).append(" */\n");
    text.append("#include \"model.h\"\n\n");
    int layers = model.spec().layers();
    array(text, "int32_t lull_theta_x[LULL_LAYERS]", layers, fixed::thresholdX);
    array(text, "int32_t lull_theta_h[LULL_LAYERS]", layers, fixed::thresholdH);
    short[] weights = allWeights();
    array(text, "int16_t lull_weights[" + weights.length + "]", weights.length, k -> weights[k]);
    short[] head = fixed.headWeights();
    array(text, "int16_t lull_head[" + head.length + "]", head.length, k -> head[k]);
    array(text, "float lull_mean[LULL_INPUTS]", model.normalisation().mean());
    array(text, "float lull_deviation[LULL_INPUTS]", model.normalisation().deviation());
    text.append("const char *const lull_label[LULL_CLASSES] = {\n");
    text.append(model.labels().stream().map(label -> "  \"" + escaped(label) + "\"").collect(Collectors.joining(",\n"))).append("\n};\n\n");
    int[] tanh = FixedClassifier.tanhTable();
    array(text, "uint16_t lull_tanh[257]", tanh.length, k -> tanh[k]);
    int[] power = FixedClassifier.powerTable();
    array(text, "int32_t lull_power[65]", power.length, k -> power[k]);
    return text.toString();
  }

  private short[] allWeights() {
    int length = IntStream.range(0, model.spec().layers()).map(layer -> fixed.weights(layer).length).sum();
    short[] all = new short[length];
    int at = 0;
    for (int layer = 0; layer < model.spec().layers(); layer++) {
      short[] weights = fixed.weights(layer);
      System.arraycopy(weights, 0, all, at, weights.length);
      at += weights.length;
    }
    return all;
  }

  private static void array(StringBuilder text, String declaration, int length, IntUnaryOperator values) {
    text.append("const ").append(declaration).append(" = {");
    for (int k = 0; k < length; k++) {
      text.append(k % NUMBERS_PER_LINE == 0 ? "\n  " : " ").append(values.applyAsInt(k)).append(k < length - 1 ? "," : "");
    }
    text.append("\n};\n\n");
  }

  private static void array(StringBuilder text, String declaration, float[] values) {
    text.append("const ").append(declaration).append(" = {\n");
    for (float value : values) {
      // nine digits give back the same float
      text.append("  ").append(String.format(Locale.ROOT, "%.8e", value)).append("f,\n");
    }
    text.append("};\n\n");
  }

  /** The text of a string in C: ASCII, everything else in octal, which ends after three digits. */
  static String escaped(String label) {
    StringBuilder text = new StringBuilder();
    for (byte each : label.getBytes(StandardCharsets.UTF_8)) {
      boolean plain = each >= ' ' && each <= '~' && each != '"' && each != '\\' && each != '?'; // ?? begins a trigraph
      text.append(plain ? String.valueOf((char) each) : String.format(Locale.ROOT, "\\%03o", each & 0xff));
    }
    return text.toString();
  }
}
