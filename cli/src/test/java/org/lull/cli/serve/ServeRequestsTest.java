// SPDX-License-Identifier: Apache-2.0
package org.lull.cli.serve;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.net.URLEncoder;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.lull.Model;
import org.lull.cli.Cli;
import org.lull.continual.OnlineLearner;
import org.lull.continual.OnlineSettings;
import org.lull.network.Head;
import org.lull.network.Initialiser;
import org.lull.network.Mode;
import org.lull.network.Network;
import org.lull.network.NetworkSpec;
import org.lull.network.Normalisation;
import org.lull.network.Provenance;
import org.lull.rnn.Cell;
import org.lull.speech.LogMelSettings;

/** What the service lets in: requests as bytes on a socket, so that none is mended on the way by a client. */
class ServeRequestsTest {
  private static final String HERE = "Host: localhost\r\n";
  private static final String JSON = "Content-Type: application/json\r\n";
  private static final byte[] NOTHING = {};

  @TempDir
  static Path folder;
  private static OnlineLearner learner;
  private static LearningService service;
  private static OnlineLearner seriesLearner;
  private static LearningService series;

  @BeforeAll
  static void open() {
    learner = learner("sound", 16, LogMelSettings.preset("mel16").toJson());
    service = new LearningService(learner, 0, 8);
    seriesLearner = learner("series", 2, "");
    series = new LearningService(seriesLearner, 0, 8);
  }

  @AfterAll
  static void close() {
    service.close();
    series.close();
    learner.close();
    seriesLearner.close();
  }

  private static OnlineLearner learner(String name, int channels, String features) {
    Network network = new Network(new NetworkSpec(Cell.named("gru"), channels, 1, 8, 3, Head.MEAN));
    Initialiser.initialise(network, new SplittableRandom(1));
    float[] ones = new float[channels];
    Arrays.fill(ones, 1);
    Model model = new Model(network, Mode.DENSE, new Normalisation(new float[channels], ones), List.of("a", "b", "Grün"), features,
        new Provenance("", "", "", "", new TreeMap<>()));
    return OnlineLearner.open(folder.resolve(name), model, new OnlineSettings(1 << 20, 1000, 2, 0.01, 1, 1), List.of(), _ -> {});
  }

  /** An answer: its status code, and its body where that is JSON. */
  private record Answer(int code, String text) {
    JsonNode json() {
      return Cli.parse(text);
    }

    Answer refused(int expected, String... reasons) {
      assertThat(code).as(text).isEqualTo(expected);
      assertThat(json().get("error").asText()).contains(reasons).doesNotContain("Exception");
      return this;
    }

    Answer done() {
      assertThat(code).as(text).isEqualTo(200);
      return this;
    }
  }

  /** @param head request line and headers, each char a byte */
  private static Answer send(LearningService to, String head, byte[] body) throws IOException {
    try (Socket socket = new Socket("localhost", to.port())) {
      ByteArrayOutputStream request = new ByteArrayOutputStream();
      request.write((head + "Connection: close\r\nContent-Length: " + body.length + "\r\n\r\n").getBytes(StandardCharsets.ISO_8859_1));
      request.write(body);
      socket.getOutputStream().write(request.toByteArray());
      String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      int code = Integer.parseInt(answer.split(" ")[1]);
      return new Answer(code, answer.substring(answer.indexOf("\r\n\r\n") + 4));
    }
  }

  private static Answer post(String path, byte[] body, String... headers) throws IOException {
    return send(service, "POST " + path + " HTTP/1.1\r\n" + HERE + String.join("", headers), body);
  }

  private static Answer postSeries(String path, String body, String... headers) throws IOException {
    return send(series, "POST " + path + " HTTP/1.1\r\n" + HERE + String.join("", headers), body.getBytes(StandardCharsets.UTF_8));
  }

  /** UTF-8 as the chars of a request line. */
  private static String raw(String text) {
    return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
  }

  private static byte[] tone() {
    return wav(16_000, 1, 16, 1, 0.3);
  }

  /** A tone as a WAV file. */
  private static byte[] wav(int rate, int channels, int bits, int format, double seconds) {
    int frames = (int) (rate * seconds);
    int block = channels * bits / 8;
    ByteBuffer bytes = ByteBuffer.allocate(44 + frames * block).order(ByteOrder.LITTLE_ENDIAN);
    bytes.put("RIFF".getBytes()).putInt(bytes.capacity() - 8).put("WAVEfmt ".getBytes()).putInt(16);
    bytes.putShort((short) format).putShort((short) channels).putInt(rate).putInt(rate * block);
    bytes.putShort((short) block).putShort((short) bits).put("data".getBytes()).putInt(frames * block);
    for (int i = 0; i < frames; i++) {
      double value = 0.5 * Math.sin(i * 2764.6 / rate);
      for (int channel = 0; channel < channels; channel++) {
        switch (bits) {
          case 64 -> bytes.putDouble(value);
          case 32 -> bytes.putInt(format == 3 ? Float.floatToIntBits((float) value) : (int) (value * Integer.MAX_VALUE));
          case 24 -> bytes.putShort((short) 0).put((byte) (value * 127));
          case 16 -> bytes.putShort((short) (value * 32767));
          default -> bytes.put((byte) (128 + value * 127));
        }
      }
    }
    return bytes.array();
  }

  // ------------------------------------------------------------------------------------------------------------ labels

  /** As curl sends what is typed, in another form of Unicode, with a space: one class. */
  @Test
  void labelsAreUtf8HoweverTheyAreSent() throws IOException {
    long before = learner.snapshot().classes().size();
    for (String label : List.of(raw("öl"), "%C3%B6l", "%c3%b6l", "\u00c3%b6l", "o%CC%88l", "+%C3%B6l%20",
        raw("öl") + "%0a", "%C2%A0" + raw("öl"))) {
      JsonNode learned = post("/learn?label=" + label, tone()).done().json();
      assertThat(learned.get("label").asText()).isEqualTo("öl");
      assertThat(learned.has("warning")).isFalse();
    }
    JsonNode forgotten = post("/forget?x=1&label=" + raw("öl"), NOTHING).done().json();
    assertThat(forgotten.get("classes").asLong()).isEqualTo(before);
  }

  @ParameterizedTest
  @ValueSource(strings = {"%e9t", "%e8t", "%ff%fe", "\u00e9t", "%c3", "a%c3%28", "%ed%a0%80", "%c0%af", "%f4%90%80%80"})
  void bytesThatAreNotUtf8AreRefused(String label) throws IOException {
    List<String> before = learner.snapshot().model().labels();
    post("/learn?label=" + label, tone()).refused(400, "is not UTF-8");
    post("/forget?label=" + label, NOTHING).refused(400, "is not UTF-8");
    assertThat(learner.snapshot().model().labels()).isEqualTo(before);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "?label", "?label=", "?label=%20", "?label=+%09", "?label=%c2%a0", "?label=%EF%BB%BF", "?label=%E2%80%8B",
      "?Label=a", "?label=a%00b", "?label=a&label=b"})
  void noLabelIsEmptyOrTwo(String query) throws IOException {
    post("/learn" + query, tone()).refused(400, "label");
    post("/forget" + query, NOTHING).refused(400, "label");
  }

  /** Raw bytes from 0x80 to 0xA0 are refused by the JDK's server itself; never is another word learned. */
  @ParameterizedTest
  @ValueSource(strings = {"نعم", "Été", "да", "はい", "à", "o\u0308l", "ß", "naïve"})
  void noRawLabelBecomesAnotherWord(String label) throws IOException {
    List<String> before = learner.snapshot().model().labels();
    boolean passes = raw(label).chars().noneMatch(c -> c >= 0x80 && c <= 0xa0);
    if (passes) {
      assertThat(post("/learn?label=" + raw(label), tone()).done().json().get("label").asText()).isEqualTo(label);
    } else {
      assertThat(post("/learn?label=" + raw(label), NOTHING).code).isEqualTo(400);
      assertThat(learner.snapshot().model().labels()).isEqualTo(before);
    }
    String encoded = URLEncoder.encode(label, StandardCharsets.UTF_8);
    String composed = Normalizer.normalize(label, Normalizer.Form.NFC);
    assertThat(post("/learn?label=" + encoded, tone()).done().json().get("label").asText()).isEqualTo(composed);
    post("/forget?label=" + encoded, NOTHING).done();
  }

  @ParameterizedTest
  @CsvSource({"gr%C3%BCn, Grün", "GR%C3%9CN, Grün", "G+r%C3%BCn, Grün", "A, a"})
  void aLabelMuchLikeAnotherIsWarnedOf(String label, String other) throws IOException {
    JsonNode learned = post("/learn?label=" + label, tone()).done().json();
    assertThat(learned.get("warning").asText()).contains("differs from \"" + other + "\" only by case or white space");
    post("/forget?label=" + label, NOTHING).done();
  }

  // ------------------------------------------------------------------------------------------------------------ browsers

  @Test
  void otherHostsAreRefused() throws IOException {
    int port = service.port();
    long position = learner.snapshot().position();
    for (String host : List.of("evil.example", "evil.example:" + port, "localhost.evil.example", "evil.example:localhost",
        "127.0.0.1.nip.io", "10.0.0.1", "[::2]", "", "localhost@evil.example", "localhost:80:80", "localhost, evil.example")) {
      String header = "Host: " + host + "\r\n";
      send(service, "GET /status HTTP/1.1\r\n" + header, NOTHING).refused(403, "expected localhost");
      send(service, "POST /predict HTTP/1.1\r\n" + header, tone()).refused(403, "expected localhost");
      send(service, "POST /forget?label=a HTTP/1.1\r\n" + header, NOTHING).refused(403, "expected localhost");
    }
    send(service, "GET /status HTTP/1.1\r\n", NOTHING).refused(403, "host none");
    send(service, "GET /status HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n", NOTHING).refused(403, "evil.example");
    send(service, "GET http://evil.example/status HTTP/1.1\r\nHost: localhost\r\n", NOTHING).refused(403, "evil.example");
    send(service, "GET //evil.example/status HTTP/1.1\r\nHost: localhost\r\n", NOTHING).refused(403, "evil.example");
    for (String host : List.of("localhost", "LocalHost:" + port, "127.0.0.1", "127.0.0.1:1234", "[::1]", "[::1]:" + port, "localhost:")) {
      send(service, "GET /status HTTP/1.1\r\nHost: " + host + "\r\n", NOTHING).done();
    }
    send(service, "GET http://localhost:" + port + "/status HTTP/1.1\r\nHost: localhost\r\n", NOTHING).done();
    assertThat(learner.snapshot().position()).isEqualTo(position);
  }

  @Test
  void pagesOfOtherSitesChangeNothing() throws IOException {
    int port = service.port();
    long position = learner.snapshot().position();
    for (String origin : List.of("http://evil.example", "http://evil.example:" + port, "null", "http://localhost", "http://localhost:1",
        "https://localhost:" + port, "file://", "http://localhost.evil.example:" + port, "http://evil.example#localhost:" + port,
        "http://localhost:" + port + "/", "")) {
      String header = "Origin: " + origin + "\r\n";
      post("/forget?label=a", NOTHING, header).refused(403, "origin");
      post("/learn?label=a", tone(), header, "Content-Type: text/plain\r\n").refused(403, "origin");
      post("/predict", tone(), header).refused(403, "origin");
    }
    post("/forget?label=a", NOTHING, "Origin: http://localhost:" + port + "\r\n", "Origin: http://evil.example\r\n").refused(403, "evil");
    assertThat(learner.snapshot().position()).isEqualTo(position);
    for (String origin : List.of("http://localhost:" + port, "http://127.0.0.1:" + port, "http://[::1]:" + port)) {
      post("/predict", tone(), "Origin: " + origin + "\r\n").done();
    }
  }

  // ------------------------------------------------------------------------------------------------------------ sound

  @ParameterizedTest
  @CsvSource({"8000, 1, 8, 1", "44100, 2, 16, 1", "48000, 2, 24, 1", "48000, 1, 32, 3", "96000, 2, 32, 1", "192000, 2, 32, 3",
      "192000, 2, 64, 3"})
  void tenSecondsOfAnyFormatFit(int rate, int channels, int bits, int format) throws IOException {
    post("/predict", wav(rate, channels, bits, format, 10)).done();
  }

  @Test
  void whatIsTooLongIsRefusedForThat() throws IOException {
    post("/predict", wav(48_000, 2, 16, 1, 11)).refused(400, "11.0 seconds, expected at most 10");
    post("/predict", new byte[RequestBodies.LONGEST + 1]).refused(413, "more than 33554432 bytes", "192 kHz");
    byte[] exact = Arrays.copyOf(wav(16_000, 1, 16, 1, 1), RequestBodies.LONGEST);
    assertThat(post("/predict", exact).code).isNotEqualTo(413);
  }

  @Test
  void formsAndJsonAreNamed() throws IOException {
    String form = "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"c.wav\"\r\n\r\n";
    byte[] multipart = form.getBytes();
    post("/predict", multipart, "Content-Type: multipart/form-data; boundary=x\r\n").refused(415, "a multipart form", "--data-binary");
    post("/learn?label=a", multipart).refused(415, "a multipart form", "--data-binary");
    post("/predict", "{\"wav\": \"UklGRg==\"}".getBytes(), JSON).refused(415, "is JSON", "--data-binary");
    post("/predict", " [1, 2]".getBytes()).refused(415, "is JSON", "--data-binary");
    String fields = "Content-Type: application/x-www-form-urlencoded\r\n";
    post("/predict", "file=%40clip.wav".getBytes(), fields).refused(415, "the fields of a form", "--data-binary");
    post("/predict", "@clip.wav".getBytes(), fields).refused(400, "not a WAV file");
    post("/predict", NOTHING, fields).refused(400, "is empty", "--data-binary");
    post("/predict", tone(), fields).done(); // curl --data-binary calls it so
    ByteArrayOutputStream stripped = new ByteArrayOutputStream(); // as curl --data strips it
    for (byte b : tone()) {
      if (b != 0 && b != '\n' && b != '\r') {
        stripped.write(b);
      }
    }
    post("/predict", stripped.toByteArray(), fields).refused(400, "curl --data,", "--data-binary");
    ByteArrayOutputStream withZeros = new ByteArrayOutputStream(); // as older ones do
    for (byte b : tone()) {
      if (b != '\n' && b != '\r') {
        withZeros.write(b);
      }
    }
    assertThat(withZeros.size()).isLessThan(tone().length);
    post("/predict", withZeros.toByteArray(), fields).refused(400, "curl --data,", "--data-binary");
  }

  // ------------------------------------------------------------------------------------------------------------ time series

  @Test
  void timeSeriesAreLearnedPredictedAndForgotten() throws IOException {
    String up = "{\"frames\": [[0, 1.5], [1, -2e0], [2, 0.25]]}";
    JsonNode scores = postSeries("/predict", up, JSON).done().json().get("scores");
    assertThat(scores.size()).isEqualTo(3);
    JsonNode learned = postSeries("/learn?label=up", up, "Content-Type: application/json; charset=utf-8\r\n").done().json();
    assertThat(learned.get("learned").asInt()).isOne();
    assertThat(seriesLearner.exemplars()).hasSize(1);
    assertThat(seriesLearner.exemplars().getFirst().steps()).isEqualTo(3);
    assertThat(seriesLearner.exemplars().getFirst().values()).containsExactly(0, 48, 32, -64, 64, 8);
    assertThat(postSeries("/forget?label=up", "").done().json().get("classes").asInt()).isEqualTo(3);
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {"{\"frames\": [[1]]} | frame 1 has 1 values, expected",
      "{\"frames\": [[1, 2], [1, 2, 3]]} | frame 2 has more",
      "{\"frames\": [[1, 2], []]} | frame 2 has 0 values", "{\"frames\": []} | no frames", "{} | no frames", "[[1, 2]] | no JSON object",
      "{\"frames\": [[1, NaN]]} | not JSON near byte", "{\"frames\": [[1, null]]} | frame 1, value 2 is null",
      "{\"frames\": [[1, \"2\"]]} | frame 1, value 2 is 2", "{\"frames\": [[1e39, 2]]} | frame 1, value 1 is 1e39, too large",
      "{\"frames\": [[1, -1e400]]} | too large", "{\"frames\": [[1, 2]]} x | not JSON", "{\"frames\": [[1, 2]]} {} | something follows",
      "{\"frames\": [[1, 2]], \"frames\": [[1, 2]]} | a field \"frames\"", "{\"frame\": [[1, 2]]} | a field \"frame\"",
      "{\"frames\": [1, 2]} | frame 1 is no list", "{\"frames\": 1} | frames is no list", "{\"frames\": [[1, 2] | not JSON",
      "{\"frames\": [[[1], 2]]} | value 1 is [", "{\"frames\": [[true, 2]]} | value 1 is true"})
  void whatIsNoTimeSeriesIsRefused(String body, String reason) throws IOException {
    postSeries("/predict", body, JSON).refused(400, reason, "with 2 numbers in each row");
    postSeries("/learn?label=up", body, JSON).refused(400, reason);
    assertThat(seriesLearner.snapshot().model().labels()).doesNotContain("up");
  }

  /** The JDK's server logs a complaint where an answer to HEAD has a body. */
  @ParameterizedTest
  @ValueSource(strings = {"/status", "/learn", "/nothing"})
  void headIsRefusedWithoutABody(String path) throws IOException {
    List<LogRecord> logged = new ArrayList<>();
    Handler handler = new Handler() {
      @Override
      public void publish(LogRecord record) {
        logged.add(record);
      }

      @Override
      public void flush() {}

      @Override
      public void close() {}
    };
    Logger logger = Logger.getLogger("com.sun.net.httpserver");
    logger.addHandler(handler);
    try {
      Answer answer = send(service, "HEAD " + path + " HTTP/1.1\r\n" + HERE, NOTHING);
      assertThat(answer.code()).isEqualTo(path.equals("/nothing") ? 404 : 405);
      assertThat(answer.text()).isEmpty();
    } finally {
      logger.removeHandler(handler);
    }
    assertThat(logged).isEmpty();
  }

  @Test
  void otherFormsOfTimeSeriesAreNamed() throws IOException {
    postSeries("/predict", "{\"frames\": [[1, 2]]}").refused(415, "application/json");
    postSeries("/predict", "1,2\n3,4\n", "Content-Type: text/csv\r\n").refused(415, "bytes as they are", "application/json");
    postSeries("/predict", "a=1", "Content-Type: application/x-www-form-urlencoded\r\n").refused(415, "fields of a form");
    postSeries("/predict", "", JSON).refused(400, "is empty", "application/json");
    postSeries("/predict", "\u0000\u0000\ufeff{", JSON).refused(400, "not JSON");
    String frames = "[1, 2],".repeat(SeriesInput.LONGEST - 1);
    postSeries("/predict", "{\"frames\": [" + frames + "[1, 2]]}", JSON).done();
    postSeries("/predict", "{\"frames\": [" + frames + "[1, 2], [1, 2]]}", JSON).refused(400, "more than 20000 frames");
    postSeries("/predict", "{\"frames\": [[1, 2], [1, -1e13]]}", JSON).refused(400, "channel 1 of frame 1 is -1.0E13");
    postSeries("/predict", "[".repeat(100_000), JSON).refused(400, "no JSON object");
  }
}
