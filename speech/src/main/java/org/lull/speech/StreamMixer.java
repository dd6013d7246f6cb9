// SPDX-License-Identifier: Apache-2.0
package org.lull.speech;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.lull.input.InvalidInputException;
import org.lull.train.RandomStreams;

/**
 * Makes streams: clips of single words at random times in noise, with labels that say where each word is. The same arguments give the same
 * bits.
 *
 * <p>A stream is made of scenes of {@value #SCENE_SECONDS} s. Each has its own noise, loudness of speech and signal-to-noise ratio. The
 * words of a scene do not overlap.
 */
public final class StreamMixer {
  /** Seconds of a scene. */
  public static final int SCENE_SECONDS = 20;

  private static final double SHORTEST_PAUSE = 0.25;
  /** Level of speech, dB below full scale. */
  private static final double LOUDEST = -15;
  private static final double SOFTEST = -35;
  /** Words of a scene differ by so many dB. */
  private static final double SPREAD = 3;
  /** Seconds of the clip that are kept before and after the word, and faded in and out. */
  private static final double MARGIN = 0.06;

  private final List<Clip> words;
  private final List<Clip> others;
  private final Settings settings;

  /**
   * What a stream is made with.
   *
   * @param rate samples a second
   * @param pause longest pause between words, seconds; each is drawn evenly between 0.25 s and this
   * @param share how many of the words are of those to be recognised, 0 to 1; the others are other words
   * @param noise kinds of noise, of which each scene has one
   * @param snrLow lowest signal-to-noise ratio, dB; each scene's is drawn evenly
   * @param snrHigh highest
   * @param variation how much the speaking rate of a clip may be changed, as a share; 0 to measure, so that clips stay as they are
   */
  public record Settings(int rate, double pause, double share, List<Noise> noise, double snrLow, double snrHigh, double variation) {
    /** @throws InvalidInputException if a number is out of range; the message names it */
    public Settings {
      require(rate >= 1000, "rate", rate, "1000 Hz or more");
      require(pause >= SHORTEST_PAUSE && pause <= 3600, "pause", pause, SHORTEST_PAUSE + " to 3600 seconds");
      require(share >= 0 && share <= 1, "share of the words to be recognised", share, "0 to 1");
      require(!noise.isEmpty(), "kinds of noise", noise.size(), "at least one");
      require(snrLow >= -40 && snrLow <= 100, "lowest SNR", snrLow, "-40 to 100 dB");
      require(snrHigh >= snrLow && snrHigh <= 100, "highest SNR", snrHigh, "the lowest, " + snrLow + ", to 100 dB");
      require(variation >= 0 && variation < 0.5, "variation of the speaking rate", variation, "0 or more, below 0.5");
      noise = List.copyOf(noise);
    }

    private static void require(boolean holds, String what, Number value, String expected) {
      if (!holds) {
        throw new InvalidInputException("stream: " + what + " " + value + ", expected " + expected);
      }
    }
  }

  /**
   * A word in a stream.
   *
   * @param begin first sample
   * @param end the sample after its last
   */
  public record Event(int begin, int end, String label) {}

  /**
   * A piece of a stream.
   *
   * @param events what is said, in order
   */
  public record Piece(float[] samples, List<Event> events) {}

  /**
   * @param words clips of the words to be recognised
   * @param others clips of other words; may be empty
   * @throws InvalidInputException if there are no clips of a kind that is wanted
   */
  public StreamMixer(List<Clip> words, List<Clip> others, Settings settings) {
    this.words = List.copyOf(words);
    this.others = List.copyOf(others);
    this.settings = settings;
    if (settings.share > 0 && words.isEmpty() || settings.share < 1 && others.isEmpty()) {
      throw new InvalidInputException("stream: no clips of " + (words.isEmpty() ? "the words to be recognised" : "other words")
          + ", expected at least one; give data that has some");
    }
  }

  /** Scene {@code number} of a stream, counted from 0; a stream is its scenes one after the other. */
  public Piece scene(long seed, int number) {
    SplittableRandom random = RandomStreams.of(seed, "scene", number);
    int length = SCENE_SECONDS * settings.rate;
    Piece piece = new Piece(new float[length], new ArrayList<>());
    double speech = spread(random, SOFTEST, LOUDEST);
    int at = 0;
    while (true) {
      at += pause(random);
      Clip clip = pick(random.nextDouble() < settings.share ? words : others, random);
      Sound sound = sound(clip, random);
      if (at + sound.length() > length) {
        break;
      }
      add(piece, sound, at, clip.label(), speech, random);
      at += sound.length();
    }
    addNoise(piece, speech, random);
    return piece;
  }

  /**
   * A short stream to train on: one word to be recognised among others, in random order.
   *
   * @param more how many further words of those to be recognised
   * @param fillers how many other words
   * @param seconds length; it is longer if the words need more
   */
  public Piece around(Clip word, int more, int fillers, double seconds, SplittableRandom random) {
    List<Clip> clips = new ArrayList<>();
    for (int i = 0; i < more; i++) {
      clips.add(pick(words, random));
    }
    for (int i = 0; i < fillers && !others.isEmpty(); i++) {
      clips.add(pick(others, random));
    }
    clips.add(random.nextInt(clips.size() + 1), word);
    List<Sound> sounds = new ArrayList<>();
    int[] places = new int[clips.size()];
    int at = 0;
    for (int i = 0; i < clips.size(); i++) {
      at += pause(random);
      sounds.add(sound(clips.get(i), random));
      places[i] = at;
      at += sounds.get(i).length();
    }
    int tail = pause(random);
    Piece piece = new Piece(new float[Math.max(at + tail, (int) (seconds * settings.rate))], new ArrayList<>());
    double speech = spread(random, SOFTEST, LOUDEST);
    for (int i = 0; i < places.length; i++) {
      add(piece, sounds.get(i), places[i], clips.get(i).label(), speech, random);
    }
    addNoise(piece, speech, random);
    return piece;
  }

  private int pause(SplittableRandom random) {
    return (int) (settings.rate * spread(random, SHORTEST_PAUSE, settings.pause));
  }

  private static Clip pick(List<Clip> clips, SplittableRandom random) {
    return clips.get(random.nextInt(clips.size()));
  }

  private static double spread(SplittableRandom random, double low, double high) {
    return low + (high - low) * random.nextDouble();
  }

  /** A clip as it is mixed in: its word, with a margin before and after it. */
  private record Sound(float[] samples, int begin, int end) {
    int length() {
      return samples.length;
    }
  }

  /** The word of a clip with its margins faded in and out, at the rate of the stream. */
  private Sound sound(Clip clip, SplittableRandom random) {
    Audio audio = clip.source().load();
    if (audio.rate() != settings.rate) {
      audio = Resampler.resample(audio, settings.rate);
    }
    float[] samples = audio.requireSound(clip.id()).samples();
    WordSpan span = WordSpan.in(samples, settings.rate);
    int margin = margin();
    int from = Math.max(0, span.begin() - margin);
    float[] sound = Arrays.copyOfRange(samples, from, Math.min(samples.length, span.end() + margin));
    int fade = Math.min(margin, sound.length / 2);
    for (int n = 0; n < fade; n++) {
      sound[n] *= n / (float) fade;
      sound[sound.length - 1 - n] *= n / (float) fade;
    }
    double speed = settings.variation == 0 ? 1 : 1 + spread(random, -settings.variation, settings.variation);
    float[] spoken = speed == 1 ? sound : stretched(sound, speed);
    int begin = (int) ((span.begin() - from) / speed);
    return new Sound(spoken, begin, Math.min(spoken.length, Math.max(begin + 1, (int) ((span.end() - from) / speed))));
  }

  private int margin() {
    return (int) (MARGIN * settings.rate);
  }

  /** Speaking rate and pitch together, as a record that turns faster; linear between samples. */
  private static float[] stretched(float[] sound, double speed) {
    float[] out = new float[Math.max(1, (int) (sound.length / speed))];
    for (int n = 0; n < out.length; n++) {
      double from = n * speed;
      int whole = Math.min((int) from, sound.length - 1);
      double later = from - whole;
      out[n] = (float) ((1 - later) * sound[whole] + later * sound[Math.min(whole + 1, sound.length - 1)]);
    }
    return out;
  }

  private static void add(Piece piece, Sound sound, int at, String label, double speech, SplittableRandom random) {
    double level = speech + spread(random, -SPREAD, SPREAD);
    double gain = Acoustics.ratio(level) / Math.sqrt(1e-12 + Acoustics.power(sound.samples, sound.begin, sound.end));
    for (int n = 0; n < sound.length(); n++) {
      piece.samples[at + n] += (float) (gain * sound.samples[n]);
    }
    piece.events.add(new Event(at + sound.begin, at + sound.end, label));
  }

  private void addNoise(Piece piece, double speech, SplittableRandom random) {
    Noise noise = settings.noise.get(random.nextInt(settings.noise.size()));
    double level = Acoustics.ratio(speech - spread(random, settings.snrLow, settings.snrHigh));
    float[] sound = noise.make(piece.samples.length, settings.rate, level * level, random);
    for (int n = 0; n < sound.length; n++) {
      piece.samples[n] = Math.clamp(piece.samples[n] + sound[n], -1f, 1f);
    }
  }

  @Override
  public String toString() {
    return words.size() + " clips of words, " + others.size() + " of others, " + settings;
  }
}
