// SPDX-License-Identifier: Apache-2.0
package org.lull.speech;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.lull.data.Split;
import org.lull.input.InvalidInputException;
import org.lull.train.Example;
import org.lull.train.Progress;

/** Computes the features of the clips of a corpus, on several threads, and leaves out the clips that are not usable. */
final class FeatureExtraction {
  private static final int NAMED = 5;

  private final AudioCorpus corpus;
  private final LogMelSettings settings;
  private final List<Clip> clips;

  private FeatureExtraction(AudioCorpus corpus, LogMelSettings settings) {
    this.corpus = corpus;
    this.settings = settings;
    this.clips = corpus.clips();
  }

  /**
   * Computes the features, in the order of the clips at any number of threads. Unusable clips are left out with a warning.
   *
   * @throws InvalidInputException if more than a tenth of the clips or all of a class are unusable
   */
  static Features extract(AudioCorpus corpus, LogMelSettings settings, int threads, Progress progress) {
    return extract(corpus, settings, threads, progress, null);
  }

  /** @param parts where features are kept as they are made, so that the next run goes on after an interruption; null for nowhere */
  static Features extract(AudioCorpus corpus, LogMelSettings settings, int threads, Progress progress, FeatureParts parts) {
    FeatureExtraction extraction = new FeatureExtraction(corpus, settings);
    return extraction.features(extraction.outcomes(threads, progress, parts));
  }

  private List<ClipFeatures> outcomes(int threads, Progress progress, FeatureParts parts) {
    LogMel logMel = new LogMel(settings);
    if (parts == null || clips.size() <= FeatureParts.CLIPS) {
      return OnThreads.map(clips, clip -> outcome(clip, logMel), threads, "features", progress);
    }
    List<ClipFeatures> outcomes = new ArrayList<>();
    try (Progress.Task task = progress.begin("features", clips.size())) {
      for (int part = 0; part * FeatureParts.CLIPS < clips.size(); part++) {
        List<Clip> ofPart = clips.subList(part * FeatureParts.CLIPS, Math.min(clips.size(), (part + 1) * FeatureParts.CLIPS));
        Optional<List<ClipFeatures>> kept = parts.read(part, settings.filters()).filter(read -> read.size() == ofPart.size());
        if (kept.isPresent()) {
          outcomes.addAll(kept.get());
          task.advance(ofPart.size());
        } else {
          List<ClipFeatures> made = OnThreads.map(ofPart, clip -> outcome(clip, logMel), threads, "features", (_, _) -> task::advance);
          parts.write(part, made);
          outcomes.addAll(made);
        }
      }
    }
    return outcomes;
  }

  private Features features(List<ClipFeatures> outcomes) {
    List<String> leftOut = judge(outcomes);
    List<String> warnings = new ArrayList<>(summary(leftOut));
    warnings.addAll(rates(outcomes));
    warnings.addAll(flaws(outcomes));

    Map<Split, List<Example>> splits = new TreeMap<>();
    for (Split split : Split.values()) {
      splits.put(split, new ArrayList<>());
    }
    for (int i = 0; i < outcomes.size(); i++) {
      if (outcomes.get(i) instanceof ClipFeatures.Usable usable) {
        splits.get(clips.get(i).split()).add(usable.example());
      }
    }
    return new Features(settings.filters(), splits.get(Split.TRAIN), splits.get(Split.VALIDATION), splits.get(Split.TEST), warnings,
        leftOut);
  }

  private ClipFeatures outcome(Clip clip, LogMel logMel) {
    try {
      Audio audio = clip.source().load();
      return new ClipFeatures.Usable(logMel.example(audio, clip.id(), corpus.labels().indexOf(clip.label())), audio.rate(),
          audio.flaws());
    } catch (InvalidInputException e) {
      return new ClipFeatures.Bad(e.getMessage());
    }
  }

  /** Refuses a corpus with too many unusable clips. Otherwise returns for each clip that is left out the reason. */
  private List<String> judge(List<ClipFeatures> outcomes) {
    List<String> reasons = new ArrayList<>();
    Map<String, String> firstReason = new TreeMap<>(); // by label, of the classes with a bad clip
    Map<String, Integer> usable = new TreeMap<>(); // by label
    for (int i = 0; i < outcomes.size(); i++) {
      switch (outcomes.get(i)) {
        case ClipFeatures.Usable good -> usable.merge(clips.get(i).label(), 1, Integer::sum);
        case ClipFeatures.Bad bad -> {
          reasons.add(bad.reason());
          firstReason.putIfAbsent(clips.get(i).label(), bad.reason());
        }
      }
    }
    firstReason.forEach((label, reason) -> {
      if (!usable.containsKey(label)) {
        throw new InvalidInputException("all clips of class '" + label + "' are unusable; the first: " + reason);
      }
    });
    if (10L * reasons.size() > outcomes.size()) {
      throw new InvalidInputException(reasons.size() + " of " + outcomes.size() + " clips of " + corpus.name()
          + " are unusable, expected at most 10 %; the first: " + reasons.getFirst());
    }
    return reasons;
  }

  private List<String> summary(List<String> leftOut) {
    if (leftOut.isEmpty()) {
      return List.of();
    }
    List<String> warnings = new ArrayList<>();
    leftOut.stream().limit(NAMED).forEach(reason -> warnings.add("left out " + reason));
    warnings.add("left out " + leftOut.size() + " of " + clips.size() + " clips as unusable"
        + (leftOut.size() > NAMED ? "; the first " + NAMED + " are named" : ""));
    return warnings;
  }

  private List<String> rates(List<ClipFeatures> outcomes) {
    Map<Integer, Integer> clipsByRate = new TreeMap<>();
    for (ClipFeatures outcome : outcomes) {
      if (outcome instanceof ClipFeatures.Usable usable) {
        clipsByRate.merge(usable.rate(), 1, Integer::sum);
      }
    }
    if (clipsByRate.size() < 2) {
      return List.of();
    }
    List<String> counted = new ArrayList<>();
    clipsByRate.forEach((rate, count) -> counted.add(count + " at " + rate + " Hz"));
    return List.of("the clips have " + clipsByRate.size() + " sample rates (" + String.join(", ", counted) + "); all are resampled to "
        + settings.sampleRate() + " Hz");
  }

  private List<String> flaws(List<ClipFeatures> outcomes) {
    FlawCounts flaws = new FlawCounts();
    for (int i = 0; i < outcomes.size(); i++) {
      if (outcomes.get(i) instanceof ClipFeatures.Usable usable) {
        flaws.add(clips.get(i).id(), usable.flaws());
      }
    }
    return flaws.warnings(clips.size());
  }
}
