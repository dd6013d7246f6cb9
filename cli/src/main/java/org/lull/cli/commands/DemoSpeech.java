// SPDX-License-Identifier: Apache-2.0
package org.lull.cli.commands;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.lull.Dataset;
import org.lull.data.Purpose;
import org.lull.data.Split;
import org.lull.speech.AudioCorpus;
import org.lull.speech.Clip;
import org.lull.speech.Datasets;
import org.lull.speech.LogMelSettings;
import org.lull.speech.SyntheticSpeech;
import org.lull.train.Progress;

/**
 * What is spoken in {@code lull demo}: commands of the embedded corpus, by speakers that the model has not heard. Training speakers say
 * what is learned, test speakers what is recognised.
 */
final class DemoSpeech {
  /** The commands that the model of the demo knows, and their classes in the embedded corpus: as make-demo-model.sh has them. */
  static final Map<String, String> KNOWN = known();

  /** The word that is learned, its class in the embedded corpus, and the phrase for it. */
  static final String NEW_WORD = "newspaper";
  private static final String NEW_CLASS = "bring|newspaper|none";
  private static final String NEW_PHRASE = "bring me the newspaper";

  /** Phrases that are recognised one by one, each of another speaker. */
  static final List<String> SAID = List.of("lights on", "stop the music", "make it warmer");

  /** Clips that a word is learned from, each of another speaker. */
  static final int LEARNED = 5;

  static final int TEST_SPEAKERS = 8;
  private static final int RATE = 16_000;
  private static final double SNR_LOW = 0;
  private static final double SNR_HIGH = 15;

  private final AudioCorpus corpus;
  private final int exemplarSpeakers;
  private final int measuredSpeakers;

  /**
   * @param seed of the speakers, rooms and noise; another than that of the corpus the model was trained on
   * @param exemplarSpeakers speakers of whom each known command is kept in every phrasing, to remember it by
   * @param measuredSpeakers test speakers to measure with, at most {@link #TEST_SPEAKERS}
   */
  DemoSpeech(long seed, int exemplarSpeakers, int measuredSpeakers) {
    corpus = SyntheticSpeech.corpus(new SyntheticSpeech.Settings(seed, LEARNED, 1, TEST_SPEAKERS, 1, SNR_LOW, SNR_HIGH, 1, RATE));
    this.exemplarSpeakers = exemplarSpeakers;
    this.measuredSpeakers = measuredSpeakers;
  }

  private static Map<String, String> known() {
    Map<String, String> known = new LinkedHashMap<>();
    known.put("cooler", "decrease|heat|none");
    known.put("juice", "bring|juice|none");
    known.put("lights off", "deactivate|lights|none");
    known.put("lights on", "activate|lights|none");
    known.put("louder", "increase|volume|none");
    known.put("music off", "deactivate|music|none");
    known.put("music on", "activate|music|none");
    known.put("quieter", "decrease|volume|none");
    known.put("shoes", "bring|shoes|none");
    known.put("warmer", "increase|heat|none");
    return known;
  }

  /** Of a class, by speaker. */
  private List<Clip> clips(Split split, String intent) {
    return corpus.clips().stream().filter(clip -> clip.split() == split && clip.label().equals(intent)).toList();
  }

  /** The clips of the first speakers. */
  private static List<Clip> ofFirst(int speakers, int all, List<Clip> clips) {
    return clips.subList(0, clips.size() / all * speakers);
  }

  /** The label of a clip in the demo. */
  static String label(Clip clip) {
    return KNOWN.entrySet().stream().filter(each -> each.getValue().equals(clip.label())).findFirst().map(Map.Entry::getKey)
        .orElse(NEW_WORD);
  }

  /** The clips of {@link #SAID}. */
  List<Clip> said() {
    List<Clip> said = new ArrayList<>();
    for (String phrase : SAID) {
      List<Clip> ofSpeakers = corpus.clips().stream()
          .filter(clip -> clip.split() == Split.TEST && SyntheticSpeech.transcription(clip).equals(phrase)).toList();
      said.add(ofSpeakers.get(said.size() % ofSpeakers.size()));
    }
    return said;
  }

  /** The clips of the new word that are learned from. */
  List<Clip> learned() {
    return newWord(Split.TRAIN);
  }

  /** The clips of the new word that are not learned from. */
  List<Clip> heldOut() {
    return newWord(Split.TEST);
  }

  private List<Clip> newWord(Split split) {
    return clips(split, NEW_CLASS).stream().filter(clip -> SyntheticSpeech.transcription(clip).equals(NEW_PHRASE)).toList();
  }

  /**
   * Features: of the exemplars of the known commands, then of the new word, for training; of all commands in every phrasing for testing.
   *
   * @param labels of the known commands, as the model numbers them
   */
  Dataset features(List<String> labels, LogMelSettings frontEnd, int threads, Progress progress) {
    List<String> all = new ArrayList<>(labels);
    all.add(NEW_WORD);
    List<Clip> chosen = new ArrayList<>();
    for (String label : labels) {
      chosen.addAll(ofFirst(exemplarSpeakers, LEARNED, clips(Split.TRAIN, KNOWN.get(label))));
      chosen.addAll(ofFirst(measuredSpeakers, TEST_SPEAKERS, clips(Split.TEST, KNOWN.get(label))));
    }
    chosen.addAll(learned());
    chosen.addAll(ofFirst(measuredSpeakers, TEST_SPEAKERS, heldOut()));
    List<Clip> labelled =
        chosen.stream().map(clip -> new Clip(clip.id(), label(clip), clip.speaker(), clip.split(), clip.source())).toList();
    return Datasets.load(new AudioCorpus(corpus.name(), all, labelled, corpus.hash(), List.of()), Purpose.MEASURING, frontEnd, null,
        threads, progress);
  }
}
