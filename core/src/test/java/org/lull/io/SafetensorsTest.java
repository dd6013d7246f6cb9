// SPDX-License-Identifier: Apache-2.0
package org.lull.io;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.lull.input.InvalidInputException;
import org.lull.io.Safetensors.Tensor;

class SafetensorsTest {
  @TempDir
  Path folder;

  /** The bytes of a file with this header, not padded, and this much data. */
  private static byte[] bytes(String header, byte... data) {
    byte[] json = header.getBytes(UTF_8);
    ByteBuffer bytes = ByteBuffer.allocate(8 + json.length + data.length).order(ByteOrder.LITTLE_ENDIAN);
    return bytes.putLong(json.length).put(json).put(data).array();
  }

  private Safetensors.Contents read(byte[] bytes) throws IOException {
    return Safetensors.read(Files.write(folder.resolve("model.safetensors"), bytes));
  }

  @Test
  void writesTheBytesOfTheFormat() throws IOException {
    Path file = folder.resolve("model.safetensors");
    Safetensors.write(
        file,
        List.of(new Tensor("b", new int[] {2, 1}, new float[] {1, -2}), new Tensor("a", new int[] {}, new float[] {0.5f})),
        Map.of("z", "é\n", "k", "v"));
    String header = "{\"__metadata__\":{\"k\":\"v\",\"z\":\"é\\n\"},\"b\":{\"dtype\":\"F32\",\"shape\":[2,1],\"data_offsets\":[0,8]},"
        + "\"a\":{\"dtype\":\"F32\",\"shape\":[],\"data_offsets\":[8,12]}}       ";
    byte[] data = {0, 0, (byte) 0x80, 0x3f, 0, 0, 0, (byte) 0xc0, 0, 0, 0, 0x3f};
    assertThat(Files.readAllBytes(file)).isEqualTo(bytes(header, data));
    assertThat(header.getBytes(UTF_8).length % 8).isZero();
  }

  /** The layout of the reference implementation's own test of saving numpy.zeros((2, 2)). */
  @Test
  void writesTheBytesOfTheReferenceImplementation() throws IOException {
    Path file = folder.resolve("model.safetensors");
    Safetensors.write(file, List.of(new Tensor("test", new int[] {2, 2}, new float[4])), Map.of());
    String expected = "@\0\0\0\0\0\0\0{\"test\":{\"dtype\":\"F32\",\"shape\":[2,2],\"data_offsets\":[0,16]}}    " + "\0".repeat(16);
    assertThat(Files.readAllBytes(file)).isEqualTo(expected.getBytes(ISO_8859_1));
  }

  private static int[] bits(float[] values) {
    return IntStream.range(0, values.length).map(i -> Float.floatToRawIntBits(values[i])).toArray();
  }

  @Test
  void whatIsWrittenIsReadBitForBit() {
    float[] many = new float[50_001]; // more than the buffers hold
    Random random = new Random(7);
    for (int i = 0; i < many.length; i++) {
      many[i] = random.nextFloat();
    }
    float[] odd = {Float.NaN, Float.NEGATIVE_INFINITY, -0.0f, Float.MIN_VALUE, Float.MAX_VALUE};
    List<Tensor> tensors = List.of(
        new Tensor("rnn.weight_ih_l0", new int[] {3, 16667}, many),
        new Tensor("second empty", new int[] {0, 4}, new float[0]),
        new Tensor("empty \" \\ ü", new int[] {0}, new float[0]),
        new Tensor("odd", new int[] {5}, odd));
    Map<String, String> metadata = Map.of("labels", "[\"yes\",\"no\"]", "", "empty key", "seed", "7");
    Path file = folder.resolve("model.safetensors");
    Safetensors.write(file, tensors, metadata);
    Safetensors.Contents contents = Safetensors.read(file);
    assertThat(contents.metadata()).isEqualTo(metadata);
    assertThat(contents.tensors().keySet()).containsExactly("rnn.weight_ih_l0", "second empty", "empty \" \\ ü", "odd");
    for (Tensor written : tensors) {
      float[] data = contents.tensor(written.name(), written.shape()).data();
      assertThat(bits(data)).as(written.name()).isEqualTo(bits(written.data()));
    }
  }

  @Test
  void theOrderOfTheMetadataDoesNotMatter() throws IOException {
    Map<String, String> forwards = new HashMap<>(4);
    Map<String, String> backwards = new HashMap<>(1024);
    for (int i = 0; i < 100; i++) {
      forwards.put("key" + i, "value");
      backwards.put("key" + (99 - i), "value");
    }
    Safetensors.write(folder.resolve("a"), List.of(), forwards);
    Safetensors.write(folder.resolve("b"), List.of(), backwards);
    assertThat(Files.readAllBytes(folder.resolve("a"))).isEqualTo(Files.readAllBytes(folder.resolve("b")));
  }

  @Test
  void readsAFileWithNothingInIt() throws IOException {
    assertThat(read(bytes("{}")).tensors()).isEmpty();
  }

  @Test
  void convertsTheOtherElementTypes() throws IOException {
    ByteBuffer data = ByteBuffer.allocate(24).order(ByteOrder.LITTLE_ENDIAN);
    data.putDouble(0.1).putDouble(-3).putShort((short) 0x3e00).putShort((short) 0xfc00).putShort((short) 0x3fc0).putShort((short) 0xff80);
    Safetensors.Contents contents = read(bytes(
        """
        {"bf16":{"dtype":"BF16","shape":[2],"data_offsets":[20,24]},
         "f16":{"dtype":"F16","shape":[2],"data_offsets":[16,20]},
         "f64":{"dtype":"F64","shape":[1,2],"data_offsets":[0,16],"unknown fields":"are ignored"}}""",
        data.array()));
    assertThat(contents.tensors().keySet()).containsExactly("f64", "f16", "bf16");
    assertThat(contents.tensor("f64", 1, 2).data()).containsExactly(0.1f, -3);
    assertThat(contents.tensor("f16", 2).data()).containsExactly(1.5f, Float.NEGATIVE_INFINITY);
    assertThat(contents.tensor("bf16", 2).data()).containsExactly(1.5f, Float.NEGATIVE_INFINITY);
  }

  @Test
  void anExpectedTensorIsThereInItsShapeOrNamed() throws IOException {
    Safetensors.Contents contents = read(bytes(tensor("F32", "[1,2]", "[0,8]"), new byte[8]));
    assertThat(contents.tensor("w", 1, 2).data()).hasSize(2);
    assertThatThrownBy(() -> contents.tensor("w", 2, 1))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("model.safetensors: tensor \"w\" has the shape [1, 2], expected [2, 1]");
    assertThatThrownBy(() -> contents.tensor("v", 2, 1))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("model.safetensors: there is no tensor \"v\" among its 1");
  }

  private static String tensor(String dtype, String shape, String offsets) {
    return "{\"w\":{\"dtype\":\"" + dtype + "\",\"shape\":" + shape + ",\"data_offsets\":" + offsets + "}}";
  }

  private static String twoTensors(String first, String second) {
    return "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":" + first + "},"
        + "\"b\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":" + second + "}}";
  }

  private static byte[] withLength(long length) {
    return ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN).putLong(length).put("{}      ".getBytes(UTF_8)).array();
  }

  static Stream<Arguments> badFiles() {
    String good = tensor("F32", "[2]", "[0,8]");
    return Stream.of(
        arguments("empty", new byte[0], "it has 0 bytes, expected 8"),
        arguments("shorter than a length", new byte[7], "it has 7 bytes, expected 8"),
        arguments("only a length", new byte[8], "the length of its header is 0, expected 2 to 100000000"),
        arguments("header length 1", withLength(1), "the length of its header is 1,"),
        arguments("header beyond the limit", withLength(100_000_001), "the length of its header is 100000001,"),
        arguments("header beyond memory", withLength(Long.MAX_VALUE), "the length of its header is 9223372036854775807,"),
        arguments("negative header length", withLength(-1), "the length of its header is 18446744073709551615,"),
        arguments("header beyond the file", withLength(9), "its header of 9 bytes is cut short: the file has 16"),
        arguments("not JSON", bytes("RIFF----WAVEfmt "), "its header begins with byte 0x52, expected {"),
        arguments("an array", bytes("[1,2]"), "its header begins with byte 0x5b, expected {"),
        arguments("leading space", bytes(" {}"), "its header begins with byte 0x20, expected {"),
        arguments("a broken object", bytes("{\"w\":}"), "its header is not valid JSON near character"),
        arguments("an unfinished object", bytes("{\"w\":{"), "its header is not valid JSON near character"),
        arguments("two objects", bytes("{}{}"), "its header is not valid JSON near character"),
        arguments("not UTF-8", "\4\0\0\0\0\0\0\0{\"\377\"".getBytes(ISO_8859_1), "its header is not UTF-8"),
        arguments("UTF-16", "\4\0\0\0\0\0\0\0{\0}\0".getBytes(ISO_8859_1), "its header is not valid JSON"),
        arguments("deeply nested", bytes("{\"w\":" + "[".repeat(100_000)), "its header is not valid JSON near character"),
        arguments("endless number", bytes("{\"w\":" + "9".repeat(100_000) + "}"), "its header is not valid JSON near character"),
        arguments("duplicate tensor", bytes("{\"w\":1,\"w\":2}"), "'w'"),
        arguments("duplicate metadata", bytes("{\"__metadata__\":{\"k\":\"a\",\"k\":\"b\"}}"), "'k'"),
        arguments("metadata no object", bytes("{\"__metadata__\":\"x\"}"), "__metadata__ is \"x\", expected an object of strings"),
        arguments("metadata null", bytes("{\"__metadata__\":null}"), "__metadata__ is null, expected an object of strings"),
        arguments("metadata number", bytes("{\"__metadata__\":{\"k\":1}}"), "metadata \"k\" is 1, expected a string"),
        arguments("tensor no object", bytes("{\"w\":[1]}"), "tensor \"w\" is [1], expected an object"),
        arguments("name with a line break", bytes("{\"w\\nv\":[1]}"), "tensor \"w v\" is [1]"),
        arguments("name without end", bytes("{\"" + "w".repeat(10_000) + "\":[1]}"), "www...\" is [1]"),
        arguments("no dtype", bytes("{\"w\":{\"shape\":[],\"data_offsets\":[0,4]}}"), "tensor \"w\" has no dtype"),
        arguments("no shape", bytes("{\"w\":{\"dtype\":\"F32\",\"data_offsets\":[0,4]}}"), "tensor \"w\" has no shape"),
        arguments("no data_offsets", bytes("{\"w\":{\"dtype\":\"F32\",\"shape\":[]}}"), "tensor \"w\" has no data_offsets"),
        arguments("dtype of integers", bytes(tensor("I64", "[1]", "[0,8]"), new byte[8]),
            "has dtype \"I64\", expected F32, F64, F16 or BF16"),
        arguments("dtype in lower case", bytes(tensor("f32", "[1]", "[0,4]"), new byte[4]), "has dtype \"f32\", expected"),
        arguments("dtype no string", bytes("{\"w\":{\"dtype\":32,\"shape\":[],\"data_offsets\":[0,4]}}"), "has dtype 32, expected"),
        arguments("shape no list", bytes(tensor("F32", "2", "[0,8]"), new byte[8]), "has the shape 2, expected a list"),
        arguments("negative shape", bytes(tensor("F32", "[-1,-2]", "[0,8]"), new byte[8]), "has the shape [-1,-2], expected a list"),
        arguments("fractional shape", bytes(tensor("F32", "[2.0]", "[0,8]"), new byte[8]), "has the shape [2.0], expected a list"),
        arguments("shape of strings", bytes(tensor("F32", "[\"2\"]", "[0,8]"), new byte[8]), "has the shape [\"2\"], expected a list"),
        arguments("shape beyond int", bytes(tensor("F32", "[4294967298]", "[0,8]"), new byte[8]), "has the shape [4294967298], expected"),
        arguments("shape beyond long", bytes(tensor("F32", "[18446744073709551618]", "[0,8]"), new byte[8]),
            "has the shape [18446744073709551618]"),
        arguments("overflowing product", bytes(tensor("F32", "[2147483647,2147483647,5]", "[0,8]"), new byte[8]),
            "more than any file can hold"),
        arguments("overflowing bytes", bytes(tensor("F64", "[2147483647,2147483647]", "[0,8]"), new byte[8]),
            "more than any file can hold"),
        arguments("product that wraps to 2", bytes(tensor("F32", "[65536,65536,65536,65536]", "[0,0]")), "more than any file can hold"),
        arguments("offsets no list", bytes(tensor("F32", "[2]", "8"), new byte[8]), "has data_offsets 8, expected [begin, end]"),
        arguments("one offset", bytes(tensor("F32", "[2]", "[8]"), new byte[8]), "has data_offsets [8], expected [begin, end]"),
        arguments("three offsets", bytes(tensor("F32", "[2]", "[0,4,8]"), new byte[8]), "has data_offsets [0,4,8], expected"),
        arguments("offsets reversed", bytes(tensor("F32", "[2]", "[8,0]"), new byte[8]), "has data_offsets [8,0], expected"),
        arguments("negative offset", bytes(tensor("F32", "[2]", "[-8,0]"), new byte[8]), "has data_offsets [-8,0], expected"),
        arguments("fractional offset", bytes(tensor("F32", "[2]", "[0,8.5]"), new byte[8]), "has data_offsets [0,8.5], expected"),
        arguments("huge offset", bytes(tensor("F32", "[2]", "[0,99999999999999999999]"), new byte[8]),
            "has data_offsets [0,99999999999999999999]"),
        arguments("bytes unlike the shape", bytes(tensor("F32", "[3]", "[0,8]"), new byte[8]),
            "which hold 8 bytes, but F32 of shape [3] takes 12"),
        arguments("bytes unlike the type", bytes(tensor("F64", "[2]", "[0,8]"), new byte[8]),
            "which hold 8 bytes, but F64 of shape [2] takes 16"),
        arguments("out of the file", bytes(tensor("F32", "[1000000000,1000]", "[0,4000000000000]"), new byte[8]),
            "ends at byte 4000000000000 of the data, but the file has only 8"),
        arguments("data cut short", bytes(good, new byte[7]), "tensor \"w\" ends at byte 8 of the data, but the file has only 7 bytes"),
        arguments("no data", bytes(good), "tensor \"w\" ends at byte 8 of the data, but the file has only 0 bytes"),
        arguments("trailing byte", bytes(good, new byte[9]), "1 bytes follow the last tensor"),
        arguments("data without tensors", bytes("{}", new byte[4]), "4 bytes follow the last tensor"),
        arguments("hole before", bytes(twoTensors("[4,8]", "[8,12]"), new byte[12]),
            "\"a\" begins at byte 4 of the data, leaving a hole: expected 0"),
        arguments("hole between", bytes(twoTensors("[8,12]", "[0,4]"), new byte[12]),
            "\"a\" begins at byte 8 of the data, leaving a hole: expected 4"),
        arguments("overlap", bytes(twoTensors("[2,6]", "[0,4]"), new byte[6]),
            "\"a\" begins at byte 2 of the data, inside the tensor before it"),
        arguments("same place", bytes(twoTensors("[0,4]", "[0,4]"), new byte[4]),
            "\"b\" begins at byte 0 of the data, inside the tensor before it"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("badFiles")
  void aBadFileIsOneClearLine(String name, byte[] bytes, String expected) {
    assertThatThrownBy(() -> read(bytes))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith(folder.resolve("model.safetensors") + " is not a usable safetensors file: ")
        .hasMessageContaining(expected)
        .hasMessageNotContainingAny("\n", "\r")
        .extracting(Throwable::getMessage, InstanceOfAssertFactories.STRING)
        .hasSizeLessThan(500);
  }

  /** Cutting a file anywhere must be noticed, whatever part it hits. */
  @Test
  void everyShorterPrefixIsRefused() throws IOException {
    Path file = folder.resolve("whole");
    Safetensors.write(file, List.of(new Tensor("w", new int[] {3}, new float[3])), Map.of("k", "v"));
    byte[] whole = Files.readAllBytes(file);
    for (int length = 0; length < whole.length; length++) {
      byte[] prefix = Arrays.copyOf(whole, length);
      assertThatThrownBy(() -> read(prefix)).as("%d bytes", length).isInstanceOf(InvalidInputException.class);
    }
  }

  @Test
  void saysWhatCannotBeOpened() {
    Path missing = folder.resolve("missing");
    assertThatThrownBy(() -> Safetensors.read(missing))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("cannot read " + missing + ": no such file or folder; check the path and its permissions");
    assertThatThrownBy(() -> Safetensors.read(folder))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("cannot read " + folder + ": it is not an ordinary file; give a .safetensors file");
  }

  @Test
  void refusesToWriteWhatItCouldNotRead() {
    Path file = folder.resolve("model.safetensors");
    Tensor tensor = new Tensor("w", new int[] {1}, new float[1]);
    assertThatThrownBy(() -> Safetensors.write(file, List.of(tensor, tensor), Map.of())).hasMessage("two tensors are called \"w\"");
    assertThatThrownBy(() -> Safetensors.write(file, List.of(), Map.of("k", "\ud800"))).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Tensor("w", new int[] {2, 2}, new float[3])).hasMessageContaining("3 values do not fill the shape [2, 2]");
    assertThatThrownBy(() -> new Tensor("__metadata__", new int[] {}, new float[1])).isInstanceOf(IllegalArgumentException.class);
    assertThat(file).doesNotExist();
  }

  @ParameterizedTest
  @ValueSource(strings = {"F32", "F64", "F16", "BF16"})
  void emptyTensorsOfEveryType(String dtype) throws IOException {
    assertThat(read(bytes(tensor(dtype, "[0,3]", "[0,0]"))).tensor("w", 0, 3).data()).isEmpty();
  }
}
