// SPDX-License-Identifier: Apache-2.0
package org.lull.experiments.preset;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.lull.experiments.preset.Preset.Found;
import org.lull.experiments.run.CorpusLoader;
import org.lull.experiments.run.ExperimentListener;
import org.lull.experiments.run.StepTimes;
import org.lull.experiments.store.Store;
import org.lull.input.InvalidInputException;
import org.lull.train.Cancellation;
import org.lull.train.Progress;

/**
 * Presets being reproduced, one after the other, in a directory that has one for each, and {@value #RESULTS} over all that were. Locked
 * while it is open.
 */
public final class Reproduction implements AutoCloseable {
  public static final String RESULTS = "results.json";

  private final List<Preset> presets;
  private final Store store;
  private final List<PresetRun> runs = new ArrayList<>();

  /** What {@value Reproduction#RESULTS} holds. */
  public record Results(List<PresetResults> presets) {}

  private Reproduction(List<Preset> presets, Store store) {
    this.presets = presets;
    this.store = store;
  }

  /**
   * Opens a directory, and creates it if it does not exist.
   *
   * @param presets all that may be in it
   * @throws InvalidInputException if that cannot be, or it holds something else, or another has it open
   */
  public static Reproduction open(List<Preset> presets, Path dir) {
    return new Reproduction(presets, Store.open(dir, "reproduction", RESULTS));
  }

  /** Files beside the results. */
  public Store store() {
    return store;
  }

  /** Has a preset trained when the others are; what is there of it is kept. */
  public void add(Preset preset, Found found, CorpusLoader loader, int seeds, int threads) {
    runs.add(new PresetRun(preset, found, loader, store.path(), seeds, threads));
  }

  /** Loads what is needed to train; returns how many examples will pass through networks before all is over. */
  public long prepare() {
    return runs.stream().mapToLong(PresetRun::prepare).sum();
  }

  /** About how many seconds of one thread that will take, once it is prepared. */
  public double seconds(StepTimes times) {
    return runs.stream().mapToDouble(run -> run.seconds(times)).sum();
  }

  /**
   * Trains what is not finished, once it is prepared; the results are written after each preset.
   *
   * @param written told each time
   */
  public void train(int jobs, int timingThreads, double timingSeconds, Progress progress, ExperimentListener listener,
      Cancellation cancellation, Consumer<Results> written) {
    for (PresetRun run : runs) {
      run.train(jobs, timingThreads, timingSeconds, progress, listener, cancellation);
      Results results = results(listener);
      store.writeJson(RESULTS, results);
      written.accept(results);
    }
  }

  /** How many networks are finished. */
  public long finished() {
    return runs.stream().mapToLong(PresetRun::finished).sum();
  }

  /** How many networks there are. */
  public int networks() {
    return runs.stream().mapToInt(PresetRun::points).sum();
  }

  /** Of all presets that were trained here, now or before; what is wrong with one of before must not end those of now. */
  public Results results(ExperimentListener listener) {
    return new Results(presets.stream().map(preset -> results(preset, listener)).flatMap(Optional::stream).toList());
  }

  private Optional<PresetResults> results(Preset preset, ExperimentListener listener) {
    Optional<PresetRun> now = runs.stream().filter(run -> run.preset().equals(preset)).findFirst();
    if (now.isPresent()) {
      return now.get().results();
    }
    try {
      return PresetRun.results(preset, store.path());
    } catch (InvalidInputException e) {
      listener.warning(preset.name() + ", trained before, is left out of the results: " + e.getMessage());
      return Optional.empty();
    }
  }

  @Override
  public void close() {
    runs.forEach(PresetRun::close);
    store.close();
  }
}
