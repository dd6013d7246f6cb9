/** Runs, sweeps, presets and class-incremental experiments, kept in directories. */
module org.lull.experiments {
  requires transitive org.lull;
  requires transitive org.lull.speech;
  requires com.fasterxml.jackson.databind;

  exports org.lull.experiments.incremental;
  exports org.lull.experiments.run;
  exports org.lull.experiments.store;

  // records that are written and read as JSON
  opens org.lull.experiments.incremental to com.fasterxml.jackson.databind;
  opens org.lull.experiments.run to com.fasterxml.jackson.databind;
  opens org.lull.experiments.store to com.fasterxml.jackson.databind;
}
