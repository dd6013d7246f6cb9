// SPDX-License-Identifier: Apache-2.0
package org.lull.cli.serve;

import org.lull.input.InvalidInputException;
import org.lull.speech.Audio;
import org.lull.speech.LogMel;
import org.lull.speech.LogMelSettings;
import org.lull.speech.Wav;
import org.lull.train.Example;

/** A WAV file as the body of a request. */
final class SoundInput implements RequestInput {
  private static final double LONGEST_SECONDS = 10;

  private final LogMel logMel;

  /** @param features of the model, JSON */
  SoundInput(String features) {
    logMel = new LogMel(LogMelSettings.fromJson(features, "the model"));
  }

  @Override
  public String advice() {
    return "expected the bytes of a WAV file and nothing else; with curl: --data-binary @FILE";
  }

  @Override
  public Example example(byte[] body, String contentType, String id) {
    Form form = Form.of(body, contentType);
    if (form != Form.BYTES) {
      throw form.refused(this);
    }
    Audio audio = read(body, id);
    double seconds = audio.samples().length / (double) audio.rate();
    if (seconds > LONGEST_SECONDS) {
      throw new InvalidInputException("%s: %.1f seconds, expected at most %.0f; cut it".formatted(id, seconds, LONGEST_SECONDS));
    }
    return logMel.example(audio, id, 0);
  }

  private static Audio read(byte[] body, String id) {
    try {
      return Wav.read(body, id).requireFullScale(id);
    } catch (InvalidInputException e) {
      if (body[0] == 'R' && hasNoLineEnds(body)) {
        throw new InvalidInputException(e.getMessage() + "; if it was sent with curl --data, which leaves bytes out, use --data-binary", e);
      }
      throw e;
    }
  }

  /** So many bytes of sound without one that curl --data would have left out are rare. */
  private static boolean hasNoLineEnds(byte[] body) {
    for (byte b : body) {
      if (b == '\n' || b == '\r') {
        return false;
      }
    }
    return true;
  }
}
