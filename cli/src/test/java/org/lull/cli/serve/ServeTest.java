// SPDX-License-Identifier: Apache-2.0
package org.lull.cli.serve;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lull.Model;
import org.lull.cli.Cli;
import org.lull.cli.Lull;
import org.lull.cli.TinyData;
import org.lull.continual.Exemplar;
import org.lull.continual.OnlineLearner;
import org.lull.continual.OnlineSettings;
import org.lull.experiments.run.RunDirectory;
import org.lull.speech.LogMel;
import org.lull.speech.LogMelSettings;
import org.lull.speech.Wav;

/** lull serve: as a service in this process, and as a process of its own that is killed. */
class ServeTest {
  @TempDir
  static Path folder;
  private static Path corpus;
  private static Path run;
  private static Model model;
  private static final HttpClient CLIENT = HttpClient.newHttpClient();

  @BeforeAll
  static void train() {
    corpus = TinyData.tones(folder.resolve("tones"));
    run = folder.resolve("run");
    Cli.train(corpus, run, "--layers", 1, "--hidden", 32, "--epochs", 3).succeeds();
    model = Model.load(run.resolve(RunDirectory.MODEL));
  }

  private static byte[] tone(double hz) {
    Path file = folder.resolve(String.format(Locale.ROOT, "tone %.3f.wav", hz));
    return TinyData.bytesOf(Files.exists(file) ? file : TinyData.tone(file, hz, TinyData.RATE));
  }

  private static OnlineLearner learner(String state) {
    List<Exemplar> exemplars = new ArrayList<>();
    for (int k = 0; k < 3; k++) {
      for (int i = 0; i < 3; i++) {
        int hz = 300 * (k + 1) * (k + 1) + 7 * i;
        exemplars.add(exemplar(tone(hz)).labelled(model.labels().indexOf(TinyData.TONES.get(k))));
      }
    }
    return OnlineLearner.open(folder.resolve(state), model, new OnlineSettings(1 << 24, 1_000_000, 4, 0.1, 1, 1), exemplars,
        warning -> {
          throw new AssertionError(warning);
        });
  }

  private record Quantised(Exemplar exemplar) {
    Exemplar labelled(int label) {
      return new Exemplar(exemplar.id(), label, exemplar.steps(), exemplar.values());
    }
  }

  private static Quantised exemplar(byte[] wav) {
    LogMel logMel = new LogMel(LogMelSettings.fromJson(model.frontEnd(), "model"));
    return new Quantised(Exemplar.of(logMel.example(Wav.read(wav, "tone"), "tone", 0), model.normalisation()));
  }

  private static HttpResponse<String> send(int port, String method, String path, byte[] body) throws IOException, InterruptedException {
    HttpRequest request = HttpRequest.newBuilder(URI.create("http://localhost:" + port + path))
        .method(method, BodyPublishers.ofByteArray(body)).build();
    return CLIENT.send(request, BodyHandlers.ofString());
  }

  private static JsonNode post(int port, String path, byte[] body) throws IOException, InterruptedException {
    HttpResponse<String> response = send(port, "POST", path, body);
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    return Cli.parse(response.body());
  }

  @Test
  void learnsPredictsAndForgets() throws Exception {
    try (OnlineLearner learner = learner("one"); LearningService service = new LearningService(learner, 0, 8)) {
      int port = service.port();
      assertThat(post(port, "/predict", tone(300)).get("label").asText()).isEqualTo("high");
      for (int i = 0; i < 4; i++) {
        JsonNode learned = post(port, "/learn?label=lights%20on", tone(5000 + 10 * i));
        assertThat(learned.get("label").asText()).isEqualTo("lights on");
        assertThat(learned.get("learned").asInt()).isEqualTo(i + 1);
        assertThat(learned.get("classes").asInt()).isEqualTo(4);
      }
      JsonNode prediction = post(port, "/predict", tone(5017));
      assertThat(prediction.get("label").asText()).isEqualTo("lights on");
      assertThat(prediction.get("scores").size()).isEqualTo(4);
      assertThat(prediction.get("micros").asDouble()).isPositive();
      JsonNode status = Cli.parse(send(port, "GET", "/status", new byte[0]).body());
      assertThat(status.get("position").asInt()).isEqualTo(4);
      assertThat(status.at("/classes/3/exemplars").asInt()).isEqualTo(4);
      assertThat(status.at("/learn/count").asInt()).isEqualTo(4);
      assertThat(post(port, "/forget?label=lights+on", new byte[0]).get("classes").asInt()).isEqualTo(3);
      assertThat(post(port, "/predict", tone(300)).get("scores").has("lights on")).isFalse();
    }
  }

  @Test
  void badRequestsAreAnsweredWithTheReason() throws Exception {
    try (OnlineLearner learner = learner("bad"); LearningService service = new LearningService(learner, 0, 8)) {
      int port = service.port();
      byte[] wav = tone(300);
      refused(send(port, "POST", "/predict", new byte[0]), 400, "the body is empty");
      refused(send(port, "POST", "/predict", "some text".getBytes()), 400, "not a WAV file");
      refused(send(port, "POST", "/predict", Arrays.copyOf(wav, wav.length - 100)), 400, "truncated");
      for (int length = 1; length < 60; length++) {
        refused(send(port, "POST", "/learn?label=a", Arrays.copyOf(wav, length)), 400, "clip ");
      }
      refused(send(port, "POST", "/predict", TinyData.bytesOf(TinyData.sound(folder.resolve("silent.wav"), new float[16000], 16000))), 400,
          "silent");
      refused(send(port, "POST", "/predict", TinyData.bytesOf(TinyData.sound(folder.resolve("long.wav"), new float[88000], 8000))), 400,
          "11.0 seconds");
      refused(send(port, "POST", "/predict", floats(new float[] {0.5f, 20_000})), 400, "float samples up to 20000.0");
      for (String label : List.of("", "?label=", "?label=%20", "?label=%0a", "?label=" + "x".repeat(101), "?lable=a")) {
        refused(send(port, "POST", "/learn" + label, wav), 400, "label");
      }
      refused(send(port, "POST", "/forget?label=unknown", wav), 400, "not known");
      refused(send(port, "POST", "/other", wav), 404, "/predict, /learn, /forget and /status");
      HttpResponse<String> wrong = send(port, "PUT", "/learn?label=a", wav);
      refused(wrong, 405, "expected POST");
      assertThat(wrong.headers().firstValue("Allow")).hasValue("POST");
      assertThat(learner.snapshot().position()).isZero();
      assertThat(post(port, "/predict", wav).get("label").asText()).isEqualTo("high");
    }
  }

  /** A log that is closed stands for a disk that cannot be written. */
  @Test
  void whatCannotBeKeptIsNotAcknowledged() throws Exception {
    OnlineLearner learner = learner("unwritable");
    try (LearningService service = new LearningService(learner, 0, 8)) {
      learner.close();
      for (String request : List.of("/learn?label=a", "/forget?label=high")) {
        HttpResponse<String> response = send(service.port(), "POST", request, tone(4000));
        assertThat(response.statusCode()).as(response.body()).isEqualTo(507);
        assertThat(Cli.parse(response.body()).get("error").asText()).contains("cannot write");
      }
      assertThat(learner.snapshot().position()).isZero();
    }
  }

  private static void refused(HttpResponse<String> response, int code, String reason) {
    assertThat(response.statusCode()).as(response.body()).isEqualTo(code);
    assertThat(Cli.parse(response.body()).get("error").asText()).contains(reason).doesNotContain("Exception");
  }

  /** Each client learns a word of its own and predicts, all at once. The words are tones that the small network tells apart. */
  @Test
  void eightClientsAtOnce() throws Exception {
    int clients = 8;
    int examples = 6;
    try (OnlineLearner learner = learner("many"); LearningService service = new LearningService(learner, 0, 64);
        ExecutorService pool = Executors.newFixedThreadPool(clients)) {
      int port = service.port();
      List<Future<?>> done = new ArrayList<>();
      for (int client = 0; client < clients; client++) {
        double hz = 400 * Math.pow(1.4, client);
        String word = "word" + client;
        Callable<Void> work = () -> {
          for (int i = 0; i < examples; i++) {
            assertThat(post(port, "/learn?label=" + word, tone(hz + i)).get("label").asText()).isEqualTo(word);
            post(port, "/predict", tone(hz + i));
          }
          return null;
        };
        done.add(pool.submit(work));
      }
      for (Future<?> each : done) {
        each.get();
      }
      for (int client = 0; client < clients; client++) {
        assertThat(post(port, "/predict", tone(400 * Math.pow(1.4, client))).get("label").asText()).isEqualTo("word" + client);
      }
      JsonNode status = Cli.parse(send(port, "GET", "/status", new byte[0]).body());
      assertThat(status.get("position").asInt()).isEqualTo(clients * examples);
      for (JsonNode each : status.get("classes")) {
        assertThat(each.get("learned").asInt()).isEqualTo(each.get("label").asText().startsWith("word") ? examples : 0);
      }
      System.out.println("eight clients at once: " + status.get("predict") + " to predict, " + status.get("learn") + " to learn");
    }
  }

  /** More than may wait are refused, and none of what was taken is lost. */
  @Test
  void overloadIsRefused() throws Exception {
    try (OnlineLearner learner = learner("busy"); LearningService service = new LearningService(learner, 0, 1);
        ExecutorService pool = Executors.newFixedThreadPool(24)) {
      AtomicInteger taken = new AtomicInteger();
      AtomicInteger refused = new AtomicInteger();
      byte[] wav = tone(4000);
      while (refused.get() == 0) {
        List<Callable<Void>> burst = new ArrayList<>();
        for (int i = 0; i < 24; i++) {
          burst.add(() -> {
            HttpResponse<String> response = send(service.port(), "POST", "/learn?label=a", wav);
            if (response.statusCode() == 503) {
              assertThat(response.headers().firstValue("Retry-After")).hasValue("1");
              refused.incrementAndGet();
            } else {
              assertThat(response.statusCode()).isEqualTo(200);
              taken.incrementAndGet();
            }
            return null;
          });
        }
        for (Future<Void> each : pool.invokeAll(burst)) {
          each.get();
        }
      }
      assertThat(learner.snapshot().position()).isEqualTo(taken.get());
    }
  }

  // ------------------------------------------------------------------------------------------------ a process of its own

  /** A service in a process of its own. */
  private record Served(Process process, BufferedReader out, int port) {
    static Process start(Path state, Object... more) throws IOException {
      return start(10, state, more);
    }

    static Process start(int longestRequest, Path state, Object... more) throws IOException {
      List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "--add-modules",
          "jdk.incubator.vector", "-XX:TieredStopAtLevel=1", "-Dsun.net.httpserver.maxReqTime=" + longestRequest, "-cp",
          System.getProperty("java.class.path"), Lull.class.getName(), "serve", "--model", run.toString(), "--state", state.toString(),
          "--port", "0", "--memory", "100000000", "--no-cache"));
      Arrays.stream(more).forEach(each -> command.add(each.toString()));
      return new ProcessBuilder(command).redirectError(folder.resolve("errors").toFile()).start();
    }

    static Served listening(Process process) throws IOException {
      BufferedReader out = process.inputReader();
      String line = out.readLine();
      assertThat(line).as(Files.readString(folder.resolve("errors"))).startsWith("listening on http://localhost:");
      return new Served(process, out, Integer.parseInt(line.replaceAll(".*localhost:(\\d+),.*", "$1")));
    }
  }

  /** Kills a service at random moments while clients teach it; {@code -Dkills=200} for more than five. */
  @Test
  void whatWasAcknowledgedSurvivesKills() throws Exception {
    int kills = Integer.getInteger("kills", 5);
    Path state = folder.resolve("killed");
    Random random = new Random(1);
    Set<String> acknowledged = ConcurrentHashMap.newKeySet();
    AtomicInteger sent = new AtomicInteger();
    int underway = 0;
    int answered = 0;
    for (int kill = 0; kill < kills; kill++) {
      Process process = kill == 0 ? Served.start(state, "--data", corpus) : Served.start(state);
      if (kill % 10 == 9) { // as it starts and reads what is there
        process.waitFor(random.nextInt(1500), TimeUnit.MILLISECONDS);
        process.destroyForcibly().waitFor();
        continue;
      }
      int port = Served.listening(process).port;
      try (ExecutorService pool = Executors.newFixedThreadPool(3)) {
        for (int client = 0; client < 3; client++) {
          pool.submit(() -> teach(port, sent, acknowledged));
        }
        Thread.sleep(random.nextInt(1000));
        process.destroyForcibly().waitFor();
      }
      underway = sent.get() - acknowledged.size();
      Path copy = Files.createDirectories(folder.resolve("looked at " + kill)); // the next process is to find what this one left
      Files.copy(state.resolve(OnlineLearner.FILE), copy.resolve(OnlineLearner.FILE));
      try (OnlineLearner learner = OnlineLearner.open(copy, model, new OnlineSettings(100_000_000, 100_000_000, 8, 0.1, 1, 1), List.of(),
          warning -> assertThat(warning).contains("cut off"))) {
        Set<String> kept = new HashSet<>();
        learner.exemplars().forEach(each -> kept.add(name(learner.snapshot().model().labels().get(each.label()), each)));
        assertThat(kept).as("after kill %d", kill + 1).containsAll(acknowledged);
        assertThat(learner.snapshot().position()).isBetween((long) acknowledged.size(), (long) acknowledged.size() + underway);
      }
      answered = acknowledged.size();
    }
    assertThat(answered).isPositive();
    System.out.println(kills + " kills: " + answered + " examples were acknowledged, all of them kept; " + underway + " were on their way");
  }

  private static Void teach(int port, AtomicInteger sent, Set<String> acknowledged) throws InterruptedException {
    try {
      while (true) {
        int i = sent.incrementAndGet();
        byte[] wav = tone(200 + 0.9 * i);
        String label = "word" + i % 5;
        if (send(port, "POST", "/learn?label=" + label, wav).statusCode() == 200) {
          acknowledged.add(name(label, exemplar(wav).exemplar));
        }
      }
    } catch (IOException e) {
      return null; // it was killed
    }
  }

  private static String name(String label, Exemplar exemplar) {
    return label + Arrays.toString(exemplar.values());
  }

  @Test
  void endsInOrderWhenTold() throws Exception {
    Path state = folder.resolve("ended");
    Served served = Served.listening(Served.start(state, "--data", corpus));
    assertThat(post(served.port, "/learn?label=new", tone(4321)).get("position").asInt()).isOne();
    Cli.lull("serve", "--model", run, "--state", state, "--port", 0).isMistake("another learner is at work in");
    served.process.destroy();
    assertThat(served.process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(served.process.exitValue()).isZero();
    Process again = Served.start(state);
    Served second = Served.listening(again);
    assertThat(Cli.parse(send(second.port, "GET", "/status", new byte[0]).body()).at("/classes/3/label").asText()).isEqualTo("new");
    again.destroyForcibly().waitFor();
  }

  /** A client that stops within its headers or its body, or sends a byte now and then, is cut off; others are served meanwhile. */
  @Test
  void slowRequestsAreCutOff() throws Exception {
    Process process = Served.start(1, folder.resolve("slow"), "--data", corpus);
    int port = Served.listening(process).port;
    List<Socket> slow = new ArrayList<>();
    String head = "POST /learn?label=slow HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n";
    for (String begun : List.of("POST /lea", head, head + "\r\n", head + "\r\nRIFF", head.replace("Content-Length: 100000",
        "Transfer-Encoding: chunked") + "\r\nff\r\n")) {
      Socket socket = new Socket("localhost", port);
      socket.setSoTimeout(30_000);
      socket.getOutputStream().write(begun.getBytes(StandardCharsets.ISO_8859_1));
      slow.add(socket);
    }
    assertThat(post(port, "/learn?label=quick", tone(4321)).get("position").asInt()).isOne();
    Socket dripping = slow.get(3);
    Thread drip = Thread.startVirtualThread(() -> {
      try {
        while (true) {
          dripping.getOutputStream().write(0);
          Thread.sleep(50);
        }
      } catch (IOException | InterruptedException e) {
        return; // cut off
      }
    });
    for (Socket socket : slow) {
      try (socket) {
        String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(answer).doesNotContain(" 200 ");
      } catch (SocketException e) {
        assertThat(e).hasMessageContaining("reset"); // what the client sent was not read
      }
    }
    drip.join();
    assertThat(Cli.parse(send(port, "GET", "/status", new byte[0]).body()).get("position").asInt()).isOne();
    process.destroyForcibly().waitFor();
  }

  @Test
  void mistakesAreOneLine() throws IOException {
    Path state = folder.resolve("mistaken");
    Cli.lull("serve", "--model", folder.resolve("none"), "--state", state).isMistake("no such file or directory");
    Cli.lull("serve", "--model", run, "--state", state, "--port", 70000).isMistake("port 70000");
    Cli.lull("serve", "--model", run, "--state", state, "--memory", -1).isMistake("exemplars: -1");
    Files.createDirectories(state);
    Files.writeString(state.resolve(OnlineLearner.FILE), "something else");
    Cli.lull("serve", "--model", run, "--state", state).isMistake("learner.log", "does not begin with");
    try (OnlineLearner learner = learner("port"); LearningService service = new LearningService(learner, 0, 1)) {
      Cli.lull("serve", "--model", run, "--state", folder.resolve("other"), "--data", corpus, "--port", service.port(), "--no-cache")
          .isMistake("cannot listen on port " + service.port());
    }
  }

  /** A WAV file of 32-bit floats. */
  private static byte[] floats(float[] samples) {
    ByteBuffer bytes = ByteBuffer.allocate(44 + 4 * samples.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.put("RIFF".getBytes()).putInt(bytes.capacity() - 8).put("WAVEfmt ".getBytes()).putInt(16);
    bytes.putShort((short) 3).putShort((short) 1).putInt(16_000).putInt(64_000).putShort((short) 4).putShort((short) 32);
    bytes.put("data".getBytes()).putInt(4 * samples.length).asFloatBuffer().put(samples);
    return bytes.array();
  }
}
