// SPDX-License-Identifier: Apache-2.0
package org.lull.speech;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.lull.input.InvalidInputException;

class LogMelSettingsTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @ParameterizedTest
  @MethodSource("org.lull.speech.LogMelSettings#presets")
  void surviveJsonAsFlatFields(LogMelSettings settings) throws JsonProcessingException {
    JsonNode json = JSON.valueToTree(settings);
    assertThat(json.properties())
        .hasSize(LogMelSettings.class.getRecordComponents().length)
        .allMatch(field -> field.getValue().isValueNode());
    assertThat(JSON.readValue(json.toString(), LogMelSettings.class)).isEqualTo(settings);
  }

  @Test
  void presetsAreFoundByNameAndTheDefaultIsFirst() {
    assertThat(LogMelSettings.presets()).extracting(LogMelSettings::name).containsExactly("mel16", "reference16", "mel40");
    assertThat(LogMelSettings.presets()).allSatisfy(preset -> assertThat(LogMelSettings.preset(preset.name())).isSameAs(preset));
  }

  @Test
  void anUnknownNameIsToldThePresets() {
    assertThatThrownBy(() -> LogMelSettings.preset("mel80"))
        .isInstanceOf(InvalidInputException.class).hasMessage("features mel80: unknown, expected one of mel16, reference16, mel40");
  }

  @Test
  void theReferenceHasItsFramesPerSecond() {
    assertThat(new LogMel(LogMelSettings.preset("reference16")).frameCount(16_000)).isEqualTo(61);
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
      "sampleRate  | 0           | sampleRate is 0, expected a positive number of Hz",
      "frameLength | -1          | frameLength is -1, expected a positive number of samples",
      "hop         | 0           | hop is 0, expected 1 to the frame length 512",
      "hop         | 513         | hop is 513, expected 1 to the frame length 512",
      "window      | \"kaiser\"  | window is kaiser, expected hamming or hann",
      "window      | null        | window is null, expected hamming or hann",
      "fftSize     | 1000        | fftSize is 1000, expected a power of two from the frame length 512 to 4096",
      "fftSize     | 256         | fftSize is 256, expected a power of two",
      "fftSize     | 8192        | fftSize is 8192, expected a power of two",
      "fftSize     | -2147483648 | fftSize is -2147483648, expected a power of two",
      "filters     | 0           | filters is 0, expected 1 or more",
      "lowHz       | -1          | lowHz is -1.0, expected 0 or more",
      "lowHz       | \"NaN\"     | lowHz is NaN, expected 0 or more",
      "lowHz       | 8000        | highHz is 8000.0, expected more than lowHz 8000.0",
      "highHz      | 8000.5      | highHz is 8000.5, expected more than lowHz 100.0 and at most half the sample rate 16000",
      "highHz      | \"NaN\"     | highHz is NaN, expected more than",
      "mel         | \"slaney\"  | mel is slaney, expected htk",
      "spectrum    | \"dB\"      | spectrum is dB, expected magnitude or power",
      "divisor     | 0           | divisor is 0.0, expected a positive number",
      "divisor     | \"Infinity\"| divisor is Infinity, expected a positive number",
      "log         | \"ln\"      | log is ln, expected 20log10 or 10log10",
      "floorDb     | \"-Infinity\"| floorDb is -Infinity, expected a number of dB",
      "statistics  | \"clip\"    | statistics is clip, expected channel or global",
      "name        | \" \"       | features: name is missing"
  })
  void aWrongSettingIsNamedWithItsValueAndWhatWasExpected(String setting, String value, String message) throws JsonProcessingException {
    ObjectNode json = JSON.valueToTree(LogMelSettings.preset("mel16"));
    json.set(setting, JSON.readTree(value));
    assertThatThrownBy(() -> JSON.treeToValue(json, LogMelSettings.class))
        .rootCause().isInstanceOf(InvalidInputException.class).hasMessageContaining(message);
  }

  @Test
  void aFilterBetweenTwoBinsIsRefused() throws JsonProcessingException {
    ObjectNode json = JSON.valueToTree(LogMelSettings.preset("mel40"));
    LogMelSettings tooMany = JSON.treeToValue(json.put("filters", 200), LogMelSettings.class);
    assertThatThrownBy(() -> new LogMel(tooMany))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("features mel40: filter 3 of 200 (38.1-56.6 Hz) falls between the bins of fftSize 512");
  }
}
