// SPDX-License-Identifier: Apache-2.0
package org.lull.speech;

import static org.lull.speech.SyntheticSpeaker.symmetric;

import java.util.SplittableRandom;

/**
 * One phrase, said once more by one speaker of the embedded corpus.
 *
 * @param id coordinates in the corpus; with the seed, all that its random numbers depend on
 */
record SyntheticUtterance(SyntheticSpeech.Settings settings, SyntheticSpeaker speaker, String transcription, String id)
    implements Clip.Source {
  /** Pitch and tempo of an utterance stay this close to the speaker's own, relative, at variation 1. */
  private static final double UTTERANCE_JITTER = 0.08;

  /** Phones last up to this much longer or shorter than usual, relative, at variation 1. */
  private static final double PHONE_JITTER = 0.25;

  /** Silence at each end, seconds: the shortest, and how much longer it may be. */
  private static final double SILENCE_MIN = 0.1;

  private static final double SILENCE_SPREAD = 0.3;

  /** Loudest sample after mixing: half a dB of headroom. */
  private static final double PEAK = 0.944;

  /**
   * The parts before they are mixed.
   *
   * @param speech [samples], silent at both ends
   * @param noise [samples], as long
   * @param from first sample of the speech
   * @param to after its last sample
   */
  record Parts(float[] speech, float[] noise, int from, int to) {}

  /** Speech plus noise in steps of 1/32768, so that a 16-bit WAV file holds exactly the same. */
  @Override
  public Audio load() {
    Parts parts = parts();
    float[] mix = parts.speech.clone();
    float loudest = 0;
    for (int n = 0; n < mix.length; n++) {
      mix[n] += parts.noise[n];
      loudest = Math.max(loudest, Math.abs(mix[n]));
    }
    Acoustics.scale(mix, Math.min(1, PEAK / loudest));
    for (int n = 0; n < mix.length; n++) {
      mix[n] = Math.round(mix[n] * 32768.0) / 32768f;
    }
    return new Audio(mix, settings.rate());
  }

  /** Speaks, places the speech in silence and in its room, and makes the noise to go with it. */
  Parts parts() {
    SplittableRandom random = SyntheticSpeech.random(settings.seed(), id);
    float[] spoken = Acoustics.trim(speak(random));
    Acoustics.tilt(spoken, speaker.tilt());

    int rate = settings.rate();
    int from = silence(random, rate);
    int to = from + spoken.length;
    float[] speech = new float[to + silence(random, rate)];
    System.arraycopy(spoken, 0, speech, from, spoken.length);
    Acoustics.echo(speech, rate, speaker.echo());
    Acoustics.scale(speech, Acoustics.ratio(speaker.level()) / Math.sqrt(Acoustics.power(speech, from, to)));

    double snr = settings.snrLow() + (settings.snrHigh() - settings.snrLow()) * random.nextDouble();
    float[] noise = Acoustics.noise(speech.length, 0.95 * random.nextDouble(), random);
    Acoustics.scale(noise, Acoustics.ratio(speaker.level() - snr) / Math.sqrt(Acoustics.power(noise, 0, noise.length)));
    return new Parts(speech, noise, from, to);
  }

  /**
   * A vocal tract of another length: speech taken to rate / formantScale and then played at rate has all frequencies multiplied by
   * formantScale and all durations divided by it. The voice is asked for the pitch and tempo that undo it for those two, so that only the
   * formants move.
   */
  private float[] speak(SplittableRandom random) {
    double variation = settings.variation();
    double pitch = speaker.pitch() * (1 + variation * UTTERANCE_JITTER * symmetric(random));
    double tempo = speaker.tempo() * (1 + variation * UTTERANCE_JITTER * symmetric(random));
    double scale = speaker.formantScale();
    var prosody =
        new DiphoneVoice.Prosody(pitch / scale, speaker.pitchRange() / scale, tempo / scale, Math.min(0.9, variation * PHONE_JITTER));
    Audio spoken = new Audio(DiphoneVoice.speak(transcription, prosody, random), DiphoneVoice.RATE);
    return Resampler.resample(spoken, (int) Math.round(settings.rate() / scale)).samples();
  }

  private static int silence(SplittableRandom random, int rate) {
    return (int) ((SILENCE_MIN + SILENCE_SPREAD * random.nextDouble()) * rate);
  }
}
