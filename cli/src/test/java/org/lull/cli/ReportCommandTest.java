// SPDX-License-Identifier: Apache-2.0
package org.lull.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import org.jsoup.parser.Parser;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportCommandTest {
  private static final long LARGEST = 1 << 20;
  /** A class and a folder whose names are markup. */
  private static final String HOSTILE = "<script>alert(1)</script> & \"it's\"";

  @TempDir
  private static Path folder;
  private static Path data;
  private static Path run;

  @BeforeAll
  static void trains() throws IOException {
    data = folder.resolve("tones & <b>noise</b>");
    for (int i = 0; i < 10; i++) {
      TinyData.tone(data.resolve("plain").resolve("clip" + i + ".wav"), 300 + 7 * i, TinyData.RATE);
      TinyData.tone(data.resolve("<img src=x onerror=alert(2)>").resolve("clip" + i + ".wav"), 2000 + 7 * i, TinyData.RATE);
    }
    run = folder.resolve("run's");
    Cli.train(data, run, "--epochs", 3, "--pretrain-epochs", 1, "--target-reduction", 3).succeeds();
  }

  /** The page, after a look at what is true of every page. */
  private static Document page(Path file) throws IOException {
    String html = Files.readString(file);
    assertThat(Files.size(file)).isLessThan(LARGEST);
    Parser parser = Parser.htmlParser().setTrackErrors(20);
    Document page = Jsoup.parse(html, "", parser);
    assertThat(parser.getErrors()).isEmpty();
    assertThat(page.select("script, link, iframe, object, base")).isEmpty();
    assertThat(page.select("img")).allSatisfy(image -> assertThat(image.attr("src")).startsWith("data:image/png;base64,"));
    assertThat(page.getAllElements()).allSatisfy(element -> assertThat(element.attributes().asList())
        .noneMatch(attribute -> attribute.getKey().startsWith("on"))
        .noneMatch(attribute -> List.of("href", "src", "xlink:href").contains(attribute.getKey())
            && attribute.getValue().matches("(?i)(https?:|//|javascript:).*")));
    assertThat(page.select("[id]").eachAttr("id")).doesNotHaveDuplicates();
    assertThat(page.selectFirst("style").data()).doesNotContain("url(", "@import");
    assertThat(page.selectFirst("meta[http-equiv=Content-Security-Policy]").attr("content")).startsWith("default-src 'none'");
    return page;
  }

  private static List<String> headings(Document page) {
    return page.select("h2").eachText();
  }

  @Test
  void aRunLeavesAPageThatShowsAllOfIt() throws IOException {
    Document page = page(run.resolve("report.html"));
    assertThat(page.title()).isEqualTo("run's");
    assertThat(headings(page)).containsExactly("What fires", "Training", "Result", "Multiply-adds of training",
        "Confusions of the delta network on the test examples", "Confusions of the dense network on the test examples", "Command",
        "Options and origin");
    assertThat(page.select(".chart svg").eachAttr("aria-label")).containsExactly("loss (cross-entropy)", "accuracy, %",
        "entries that did not fire, %", "thresholds", "multiply-adds: dense / computed", "learning rate",
        "norm of the gradient, before clipping");
    assertThat(page.select("pre").text()).startsWith("lull train --data '").contains("tones & <b>noise</b>'", "run'\\''s'",
        "--target-reduction 3");
    assertThat(page.select(".options").text()).contains("target-reduction 3.0", "SHA-256 of the data");
  }

  /** Lines with the same points would hide each other: the legend names them all beside one line. */
  @Test
  void linesThatCoincideAreOneWithAllNames() throws IOException {
    Path fixed = folder.resolve("fixed");
    Cli.train(data, fixed, "--epochs", 30, "--threshold", 0.1, "--hidden", 4, "--layers", 2).succeeds();
    Document page = page(fixed.resolve("report.html"));
    assertThat(page.select(".chart:has([aria-label=thresholds]) .legend > span").eachText())
        .containsExactly("x, layer 1 = h, layer 1 = x, layer 2 = h, layer 2");
    assertThat(page.select(".chart:has([aria-label=learning rate]) .legend > span").eachText()).containsExactly("dense = delta");
    assertThat(page.select(".chart:has([aria-label^=loss]) .legend > span").eachText())
        .containsExactly("dense", "delta", "dense, training", "delta, training");
  }

  /** Thirty epochs have no tick each, whose numbers of 15 pixels would touch; three have. */
  @Test
  void epochsHaveRoom() throws IOException {
    for (int epochs : new int[] {30, 11}) {
      List<Double> ticks = ticks(epochs);
      assertThat(ticks).hasSizeGreaterThan(3);
      assertThat(IntStream.range(1, ticks.size()).mapToDouble(i -> ticks.get(i) - ticks.get(i - 1)).min().orElseThrow()).as("%d", epochs)
          .isGreaterThan(25);
    }
    assertThat(ticks(3)).hasSize(3);
  }

  /** Where the axis of x has ticks, in pixels: lines of three pixels downwards. */
  private static List<Double> ticks(int epochs) throws IOException {
    Path ticks = folder.resolve("ticks" + epochs);
    Cli.train(data, ticks, "--delta", "--epochs", epochs, "--hidden", 4).succeeds();
    return page(ticks.resolve("report.html")).select("[aria-label^=loss] polyline").eachAttr("points").stream()
        .map(points -> points.split("[ ,]"))
        .filter(p -> p.length == 4 && p[0].equals(p[2]) && Math.abs(Double.parseDouble(p[1]) - Double.parseDouble(p[3]) - 3) < 0.1)
        .map(p -> Double.parseDouble(p[0])).sorted().toList();
  }

  /** Grey is dense and blue the first delta network, on the page of a run and on that of several. */
  @Test
  void networksHaveTheSameColoursOnAllPages() throws IOException {
    Path other = folder.resolve("other colours");
    Cli.train(data, other, "--epochs", 2, "--seed", 5, "--hidden", 4).succeeds();
    Path both = folder.resolve("colours.html");
    Cli.lull("report", run, other, "--out", both).succeeds();
    List<String> first = looks(page(run.resolve("report.html")), "loss");
    List<String> compared = looks(page(both), "loss");
    assertThat(compared).hasSize(4).doesNotHaveDuplicates().startsWith(first.get(0), first.get(1));
    assertThat(compared.get(0)).contains("solid").endsWith("#808080");
    assertThat(compared.get(2)).contains("dashed").endsWith("#808080");
    assertThat(compared.get(3)).contains("solid").doesNotContain("#808080");
  }

  private static List<String> looks(Document page, String chart) {
    return page.select(".chart:has([aria-label^=" + chart + "]) .legend i").eachAttr("style");
  }

  @Test
  void itsFiguresAreThoseOfTheResult() throws IOException {
    JsonNode delta = Cli.parse(Files.readString(run.resolve("result.json"))).get("delta");
    Document page = page(run.resolve("report.html"));
    for (String part : List.of("delta", "dense")) {
      JsonNode confusion = Cli.parse(Files.readString(run.resolve("result.json"))).get(part).get("confusion");
      Element matrix = page.select("section:has(h2:contains(Confusions of the " + part + ")) .matrix").first();
      for (int k = 0; k < 2; k++) {
        List<String> cells = matrix.select("tbody tr").get(k).select("td").stream().map(Element::text).toList();
        for (int j = 0; j < 2; j++) {
          int count = confusion.get(k).get(j).asInt();
          assertThat(cells.get(j)).isEqualTo(count == 0 ? "" : "" + count);
        }
      }
    }
    long[] ours = new long[2];
    long[] paper = new long[2];
    delta.get("operations").forEach(layer -> {
      ours[0] += layer.get("forward").asLong() + layer.get("transposed").asLong() + layer.get("weight_gradient").asLong();
      ours[1] += layer.get("dense_forward").asLong() + layer.get("dense_transposed").asLong() + layer.get("dense_weight_gradient").asLong();
      paper[0] += layer.get("forward").asLong() + 2 * layer.get("weight_gradient").asLong();
      paper[1] += layer.get("dense_forward").asLong() + 2 * layer.get("dense_weight_gradient").asLong();
    });
    assertThat(ours).containsExactly(delta.get("training_macs").asLong(), delta.get("dense_training_macs").asLong());
    assertThat(paper).containsExactly(delta.get("paper_training_macs").asLong(), delta.get("paper_dense_training_macs").asLong());
  }

  /** A strip for the spectrogram and for inputs and hidden units of each layer, all with a pixel for each frame. */
  @Test
  void allStripsOfWhatFiresHaveOneAxisOfTime() throws IOException {
    Document page = page(run.resolve("report.html"));
    int steps = Cli.parse(Files.readString(run.resolve("run.json"))).get("sample").get("frames").size();
    List<Integer> heights = page.select(".firing img").stream().map(image -> {
      try {
        var picture = ImageIO.read(new ByteArrayInputStream(Base64.getDecoder().decode(image.attr("src").replaceFirst(".*,", ""))));
        assertThat(picture.getWidth()).isEqualTo(steps);
        return picture.getHeight();
      } catch (IOException e) {
        throw new AssertionError(e);
      }
    }).toList();
    assertThat(heights).containsExactly(16, 16, 8, 8, 8);
    assertThat(page.select(".firing svg").eachAttr("viewBox")).containsExactly("0 -0.03 " + steps + " 1.06", "0 -0.03 " + steps + " 1.06");
    assertThat(page.select(".firing .word").attr("points").split(" ")).hasSize(steps);
  }

  @Test
  void aRunOfAnEarlierVersionHasAPageToo() throws IOException {
    Path old = copy(run, folder.resolve("old"));
    Files.delete(old.resolve("run.json"));
    Files.delete(old.resolve("report.html"));
    ObjectNode result = (ObjectNode) Cli.parse(Files.readString(old.resolve("result.json")));
    for (String part : List.of("dense", "delta")) {
      ((ObjectNode) result.get(part)).remove(List.of("operations", "confusion"));
    }
    Files.writeString(old.resolve("result.json"), result.toString());
    List<String> lines = Files.readAllLines(old.resolve("metrics.jsonl")).stream().map(line -> {
      ObjectNode record = (ObjectNode) Cli.parse(line);
      record.remove("layers");
      return record.toString();
    }).toList();
    Files.write(old.resolve("metrics.jsonl"), lines);

    Cli.lull("report", old).succeeds();
    Document page = page(old.resolve("report.html"));
    assertThat(headings(page)).containsExactly("Training", "Result", "Command", "Options and origin");
    assertThat(page.select("pre").text()).startsWith("lull train ").contains("--hidden 8", "--epochs 3");

    Cli.lull("report", old, "--data", data, "--no-cache", "--threads", 1).succeeds();
    Document measured = page(old.resolve("report.html"));
    assertThat(headings(measured)).contains("What fires", "Confusions of the delta network on the test examples");
    assertThat(measured.select(".matrix").first().text()).isEqualTo(page(run.resolve("report.html")).select(".matrix").first().text());
  }

  @Test
  void aRunThatWasCutOffHasAPage() throws IOException {
    Path cut = copy(run, folder.resolve("cut"));
    Files.delete(cut.resolve("result.json"));
    Files.delete(cut.resolve("model.safetensors"));
    Cli.lull("report", cut, "--out", folder.resolve("cut.html")).succeeds();
    Document page = page(folder.resolve("cut.html"));
    assertThat(page.text()).contains("no result yet");
    assertThat(headings(page)).contains("Training", "What fires");
  }

  @Test
  void denseAndSeriesAndRegressionRunsHavePages() throws IOException {
    Path series = folder.resolve("series");
    Cli.train(TinyData.series(folder.resolve("ts")), series, "--dense", "--layers", 1).succeeds();
    Document page = page(series.resolve("report.html"));
    assertThat(page.select(".firing .axis").text()).startsWith("step 0");
    assertThat(headings(page)).doesNotContain("Multiply-adds of training");

    Path numbers = folder.resolve("numbers");
    Cli.train(TinyData.numbers(folder.resolve("waves")), numbers).succeeds();
    Document regression = page(numbers.resolve("report.html"));
    assertThat(headings(regression)).contains("What fires", "Multiply-adds of training")
        .noneMatch(heading -> heading.contains("Confusions"));
    assertThat(regression.select(".chart svg").eachAttr("aria-label")).contains("squared error (targets normalised)")
        .doesNotContain("accuracy, %");
    assertThat(regression.select(".facts").text()).contains("test error (RMSE)").doesNotContain("accuracy");
    Path out = folder.resolve("regression.html");
    Cli.lull("report", numbers, numbers.resolveSibling("series"), "--out", out).succeeds();
    assertThat(page(out).select("section").first().select("tbody tr")).hasSize(3);
  }

  /** The page is served while the run goes on, and browsers are told of each epoch. */
  @Test
  void aRunAtWorkHasALivePage() throws Exception {
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    Path live = folder.resolve("live");
    CompletableFuture<Cli> training = CompletableFuture.supplyAsync(() -> Cli.train(data, live, "--live", port, "--epochs", 40));
    List<String> events = new ArrayList<>();
    String page = "";
    try (HttpClient client = HttpClient.newHttpClient()) {
      HttpRequest request = HttpRequest.newBuilder(URI.create("http://localhost:" + port + "/events")).build();
      while (events.isEmpty() && !training.isDone()) {
        try (Stream<String> lines = client.send(request, BodyHandlers.ofLines()).body()) {
          for (String line : (Iterable<String>) lines::iterator) {
            events.add(line);
            if (line.startsWith("data: ") && !line.endsWith("end")) {
              page = client.send(HttpRequest.newBuilder(request.uri().resolve("/")).build(), BodyHandlers.ofString()).body();
            }
          }
        } catch (ConnectException e) {
          Thread.onSpinWait(); // it does not listen yet
        }
      }
    }
    training.join().succeeds();
    assertThat(events).contains("event: end").filteredOn(line -> line.startsWith("data: ")).hasSizeGreaterThan(2);
    Document last = Jsoup.parse(page);
    assertThat(last.select("h2").eachText()).contains("Training", "What fires", "Result");
    String script = last.selectFirst("script").data();
    String hash = Base64.getEncoder().encodeToString(MessageDigest.getInstance("SHA-256").digest(script.getBytes(UTF_8)));
    assertThat(last.selectFirst("meta[http-equiv=Content-Security-Policy]").attr("content"))
        .isEqualTo("default-src 'none'; style-src 'unsafe-inline'; img-src data:; script-src 'sha256-" + hash + "'; connect-src 'self'");
    page(live.resolve("report.html")); // without a script
    Cli.lull("train", "--live", 70000).isMistake("port 70000");
  }

  @Test
  void severalRunsAreCompared() throws IOException {
    Path other = folder.resolve("other " + HOSTILE.replace("/", ""));
    Cli.train(data, other, "--hidden", 12, "--delta").succeeds();
    Path out = folder.resolve("compared.html");
    Cli.lull("report", run, other, "--out", out).succeeds();
    Document page = page(out);
    assertThat(headings(page)).containsExactly("Runs", "Options that differ", "Training");
    assertThat(page.select("section").first().select("tbody th").eachText()).containsExactly("run's, dense", "run's, delta",
        other.getFileName() + ", delta");
    assertThat(page.select("section").get(1).text()).contains("hidden").doesNotContain("cell");
    assertThat(page.select(".chart")).hasSize(3);
  }

  @Test
  void sweepsIncrementalExperimentsAndSimulationsHavePages() throws IOException {
    Path sweep = folder.resolve("sweep");
    Cli.lull("sweep", "--data", data, "--out", sweep, "--no-cache", "--hidden", 8, "--epochs", 1, "--over", "threshold=0.1,0.3", "--over",
        "seed=1,2", "--threads", 1).succeeds();
    Cli.lull("report", sweep).succeeds();
    Document page = page(sweep.resolve("report.html"));
    assertThat(headings(page)).containsExactly("Sweep sweep");
    assertThat(page.select("tbody tr")).hasSize(3);

    Path incremental = folder.resolve("incremental");
    Cli.lull("incremental", "--data", TinyData.tones(folder.resolve("tones")), "--out", incremental, "--start", 2, "--step", 1, "--orders",
        1, "--methods", "discriminant,joint", "--epochs", 1, "--pretrain-epochs", 0, "--hidden", 8, "--no-cache").succeeds();
    Path simulated = folder.resolve("simulated.json");
    Files.writeString(simulated, Cli.lull("simulate", "--sweep", "--simulator", "schedule", "--size", 16, "--lanes", 4, "--sparsity",
        "0,0.9", "--steps", 8, "--sequences", 2, "--json").succeeds().out());
    Path out = folder.resolve("all.html");
    Cli.lull("report", run, sweep, incremental, simulated, "--out", out).succeeds();
    Document all = page(out);
    assertThat(headings(all)).containsExactly("Runs", "Training", "Sweep sweep", "Incremental learning incremental",
        "Training in logic, simulated.json");
    assertThat(all.select(".chart svg").eachAttr("aria-label")).contains("speed-up of a training step", "test accuracy, %",
        "delta: accuracy on the classes known, %");
  }

  @Test
  void whatIsNoRunIsRefused() throws IOException {
    Path empty = Files.createDirectories(folder.resolve("empty"));
    Cli.lull("report", empty).isMistake("holds no metrics.jsonl");
    Cli.lull("report", folder.resolve("nowhere")).isMistake("no such file or directory");
    Cli.lull("report", TinyData.text(folder.resolve("other.json"), "{\"a\": 1}")).isMistake("not what lull simulate --json prints");
    Cli.lull("report", TinyData.text(folder.resolve("no.json"), "hello")).isMistake("is not JSON");
    Cli.lull("report", TinyData.bytes(folder.resolve("binary"), (byte) 0xff, (byte) 0xfe)).isMistake("is not text");
    Cli.lull("report", run, run, "--data", data).isMistake("--data measures the models of one run");
    Cli.lull("report", run, "--out", folder.resolve("none/report.html")).isMistake("none");
    Cli.lull("report").isMistake("RUN");
    Path damaged = copy(run, folder.resolve("damaged"));
    Files.writeString(damaged.resolve("metrics.jsonl"), "{\"phase\":\"delta\",", StandardOpenOption.APPEND);
    Cli.lull("report", damaged).isMistake("metrics.jsonl", "damaged");
    Files.writeString(damaged.resolve("metrics.jsonl"), "");
    Files.writeString(damaged.resolve("run.json"), "[]");
    Cli.lull("report", damaged).isMistake("run.json");
  }

  /** 2000 epochs of ten layers, 90 classes. */
  @Test
  void theLargestRunsStayBelowAMegabyte() throws IOException {
    Path large = copy(run, folder.resolve("large"));
    JsonMapper json = JsonMapper.builder().build();
    ObjectNode line = (ObjectNode) json.readTree(Files.readAllLines(large.resolve("metrics.jsonl")).getLast());
    var layers = line.putArray("layers");
    SplittableRandom random = new SplittableRandom(1);
    StringBuilder lines = new StringBuilder();
    for (int layer = 0; layer < 10; layer++) {
      layers.addObject();
    }
    for (int epoch = 1; epoch <= 2000; epoch++) {
      int e = epoch;
      line.put("epoch", epoch).put("train_loss", 1 + Math.sin(epoch)).put("sparsity_x", 0.5 + 0.3 * Math.cos(epoch));
      layers.forEach(layer -> ((ObjectNode) layer).put("sparsity_x", random.nextDouble()).put("sparsity_h", 0.5).put("threshold_x",
          0.1 + 1e-5 * e).put("threshold_h", random.nextDouble()));
      lines.append(line).append('\n').append(line.toString().replace("\"delta\"", "\"dense\"")).append('\n');
    }
    Files.writeString(large.resolve("metrics.jsonl"), lines);
    Cli.lull("report", large).succeeds();
    page(large.resolve("report.html"));
  }

  private static Path copy(Path from, Path to) throws IOException {
    Files.createDirectories(to);
    try (Stream<Path> files = Files.list(from)) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(file.getFileName()));
      }
    }
    return to;
  }
}
