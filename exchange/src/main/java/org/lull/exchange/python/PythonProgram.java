// SPDX-License-Identifier: Apache-2.0
package org.lull.exchange.python;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.lull.Model;
import org.lull.exchange.python.PythonExport.Convention;
import org.lull.network.Head;
import org.lull.network.Mode;
import org.lull.network.NetworkPass;
import org.lull.network.NetworkSpec;
import org.lull.network.Normalisation;
import org.lull.network.Sequence;

/**
 * The program in Python: it reads the safetensors file, which needs no library, makes the layers of PyTorch or Keras, and compares their
 * outputs for one sequence with those that Lull has computed densely.
 *
 * @param file name of the safetensors file, in the same folder
 */
record PythonProgram(Model model, Convention convention, String file) {
  private static final int STEPS = 12;

  private static final String READ = """
      %s
      # %s
      # Needs %s. python3 %s compares it with what Lull computed.
      import json, os, struct
      import numpy as np
      %s

      raw = open(os.path.join(os.path.dirname(os.path.abspath(__file__)), %s), "rb").read()
      end = 8 + struct.unpack("<Q", raw[:8])[0]
      header = json.loads(raw[8:end])
      about = header.pop("__metadata__")
      weights = {name: np.frombuffer(raw[end:][slice(*t["data_offsets"])], "<f4").reshape(t["shape"]) for name, t in header.items()}
      norm = {name: np.float32(values) for name, values in json.loads(about["normalisation"]).items()}
      """;

  private static final String PYTORCH = """
      rnn = torch.nn.%s(%d, %d, %d, batch_first=True)
      head = torch.nn.Linear(%d, %d)
      torch.nn.ModuleDict({"rnn": rnn, "head": head}).load_state_dict({name: torch.tensor(w) for name, w in weights.items()})


      def outputs(features):  # [steps, %d] as the front end makes them; %s
          x = torch.from_numpy((features - norm["mean"]) / norm["deviation"])
          with torch.no_grad():
              h = rnn(x[None])[0][0]  # [steps, %d]
              return head(%s).numpy()
      """;

  private static final String KERAS = """
      layers = []
      for k in range(%d):
          layers.append(keras.layers.%s(%d, return_sequences=True))
          layers[k].build((None, None, %d if k == 0 else %d))
          layers[k].set_weights([weights[f"rnn_{k}/{name}"] for name in ("kernel", "recurrent_kernel", "bias")])


      def outputs(features):  # [steps, %d] as the front end makes them; %s
          h = ((features - norm["mean"]) / norm["deviation"])[None]
          for layer in layers:
              h = layer(h)
          h = np.asarray(keras.ops.convert_to_numpy(h))[0]  # [steps, %d]
          return %s @ weights["head/kernel"] + weights["head/bias"]
      """;

  private static final String CHECK = """


      if __name__ == "__main__":
          t, i = np.ogrid[:%d, :%d]
          x = norm["mean"] + norm["deviation"] * (((7 * t + 3 * i) %% 11 - 5) / 4).astype("float32")
          expected = %s
          difference = float(np.abs(np.ravel(outputs(x)%s) - expected).max())
          print("largest difference", difference)
          raise SystemExit(difference > 1e-4)
      """;

  String text() {
    NetworkSpec spec = model.spec();
    boolean torch = convention == Convention.PYTORCH;
    String read = READ.formatted(PythonExport.FIRST_LINE, comment(), torch ? "numpy and torch" : "numpy and keras 3", PythonExport.program(
        Path.of(file)).getFileName(), torch ? "import torch" : "import keras", quoted(file));
    String layers = torch ? PYTORCH.formatted(type(), spec.inputs(), spec.hidden(), spec.layers(), spec.hidden(), spec.outputs(),
        spec.inputs(), result(), spec.hidden(), head())
        : KERAS.formatted(spec.layers(), type(), spec.hidden(), spec.inputs(),
            spec.hidden(), spec.inputs(), result(), spec.hidden(), head());
    return read + layers + CHECK.formatted(STEPS, spec.inputs(), Arrays.toString(expected()), spec.head() == Head.FRAMES ? "[-1]" : "");
  }

  private static String quoted(String text) {
    return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }

  private String comment() {
    return model.mode() == Mode.DENSE ? "The weights of a dense network of Lull, as " + library() + " has them."
        : "The weights of a delta network of Lull. " + library() + " has no thresholds: this is the dense network of these weights.";
  }

  private String library() {
    return convention == Convention.PYTORCH ? "PyTorch" : "Keras";
  }

  private String type() {
    String kind = model.spec().cell().name().toUpperCase(Locale.ROOT);
    return kind.equals("RNN") && convention == Convention.KERAS ? "SimpleRNN" : kind;
  }

  private String result() {
    if (model.isRegression()) {
      return "gives numbers to multiply by the deviation in about[\"targets\"], and to add the mean to";
    }
    return model.spec().head() == Head.FRAMES ? "gives scores of each step, silence first" : "gives a score for each of about[\"labels\"]";
  }

  private String head() {
    return switch (model.spec().head()) {
      case MEAN -> "h.mean(0)";
      case LAST -> "h[-1]";
      case FRAMES -> "h";
    };
  }

  /** The outputs of the dense network; with the head on every frame, those of the last. */
  private float[] expected() {
    NetworkSpec spec = model.spec();
    Normalisation normalisation = model.normalisation();
    float[] mean = normalisation.mean();
    float[] deviation = normalisation.deviation();
    float[] frames = new float[STEPS * spec.inputs()];
    for (int t = 0; t < STEPS; t++) {
      for (int i = 0; i < spec.inputs(); i++) {
        frames[t * spec.inputs() + i] = mean[i] + deviation[i] * (((7 * t + 3 * i) % 11 - 5) / 4f);
      }
    }
    Sequence sequence = normalisation.sequence(frames, STEPS);
    NetworkPass pass = new NetworkPass(model.network(), Mode.DENSE);
    pass.forward(List.of(sequence));
    int row = spec.head() == Head.FRAMES ? STEPS - 1 : 0;
    return Arrays.copyOfRange(pass.logits(), row * pass.logitsStride(), row * pass.logitsStride() + spec.outputs());
  }
}
