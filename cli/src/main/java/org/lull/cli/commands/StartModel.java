// SPDX-License-Identifier: Apache-2.0
package org.lull.cli.commands;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.lull.Dataset;
import org.lull.Model;
import org.lull.cli.options.LoadingOptions;
import org.lull.data.Purpose;
import org.lull.experiments.run.CorpusLoader;
import org.lull.experiments.run.RunConfig;
import org.lull.experiments.run.RunDirectory;
import org.lull.input.InvalidInputException;
import org.lull.network.Arithmetic;
import org.lull.network.NetworkSpec;
import org.lull.speech.Corpus;
import org.lull.speech.LogMelSettings;

/** The model of {@code lull train --from}: what it decides, and what contradicts it. */
record StartModel(Path file, Model model) {
  /** @param modelOrRun a model file, or the directory of a run */
  static StartModel load(Path modelOrRun) {
    Path file = RunDirectory.modelIn(modelOrRun);
    return new StartModel(file, Model.load(file));
  }

  /**
   * The configuration of a training that starts from the model.
   *
   * @param options as they are without it
   * @param given those of the options that were given
   * @throws InvalidInputException if one that was given contradicts the model
   */
  RunConfig config(RunConfig options, Map<String, String> given) {
    Map<String, String> ofModel = ofModel();
    ofModel.forEach((name, value) -> {
      if (given.containsKey(name) && !given.get(name).equals(value)) {
        throw new InvalidInputException("--" + name + " " + given.get(name) + " beside --from: " + file + " has " + value
            + "; leave it out, or train without --from");
      }
    });
    int pretraining = options.training().pretraining().epochs();
    if (pretraining > 0) {
      throw new InvalidInputException("--pretrain-epochs " + pretraining + " beside --from: " + file + " is trained already; leave it out");
    }
    if (!given.containsKey("numeric") && model.arithmetic() != Arithmetic.FLOAT32) {
      ofModel.put("numeric", model.arithmetic().name());
    }
    return options.with(ofModel);
  }

  /** Options that the model decides. */
  private Map<String, String> ofModel() {
    NetworkSpec spec = model.spec();
    Map<String, String> options = new TreeMap<>(Map.of("cell", spec.cell().name(), "layers", Integer.toString(spec.layers()), "hidden",
        Integer.toString(spec.hidden()), "head", spec.head().label()));
    if (!model.frontEnd().isEmpty()) {
      LogMelSettings frontEnd = LogMelSettings.fromJson(model.frontEnd(), file.toString());
      boolean preset = LogMelSettings.presets().contains(frontEnd);
      options.put("features", preset ? frontEnd.name() : model.frontEnd());
    }
    return options;
  }

  /**
   * A corpus as examples with the labels in the order of the model. They are compared before sound becomes features.
   *
   * @throws InvalidInputException if the corpus is of another kind, or has other labels
   */
  Dataset dataset(Corpus corpus, LoadingOptions loading, PrintWriter err) {
    boolean sameKind = corpus.labels().isEmpty() == model.isRegression() && CorpusLoader.isSound(corpus) != model.frontEnd().isEmpty();
    if (sameKind) { // else refused below
      Dataset.requireLabels("the data (" + corpus.name() + ")", corpus.labels(), model.labels(), file.toString());
    }
    Dataset dataset = ModelData.dataset(file, model, corpus, model.labels(), Purpose.TRAINING, loading, err);
    return model.isRegression() ? dataset : dataset.withLabels(model.labels());
  }

  /** @throws InvalidInputException if another model is given than the run that goes on has started from */
  void requireSame(Model started, Path run) {
    if (started == null || !started.fingerprint().equals(model.fingerprint())) {
      throw new InvalidInputException("--from beside --resume: " + run + (started == null ? " was begun from initial weights"
          : " was begun from another model") + "; leave it out, or begin another run");
    }
  }
}
