// SPDX-License-Identifier: Apache-2.0
package org.lull.speech;

import com.sun.speech.freetts.Item;
import com.sun.speech.freetts.OutputQueue;
import com.sun.speech.freetts.Relation;
import com.sun.speech.freetts.Utterance;
import com.sun.speech.freetts.UtteranceProcessor;
import com.sun.speech.freetts.Voice;
import com.sun.speech.freetts.audio.NullAudioPlayer;
import com.sun.speech.freetts.cart.Durator;
import com.sun.speech.freetts.en.us.cmu_us_kal.KevinVoiceDirectory;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ShortBuffer;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.random.RandomGenerator;

/**
 * Speaks English text with the diphone voice "kevin16" of FreeTTS 1.2.2 (Sun Microsystems Laboratories 2001, after CMU Flite; the voice is
 * CMU's kal_diphone), in pure Java, into memory: no audio device, no display, no file. FreeTTS and its voices are under BSD-style licences.
 *
 * <p>A FreeTTS voice serves one caller at a time, so idle ones are kept in a pool; which one speaks makes no difference to the sound.
 */
final class DiphoneVoice {
  /** Samples per second of the sound that {@link #speak} returns. */
  static final int RATE = 16_000;

  static {
    // FreeTTS otherwise compiles its tree paths at first use, unsynchronised, in objects that all voices share.
    System.setProperty("com.sun.speech.freetts.lazyCartCompile", "false");
  }

  private static final Queue<DiphoneVoice> IDLE = new ConcurrentLinkedQueue<>();

  private final Voice voice;
  private final Recorder recorder = new Recorder();
  private final SegmentTiming timing = new SegmentTiming();

  /**
   * How a phrase is spoken.
   *
   * @param pitch mean fundamental frequency, Hz
   * @param pitchRange its standard deviation, Hz
   * @param tempo speed relative to the voice's own, 1 = 150 words a minute
   * @param timingJitter each phone lasts between 1 - timingJitter and 1 + timingJitter times its usual duration; 0 = as usual
   */
  record Prosody(double pitch, double pitchRange, double tempo, double timingJitter) {}

  private DiphoneVoice() {
    voice = new KevinVoiceDirectory().getVoices()[1]; // [0] is kevin, 8 kHz; [1] kevin16, 16 kHz
    voice.setAudioPlayer(recorder);
    voice.setOutputQueue(new OutputQueue()); // else allocate() starts a thread
    voice.allocate();
    voice.setOutputQueue(null); // speak in the caller's thread
    timing.insertInto(voice);
  }

  /**
   * Speaks a text. The result depends only on the arguments. Any number of threads may call it.
   *
   * @param random random numbers for the timing jitter
   * @return amplitudes within -1..1 at {@link #RATE}, with the voice's own pauses at both ends
   */
  static float[] speak(String text, Prosody prosody, RandomGenerator random) {
    DiphoneVoice idle = IDLE.poll();
    DiphoneVoice speaker = idle != null ? idle : create();
    float[] samples = speaker.say(text, prosody, random);
    IDLE.add(speaker);
    return samples;
  }

  /** Loading fills maps that voices share, so it happens one at a time. */
  private static synchronized DiphoneVoice create() {
    return new DiphoneVoice();
  }

  private float[] say(String text, Prosody prosody, RandomGenerator random) {
    voice.setPitch((float) prosody.pitch);
    voice.setPitchRange((float) prosody.pitchRange);
    voice.setDurationStretch((float) (1 / prosody.tempo));
    timing.jitter = prosody.timingJitter;
    timing.random = random;
    recorder.bytes.reset();
    if (!voice.speak(text) || recorder.bytes.size() == 0) {
      throw new IllegalStateException("FreeTTS could not speak \"" + text + "\"");
    }
    return recorder.samples();
  }

  /** Takes the place of the loudspeaker of FreeTTS, and collects the samples. */
  private static final class Recorder extends NullAudioPlayer {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    @Override
    public boolean write(byte[] audio, int offset, int size) {
      bytes.write(audio, offset, size);
      return true;
    }

    /** FreeTTS plays 16-bit signed big-endian PCM. */
    private float[] samples() {
      ShortBuffer pcm = ByteBuffer.wrap(bytes.toByteArray()).asShortBuffer();
      float[] samples = new float[pcm.remaining()];
      for (int i = 0; i < samples.length; i++) {
        samples[i] = pcm.get(i) / 32768f;
      }
      return samples;
    }
  }

  /** Varies how long each phone lasts, right after FreeTTS has decided it and before it lays the pitch contour over it. */
  private static final class SegmentTiming implements UtteranceProcessor {
    private double jitter;
    private RandomGenerator random;

    @SuppressWarnings("unchecked") // FreeTTS has raw types; the list holds its processors in the order they run
    private void insertInto(Voice voice) {
      List<UtteranceProcessor> processors = voice.getUtteranceProcessors();
      for (int i = 0; i < processors.size(); i++) {
        if (processors.get(i) instanceof Durator) {
          processors.add(i + 1, this);
          return;
        }
      }
      throw new IllegalStateException("this FreeTTS voice has no Durator");
    }

    @Override
    public void processUtterance(Utterance utterance) {
      double oldEnd = 0;
      double newEnd = 0;
      for (Item segment = utterance.getRelation(Relation.SEGMENT).getHead(); segment != null; segment = segment.getNext()) {
        double end = segment.getFeatures().getFloat("end"); // seconds from the beginning
        newEnd += (end - oldEnd) * (1 + jitter * (2 * random.nextDouble() - 1));
        oldEnd = end;
        segment.getFeatures().setFloat("end", (float) newEnd);
      }
    }
  }
}
