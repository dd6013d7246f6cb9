// SPDX-License-Identifier: Apache-2.0
package org.lull.cli.commands;

import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import javax.sound.sampled.AudioFormat;
import javax.sound.sampled.AudioInputStream;
import javax.sound.sampled.AudioSystem;
import javax.sound.sampled.DataLine;
import javax.sound.sampled.LineUnavailableException;
import javax.sound.sampled.Mixer;
import javax.sound.sampled.TargetDataLine;
import org.lull.input.InvalidInputException;

/** The microphone of this machine, as raw 16-bit PCM. */
final class Microphone {
  private static final String INSTEAD = "; pipe sound in instead: arecord -f S16_LE -r 16000 | lull listen --rate 16000 ... -";

  private Microphone() {}

  /**
   * Opens it and begins to record.
   *
   * @param device part of the name of a device; null for the usual one
   * @throws InvalidInputException if there is none of that name, or it cannot record at this rate, or is in use
   */
  static InputStream open(String device, int rate) {
    AudioFormat format = new AudioFormat(rate, Short.SIZE, 1, true, false);
    DataLine.Info wanted = new DataLine.Info(TargetDataLine.class, format);
    List<Mixer.Info> all = new ArrayList<>();
    for (Mixer.Info info : AudioSystem.getMixerInfo()) {
      if (AudioSystem.getMixer(info).isLineSupported(wanted)) {
        all.add(info);
      }
    }
    List<Mixer.Info> named = device == null ? all : all.stream().filter(info -> info.getName().contains(device)).toList();
    if (named.isEmpty()) {
      String there = all.isEmpty() ? "no device records 16 bits at " + rate + " Hz on this machine"
          : "there are " + all.stream().map(Mixer.Info::getName).collect(Collectors.joining(", "));
      throw new InvalidInputException((device == null ? "no microphone: " : "no microphone \"" + device + "\": ") + there + INSTEAD);
    }
    try {
      TargetDataLine line = AudioSystem.getTargetDataLine(format, named.getFirst());
      line.open(format, rate); // half a second may wait
      line.start();
      return new AudioInputStream(line);
    } catch (LineUnavailableException | IllegalArgumentException e) {
      throw new InvalidInputException("the microphone " + named.getFirst().getName() + " cannot be opened: " + e.getMessage()
          + "; close what uses it" + INSTEAD, e);
    }
  }
}
