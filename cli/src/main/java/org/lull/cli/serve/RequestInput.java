// SPDX-License-Identifier: Apache-2.0
package org.lull.cli.serve;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.lull.train.Example;

/** Makes of the body of a request what the model takes: sound, or a time series. */
sealed interface RequestInput permits SoundInput, SeriesInput {
  /**
   * The example in a body.
   *
   * @param body at least one byte
   * @param contentType the request's, or ""
   * @param id what the example is called, in messages too
   * @throws org.lull.input.InvalidInputException where the body is nothing the model takes
   * @throws Refused with 415 where it is in a form that is not taken
   */
  Example example(byte[] body, String contentType, String id);

  /** What to send, as the end of a sentence. */
  String advice();

  /** The forms that clients send bodies in. */
  enum Form {
    MULTIPART("a multipart form"),
    FIELDS("the fields of a form"),
    JSON("JSON"),
    BYTES("bytes as they are");

    private static final int SHOWN = 1000;
    private final String description;

    Form(String description) {
      this.description = description;
    }

    /** By its type and how it begins. curl calls everything a form that is sent with --data or --data-binary. */
    static Form of(byte[] body, String contentType) {
      String type = contentType.toLowerCase(Locale.ROOT);
      String begin = new String(body, 0, Math.min(body.length, SHOWN), StandardCharsets.ISO_8859_1);
      if (type.startsWith("multipart/") || begin.startsWith("--") && begin.toLowerCase(Locale.ROOT).contains("content-disposition")) {
        return MULTIPART;
      }
      if (type.startsWith("application/json") || begin.matches("(?s)\\s*[{\\[].*")) {
        return JSON;
      }
      return type.startsWith("application/x-www-form-urlencoded") && begin.matches("[\\w.%+-]+=[ -~]*") ? FIELDS : BYTES;
    }

    /** That a body in this form is not taken. */
    Refused refused(RequestInput input) {
      return new Refused(415, "the body is " + description + ", " + input.advice());
    }
  }
}
