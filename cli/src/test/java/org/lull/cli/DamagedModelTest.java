// SPDX-License-Identifier: Apache-2.0
package org.lull.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.lull.cli.Cli.lull;
import static org.lull.cli.Cli.train;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.lull.io.Safetensors;

/** Model files that are cut short, changed, or something else. */
class DamagedModelTest {
  @TempDir
  static Path shared;
  private static byte[] good;
  private static Path tones;

  @TempDir
  Path dir;
  private Path file;

  @BeforeAll
  static void trainOnce() {
    tones = TinyData.tones(shared.resolve("tones"));
    train(tones, shared.resolve("run"), "--delta").succeeds();
    good = TinyData.bytesOf(shared.resolve("run/model.safetensors"));
  }

  @BeforeEach
  void name() {
    file = dir.resolve("model.safetensors");
  }

  private void isRefused(byte... bytes) {
    TinyData.bytes(file, bytes);
    lull("info", file).isMistake(file.toString());
    lull("eval", "--model", file, "--data", tones, "--cache", shared.resolve("cache")).isMistake(file.toString());
  }

  private static ObjectNode header() {
    int length = ByteBuffer.wrap(good).order(ByteOrder.LITTLE_ENDIAN).getInt();
    return (ObjectNode) Cli.parse(new String(good, 8, length, StandardCharsets.UTF_8));
  }

  /** The good file with another header. */
  private static byte[] with(JsonNode header) {
    byte[] text = header.toString().getBytes(StandardCharsets.UTF_8);
    int length = ByteBuffer.wrap(good).order(ByteOrder.LITTLE_ENDIAN).getInt();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.writeBytes(ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(text.length).array());
    bytes.writeBytes(text);
    bytes.write(good, 8 + length, good.length - 8 - length);
    return bytes.toByteArray();
  }

  /** The good file with one entry of its metadata changed. */
  private static byte[] with(String key, String value) {
    ObjectNode header = header();
    ((ObjectNode) header.get("__metadata__")).put(key, value);
    return with(header);
  }

  private static String metadata(String key) {
    return header().get("__metadata__").get(key).textValue();
  }

  @Test
  void filesOfOtherFormatsAreNamed() {
    Map<String, String> names = Map.of("PK\u0003\u0004", "a ZIP archive", "\u0089HDF\r\n\u001a\n", "HDF5",
        "\u0008\u0007\u0012\u0007pytorch", "ONNX", "GGUF\u0003", "GGUF", "\u001c\0\0\0TFL3", "TensorFlow Lite",
        "\u0080\u0004\u0095", "pickle", "\u0093NUMPY\u0001", "NumPy", "RIFF\0\0\0\0WAVEfmt", "a WAV file; give a model", "fLaC", "FLAC",
        "lull-log-1\n", "model.safetensors");
    names.forEach((begin, name) -> {
      TinyData.bytes(file, Arrays.copyOf(begin.getBytes(StandardCharsets.ISO_8859_1), 1000));
      lull("info", file).isMistake(file.toString(), name);
      lull("eval", "--model", file, "--data", tones).isMistake(name);
      lull("serve", "--model", file, "--state", dir.resolve("state")).isMistake(name);
      lull("learn", "--model", file, "--data", tones, "--classes", "low", "--run", dir.resolve("more")).isMistake(name);
    });
  }

  @Test
  void safetensorsOfOthersAreNamed() {
    ObjectNode header = header();
    ((ObjectNode) header.get("__metadata__")).removeAll().put("format", "pt");
    TinyData.bytes(file, with(header));
    lull("info", file).isMistake("a recurrent layer of PyTorch (weight_ih_l0)", "lull import " + file);
    header.remove("__metadata__");
    TinyData.bytes(file, with(header));
    lull("info", file).isMistake("a recurrent layer of PyTorch (weight_ih_l0)", "lull import " + file);
    for (String name : List.of("lstm.weight_ih_l0", "encoder.rnn.weight_hh_l1_reverse")) {
      Safetensors.write(file, List.of(new Safetensors.Tensor(name, new int[] {1}, new float[1])), Map.of());
      lull("info", file).isMistake("a recurrent layer of PyTorch (" + name + ")");
    }
    Map.of("pt", "of PyTorch", "tf", "of TensorFlow", "mlx", "of MLX", "x", "its metadata does not say").forEach((format, name) -> {
      Safetensors.write(file, List.of(new Safetensors.Tensor("w", new int[] {1}, new float[1])), Map.of("format", format));
      lull("info", file).isMistake(name, "lull import " + file);
    });
  }

  @Test
  void theGoodOneIsRead() {
    TinyData.bytes(file, with(header()));
    lull("info", file, "--json").succeeds();
    lull("eval", "--model", file, "--data", tones, "--cache", shared.resolve("cache")).succeeds();
  }

  @Test
  void cutShortAnywhere() {
    for (int length = 0; length < good.length; length += 1 + length / 3) {
      isRefused(Arrays.copyOf(good, length));
    }
    isRefused(Arrays.copyOf(good, good.length - 1));
    isRefused(Arrays.copyOf(good, good.length + 1));
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1, -1, Long.MAX_VALUE, Long.MIN_VALUE, 100_000_001, 99_000_000, Integer.MAX_VALUE})
  void aHeaderOfAnImpossibleLength(long length) {
    byte[] bytes = good.clone();
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putLong(length);
    isRefused(bytes);
  }

  @Test
  void anotherKindOfFile() {
    isRefused("this is no model".getBytes(StandardCharsets.UTF_8));
    isRefused(new byte[4096]);
    isRefused(TinyData.bytesOf(tones.resolve("low/clip1.wav")));
    ObjectNode header = header();
    header.remove("__metadata__");
    isRefused(with(header));
    lull("info", tones.resolve("low/clip1.wav")).isMistake(tones.resolve("low/clip1.wav").toString());
  }

  @Test
  void tensorsThatAreMissingOrOfAnotherShape() {
    ObjectNode swapped = header();
    JsonNode first = swapped.get("weight_ih_l0");
    swapped.set("weight_ih_l0", swapped.get("weight_hh_l0"));
    swapped.set("weight_hh_l0", first);
    isRefused(with(swapped));

    ObjectNode renamed = header();
    renamed.set("another", renamed.remove("head.bias"));
    isRefused(with(renamed));
  }

  @Test
  void aWeightThatIsNotFinite() {
    byte[] bytes = good.clone();
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putFloat(good.length - 400, Float.NaN);
    isRefused(bytes);
  }

  @ParameterizedTest
  @ValueSource(strings = {"format", "architecture", "thresholds", "labels", "normalisation", "provenance"})
  void metadataThatIsMissingOrNonsense(String key) {
    ObjectNode header = header();
    ((ObjectNode) header.get("__metadata__")).remove(key);
    isRefused(with(header));
    for (String value : List.of("", "null", "[]", "{}", "[null]", "17", "\"text\"", "{\"x\": null}", metadata(key).substring(1))) {
      isRefused(with(key, value));
    }
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
      "\"lstm\" | \"transformer\"", "\"lstm\" | null", "\"lstm\" | \"gru\"", "\"inputs\":16 | \"inputs\":17", "\"layers\":2 | \"layers\":0",
      "\"layers\":2 | \"layers\":1", "\"layers\":2 | \"layers\":16000", "\"hidden\":8 | \"hidden\":-8", "\"hidden\":8 | \"hidden\":16384",
      "\"hidden\":8 | \"hidden\":null", "\"hidden\":8 | \"hidden\":99999999999", "\"outputs\":3 | \"outputs\":4", "\"mean\" | \"frames\"",
      "\"mean\" | \"median\"", "\"delta\" | \"sparse\"", "\"delta\" | null"})
  void anArchitectureThatCannotBe(String was, String is) {
    String architecture = metadata("architecture");
    assertThat(architecture).contains(was);
    isRefused(with("architecture", architecture.replace(was, is)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"[{\"x\":[0.2],\"h\":[-0.2]},{\"x\":[0.2],\"h\":[0.2]}]",
      "[{\"x\":[0.2],\"h\":[\"NaN\"]},{\"x\":[0.2],\"h\":[0.2]}]",
      "[{\"x\":[0.2,0.3],\"h\":[0.2]},{\"x\":[0.2],\"h\":[0.2]}]", "[{\"x\":[],\"h\":[0.2]},{\"x\":[0.2],\"h\":[0.2]}]",
      "[{\"x\":null,\"h\":[0.2]},{\"x\":[0.2],\"h\":[0.2]}]", "[null,null]", "[{\"x\":[0.2],\"h\":[0.2]}]"})
  void thresholdsThatCannotBe(String thresholds) {
    isRefused(with("thresholds", thresholds));
  }

  @Test
  void statisticsThatCannotBe() {
    String statistics = metadata("normalisation");
    isRefused(with("normalisation", statistics.replaceFirst("\"mean\":\\[[^]]*]", "\"mean\":null")));
    isRefused(with("normalisation", statistics.replaceFirst("\"mean\":\\[[^,]*,", "\"mean\":[")));
    isRefused(with("normalisation", statistics.replaceFirst("\"deviation\":\\[[^,]*,", "\"deviation\":[0,")));
    isRefused(with("normalisation", statistics.replaceFirst("\"deviation\":\\[[^,]*,", "\"deviation\":[\"NaN\",")));
  }

  @Test
  void labelsThatCannotBe() {
    isRefused(with("labels", "[\"low\",\"middle\"]"));
    isRefused(with("labels", "[\"low\",\"middle\",null]"));
    isRefused(with("labels", "[\"low\",\"middle\",\"low\"]"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"null", "{}", "[", "17", "{\"name\":\"mel16\"}"})
  void aFrontEndThatCannotBe(String features) {
    TinyData.bytes(file, with("features", features));
    lull("eval", "--model", file, "--data", tones, "--no-cache").isMistake(file.toString());
  }

  @Test
  void aFrontEndOfAnotherNumberOfFilters() {
    String features = metadata("features");
    assertThat(features).contains("\"filters\":16");
    TinyData.bytes(file, with("features", features.replace("\"filters\":16", "\"filters\":12")));
    lull("eval", "--model", file, "--data", tones, "--no-cache").isMistake(file.toString(), "12", "16");
  }
}
