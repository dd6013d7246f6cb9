// SPDX-License-Identifier: Apache-2.0
package org.lull.bench;

import java.util.List;
import org.lull.network.NetworkSpec;
import org.lull.train.Workload;

/** A network to be timed on sequences. */
sealed interface Task permits SyntheticTask, TrainedTask {
  /** As shown in the table. */
  String name();

  NetworkSpec spec();

  /** Timesteps of every sequence. */
  int steps();

  /** Our contestants, the dense one first; to be closed. */
  List<Workload> ours(int batch, int threads);
}
