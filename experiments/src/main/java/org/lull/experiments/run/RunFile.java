// SPDX-License-Identifier: Apache-2.0
package org.lull.experiments.run;

import com.fasterxml.jackson.annotation.JsonIgnore;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.lull.input.InvalidInputException;

/**
 * How a run was begun: what is needed to go on with it when it was interrupted.
 *
 * @param options all options that decide the bytes of its networks
 * @param networks which are trained
 * @param data folder of the corpus; null for the embedded one
 * @param quick whether the embedded corpus was a part of it, as with --quick
 * @param sound whether the data is sound
 * @param dataHash {@link org.lull.Dataset#contentHash} of the features
 * @param from fingerprint of the model that the run started from, which is beside the checkpoints; null if there is none
 * @param completedEpochs the number of epochs that the run was complete with; null as long as it is not
 */
public record RunFile(SortedMap<String, String> options, Networks networks, String data, boolean quick, boolean sound, String dataHash,
    String from, Integer completedEpochs) {
  private static final String EPOCHS = "epochs";

  public RunFile {
    if (options == null || networks == null || dataHash == null) {
      throw new InvalidInputException("it says nothing of the options, networks or data");
    }
  }

  public RunConfig config() {
    return RunConfig.of(options);
  }

  /** Whether all has run, the result included. */
  @JsonIgnore
  public boolean isComplete() {
    return completedEpochs != null && completedEpochs >= config().training().epochs();
  }

  RunFile completed() {
    return new RunFile(options, networks, data, quick, sound, dataHash, from, config().training().epochs());
  }

  /**
   * The same run for as many epochs as are asked for.
   *
   * @param given options that are given again, with their values; the number of epochs may be larger than before
   * @param where the run, for messages
   * @throws InvalidInputException if another value is given than the run was begun with
   */
  public RunFile with(Map<String, String> given, String where) {
    RunConfig before = config();
    RunConfig now = before.with(given);
    SortedMap<String, String> asked = now.options();
    TreeSet<String> names = new TreeSet<>(asked.keySet());
    names.addAll(options.keySet());
    List<String> different = names.stream()
        .filter(name -> !Objects.equals(asked.get(name), options.get(name)))
        .filter(name -> !name.equals(EPOCHS) || now.training().epochs() < before.training().epochs()).toList();
    if (!different.isEmpty()) {
      String name = different.getFirst();
      throw new InvalidInputException("--" + name + " " + asked.get(name) + " beside --resume: " + where + " was begun with "
          + (options.get(name) == null ? "none" : options.get(name)) + (name.equals(EPOCHS) ? "; give as many or more" : "")
          + "; leave it out, or begin another run");
    }
    return new RunFile(new TreeMap<>(asked), networks, data, quick, sound, dataHash, from, completedEpochs);
  }
}
