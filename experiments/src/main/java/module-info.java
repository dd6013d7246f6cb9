// SPDX-License-Identifier: Apache-2.0
/** Runs, sweeps, presets and class-incremental experiments, kept in directories. */
module org.lull.experiments {
  requires transitive org.lull;
  requires transitive org.lull.speech;
  requires com.fasterxml.jackson.databind;

  exports org.lull.experiments.incremental;
  exports org.lull.experiments.jobs;
  exports org.lull.experiments.preset;
  exports org.lull.experiments.run;
  exports org.lull.experiments.store;
  exports org.lull.experiments.sweep;

  // records that are written and read as JSON
  opens org.lull.experiments.incremental to com.fasterxml.jackson.databind;
  opens org.lull.experiments.preset to com.fasterxml.jackson.databind;
  opens org.lull.experiments.run to com.fasterxml.jackson.databind;
  opens org.lull.experiments.sweep to com.fasterxml.jackson.databind;
}
