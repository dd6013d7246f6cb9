// SPDX-License-Identifier: Apache-2.0
package org.lull.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.lull.cli.Cli.lull;
import static org.lull.cli.Cli.train;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lull.Model;
import org.lull.speech.Audio;
import org.lull.speech.Wav;

/** lull listen, lull mix and lull eval --ambient, with a model that was trained on clips and one that was trained on streams. */
class ListenCommandTest {
  @TempDir
  static Path shared;
  private static Path tones;
  private static Path clips;
  private static Path stream;
  private static Path hour;

  @TempDir
  Path dir;

  @BeforeAll
  static void trainOnce() {
    tones = TinyData.tones(shared.resolve("tones"));
    clips = shared.resolve("clips");
    stream = shared.resolve("stream");
    hour = shared.resolve("hour.wav");
    train(tones, clips, "--epochs", 8, "--threshold", "0.1", "--lr", 0.02, "--delta").succeeds();
    train(tones, stream, "--task", "stream", "--classes", "high,low", "--epochs", 20, "--threshold", "0.1", "--lr", 0.02, "--batch", 4,
        "--delta", "--snr", "20:30", "--noise", "white").succeeds();
    mix(hour).succeeds();
  }

  private static Cli mix(Path out, Object... more) {
    List<Object> args = new ArrayList<>(List.of("mix", "--data", tones, "--classes", "high,low", "--split", "train", "--minutes", 2,
        "--share", 0.5, "--snr", "20:30", "--noise", "white", "--out", out));
    args.addAll(List.of(more));
    return lull(args.toArray());
  }

  private static List<JsonNode> lines(Cli cli) {
    return cli.out().lines().map(Cli::parse).toList();
  }

  @Test
  void aMixIsTheSameBytesAndHasLabels() throws Exception {
    Cli made = mix(dir.resolve("again.wav")).succeeds();
    assertThat(made.err()).contains("2.0 minutes").contains("again.csv");
    assertThat(Files.mismatch(hour, dir.resolve("again.wav"))).isEqualTo(-1);
    assertThat(Files.mismatch(shared.resolve("hour.csv"), dir.resolve("again.csv"))).isEqualTo(-1);
    assertThat(Wav.read(hour).samples()).hasSize(120 * 16_000);
    mix(dir.resolve("other.wav"), "--seed", 2).succeeds();
    assertThat(Files.mismatch(hour, dir.resolve("other.wav"))).isNotEqualTo(-1);
  }

  @Test
  void wordsArePrintedAsTheyAreHeard() {
    Cli heard = lull("listen", "--model", stream, hour, "--threshold", 0.0001).succeeds();
    assertThat(heard.err()).contains("one running state").contains("120.0 s heard").contains("multiply-adds a second");
    assertThat(heard.out()).containsPattern(" s +(high|low) +[01]\\.\\d\\d");
    List<JsonNode> json = lines(lull("listen", "--model", stream, hour, "--threshold", 0.0001, "--json").succeeds());
    assertThat(json).hasSize((int) heard.out().lines().count() + 1);
    assertThat(json.getFirst().get("word").asText()).isIn("high", "low");
    assertThat(json.getLast().get("seconds").asDouble()).isEqualTo(120);
    assertThat(json.getLast().get("operationsPerSecondSilence").asDouble())
        .isLessThan(json.getLast().get("operationsPerSecondDense").asDouble());
  }

  @Test
  void aModelOfClipsListensInWindowsAndSaysSo() {
    Cli heard = lull("listen", "--model", clips, hour, "--json", "--threshold", 0.0001, "--window", 0.4, "--hop", 0.1, "--refractory", 0.2)
        .succeeds();
    assertThat(heard.err()).contains("windows of 0.39 s every 0.10 s, as it was trained on clips");
    assertThat(lines(heard)).hasSizeGreaterThan(1);
  }

  private static Cli piped(byte[] bytes, Object... args) {
    InputStream before = System.in;
    System.setIn(new ByteArrayInputStream(bytes));
    try {
      return lull(args);
    } finally {
      System.setIn(before);
    }
  }

  @Test
  void standardInputIsTheSameSound() throws Exception {
    byte[] wav = Files.readAllBytes(hour);
    String expected = lull("listen", "--model", stream, hour, "--threshold", 0.0001).succeeds().out();
    assertThat(piped(wav, "listen", "--model", stream, "--threshold", 0.0001, "-").succeeds().out()).isEqualTo(expected);
    byte[] raw = Arrays.copyOfRange(wav, 44, wav.length);
    assertThat(piped(raw, "listen", "--model", stream, "--threshold", 0.0001, "--rate", 16000, "-").succeeds().out()).isEqualTo(expected);
    ByteBuffer floats = ByteBuffer.allocate(2 * raw.length).order(ByteOrder.LITTLE_ENDIAN);
    for (float sample : Wav.read(hour).samples()) {
      floats.putFloat(sample);
    }
    assertThat(piped(floats.array(), "listen", "--model", stream, "--threshold", 0.0001, "--rate", 16000, "--format", "f32", "-").succeeds()
        .out()).isEqualTo(expected);
  }

  @Test
  void anotherRateIsResampledAndAPartialFrameCounted() throws Exception {
    Path low = dir.resolve("low.wav");
    Wav.write(low, new Audio(new float[8_100], 8_000));
    assertThat(lull("listen", "--model", stream, low).succeeds().err()).contains("resampled from 8000 to 16000 Hz")
        .contains("warning: the stream ends within a frame");
    byte[] raw = new byte[32_001];
    assertThat(piped(raw, "listen", "--model", stream, "--rate", 16000, "-").succeeds().err()).contains("end within a sample frame");
    byte[] cut = Arrays.copyOf(Files.readAllBytes(hour), 10_000);
    assertThat(piped(cut, "listen", "--model", stream, "-").succeeds().err()).contains("bytes before its header says");
  }

  @Test
  void mistakesAreNamed() throws Exception {
    lull("listen", "--model", stream).isMistake("nothing to listen to");
    lull("listen", "--model", stream, hour, "--microphone").isMistake("exclude each other");
    lull("listen", "--model", stream, dir.resolve("missing.wav")).isMistake("no such file");
    lull("listen", "--model", stream, hour, "--format", "f32").isMistake("give --rate too");
    lull("listen", "--model", stream, hour, "--rate", 16000, "--format", "s8").isMistake("choose s16 or f32");
    lull("listen", "--model", stream, hour, "--window", 1).isMistake("was trained on streams");
    lull("listen", "--model", stream, hour, "--threshold", "maybe=0.5").isMistake("does not know");
    lull("listen", "--model", stream, hour, "--threshold", "2").isMistake("threshold 2.0");
    lull("listen", "--model", stream, "--microphone", "no such device").isMistake("no microphone");
    piped(new byte[1000], "listen", "--model", stream, "-").isMistake("of raw PCM give --rate");
    byte[] nan = ByteBuffer.allocate(400).order(ByteOrder.LITTLE_ENDIAN).putFloat(40, Float.NaN).array();
    piped(nan, "listen", "--model", stream, "--rate", 16000, "--format", "f32", "-").isMistake("sample 10 is NaN");
    Path series = shared.resolve("of-series");
    if (!Files.exists(series)) {
      train(TinyData.series(shared.resolve("series")), series, "--delta").succeeds();
    }
    lull("listen", "--model", series, hour).isMistake("trained on time series");
  }

  @Test
  void missesAndFalseAlarmsAreMeasuredAndAThresholdIsKept() throws Exception {
    Path copy = dir.resolve("model.safetensors");
    Files.copy(stream.resolve("model.safetensors"), copy);
    Path picture = dir.resolve("tradeoff.png");
    JsonNode result = Cli.parse(lull("eval", "--model", copy, "--ambient", hour, "--false-alarms", 3000, "--save", "--json", "--picture",
        picture).succeeds().out());
    assertThat(result.get("hours").asDouble()).isEqualTo(120 / 3600.0);
    assertThat(result.get("words").asInt()).isGreaterThan(10);
    assertThat(result.get("false_alarms_per_hour").asDouble()).isLessThanOrEqualTo(3000);
    assertThat(result.get("misses").asDouble()).isBetween(0.0, 1.0);
    assertThat(result.get("curve")).hasSizeGreaterThan(50);
    assertThat(picture).exists();
    double threshold = result.get("threshold").asDouble();
    assertThat(Model.load(copy).detector().orElseThrow().threshold()).isEqualTo(threshold);
    String again = lull("eval", "--model", copy, "--ambient", hour).succeeds().out(); // at the threshold that was kept
    assertThat(again).contains("missed").contains("false alarms an hour").contains("multiply-adds a second, else");
    JsonNode kept = Cli.parse(lull("eval", "--model", copy, "--ambient", hour, "--json").succeeds().out());
    assertThat(kept.get("misses")).isEqualTo(result.get("misses"));
  }

  @Test
  void wrongLabelsAndOptionsOfAmbientAreRefused() throws Exception {
    Path labels = Files.writeString(dir.resolve("labels.csv"), "begin,end,label\n1,500,high\n");
    lull("eval", "--model", stream, "--ambient", hour, "--labels", labels).isMistake("after the end of the recording");
    Path alone = dir.resolve("alone.wav");
    Files.copy(hour, alone);
    lull("eval", "--model", stream, "--ambient", alone).isMistake("no labels beside it");
    lull("eval", "--model", stream, "--labels", labels).isMistake("--labels is for --ambient");
    lull("eval", "--model", stream, "--ambient", hour, "--save").isMistake("--save without --false-alarms");
    lull("eval", "--model", stream, "--ambient", hour, "--data", tones).isMistake("leave one out");
    Path out = dir.resolve("x.wav");
    lull("mix", "--data", tones, "--out", out, "--minutes", 0).isMistake("--minutes 0");
    lull("mix", "--data", tones, "--out", out, "--classes", "loud").isMistake("the data has no loud");
    lull("mix", "--data", tones, "--out", out, "--split", "some").isMistake("--split some");
    lull("mix", "--data", tones, "--out", out, "--snr", "loud").isMistake("--snr loud");
  }

  @Test
  void tasksThatMakeNoSenseAreRefused() {
    train(tones, dir.resolve("a"), "--task", "song").isMistake("choose clips, kws12 or stream");
    train(tones, dir.resolve("a"), "--task", "stream", "--head", "mean").isMistake("expected --head frames");
    train(tones, dir.resolve("a"), "--task", "kws12").isMistake("no class yes, no, up");
    train(tones, dir.resolve("a"), "--unknown").isMistake("give these too");
    train(tones, dir.resolve("a"), "--task", "stream", "--silence").isMistake("leave it out");
    train(tones, dir.resolve("a"), "--classes", "high,low", "--snr", "20:0").isMistake("lowest and the highest");
    train(TinyData.series(dir.resolve("series")), dir.resolve("a"), "--classes", "up,down").isMistake("are for sound");
  }

  @Test
  void classesAreChosenAndNoiseIsMixedIn() {
    Path run = dir.resolve("run");
    train(tones, run, "--classes", "high,low", "--unknown", 50, "--silence", 50, "--noise", "pink,brown", "--snr", "10:20", "--epochs", 2,
        "--delta").succeeds();
    Model model = Model.load(run.resolve("model.safetensors"));
    assertThat(model.labels()).containsExactly("_silence_", "_unknown_", "high", "low");
    assertThat(model.detector()).isEmpty();
  }
}
