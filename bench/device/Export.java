// SPDX-License-Identifier: Apache-2.0
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.lull.Model;
import org.lull.accelerator.FixedClassifier;
import org.lull.device.CLibrary;
import org.lull.device.Learning;
import org.lull.speech.LogMel;
import org.lull.speech.LogMelSettings;
import org.lull.speech.Wav;
import org.lull.train.Example;

/** Writes a model that learns as C, and a recording as clip.h beside it: MODEL DIR CLIP.wav. */
public final class Export {
  private Export() {}

  public static void main(String[] args) throws Exception {
    Model model = Model.load(Path.of(args[0]));
    Path directory = Path.of(args[1]);
    LogMel frontEnd = new LogMel(LogMelSettings.fromJson(model.frontEnd(), args[0]));
    Example clip = frontEnd.example(Wav.read(Path.of(args[2])), args[2], 0);
    new CLibrary(model, Learning.FULL, Math.max(CLibrary.DEFAULT_STEPS, clip.steps())).write(directory);
    int inputs = clip.channels();
    StringBuilder text = new StringBuilder("static const int16_t clip[" + clip.steps() + "][" + inputs + "] = {\n");
    for (int t = 0; t < clip.steps(); t++) {
      text.append("  {");
      for (int k = 0; k < inputs; k++) {
        text.append(FixedClassifier.input(model.normalisation().normalised(k, clip.frames()[t * inputs + k]))).append(", ");
      }
      text.append("},\n");
    }
    Files.writeString(directory.resolve("clip.h"), text.append("};\n"));
    List<String> labels = model.labels();
    new PrintStream(System.out).println(labels.size() + " classes, " + clip.steps() + " frames");
  }
}
