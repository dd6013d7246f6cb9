// SPDX-License-Identifier: Apache-2.0
package org.lull.speech;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import org.lull.input.InvalidInputException;

/** What is heard behind words. All kinds have the same loudness; the same random numbers give the same bits. */
public sealed interface Noise {
  /** Noise that is computed. */
  enum Generated implements Noise {
    /** The same power in all frequencies. */
    WHITE,
    /** The same power in all octaves, by the sum of values that are held for 1, 2, 4, ... samples (R. Voss). */
    PINK,
    /** More power the lower the frequency: white noise through a low pass, as traffic or a fan behind a wall. */
    BROWN;

    private static final int OCTAVES = 12;
    private static final double COLOUR = 0.98;

    @Override
    public float[] make(int samples, int rate, SplittableRandom random) {
      return switch (this) {
        case WHITE -> Acoustics.noise(samples, 0, random);
        case PINK -> pink(samples, random);
        case BROWN -> Acoustics.noise(samples, COLOUR, random);
      };
    }

    private static float[] pink(int samples, SplittableRandom random) {
      double[] held = new double[OCTAVES];
      for (int k = 0; k < OCTAVES; k++) {
        held[k] = SyntheticSpeaker.symmetric(random);
      }
      float[] noise = new float[samples];
      for (int n = 0; n < samples; n++) {
        held[Math.min(OCTAVES - 1, Integer.numberOfTrailingZeros(n + 1))] = SyntheticSpeaker.symmetric(random);
        double sum = SyntheticSpeaker.symmetric(random);
        for (double each : held) {
          sum += each;
        }
        noise[n] = (float) sum;
      }
      return noise;
    }

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * Many people talking: clips of a corpus one over the other, five at a time.
   *
   * @param clips at least one
   */
  record Babble(List<Clip> clips) implements Noise {
    private static final int VOICES = 5;

    @Override
    public float[] make(int samples, int rate, SplittableRandom random) {
      float[] noise = new float[samples];
      for (int voice = 0; voice < VOICES; voice++) {
        int at = -random.nextInt(rate);
        while (at < samples) {
          float[] clip = Resampler.resample(clips.get(random.nextInt(clips.size())).source().load(), rate).samples();
          double gain = 1 / Math.sqrt(1e-12 + Acoustics.power(clip, 0, clip.length));
          for (int n = Math.max(0, -at); n < clip.length && at + n < samples; n++) {
            noise[at + n] += (float) (gain * clip[n]);
          }
          at += clip.length;
        }
      }
      return noise;
    }

    @Override
    public String toString() {
      return "babble";
    }
  }

  /**
   * Recordings of noise, cut at a random place; one that is too short is repeated.
   *
   * @param files WAV files, at least one
   */
  record Recorded(List<Path> files) implements Noise {
    @Override
    public float[] make(int samples, int rate, SplittableRandom random) {
      Path file = files.get(random.nextInt(files.size()));
      float[] sound = Resampler.resample(Wav.read(file).requireSound(file.toString()), rate).samples();
      int from = random.nextInt(sound.length);
      float[] noise = new float[samples];
      for (int n = 0; n < samples; n++) {
        noise[n] = sound[(int) ((from + (long) n) % sound.length)];
      }
      return noise;
    }

    @Override
    public String toString() {
      return "recordings";
    }
  }

  /**
   * The noise of a name, or of a folder of recordings.
   *
   * @param kind white, pink, brown, babble, or the path of a folder with WAV files
   * @param voices clips that babble is made of
   * @throws InvalidInputException if it is none of these
   */
  static Noise of(String kind, List<Clip> voices) {
    for (Generated generated : Generated.values()) {
      if (generated.toString().equals(kind)) {
        return generated;
      }
    }
    if (kind.equals("babble")) {
      if (voices.isEmpty()) {
        throw new InvalidInputException("noise babble: there are no words but those to be recognised, which it could be made of; leave it"
            + " out, or give fewer words");
      }
      return new Babble(voices);
    }
    Path dir = Path.of(kind);
    if (!Files.isDirectory(dir)) {
      throw new InvalidInputException("noise: " + kind + ", expected white, pink, brown, babble, or a folder of WAV files");
    }
    return new Recorded(Recordings.in(dir).files());
  }

  /** So many samples, of any loudness. */
  float[] make(int samples, int rate, SplittableRandom random);

  /** So many samples with a mean square of {@code power}; digital silence stays as it is. */
  default float[] make(int samples, int rate, double power, SplittableRandom random) {
    float[] noise = make(samples, rate, random);
    double is = Acoustics.power(noise, 0, samples);
    Acoustics.scale(noise, is == 0 ? 0 : Math.sqrt(power / is));
    return noise;
  }
}
