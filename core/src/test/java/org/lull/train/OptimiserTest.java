// SPDX-License-Identifier: Apache-2.0
package org.lull.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.lull.input.InvalidInputException;
import org.lull.kernel.KernelChoice;

class OptimiserTest {
  private static final int FROM = 12;
  private static final int N = 48;

  /** Thirty steps of one number after another, in double precision, as the papers write them. */
  @ParameterizedTest
  @MethodSource("org.lull.train.Optimiser#names")
  void thirtyStepsAreThoseOfThePaper(String name) {
    SplittableRandom random = new SplittableRandom(1);
    Optimiser.State optimiser = Optimiser.named(name, 0.1).state(FROM + N);
    float[] parameters = new float[FROM + N];
    double[] expected = new double[FROM + N];
    double[] first = new double[FROM + N];
    double[] second = new double[FROM + N];
    for (int i = FROM; i < FROM + N; i++) {
      expected[i] = parameters[i] = (float) random.nextGaussian();
    }
    for (int step = 1; step <= 30; step++) {
      double rate = 0.01 * step;
      double scale = step % 3 == 0 ? 0.25 : 1;
      float[] gradients = new float[FROM + N];
      for (int i = FROM; i < FROM + N; i++) {
        gradients[i] = (float) (random.nextGaussian() * Math.pow(10, i % 7 - 4));
        double g = gradients[i] * scale;
        double decayed = expected[i] * (1 - rate * 0.1);
        switch (name) {
          case "sgd" -> {
            first[i] = 0.9 * first[i] + g;
            expected[i] = decayed - rate * first[i];
          }
          case "adamw" -> {
            first[i] = 0.9 * first[i] + 0.1 * g;
            second[i] = 0.999 * second[i] + 0.001 * g * g;
            double mHat = first[i] / (1 - Math.pow(0.9, step));
            double vHat = second[i] / (1 - Math.pow(0.999, step));
            expected[i] = decayed - rate * mHat / (Math.sqrt(vHat) + 1e-8);
          }
          default -> throw new AssertionError("write the equations of " + name + " here");
        }
      }
      optimiser.begin((float) scale, rate);
      optimiser.update(KernelChoice.kernels(), parameters, gradients, FROM, FROM + 16); // parts may be of different length
      optimiser.update(KernelChoice.kernels(), parameters, gradients, FROM + 16, FROM + N);
    }
    for (int i = 0; i < FROM + N; i++) {
      assertThat((double) parameters[i]).as("parameter %d", i).isCloseTo(expected[i], within(2e-5 * Math.max(1, Math.abs(expected[i]))));
    }
  }

  @ParameterizedTest
  @MethodSource("org.lull.train.Optimiser#names")
  void paddingStaysZero(String name) {
    float[] parameters = new float[FROM + N];
    Optimiser.State optimiser = Optimiser.named(name, 0.1).state(FROM + N);
    for (int step = 0; step < 3; step++) {
      optimiser.begin(1, 0.01);
      optimiser.update(KernelChoice.kernels(), parameters, new float[FROM + N], FROM, FROM + N);
    }
    assertThat(parameters).containsOnly(0f);
  }

  @Test
  void anotherNameIsRefused() {
    assertThatThrownBy(() -> Optimiser.named("adam", 0)).isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith("optimiser \"adam\" is unknown; choose adamw or ");
    assertThat(Optimiser.names()).contains("adamw", "sgd");
  }
}
