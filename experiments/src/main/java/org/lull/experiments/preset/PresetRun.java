// SPDX-License-Identifier: Apache-2.0
package org.lull.experiments.preset;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.lull.Model;
import org.lull.experiments.preset.Preset.Found;
import org.lull.experiments.run.CorpusLoader;
import org.lull.experiments.run.ExperimentListener;
import org.lull.experiments.run.RunConfig;
import org.lull.experiments.run.StepTimes;
import org.lull.experiments.sweep.Point;
import org.lull.experiments.sweep.SweepDirectory;
import org.lull.experiments.sweep.SweepIdentity;
import org.lull.experiments.sweep.SweepPlan;
import org.lull.experiments.sweep.SweepResults;
import org.lull.experiments.sweep.SweepTraining;
import org.lull.kernel.KernelChoice;
import org.lull.speech.Corpus;
import org.lull.train.Cancellation;
import org.lull.train.Progress;
import org.lull.train.StepComparison.Contestant;
import org.lull.train.StepComparison;
import org.lull.train.TrainingOptions;

/** One preset as it is reproduced: a sweep in a directory of its own, then the steps of what it trained, timed. */
final class PresetRun implements AutoCloseable {
  static final String FILE = "preset.json";

  private final Preset preset;
  private final Found found;
  private final SweepPlan plan;
  private final CorpusLoader loader;
  private final Corpus corpus;
  private final Path dir;
  private final int seeds;
  private final SweepDirectory directory;
  private final SweepIdentity sweep;
  private SweepTraining training;

  /**
   * What is particular to a preset, in its {@value PresetRun#FILE}.
   *
   * @param data what it was trained on, where that is a corpus that presets are for
   * @param command that trains the same networks
   * @param timing null where nothing could be timed
   */
  record PresetFile(String preset, String data, String command, Timing timing) {}

  /**
   * Times of training steps, measured in turn, with nothing else running in the process.
   *
   * @param stepMicros medians of the first seed's networks, by the names of their points
   */
  record Timing(int batch, int threads, String kernels, SortedMap<String, Double> stepMicros) {}

  /**
   * Opens and locks the preset's directory, and begins its sweep or goes on with it.
   *
   * @param parent where it is or will be
   * @param threads that compute for a network
   */
  PresetRun(Preset preset, Found found, CorpusLoader loader, Path parent, int seeds, int threads) {
    this.preset = preset;
    this.found = found;
    this.loader = loader;
    corpus = loader.corpus(found.dir());
    this.seeds = seeds;
    plan = preset.plan(seeds, threads);
    dir = parent.resolve(preset.name());
    directory = SweepDirectory.open(dir);
    try {
      sweep = plan.identity(corpus);
      directory.begin(sweep);
    } catch (RuntimeException e) {
      directory.close();
      throw e;
    }
  }

  Preset preset() {
    return preset;
  }

  /** Loads what is needed to train; returns how many examples will pass through networks before that is over. */
  long prepare() {
    training = plan.training(directory, corpus, loader);
    return training.examples();
  }

  /** About how many seconds of one thread that will take, once it is prepared. */
  double seconds(StepTimes times) {
    return training.seconds(times);
  }

  /**
   * Trains what is not finished, and then, alone on the machine, times the steps of the first seed's networks.
   *
   * @param timingThreads of a timed step
   */
  void train(int jobs, int timingThreads, double timingSeconds, Progress progress, ExperimentListener listener,
      Cancellation cancellation) {
    boolean goneOn = !training.isEmpty();
    training.run(preset.name(), jobs, progress, listener, cancellation);
    if (goneOn || file().isEmpty()) {
      PresetFile file = new PresetFile(preset.name(), found.corpus().title(), preset.command(found, seeds, dir),
          timing(timingThreads, timingSeconds));
      directory.store().writeJson(FILE, file);
    }
  }

  private Timing timing(int threads, double seconds) {
    SortedMap<String, Double> micros = new TreeMap<>();
    TrainingOptions options = null;
    for (List<Point> compared : comparisons()) {
      options = plan.training(compared.getFirst(), corpus).withThreads(threads);
      List<Model> models = compared.stream().map(directory::model).toList();
      double[] medians = StepComparison.medianMicros(models.stream().map(model -> new Contestant(model.network(), model.mode())).toList(),
          models.getFirst().normalisation(), models.getFirst().loss(),
          loader.dataset(corpus, plan.points().get(compared.getFirst()).frontEnd()).train(), options, seconds);
      for (int i = 0; i < medians.length; i++) {
        micros.put(compared.get(i).name(), medians[i]);
      }
    }
    return options == null ? null : new Timing(options.batch(), threads, KernelChoice.kernels().description(), micros);
  }

  /** The finished networks of the first seed, each control with what is compared with it. */
  private List<List<Point>> comparisons() {
    Map<Point, List<Point>> comparisons = new LinkedHashMap<>();
    plan.points().keySet().stream().filter(point -> point.options().get(RunConfig.SEED).equals("1") && directory.isFinished(point))
        .forEach(point -> comparisons.computeIfAbsent(point.control(), _ -> new ArrayList<>()).add(point));
    comparisons.keySet().removeIf(control -> !directory.isFinished(control));
    return List.copyOf(comparisons.values());
  }

  /** How many points are finished. */
  long finished() {
    return plan.finished(directory);
  }

  int points() {
    return plan.points().size();
  }

  private Optional<PresetFile> file() {
    return directory.store().read(FILE, PresetFile.class);
  }

  /** What was found; empty while it is being trained. */
  Optional<PresetResults> results() {
    return file().map(file -> PresetResults.of(preset, file, SweepResults.of(sweep, directory)));
  }

  /** The same of a preset that was trained before, in another process; empty if it was not. */
  static Optional<PresetResults> results(Preset preset, Path parent) {
    Path dir = parent.resolve(preset.name());
    if (!dir.resolve(FILE).toFile().exists()) {
      return Optional.empty();
    }
    try (SweepDirectory directory = SweepDirectory.open(dir)) {
      PresetFile file = directory.store().read(FILE, PresetFile.class).orElseThrow();
      return directory.identity().map(sweep -> PresetResults.of(preset, file, SweepResults.of(sweep, directory)));
    }
  }

  @Override
  public void close() {
    directory.close();
  }
}
