// SPDX-License-Identifier: Apache-2.0
package org.lull.accelerator;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Simulated logic for tests: small builds, made once and kept with what Maven builds. */
final class Logic {
  /** The build most tests share. */
  static final CoreSize SMALL = new CoreSize(8, 32, 32, 2, 1024, 8192);

  private static final boolean IN_CI = System.getenv("CI") != null;
  private static final Path KEPT = Path.of("target/simulated logic"); // with a space, as users' directories have

  private Logic() {}

  static Core core(CoreSize size, CoreBuilder.Link link, int seed) {
    onlyWhereItCanBeBuilt();
    return new CoreBuilder(KEPT, System.err::println, "-O0").core(size, link, seed);
  }

  /** Skips the test loudly where the logic cannot be built; continuous integration has what it takes. */
  static void onlyWhereItCanBeBuilt() {
    CoreBuilder.lacking().ifPresent(reason -> {
      if (IN_CI) {
        throw new AssertionError("continuous integration must simulate the logic: " + reason);
      }
      System.err.println("SKIPPED: the accelerator's logic is not simulated: " + reason);
      assumeTrue(false, reason);
    });
  }

  /** Skips the test loudly outside continuous integration. */
  static void onlyInContinuousIntegration(String reason) {
    if (!IN_CI) {
      System.err.println("SKIPPED outside continuous integration: " + reason + "; with CI=true it runs");
      assumeTrue(false, reason);
    }
  }

  /** Layers of random weights, on random inputs of which some move at a timestep. */
  static List<FixedLstmLayer> layers(SplittableRandom random, int thetaX, int thetaH, int... sizes) {
    List<FixedLstmLayer> layers = new ArrayList<>();
    for (int l = 0; l + 1 < sizes.length; l++) {
      FixedLstmLayer layer = new FixedLstmLayer(sizes[l], sizes[l + 1]);
      for (int k = 0; k < layer.weights().length; k++) {
        layer.weights()[k] = (short) random.nextInt(-3000, 3000);
      }
      layer.setThresholds(thetaX, thetaH);
      layers.add(layer);
    }
    return layers;
  }

  /** A sequence that the golden model has run forward. */
  static FixedSequence sequence(SplittableRandom random, List<FixedLstmLayer> layers, int steps, int largest) {
    int inputs = layers.getFirst().inputs();
    FixedSequence sequence = new FixedSequence(layers);
    FixedTape tape = sequence.begin(steps);
    for (int k = 0; k < steps * inputs; k++) {
      boolean moves = k < inputs || random.nextInt(3) == 0;
      tape.x[k] = (short) (moves ? random.nextInt(-largest, largest) : tape.x[k - inputs]);
    }
    sequence.forward();
    return sequence;
  }
}
