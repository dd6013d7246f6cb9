// SPDX-License-Identifier: Apache-2.0
package org.lull.cli.commands;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.lull.Dataset;
import org.lull.Model;
import org.lull.cli.commands.DemoResult.Activity;
import org.lull.cli.commands.DemoResult.Learned;
import org.lull.cli.commands.DemoResult.Recognised;
import org.lull.cli.report.ActivityRaster;
import org.lull.continual.Exemplar;
import org.lull.continual.ExemplarFile;
import org.lull.continual.OnlineLearner;
import org.lull.continual.OnlineSettings;
import org.lull.experiments.run.RunDirectory;
import org.lull.input.InvalidInputException;
import org.lull.io.AtomicFile;
import org.lull.network.NetworkSpec;
import org.lull.speech.Clip;
import org.lull.speech.LogMelSettings;
import org.lull.speech.SyntheticSpeech;
import org.lull.speech.Wav;
import org.lull.train.Evaluator;
import org.lull.train.Example;
import org.lull.train.Progress;

/** The steps of {@code lull demo}. Each writes what it uses into the folder, so that the user can do the same with other commands. */
final class Demo {
  static final String CLIPS = "clips";
  static final String BEFORE = "before";
  static final String AFTER = "after";
  /** State of the learner; lull serve goes on from it. */
  static final String DEVICE = "device";

  private static final String RESOURCE = "demo.safetensors";

  private final Path dir;
  private final DemoSpeech speech;
  private final int threads;
  private final Progress progress;
  private final Consumer<String> warnings;
  private final Model model;
  private final ModelInput input;
  private final List<Path> said = new ArrayList<>();

  /** @param dir exists and is empty */
  Demo(Path dir, DemoSpeech speech, int threads, Progress progress, Consumer<String> warnings) {
    this.dir = dir;
    this.speech = speech;
    this.threads = threads;
    this.progress = progress;
    this.warnings = warnings;
    Path file = folder(BEFORE).resolve(RunDirectory.MODEL);
    AtomicFile.write(file, out -> out.write(modelBytes()));
    model = Model.load(file);
    input = new ModelInput(file, model, warnings);
  }

  /** The model that the jar contains. */
  static byte[] modelBytes() throws IOException {
    try (InputStream in = Demo.class.getResourceAsStream(RESOURCE)) {
      return in.readAllBytes();
    }
  }

  private Path folder(String name) {
    try {
      return Files.createDirectories(dir.resolve(name));
    } catch (IOException e) {
      throw new InvalidInputException(dir.resolve(name) + " cannot be made: " + AtomicFile.reason(e) + "; choose another place with --out",
          e);
    }
  }

  DemoResult.Model model() throws IOException {
    NetworkSpec spec = model.spec();
    return new DemoResult.Model(spec.cell().name(), spec.layers(), spec.hidden(), spec.parameters(), modelBytes().length, model.labels());
  }

  // ------------------------------------------------------------------------------------------------ recognising

  /** Says the commands into files, and recognises them. */
  List<Recognised> recognise() {
    List<Recognised> recognised = new ArrayList<>();
    for (Clip clip : speech.said()) {
      Path file = folder(CLIPS).resolve(SyntheticSpeech.transcription(clip).replace(' ', '-') + ".wav");
      Wav.write(file, clip.source().load());
      said.add(file);
      recognised.add(recognised(model, file, clip));
    }
    return recognised;
  }

  private Recognised recognised(Model by, Path file, Clip clip) {
    List<PredictCommand.Scored> best = PredictCommand.Scored.best(by, by.classify(input.read(file).getFirst().frames()), 2);
    return new Recognised(file.toString(), SyntheticSpeech.transcription(clip), DemoSpeech.label(clip), best.get(0).label(),
        best.get(0).score(), best.get(1).label(), best.get(1).score());
  }

  /** What the network computed for the first command. */
  ActivityRaster raster() {
    return ActivityRaster.of(model, input.read(said.getFirst()).getFirst().frames());
  }

  Activity activity(ActivityRaster raster) {
    Path file = said.getFirst();
    LogMelSettings frontEnd = LogMelSettings.fromJson(model.frontEnd(), file.toString());
    return new Activity(file.toString(), DemoSpeech.SAID.getFirst(), raster.frames(),
        raster.frames() * (double) frontEnd.hop() / frontEnd.sampleRate(), raster.operations().total(), raster.operations().denseTotal(),
        Activity.shares(raster));
  }

  // ------------------------------------------------------------------------------------------------ learning

  /** Learns the new word as lull serve does, and measures the model before and after on speakers that were not learned from. */
  Learned learn() {
    int known = model.labels().size();
    Dataset features = speech.features(model.labels(), LogMelSettings.fromJson(model.frontEnd(), BEFORE), threads, progress);
    List<Example> remembered = features.train().stream().filter(example -> example.label() < known).toList();
    List<Example> ofWord = features.train().stream().filter(example -> example.label() == known).toList();
    List<Example> knownTest = features.test().stream().filter(example -> example.label() < known).toList();
    List<Example> wordTest = features.test().stream().filter(example -> example.label() == known).toList();
    List<Exemplar> exemplars = remembered.stream().map(example -> Exemplar.of(example, model.normalisation())).toList();
    ExemplarFile.write(dir.resolve(BEFORE).resolve(RunDirectory.EXEMPLARS), model, exemplars);
    Model after;
    try (OnlineLearner learner = OnlineLearner.open(folder(DEVICE), model, OnlineSettings.defaults(), exemplars, warnings)) {
      ofWord.forEach(example -> learner.learn(example, DemoSpeech.NEW_WORD));
      Path file = folder(AFTER).resolve(RunDirectory.MODEL);
      learner.snapshot().model().save(file);
      after = Model.load(file);
      ExemplarFile.write(file.resolveSibling(RunDirectory.EXEMPLARS), after, learner.exemplars());
    }
    writeWord();
    Clip example = speech.heldOut().getFirst();
    Path file = dir.resolve(CLIPS).resolve(DemoSpeech.NEW_WORD + ".wav");
    Wav.write(file, example.source().load());
    return new Learned(DemoSpeech.NEW_WORD, SyntheticSpeech.transcription(example), ofWord.size(), exemplars.size(), wordTest.size(),
        right(after, wordTest), takenFor(wordTest), knownTest.size(), right(model, knownTest), right(after, knownTest),
        recognised(after, file, example));
  }

  /** The recordings that were learned from, as lull learn takes them. */
  private void writeWord() {
    Path folder = folder(DemoSpeech.NEW_WORD);
    List<Clip> clips = speech.learned();
    IntStream.range(0, clips.size()).forEach(i -> Wav.write(folder.resolve((i + 1) + ".wav"), clips.get(i).source().load()));
  }

  private int right(Model by, List<Example> examples) {
    try (Evaluator evaluator = new Evaluator(by.network(), by.normalisation(), by.mode(), threads)) {
      return evaluator.evaluate(examples, _ -> {}).correct();
    }
  }

  /** What the model takes most of them for that does not know their class. */
  private String takenFor(List<Example> examples) {
    return examples.stream().map(example -> model.classify(ModelInput.rows(example.frames(), example.channels())).label())
        .collect(Collectors.groupingBy(Function.identity(), Collectors.counting())).entrySet().stream()
        .max(Map.Entry.<String, Long>comparingByValue().thenComparing(Map.Entry.comparingByKey())).orElseThrow().getKey();
  }
}
