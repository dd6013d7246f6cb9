// SPDX-License-Identifier: Apache-2.0
package org.lull.cli.serve;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import java.io.IOException;
import java.util.Arrays;
import java.util.Locale;
import org.lull.input.Frames;
import org.lull.input.InvalidInputException;
import org.lull.train.Example;

/** A time series as the body of a request, for models without a front end: {@code {"frames": [[1.5, 2], [1.25, 3]]}}, a row a timestep. */
final class SeriesInput implements RequestInput {
  /** Timesteps of a series. */
  static final int LONGEST = 20_000;
  private static final String FRAMES = "frames";
  private static final JsonFactory JSON =
      JsonFactory.builder().streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(8).build()).build();

  private final int channels;

  SeriesInput(int channels) {
    this.channels = channels;
  }

  @Override
  public String advice() {
    return "expected a time series as JSON, {\"frames\": [[...], ...]} with " + channels + " number" + (channels == 1 ? "" : "s")
        + " in each row; with curl: -H 'Content-Type: application/json' --data-binary @FILE";
  }

  @Override
  public Example example(byte[] body, String contentType, String id) {
    if (!contentType.toLowerCase(Locale.ROOT).startsWith("application/json")) {
      Form form = Form.of(body, contentType);
      throw form == Form.JSON ? new Refused(415, "the body has the type \"" + contentType + "\", " + advice()) : form.refused(this);
    }
    try (JsonParser json = JSON.createParser(body)) {
      expect(json.nextToken() == JsonToken.START_OBJECT, id + ": the body is no JSON object");
      float[] frames = null;
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        expect(json.currentName().equals(FRAMES) && frames == null, id + ": a field \"" + shown(json.currentName()) + "\"");
        expect(json.nextToken() == JsonToken.START_ARRAY, id + ": frames is no list");
        frames = frames(json, id);
      }
      expect(frames != null && frames.length > 0, id + ": no frames are given");
      expect(json.nextToken() == null, id + ": something follows the object");
      Frames.check(id, frames, channels);
      return new Example(id, frames, frames.length / channels, channels, 0);
    } catch (JsonProcessingException e) {
      throw new InvalidInputException(id + ": not JSON near byte " + e.getLocation().getByteOffset() + ": "
          + shown(e.getOriginalMessage()) + "; " + advice(), e);
    } catch (IOException e) { // of bytes in memory: they are no text
      throw new InvalidInputException(id + ": not JSON: " + shown(e.getMessage()) + "; " + advice(), e);
    }
  }

  /** [steps][channels], row after row. */
  private float[] frames(JsonParser json, String id) throws IOException {
    float[] frames = new float[64 * channels];
    int steps = 0;
    for (; json.nextToken() != JsonToken.END_ARRAY; steps++) {
      String frame = id + ": frame " + (steps + 1);
      expect(json.currentToken() == JsonToken.START_ARRAY, frame + " is no list");
      expect(steps < LONGEST, id + ": more than " + LONGEST + " frames");
      if (frames.length == steps * channels) {
        frames = Arrays.copyOf(frames, 2 * frames.length);
      }
      int values = 0;
      for (; json.nextToken() != JsonToken.END_ARRAY; values++) {
        expect(values < channels, frame + " has more than " + channels + " values");
        frames[steps * channels + values] = value(json, frame + ", value " + (values + 1));
      }
      expect(values == channels, frame + " has " + values + " values");
    }
    return Arrays.copyOf(frames, steps * channels);
  }

  private float value(JsonParser json, String what) throws IOException {
    expect(json.currentToken().isNumeric(), what + " is " + shown(json.getText()));
    float value = (float) json.getDoubleValue();
    expect(Float.isFinite(value), what + " is " + shown(json.getText()) + ", too large");
    return value;
  }

  private void expect(boolean ok, String what) {
    if (!ok) {
      throw new InvalidInputException(what + ", " + advice());
    }
  }

  private static String shown(String text) {
    String line = text.replaceAll("\\p{Cntrl}", " ");
    return line.length() > 60 ? line.substring(0, 60) + "..." : line;
  }
}
