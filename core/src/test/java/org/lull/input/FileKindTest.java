// SPDX-License-Identifier: Apache-2.0
package org.lull.input;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.lull.input.FileKind.Content;

class FileKindTest {
  private static FileKind of(String begin) {
    return FileKind.of(Arrays.copyOf(begin.getBytes(ISO_8859_1), 600)).orElseThrow();
  }

  /** A ZIP archive whose first file has this name. */
  private static String zip(String first) {
    return "PK\u0003\u0004\u0014\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0" + (char) first.length() + "\0\0\0" + first + "content";
  }

  @ParameterizedTest
  @CsvSource({"archive/data.pkl, a PyTorch file", "model/version, a PyTorch file", "x/.format_version, a PyTorch file",
      "lstm/byteorder, a PyTorch file", "m/code/__torch__.py, a PyTorch file", "metadata.json, a Keras file", "config.json, a Keras file",
      "arr_0.npy, NumPy arrays", "weights/w.npy, NumPy arrays", "clip.wav, a ZIP archive", "data.pkl.txt, a ZIP archive"})
  void archivesAreToldByTheirFirstFile(String first, String name) {
    assertThat(of(zip(first)).name()).startsWith(name);
  }

  @Test
  void archivesThatAreCutOffAreArchives() {
    String whole = zip("archive/data.pkl");
    for (int length = 4; length < whole.length(); length++) {
      assertThat(FileKind.of(whole.substring(0, length).getBytes(ISO_8859_1)).orElseThrow().name()).contains("ZIP archive");
    }
    assertThat(of("PK\u0003\u0004").name()).isEqualTo("a ZIP archive");
  }

  @Test
  void modelsOfOthersAreNamed() {
    assertThat(of("\u0089HDF\r\n\u001a\n").name()).contains("HDF5");
    assertThat(of("\u0008\u0007\u0012\u0007pytorch").name()).contains("ONNX");
    assertThat(of("\u0008\n\u0012\u0004onnx").name()).contains("ONNX");
    assertThat(of("\u0008\u0008\u003a\u0080\u0001").name()).contains("ONNX");
    assertThat(of("\u0008\u0001\u0012\u0091\u0005").name()).contains("SavedModel");
    assertThat(of("\u001c\0\0\0TFL3").name()).contains("TensorFlow Lite");
    assertThat(of("GGUF\u0003\0\0\0").name()).contains("GGUF");
    assertThat(of("\u0080\u0004\u0095").name()).contains("pickle");
    assertThat(of("\u0080\u0002}q\0").name()).isEqualTo("a Python pickle");
    assertThat(of("\u0080\u0002\u008a\nl\u00fc\u009cF\u00f9 j\u00a8P\u0019.").name()).contains("PyTorch", "pickle");
    assertThat(of("\u0093NUMPY\u0001\0").name()).contains(".npy");
    assertThat(of("\u0040\0\0\0\0\0\0\0{\"w\":").name()).contains("safetensors");
    assertThat(of(" ".repeat(257) + "ustar").name()).contains("tar archive");
    assertThat(of("lull-log-1\n").advice()).contains("model.safetensors");
    assertThat(of("version https://git-lfs.github.com/spec/v1").advice()).contains("git lfs pull");
    assertThat(of("GGUF").content()).isEqualTo(Content.MODEL);
    assertThat(of("fLaC").content()).isEqualTo(Content.SOUND);
  }

  @Test
  void whatIsNotKnownIsNotNamed() {
    for (String other : new String[] {"", "P", "PK", "some text that means nothing", "\0\0\0\0\0\0\0\0\0\0", "\u0008", "\u0008\u0007",
        "\u0008\u0000\u0012\u0007", "\u0080\u0009"}) {
      assertThat(FileKind.of(other.getBytes(ISO_8859_1))).as(other).isEmpty();
    }
  }
}
