// SPDX-License-Identifier: Apache-2.0
package org.lull.experiments.run;

/** Told what happens while experiments run; calls may come from several threads. */
public interface ExperimentListener {
  /** Is told, and says nothing. */
  ExperimentListener SILENT = new ExperimentListener() {};

  /** Something a user should know, a sentence. */
  default void warning(String sentence) {}

  /** So many of all networks are finished. */
  default void finished(long networks, long all) {}

  /** A run is complete, but not in its place yet: the moment to add files to its directory. */
  default void complete(TrainingRun run) {}
}
