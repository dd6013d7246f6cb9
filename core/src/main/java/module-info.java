// SPDX-License-Identifier: Apache-2.0
/**
 * Trains recurrent networks by computing only where something changes. The packages that are exported to all are for everyone; the others
 * are for the modules of Lull itself, and change without notice.
 *
 * <p>The vector kernels need a module of the JDK that must be asked for: {@code --add-modules jdk.incubator.vector}. Without it the scalar
 * kernels serve, with the same results.
 */
@SuppressWarnings("module") // the modules that see more are compiled after this one
module org.lull {
  requires com.fasterxml.jackson.databind;
  requires static jdk.incubator.vector;

  uses org.lull.network.Arithmetic; // those of other modules

  exports org.lull;
  exports org.lull.continual;
  exports org.lull.cost;
  exports org.lull.data;
  exports org.lull.input;
  exports org.lull.io;
  exports org.lull.network;
  exports org.lull.train;

  exports org.lull.kernel to org.lull.speech, org.lull.accelerator, org.lull.experiments, org.lull.exchange, org.lull.cli;
  exports org.lull.parallel to org.lull.speech, org.lull.accelerator, org.lull.experiments, org.lull.exchange, org.lull.cli;
  exports org.lull.rnn to org.lull.speech, org.lull.accelerator, org.lull.experiments, org.lull.exchange, org.lull.cli;

  // records that are written and read as JSON
  opens org.lull to com.fasterxml.jackson.databind;
  opens org.lull.continual to com.fasterxml.jackson.databind;
  opens org.lull.cost to com.fasterxml.jackson.databind;
  opens org.lull.io to com.fasterxml.jackson.databind;
  opens org.lull.network to com.fasterxml.jackson.databind;
  opens org.lull.train to com.fasterxml.jackson.databind;
}
