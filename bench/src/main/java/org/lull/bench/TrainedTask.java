// SPDX-License-Identifier: Apache-2.0
package org.lull.bench;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.lull.Dataset;
import org.lull.Model;
import org.lull.data.Purpose;
import org.lull.input.InvalidInputException;
import org.lull.network.Mode;
import org.lull.network.NetworkSpec;
import org.lull.speech.AudioCorpus;
import org.lull.speech.Corpora;
import org.lull.speech.Corpus;
import org.lull.speech.Datasets;
import org.lull.speech.LogMelSettings;
import org.lull.speech.SeriesCorpus;
import org.lull.train.Example;
import org.lull.train.Progress;
import org.lull.train.Workload;

/**
 * A trained model on the test examples of a corpus, features and normalisation its own: what fires is what fires in use. PyTorch wants
 * sequences of one length, so those of the commonest length are taken, {@value #SEQUENCES} of them in turn or as many as a batch has.
 */
record TrainedTask(Model model, List<Example> examples) implements Task {
  private static final int SEQUENCES = 64;

  /** From the options {@code run}, a run directory or model file of {@code lull train}, and {@code data}, the folder of a corpus. */
  static TrainedTask fromOptions() {
    Path run = path("run");
    Path file = Files.isDirectory(run) ? run.resolve("model.safetensors") : run;
    Model model = Model.load(file);
    int threads = Runtime.getRuntime().availableProcessors();
    Corpus corpus = Corpora.open(path("data"), Purpose.TRAINING, threads, Progress.SILENT);
    LogMelSettings settings = switch (corpus) {
      case AudioCorpus _ -> LogMelSettings.fromJson(model.frontEnd(), file.toString());
      case SeriesCorpus _ -> null;
    };
    Dataset dataset = Datasets.load(corpus, settings, null, threads, Progress.SILENT);
    if (!dataset.labels().equals(model.labels()) || dataset.channels() != model.normalisation().channels()) {
      throw new InvalidInputException(file + " was not trained on data of the kind of " + dataset.name());
    }
    return new TrainedTask(model, commonestLength(dataset.test()));
  }

  private static Path path(String option) {
    return Path.of(Options.value(option).orElseThrow(() -> new InvalidInputException(
        "-D" + option + " is missing: a trained network is timed with both -Drun=RUN and -Ddata=FOLDER")));
  }

  private static List<Example> commonestLength(List<Example> examples) {
    Map<Integer, Long> lengths = examples.stream().collect(Collectors.groupingBy(Example::steps, Collectors.counting()));
    int commonest = lengths.entrySet().stream().max(Map.Entry.<Integer, Long>comparingByValue().thenComparing(Map.Entry.comparingByKey()))
        .orElseThrow(() -> new InvalidInputException("the corpus has no test examples")).getKey();
    return examples.stream().filter(example -> example.steps() == commonest).toList();
  }

  @Override
  public String name() {
    return "trained " + spec().layers() + "x" + spec().hidden();
  }

  @Override
  public NetworkSpec spec() {
    return model.network().spec();
  }

  @Override
  public int steps() {
    return examples.getFirst().steps();
  }

  @Override
  public List<Workload> ours(int batch, int threads) {
    int n = Math.max(SEQUENCES, batch);
    if (examples.size() < batch) {
      throw new InvalidInputException("batches of " + batch + ", but only " + examples.size() + " test examples of " + steps() + " steps");
    }
    List<Example> taken = examples.subList(0, Math.min(n, examples.size()));
    Function<Mode, Workload> in = mode -> new Workload(model.network(), mode, model.normalisation(), taken, batch, threads);
    return List.of(in.apply(Mode.DENSE), in.apply(Mode.DELTA));
  }
}
