// SPDX-License-Identifier: Apache-2.0
package org.lull.speech;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.lull.Detector;
import org.lull.DetectorSettings;
import org.lull.KeywordSpotter;
import org.lull.Model;
import org.lull.input.InvalidInputException;
import org.lull.io.AtomicFile;

/**
 * Measures how a model listens: misses, and false alarms an hour, at any threshold. The network runs once over each recording; the detector
 * runs over its probabilities for each threshold.
 *
 * <p>A report of a word is right if the word is said: between its begin and {@value #LATE_SECONDS} s after its end. Every other report is a
 * false alarm, also a second one of the same word. A word that is said and not reported is a miss.
 */
public final class Ambient {
  /** Seconds after the end of a word in which a report of it is right. */
  public static final double LATE_SECONDS = 1;

  private final Model model;
  private final DetectorSettings settings;
  private final List<Run> runs = new ArrayList<>();
  private final SpeechListener.Work speech = new SpeechListener.Work();
  private final SpeechListener.Work silence = new SpeechListener.Work();
  private final double framesPerSecond;
  private double seconds;
  private int words;

  /** What the network made of a recording: a row of probabilities for each decision, and when it was. */
  private record Run(float[] probabilities, double[] times, List<StreamLabels.Event> words) {}

  /**
   * A point of the detection error tradeoff.
   *
   * @param misses share of the words that were not reported, 0 to 1
   * @param falseAlarms false alarms an hour
   */
  public record Point(double threshold, double misses, double falseAlarms) {}

  public Ambient(Model model, DetectorSettings settings) {
    this.model = model;
    this.settings = settings;
    LogMelSettings frontEnd = SpeechListener.frontEnd(model);
    framesPerSecond = frontEnd.sampleRate() / (double) frontEnd.hop();
  }

  /**
   * Runs the network over a recording.
   *
   * @param labels file with what is said
   * @param warnings receives what is wrong with the recording
   * @throws InvalidInputException if the recording or its labels cannot be read
   */
  public void add(Path wav, Path labels, Consumer<String> warnings) {
    List<StreamLabels.Event> events = StreamLabels.read(labels, length(wav));
    try (SoundStream sound = SoundStream.wav(new BufferedInputStream(Files.newInputStream(wav)), wav.toString())) {
      StreamFrontEnd frontEnd = new StreamFrontEnd(SpeechListener.frontEnd(model), sound.rate());
      Collector collector = new Collector(frontEnd, events);
      float[] block = new float[1 << 12];
      for (int n = sound.read(block); n >= 0; n = sound.read(block)) {
        frontEnd.push(block, n, collector);
      }
      frontEnd.finish(collector);
      sound.flaws().forEach(flaw -> warnings.accept(flaw.warning(1, 1, wav.toString())));
      if (sound.missing() > 0) {
        warnings.accept(wav + " ends " + sound.missing() + " bytes before its header says");
      }
      List<StreamLabels.Event> known =
          events.stream().filter(event -> Detector.isWord(event.label()) && model.labels().contains(event.label())).toList();
      runs.add(collector.run(known));
      seconds += sound.samples() / (double) sound.rate();
      words += known.size();
    } catch (IOException e) {
      throw new InvalidInputException(wav + ": cannot be read: " + AtomicFile.reason(e), e);
    }
  }

  /** Seconds of a recording, by reading it once: its header may not say. */
  private static double length(Path wav) {
    if (!Files.isRegularFile(wav)) {
      throw new InvalidInputException(wav + ": no such file; give a WAV file, or a folder with some");
    }
    try (SoundStream sound = SoundStream.wav(new BufferedInputStream(Files.newInputStream(wav)), wav.toString())) {
      float[] block = new float[1 << 14];
      while (sound.read(block) >= 0) {
        // only its length counts
      }
      return sound.samples() / (double) sound.rate();
    } catch (IOException e) {
      throw new InvalidInputException(wav + ": cannot be read: " + AtomicFile.reason(e), e);
    }
  }

  /** Takes the frames of a recording. */
  private final class Collector implements LogMelStream.FrameSink {
    private final KeywordSpotter spotter = new KeywordSpotter(model, settings);
    private final LogMelSettings frontEnd;
    private final List<StreamLabels.Event> events;
    private float[] probabilities = new float[1 << 12];
    private double[] times = new double[1 << 10];
    private int decisions;
    private int event;
    private long operations;
    private long dense;

    Collector(StreamFrontEnd frontEnd, List<StreamLabels.Event> events) {
      this.frontEnd = frontEnd.settings();
      this.events = events;
    }

    @Override
    public void frame(float[] levels) {
      spotter.push(levels);
      double end = ((spotter.frames() - 1) * frontEnd.hop() + frontEnd.frameLength()) / (double) frontEnd.sampleRate();
      while (event < events.size() && events.get(event).end() < end) {
        event++;
      }
      boolean said = event < events.size() && events.get(event).begin() <= end;
      long now = spotter.operations();
      long nowDense = spotter.denseOperations();
      (said ? speech : silence).add(now - operations, nowDense - dense);
      operations = now;
      dense = nowDense;
      if (spotter.decided()) {
        keep(end);
      }
    }

    private void keep(double end) {
      int n = model.labels().size();
      if ((decisions + 1) * (long) n > probabilities.length) {
        if (2L * probabilities.length > Integer.MAX_VALUE - 8) {
          throw new InvalidInputException("a recording with more than " + decisions + " decisions; cut it into shorter ones");
        }
        probabilities = Arrays.copyOf(probabilities, 2 * probabilities.length);
      }
      if (decisions == times.length) {
        times = Arrays.copyOf(times, 2 * times.length);
      }
      System.arraycopy(spotter.probabilities(), 0, probabilities, decisions * n, n);
      times[decisions++] = end;
    }

    Run run(List<StreamLabels.Event> known) {
      int n = model.labels().size();
      return new Run(Arrays.copyOf(probabilities, decisions * n), Arrays.copyOf(times, decisions), known);
    }
  }

  /** Hours of sound. */
  public double hours() {
    return seconds / 3600;
  }

  /** How many words are said that the model knows. */
  public int words() {
    return words;
  }

  /** What the frames took in which a word is said, of any kind. */
  public SpeechListener.Work speech() {
    return speech;
  }

  /** What the other frames took. */
  public SpeechListener.Work silence() {
    return silence;
  }

  /** Frames a second. */
  public double framesPerSecond() {
    return framesPerSecond;
  }

  /** Misses and false alarms at the thresholds of the settings. */
  public Point measure() {
    return measure(settings);
  }

  /** Misses and false alarms with one threshold for all words. */
  public Point measure(double threshold) {
    return measure(settings.withThreshold(threshold));
  }

  private Point measure(DetectorSettings with) {
    int found = 0;
    int falseAlarms = 0;
    for (Run run : runs) {
      Detector detector = new Detector(with, model.labels());
      boolean[] reported = new boolean[run.words.size()];
      float[] row = new float[model.labels().size()];
      int first = 0;
      for (int i = 0; i < run.times.length; i++) {
        System.arraycopy(run.probabilities, i * row.length, row, 0, row.length);
        int word = detector.push(row);
        double time = run.times[i];
        while (first < run.words.size() && run.words.get(first).end() + LATE_SECONDS < time) {
          first++;
        }
        if (word != Detector.NONE) {
          int said = said(run.words, first, time, model.labels().get(word), reported);
          if (said < 0) {
            falseAlarms++;
          } else {
            reported[said] = true;
            found++;
          }
        }
      }
    }
    return new Point(with.threshold(), words == 0 ? 0 : 1 - found / (double) words, hours() == 0 ? 0 : falseAlarms / hours());
  }

  private static int said(List<StreamLabels.Event> words, int first, double time, String word, boolean[] reported) {
    for (int k = first; k < words.size() && words.get(k).begin() <= time; k++) {
      if (!reported[k] && words.get(k).label().equals(word)) {
        return k;
      }
    }
    return -1;
  }

  /** The points of many thresholds, the lowest first; between 0.01 and 1 they are closer the nearer to 1. */
  public List<Point> curve() {
    List<Point> points = new ArrayList<>();
    for (double logit = -4.5; logit <= 14; logit += 0.25) {
      points.add(measure(1 / (1 + StrictMath.exp(-logit))));
    }
    return points;
  }

  /**
   * The lowest threshold from which on there are no more false alarms than wanted.
   *
   * @param curve from {@link #curve}
   * @param falseAlarms an hour
   * @return null if the highest threshold has more
   */
  public static Point choose(List<Point> curve, double falseAlarms) {
    Point best = null;
    for (int i = curve.size() - 1; i >= 0 && curve.get(i).falseAlarms <= falseAlarms; i--) {
      best = curve.get(i);
    }
    return best;
  }
}
