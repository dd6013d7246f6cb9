// SPDX-License-Identifier: Apache-2.0
package org.lull.exchange.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.lull.Model;
import org.lull.exchange.onnx.OnnxExport.Form;
import org.lull.network.Head;
import org.lull.network.Mode;
import org.lull.rnn.Cell;
import org.lull.rnn.Cells;

/** Exported files in ONNX Runtime, of all cells, heads and forms; with the profile exchange only. */
class OnnxRuntimeTest {
  private static Optional<OnnxRuntime> runtime;

  @BeforeAll
  static void find() {
    runtime = OnnxRuntime.onClassPath();
  }

  record Case(String cell, Head head, Mode mode, boolean dense, Form form, int layers) {}

  static Stream<Case> cases() {
    List<Case> cases = new ArrayList<>();
    for (Cell cell : Cells.ALL) {
      for (Head head : Head.values()) {
        for (Form form : Form.values()) {
          int layers = 1 + cases.size() % 3;
          cases.add(new Case(cell.name(), head, Mode.DENSE, false, form, layers));
          cases.add(new Case(cell.name(), head, Mode.DELTA, false, form, layers));
          cases.add(new Case(cell.name(), head, Mode.DELTA, true, form, layers));
        }
      }
    }
    return cases.stream();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void theFileComputesWhatTheModelDoes(Case of) {
    assumeTrue(runtime.isPresent(), "ONNX Runtime is not on the class path");
    Model model = TestModels.model(of.cell, of.layers, of.head, of.mode, false);
    OnnxCheck check = check(model, of.dense, of.form);
    assertThat(check.largest()).isLessThan(1e-5);
    assertThat(check.differences()).hasSize(4);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void regression(Case of) {
    assumeTrue(runtime.isPresent(), "ONNX Runtime is not on the class path");
    if (of.head != Head.FRAMES && of.cell.equals("lstm")) {
      assertThat(check(TestModels.model(of.cell, of.layers, of.head, of.mode, true), of.dense, of.form).largest()).isLessThan(1e-3);
    }
  }

  private static OnnxCheck check(Model model, boolean dense, Form form) {
    try (OnnxRuntime.Session session = runtime.orElseThrow().open(OnnxExport.bytes(model, dense, form))) {
      return OnnxCheck.of(session, model, dense, form);
    }
  }
}
