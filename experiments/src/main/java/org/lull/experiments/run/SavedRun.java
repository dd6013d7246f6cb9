// SPDX-License-Identifier: Apache-2.0
package org.lull.experiments.run;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.lull.Model;
import org.lull.experiments.store.Json;
import org.lull.experiments.store.Store;
import org.lull.input.InvalidInputException;
import org.lull.io.AtomicFile;
import org.lull.train.EpochRecord;

/**
 * A run directory, read: also of a run that is at work, that was cut off, or that an earlier version left.
 *
 * @param dense epochs of the dense network, those of pretraining first
 * @param delta epochs of the delta network, those of pretraining first
 * @param result empty where the run has not ended
 */
public record SavedRun(Path path, List<EpochRecord> dense, List<EpochRecord> delta, Optional<RunResult> result, Optional<RunInfo> info) {
  /** Whether this is the directory of a run. */
  public static boolean isRun(Path dir) {
    return Files.exists(dir.resolve(RunDirectory.METRICS));
  }

  /** @throws InvalidInputException if a file is missing, cannot be read, or is damaged */
  public static SavedRun read(Path dir) {
    List<EpochRecord> dense = new ArrayList<>();
    List<EpochRecord> delta = new ArrayList<>();
    for (String line : lines(dir.resolve(RunDirectory.METRICS))) {
      ObjectNode node = (ObjectNode) Json.parse(line, dir.resolve(RunDirectory.METRICS).toString());
      JsonNode phase = node.remove("phase");
      node.remove(List.of("train_rmse", "validation_rmse")); // of regression: they follow from the losses
      EpochRecord record = Json.parse(node.toString(), EpochRecord.class, dir.resolve(RunDirectory.METRICS).toString());
      String name = phase == null ? "" : phase.asText();
      if (!name.equals(Phase.DELTA.label())) {
        dense.add(record);
      }
      if (!name.equals(Phase.DENSE.label())) {
        delta.add(record);
      }
    }
    Store store = Store.of(dir);
    Optional<RunResult> result = store.read(RunDirectory.RESULT, RunResult.class);
    if (result.isPresent()) { // pretraining is of the networks that were trained
      return new SavedRun(dir, result.get().dense() == null ? List.of() : dense, result.get().delta() == null ? List.of() : delta, result,
          store.read(RunDirectory.INFO, RunInfo.class));
    }
    return new SavedRun(dir, dense, delta, result, store.read(RunDirectory.INFO, RunInfo.class));
  }

  private static List<String> lines(Path file) {
    try {
      return Files.readAllLines(file).stream().filter(line -> !line.isBlank()).toList();
    } catch (IOException e) {
      throw new InvalidInputException("cannot read " + file + ": " + AtomicFile.reason(e) + "; give the directory of a run", e);
    }
  }

  /** The model that the run is about; empty where there is none yet. */
  public Optional<Model> model() {
    return model(RunDirectory.MODEL);
  }

  /** The dense model that it is compared with; empty where there is none. */
  public Optional<Model> denseModel() {
    return model(RunDirectory.DENSE_MODEL);
  }

  private Optional<Model> model(String name) {
    Path file = path.resolve(name);
    return Files.exists(file) ? Optional.of(Model.load(file)) : Optional.empty();
  }
}
