// SPDX-License-Identifier: Apache-2.0
package org.lull.device;

import java.util.Locale;
import org.lull.Model;
import org.lull.network.NetworkSpec;

/** README.md of an exported library. */
final class Readme {
  private final Model model;
  private final Learning learning;
  private final int steps;
  private final Footprint footprint;

  Readme(Model model, Learning learning, int steps, Footprint footprint) {
    this.model = model;
    this.learning = learning;
    this.steps = steps;
    this.footprint = footprint;
  }

  String text() {
    return """
        # A Delta LSTM in C

        Written by `lull export --c`. C99, without malloc, without a library but `string.h`, without recursion and without globals. All
        state is in a `lull_context` that the caller gives.

        | | |
        |---|---|
        | model | %s |
        | network | %d inputs, %d layers of %d units, %d classes, %d parameters |
        | RAM, the context | %s bytes (%.1f kB of 1,024) |
        | ROM, constant data | %s bytes (%.1f kB), and the program: `make size` |
        | learns | %s |

        The RAM is on ARM and RISC-V. The stack comes on top. `make` builds the example for this machine.

        ## Use

            lull_init(&context);
            lull_start(&context);                    /* before each clip */
            lull_normalise(features, x);             /* each frame: %d features, as the model was trained on */
            lull_step(&context, x);
            lull_scores(&context, scores);           /* after any frame */
            lull_best(scores)                        /* the index of lull_label */
        %s
        ## Features

        %s

        `lull_normalise` computes in single floats. Without a floating-point unit, give `lull_step` integers: (feature - mean) / deviation,
        in 2^-12, saturated to 16 bits.
        """.formatted(model.fingerprint(), model.spec().inputs(), model.spec().layers(), model.spec().hidden(), model.spec().outputs(),
        parameters(model.spec()), number(footprint.ram()), footprint.ram() / 1024.0, number(footprint.rom()), footprint.rom() / 1024.0,
        learning == Learning.FULL ? "all weights, from clips of up to " + steps + " frames" : "nothing", model.spec().inputs(),
        learning == Learning.FULL ? LEARN : "", features());
  }

  private static final String LEARN = """
          lull_learn(&context, label, 6);          /* the clip just heard, with a learning rate of 2^-6 */

      `lull_learn` changes all weights, in RAM. What was learned is lost with the power unless you store the context.
      """;

  private String features() {
    return model.frontEnd().isEmpty()
        ? "The model was trained on time series. A frame is a row of them."
        : "The model was trained on sound, with the front end below. This library does not contain it: compute its frames on the"
            + " device.\n\n    " + model.frontEnd();
  }

  private static long parameters(NetworkSpec spec) {
    return spec.parameters();
  }

  private static String number(long value) {
    return String.format(Locale.ROOT, "%,d", value);
  }
}
