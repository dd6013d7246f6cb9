// SPDX-License-Identifier: Apache-2.0
package org.lull.speech;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.List;
import java.util.stream.Collectors;
import org.lull.input.InvalidInputException;

/**
 * Every convention of a log-mel front end. It is stored in each model, as JSON with these names, so that a model computes the same features
 * wherever it goes. Words rather than constants of an enum, so that the file says what the literature says.
 *
 * @param name of the preset, or of one's own
 * @param sampleRate Hz; sound of another rate is resampled first
 * @param frameLength samples under the window
 * @param hop samples from the begin of a frame to that of the next, at most a frame
 * @param window periodic: "hamming", 0.54 - 0.46 cos(2 pi n / frameLength), or "hann", 0.5 - 0.5 cos(2 pi n / frameLength)
 * @param fftSize points of the transform, a power of two; frames are padded with zeros at their end
 * @param filters triangles, the channels of a frame
 * @param lowHz where the first triangle begins
 * @param highHz where the last triangle ends, at most half the sample rate
 * @param mel scale on which the triangles' corners are equally spaced: "htk", 2595 log10(1 + f / 700)
 * @param spectrum what the filters sum: "magnitude", |X|, or "power", |X|^2, without normalising the filters (their peak is 1)
 * @param divisor divides the spectrum, to put the level of the loudest sound near 0 dB
 * @param log level of a filter's sum in dB: "20log10" (of magnitudes) or "10log10" (of powers)
 * @param floorDb levels below it are it, digital silence among them
 * @param statistics what mean and deviation the model normalises with: each "channel" its own, or "global" ones; they are the model's own
 */
public record LogMelSettings(
    String name,
    int sampleRate,
    int frameLength,
    int hop,
    String window,
    int fftSize,
    int filters,
    double lowHz,
    double highHz,
    String mel,
    String spectrum,
    double divisor,
    String log,
    double floorDb,
    String statistics) {
  private static final ObjectMapper JSON = JsonMapper.builder().build();

  /** From 8192 points on the transform would start threads of its own. */
  private static final int MAX_FFT_SIZE = 4096;

  private static final List<LogMelSettings> PRESETS = List.of(
      new LogMelSettings(
          "mel16", 16_000, 512, 262, "hamming", 1024, 16, 100, 8000, "htk", "magnitude", 1024, "20log10", -90, "channel"),
      new LogMelSettings(
          "reference16", 16_000, 262, 262, "hamming", 1024, 16, 100, 8000, "htk", "magnitude", 1024, "20log10", -90, "global"),
      new LogMelSettings(
          "mel40", 16_000, 400, 160, "hann", 512, 40, 20, 8000, "htk", "power", 512, "10log10", -100, "channel"));

  /** @throws InvalidInputException naming the setting, its value and what was expected */
  public LogMelSettings {
    if (name == null || name.isBlank()) {
      throw new InvalidInputException("features: name is missing, expected a word such as mel16");
    }
    require(sampleRate > 0, name, "sampleRate", sampleRate, "a positive number of Hz");
    require(frameLength > 0, name, "frameLength", frameLength, "a positive number of samples");
    require(hop > 0 && hop <= frameLength, name, "hop", hop, "1 to the frame length " + frameLength);
    requireWord(name, "window", window, "hamming", "hann");
    require(Integer.bitCount(fftSize) == 1 && fftSize >= frameLength && fftSize <= MAX_FFT_SIZE, name, "fftSize", fftSize,
        "a power of two from the frame length " + frameLength + " to " + MAX_FFT_SIZE);
    require(filters > 0, name, "filters", filters, "1 or more");
    require(lowHz >= 0 && Double.isFinite(lowHz), name, "lowHz", lowHz, "0 or more");
    require(highHz > lowHz && highHz <= sampleRate / 2.0, name, "highHz", highHz,
        "more than lowHz " + lowHz + " and at most half the sample rate " + sampleRate);
    requireWord(name, "mel", mel, "htk");
    requireWord(name, "spectrum", spectrum, "magnitude", "power");
    require(divisor > 0 && Double.isFinite(divisor), name, "divisor", divisor, "a positive number");
    requireWord(name, "log", log, "20log10", "10log10");
    require(Double.isFinite(floorDb), name, "floorDb", floorDb, "a number of dB such as -90");
    requireWord(name, "statistics", statistics, "channel", "global");
  }

  /** The settings that have a name, the default first. */
  public static List<LogMelSettings> presets() {
    return PRESETS;
  }

  /**
   * The preset of a name: "mel16", the default, overlapping frames every 16.4 ms; "reference16", the same without overlap and with global
   * statistics, as in Chen et al., "Exploiting Symmetric Temporally Sparse BPTT for Efficient RNN Training" (2024); "mel40", the customary
   * 25 ms every 10 ms.
   *
   * @throws InvalidInputException if there is none, listing those there are
   */
  public static LogMelSettings preset(String name) {
    return PRESETS.stream().filter(preset -> preset.name.equals(name)).findFirst().orElseThrow(() -> new InvalidInputException(
        "features " + name + ": unknown, expected one of "
            + PRESETS.stream().map(LogMelSettings::name).collect(Collectors.joining(", "))));
  }

  private static void requireWord(String name, String setting, String value, String... allowed) {
    require(value != null && List.of(allowed).contains(value), name, setting, value, String.join(" or ", allowed));
  }

  private static void require(boolean valid, String name, String setting, Object value, String expected) {
    if (!valid) {
      throw new InvalidInputException("features %s: %s is %s, expected %s".formatted(name, setting, value, expected));
    }
  }

  /** As a model keeps it: one JSON object. */
  public String toJson() {
    try {
      return JSON.writeValueAsString(this);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * Settings from {@link #toJson}.
   *
   * @param source the file they come from, for messages
   * @throws InvalidInputException if they cannot be read
   */
  public static LogMelSettings fromJson(String json, String source) {
    try {
      LogMelSettings settings = JSON.readValue(json, LogMelSettings.class);
      if (settings == null) {
        throw new InvalidInputException(source + ": its front end is null; the file is damaged");
      }
      return settings;
    } catch (JsonProcessingException e) {
      throw new InvalidInputException(source + ": its front end cannot be read: " + e.getOriginalMessage() + "; the file is damaged", e);
    }
  }
}
