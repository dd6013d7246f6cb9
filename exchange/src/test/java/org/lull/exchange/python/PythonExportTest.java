// SPDX-License-Identifier: Apache-2.0
package org.lull.exchange.python;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lull.Model;
import org.lull.exchange.ImportOptions;
import org.lull.exchange.ImportedModel;
import org.lull.exchange.Verification;
import org.lull.exchange.onnx.TestModels;
import org.lull.exchange.python.PythonExport.Convention;
import org.lull.exchange.read.ModelImport;
import org.lull.input.InvalidInputException;
import org.lull.io.Safetensors.Contents;
import org.lull.io.Safetensors;
import org.lull.io.StateDict;
import org.lull.network.Head;
import org.lull.network.Mode;
import org.lull.network.Network;

/** Weights for Python. bench/exchange/check-export.sh runs the programs in PyTorch and Keras. */
class PythonExportTest {
  @TempDir
  private Path dir;

  private Contents export(Model model, Convention convention) {
    Path file = dir.resolve("m.safetensors");
    PythonExport.write(file, model, convention);
    return Safetensors.read(file);
  }

  @Test
  void whatPyTorchGetsComesBack() {
    for (String cell : new String[] {"lstm", "gru", "rnn"}) {
      Model model = TestModels.model(cell, 2, Head.LAST, Mode.DENSE, false);
      export(model, Convention.PYTORCH);
      ImportedModel imported = ModelImport.read(dir.resolve("m.safetensors"), new ImportOptions(null, null, List.of(), "tanh"));
      Network back = imported.weights().network(Head.LAST);
      assertThat(back.parameters()).isEqualTo(model.network().parameters());
      assertThat(imported.description().labels()).isEqualTo(model.labels());
      assertThat(imported.description().normalisation()).isEqualTo(model.normalisation());
      assertThat(Verification.of(imported, back).largest()).isLessThan(1e-5);
    }
  }

  @Test
  void kerasHasItsOwnLayout() {
    Model model = TestModels.model("gru", 2, Head.MEAN, Mode.DENSE, false);
    Contents keras = export(model, Convention.KERAS);
    float[] ours = StateDict.of(model.network()).getFirst().data(); // weight_ih_l0, r z n, [15][3]
    float[] kernel = keras.tensor("rnn_0/kernel", 3, 15).data(); // z r h, transposed
    for (int i = 0; i < 3; i++) {
      for (int u = 0; u < 5; u++) {
        assertThat(kernel[i * 15 + u]).isEqualTo(ours[(5 + u) * 3 + i]);
        assertThat(kernel[i * 15 + 5 + u]).isEqualTo(ours[u * 3 + i]);
        assertThat(kernel[i * 15 + 10 + u]).isEqualTo(ours[(10 + u) * 3 + i]);
      }
    }
    assertThat(keras.tensor("rnn_1/bias", 2, 15).data()).hasSize(30);
    assertThat(keras.tensor("head/kernel", 5, 3).data()).hasSize(15);
    Contents lstm = export(TestModels.model("lstm", 1, Head.MEAN, Mode.DENSE, false), Convention.KERAS);
    assertThat(lstm.tensor("rnn_0/bias", 20).data()).hasSize(20);
  }

  @Test
  void theProgramNamesWhatItLoads() throws IOException {
    export(TestModels.model("rnn", 1, Head.FRAMES, Mode.DELTA, false), Convention.KERAS);
    String program = Files.readString(dir.resolve("m.py"));
    assertThat(program).startsWith(PythonExport.FIRST_LINE).contains("keras.layers.SimpleRNN(5", "m.safetensors",
        "Keras has no thresholds", "[-1]) - expected");
    assertThat(program.lines().count()).isLessThan(50);
    assertThat(PythonExport.wrote(dir.resolve("m.safetensors"))).isTrue();
    Files.writeString(dir.resolve("m.py"), "mine");
    assertThat(PythonExport.wrote(dir.resolve("m.safetensors"))).isFalse();
  }

  @Test
  void cellsThatOthersDoNotHaveAreRefused() {
    for (String cell : new String[] {"peephole", "mingru", "indrnn", "lnlstm"}) {
      Model model = TestModels.model(cell, 1, Head.MEAN, Mode.DENSE, false);
      assertThatThrownBy(() -> PythonExport.write(dir.resolve("a.safetensors"), model, Convention.PYTORCH))
          .isInstanceOf(InvalidInputException.class).hasMessageContaining("PyTorch");
      assertThat(dir.resolve("a.safetensors")).doesNotExist();
      assertThat(dir.resolve("a.py")).doesNotExist();
    }
  }
}
