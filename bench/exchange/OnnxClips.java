// SPDX-License-Identifier: Apache-2.0

import org.lull.*;
import org.lull.exchange.onnx.*;
import org.lull.exchange.onnx.OnnxExport.Form;
import org.lull.experiments.run.RunDirectory;
import org.lull.network.*;
import org.lull.speech.*;
import org.lull.train.*;

/**
 * Compares exported files in ONNX Runtime with Lull, on the test clips of a corpus: java ... OnnxClips.java RUN CORPUS CLIPS. See
 * docs/export.md. In batches of 50 clips of different lengths, and step by step.
 */
void main(String[] args) {
  Model model = Model.load(RunDirectory.modelIn(Path.of(args[0])));
  LogMelSettings frontEnd = LogMelSettings.fromJson(model.frontEnd(), args[0]);
  Dataset data = Datasets.load(Corpora.open(Path.of(args[1])), frontEnd, null, 2, Progress.SILENT);
  List<float[][]> clips = data.test().stream().limit(Integer.parseInt(args[2])).map(example -> frames(example)).toList();
  // clips of a corpus have one length: end them earlier, each at another frame
  List<float[][]> cut = IntStream.range(0, clips.size())
      .mapToObj(i -> Arrays.copyOf(clips.get(i), Math.max(1, clips.get(i).length - 7 * i % 40))).toList();
  OnnxRuntime runtime = OnnxRuntime.onClassPath().orElseThrow(() -> new IllegalStateException("put ONNX Runtime on the class path"));
  for (boolean dense : model.mode() == Mode.DELTA ? new boolean[] {true, false} : new boolean[] {true}) {
    for (Form form : Form.values()) {
      try (OnnxRuntime.Session session = runtime.open(OnnxExport.bytes(model, dense, form))) {
        List<Double> differences = new ArrayList<>();
        for (int at = 0; at < cut.size(); at += 50) {
          differences.addAll(OnnxCheck.of(session, model, dense, form, cut.subList(at, Math.min(cut.size(), at + 50))).differences());
        }
        String what = (dense ? "dense, " : "delta, ") + form.name().toLowerCase(Locale.ROOT);
        print(what, differences);
        if (!dense && form == Form.SEQUENCE) {
          List<float[]> actual = OnnxCheck.scores(session, model, false, form, cut);
          print(what + ", beside Lull's form with all references", IntStream.range(0, cut.size())
              .mapToObj(i -> difference(actual.get(i), scores(model, cut.get(i), Execution.DENSE))).toList());
        }
      }
    }
  }
  if (model.mode() == Mode.DELTA) { // of the same delta network: from deltas, and from all references as the file does
    print("delta, Lull's own two forms", cut.stream().map(clip -> difference(scores(model, clip, Execution.SPARSE),
        scores(model, clip, Execution.DENSE))).toList());
  }
}

static void print(String what, List<Double> differences) {
  double[] sorted = differences.stream().mapToDouble(d -> d).sorted().toArray();
  IO.println("%s: %d clips, largest difference %.1e, median %.1e, above 1e-5 in %d, above 1e-4 in %d".formatted(what, sorted.length,
      sorted[sorted.length - 1], sorted[sorted.length / 2], Arrays.stream(sorted).filter(d -> d > 1e-5).count(),
      Arrays.stream(sorted).filter(d -> d > 1e-4).count()));
}

static float[] scores(Model model, float[][] clip, Execution execution) {
  float[] flat = new float[clip.length * clip[0].length];
  for (int t = 0; t < clip.length; t++) {
    System.arraycopy(clip[t], 0, flat, t * clip[0].length, clip[0].length);
  }
  NetworkPass pass = new NetworkPass(model.network(), Mode.DELTA);
  pass.forward(List.of(model.normalisation().sequence(flat, clip.length)), execution);
  return Targets.scores(pass, model.spec());
}

static double difference(float[] a, float[] b) {
  return IntStream.range(0, a.length).mapToDouble(k -> Math.abs((double) a[k] - b[k])).max().orElseThrow();
}

static float[][] frames(Example example) {
  float[][] frames = new float[example.steps()][];
  for (int t = 0; t < frames.length; t++) {
    frames[t] = Arrays.copyOfRange(example.frames(), t * example.channels(), (t + 1) * example.channels());
  }
  return frames;
}
