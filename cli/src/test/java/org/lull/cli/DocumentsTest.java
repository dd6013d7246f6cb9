// SPDX-License-Identifier: Apache-2.0
package org.lull.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.lull.experiments.preset.KnownCorpus;
import org.lull.experiments.preset.Preset;
import org.lull.experiments.preset.Presets;
import org.lull.experiments.run.RunConfig;
import org.lull.experiments.run.RunDirectory;
import org.lull.experiments.sweep.Axis;
import org.lull.io.Safetensors;
import org.lull.speech.LogMelSettings;
import picocli.CommandLine;

/** What the documents say is true: every method, link, command, option, field and example in them exists and works. */
class DocumentsTest {
  private static final Path ROOT = Path.of("").toAbsolutePath().getParent();
  private static final ObjectMapper JSON = new ObjectMapper();

  private static final Pattern LINK = Pattern.compile("]\\(([^)\\s]+)\\)");
  private static final Pattern METHOD = Pattern.compile("\\[(\\w+)\\.(\\w+)]\\((?:\\.\\./)?(\\w+)/src/main/java/([\\w/]+)\\.java\\)");
  private static final Pattern OPTION = Pattern.compile("(?<![\\w-])--[a-z][a-z-]*");
  private static final Pattern COMMAND = Pattern.compile("(?m)(?:^ {4}(?:[A-Z_]+=\\S+ )?|`)\\./lull((?: [^ `#\n]+)*)");
  private static final Pattern ABSOLUTE_PATH = Pattern.compile("(?<![\\w<>~.:/])/[a-zA-Z]\\w*");
  private static final Pattern URL = Pattern.compile("https?://([^/)\\s]+)");
  private static final Pattern JAVA = Pattern.compile("(?s)```java\n(.*?)```");
  private static final Pattern CODE = Pattern.compile("`([^`]+)`");

  /** Keys of a model's metadata that hold no JSON. */
  private static final Set<String> TEXT = Set.of("format", "arithmetic");
  private static final Set<String> OPTIONS_OF_OTHERS = Set.of("--add-modules", "--data-binary", "--url-query");
  private static final Set<String> PUBLIC_HOSTS = Set.of("adoptium.net", "arxiv.org", "djl.ai", "fluent.ai", "freetts.sourceforge.io",
      "github.com", "keepachangelog.com", "localhost:8090", "storage.googleapis.com", "toml.io", "www.timeseriesclassification.com");

  /** Tones, and a run trained on them. */
  @TempDir
  static Path folder;
  private static Path corpus;
  private static Path run;

  @BeforeAll
  static void train() {
    corpus = TinyData.tones(folder.resolve("tones"));
    TinyData.sound(corpus.resolve("low/clip9.wav"), new float[TinyData.RATE], TinyData.RATE); // silent, so that a run leaves every file
    run = folder.resolve("run");
    Cli.train(corpus, run, "--layers", 1).succeeds();
  }

  private static List<Path> documents() throws IOException {
    try (Stream<Path> docs = Files.list(ROOT.resolve("docs"))) {
      Stream<Path> others = Stream.of("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "bench/README.md").map(ROOT::resolve);
      return Stream.concat(others, docs.filter(file -> file.toString().endsWith(".md"))).sorted().toList();
    }
  }

  private static String text(String document) throws IOException {
    return Files.readString(ROOT.resolve(document));
  }

  /** From a heading of the second level to the next. */
  private static String section(String document, String heading) throws IOException {
    String text = text(document);
    int from = text.indexOf("\n## " + heading + "\n");
    assertThat(from).as("%s has a section %s", document, heading).isNotNegative();
    int to = text.indexOf("\n## ", from + 1);
    return text.substring(from, to < 0 ? text.length() : to);
  }

  private static List<MatchResult> all(Pattern pattern, String text) {
    return pattern.matcher(text).results().toList();
  }

  // ------------------------------------------------------------------------------------------------ links and names

  @ParameterizedTest
  @MethodSource("documents")
  void relativeLinksResolve(Path document) throws IOException {
    for (MatchResult link : all(LINK, Files.readString(document))) {
      String[] target = link.group(1).split("#", 2);
      if (target[0].startsWith("https:")) {
        continue;
      }
      Path file = target[0].isEmpty() ? document : document.resolveSibling(target[0]);
      assertThat(file).as("%s links to %s", document, link.group(1)).exists();
      if (target.length == 2) {
        assertThat(anchors(file)).as("%s links to %s", document, link.group(1)).contains(target[1]);
      }
    }
  }

  /** Anchors of the headings, as GitHub makes them. */
  private static List<String> anchors(Path file) throws IOException {
    return Files.readAllLines(file).stream().filter(line -> line.matches("#+ .*"))
        .map(line -> line.replaceFirst("#+ ", "").toLowerCase(Locale.ROOT).replaceAll("[^\\w -]", "").replace(' ', '-')).toList();
  }

  @ParameterizedTest
  @MethodSource("documents")
  void pathsAndHostsAreEveryones(Path document) throws IOException {
    String text = Files.readString(document);
    assertThat(all(ABSOLUTE_PATH, text)).extracting(MatchResult::group).isEmpty();
    assertThat(all(URL, text)).extracting(host -> host.group(1)).isSubsetOf(PUBLIC_HOSTS);
  }

  @Test
  void everyMethodOfTheMapExists() throws IOException, ClassNotFoundException {
    List<String> whole = rows(text("docs/map.md"));
    assertThat(whole).hasSizeGreaterThan(30);
    List<String> essential = rows(section("README.md", "The map"));
    assertThat(essential).hasSizeGreaterThan(12);
    assertThat(essential).extracting(row -> row.split("\\|")[1]).isSubsetOf(whole.stream().map(row -> row.split("\\|")[1]).toList());
    for (String row : Stream.concat(whole.stream(), essential.stream()).toList()) {
      List<MatchResult> methods = all(METHOD, row);
      assertThat(methods).as(row).isNotEmpty().hasSameSizeAs(all(LINK, row));
      for (MatchResult method : methods) {
        Class<?> type = Class.forName(method.group(4).replace('/', '.'), false, getClass().getClassLoader());
        assertThat(type.getSimpleName()).as(row).isEqualTo(method.group(1));
        assertThat(type.getDeclaredMethods()).as(row).extracting(Method::getName).contains(method.group(2));
      }
    }
  }

  /** The rows of a table below the heading. */
  private static List<String> rows(String text) {
    return text.lines().filter(line -> line.startsWith("| ")).skip(1).toList();
  }

  // ------------------------------------------------------------------------------------------------ commands

  @Test
  void theReadmeBeginsWithTheCommandsThatRunAndTest() throws IOException {
    assertThat(section("README.md", "Run and test")).contains("\n    ./lull train ", "\n    ./mvnw verify ");
    assertThat(text(".ci/run")).contains("\n./mvnw verify ");
    assertThat(text("README.md").split("\\s+")).as("words of the README").hasSizeLessThan(1200);
  }

  @Test
  void everyCommandIsDescribed() throws IOException {
    assertThat(all(COMMAND, text("docs/commands.md"))).extracting(command -> command.group(1).split(" ")[1])
        .containsAll(Lull.commandLine().getSubcommands().keySet().stream().filter(name -> !name.equals("help")).toList());
  }

  @ParameterizedTest
  @MethodSource("documents")
  void commandsAreUnderstood(Path document) throws IOException {
    Path config = Files.writeString(folder.resolve("small.toml"), "hidden = 32\n"); // is read while the command line is
    for (MatchResult command : all(COMMAND, Files.readString(document))) {
      String words = command.group(1).replace(" small.toml", " " + config).strip();
      String[] arguments = words.isEmpty() ? new String[0] : words.split(" ");
      assertThatCode(() -> Lull.commandLine().parseArgs(arguments)).as(command.group()).doesNotThrowAnyException();
    }
  }

  @ParameterizedTest
  @MethodSource("documents")
  void optionsExist(Path document) throws IOException {
    Set<String> known = new TreeSet<>(OPTIONS_OF_OTHERS);
    Stream.concat(Stream.of(Lull.commandLine()), Lull.commandLine().getSubcommands().values().stream())
        .forEach(command -> known.addAll(optionsOf(command)));
    assertThat(all(OPTION, Files.readString(document))).extracting(MatchResult::group).isSubsetOf(known);
  }

  @Test
  void everyOptionOfTrainIsNamed() throws IOException {
    String options = section("docs/commands.md", "Options");
    Lull.commandLine().getSubcommands().get("train").getCommandSpec().options().stream()
        .filter(option -> !option.usageHelp() && !option.versionHelp())
        .forEach(option -> assertThat(options).containsPattern("--(no-)?" + option.longestName().substring(2) + "(?![\\w-])"));
  }

  private static Set<String> optionsOf(CommandLine command) {
    Set<String> names = new TreeSet<>(command.getCommandSpec().optionsMap().keySet());
    names.addAll(command.getCommandSpec().negatedOptionsMap().keySet());
    return names;
  }

  // ------------------------------------------------------------------------------------------------ the library

  @Test
  void theExampleOfTheReadmeCompilesAndRuns() throws IOException, InterruptedException {
    String code = all(JAVA, text("README.md")).getFirst().group(1);
    run("Readme.java", """
        import org.lull.*;

        void main() {
          List<float[][]> sequences = new ArrayList<>();
          List<String> labels = new ArrayList<>();
          for (int i = 0; i < 40; i++) {
            sequences.add(new float[][] {{i % 2}, {1 - i % 2}, {i}});
            labels.add(i % 2 == 0 ? "even" : "odd");
          }
          float[] frame = sequences.getFirst()[0];
        CODE
          IO.println(prediction);
        }
        """.replace("CODE", code));
    assertThat(folder.resolve("model.safetensors")).isRegularFile();
  }

  @Test
  void theExampleOnArraysCompilesAndRuns() throws IOException, InterruptedException {
    String printed = example(0, "Sines.java");
    assertThat(printed).containsPattern("accuracy (1\\.0|0\\.9\\d*), sparsity 0\\.\\d+");
    assertThat(printed.lines().filter(line -> line.matches("period \\d+ \\[.*]"))).hasSize(40);
    assertThat(folder.resolve("sines.safetensors")).isRegularFile();
  }

  @Test
  void theExampleOfRegressionCompilesAndRuns() throws IOException, InterruptedException {
    String printed = example(1, "Periods.java");
    assertThat(number(printed, "RMSE ([\\d.]+), sparsity 0\\.\\d+"))
        .isLessThan(0.5 * number(printed, "always predicting the mean: RMSE ([\\d.]+)"));
    double period = number(printed, "period ([\\d.]+), predicted");
    assertThat(number(printed, "predicted ([\\d.]+)")).isCloseTo(period, within(2.0));
  }

  private static double number(String printed, String pattern) {
    Matcher matcher = Pattern.compile(pattern).matcher(printed);
    assertThat(matcher.find()).as(printed).isTrue();
    return Double.parseDouble(matcher.group(1));
  }

  @Test
  void theExampleOnSoundCompilesAndRuns() throws IOException, InterruptedException {
    assertThat(example(2, "Words.java", corpus.toString())).contains("EpochRecord[epoch=5", "accuracy ");
    Cli.lull("eval", "--model", folder.resolve("words.safetensors"), "--data", corpus, "--json").succeeds();
  }

  @Test
  void theExampleOfResumingCompilesAndRuns() throws IOException, InterruptedException {
    String printed = example(text("docs/resume.md"), 0, "Resumed.java");
    assertThat(printed).contains("stopped after epoch 3").containsPattern("epochs 6, accuracy (1|0)\\.\\d+");
    assertThat(example(text("docs/resume.md"), 0, "Resumed.java")).as("started again").doesNotContain("stopped")
        .endsWith(printed.substring(printed.indexOf("epochs 6")));
  }

  /** What a program of the page on the library prints. */
  private static String example(int number, String file, String... arguments) throws IOException, InterruptedException {
    String page = text("docs/library.md");
    return example(page, number, file, arguments);
  }

  private static String example(String page, int number, String file, String... arguments) throws IOException, InterruptedException {
    assertThat(page).contains(file);
    return run(file, all(JAVA, page).get(number).group(1), arguments);
  }

  private static String run(String file, String code, String... arguments) throws IOException, InterruptedException {
    Path example = Files.writeString(folder.resolve(file), code);
    Path output = folder.resolve(file + ".output");
    List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "--add-modules",
        "jdk.incubator.vector", "-cp", System.getProperty("java.class.path"), example.toString()));
    command.addAll(List.of(arguments));
    Process java = new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true).redirectOutput(output.toFile()).start();
    assertThat(java.waitFor(60, TimeUnit.SECONDS)).as("the example ended").isTrue();
    assertThat(java.exitValue()).as(Files.readString(output)).isZero();
    return Files.readString(output);
  }

  // ------------------------------------------------------------------------------------------------ files

  /** The names in the first column of those tables of a section of docs/formats.md whose heading begins so. */
  private static Set<String> documented(String section, String... headings) throws IOException {
    Set<String> names = new TreeSet<>();
    String heading = "";
    for (String line : section("docs/formats.md", section).lines().toList()) {
      if (!line.startsWith("| ")) {
        heading = line.startsWith("|-") ? heading : "";
      } else if (heading.isEmpty()) {
        heading = line.substring(2);
      } else if (Arrays.stream(headings).anyMatch(heading::startsWith)) {
        all(CODE, line.split("\\|")[1]).forEach(code -> names.add(code.group(1)));
      }
    }
    return names;
  }

  /** Names of all fields of an object and of what it holds, but for the options of a provenance, which are the command line's. */
  private static Set<String> fields(JsonNode node) {
    Set<String> names = new TreeSet<>();
    node.properties().forEach(property -> {
      names.add(property.getKey());
      names.addAll(property.getKey().equals("options") ? Set.of() : fields(property.getValue()));
    });
    node.forEach(element -> names.addAll(element.isObject() && node.isArray() ? fields(element) : Set.of()));
    return names;
  }

  @Test
  void aRunHoldsTheFilesDescribed() throws IOException {
    String beginning = text("docs/formats.md").split("\n## ", 2)[0];
    Set<String> documented = new TreeSet<>();
    beginning.lines().filter(line -> line.matches("\\| \\[?`.*"))
        .forEach(line -> documented.add(all(CODE, line).getFirst().group(1)));
    try (Stream<Path> files = Files.list(run)) {
      assertThat(files.map(file -> file.getFileName().toString()).toList()).containsExactlyInAnyOrderElementsOf(documented);
    }
  }

  @Test
  void theModelFileIsAsDescribed() throws IOException {
    Safetensors.Contents model = Safetensors.read(run.resolve(RunDirectory.MODEL));
    assertThat(model.tensors().keySet()).containsExactlyInAnyOrderElementsOf(
        documented("model.safetensors", "tensor").stream().map(name -> name.replace("{k}", "0")).toList());
    assertThat(model.metadata().keySet()).containsExactlyInAnyOrderElementsOf(documented("model.safetensors", "key"));
    ObjectNode metadata = JSON.createObjectNode();
    for (String key : documented("model.safetensors", "key")) {
      if (!TEXT.contains(key)) {
        metadata.set(key, JSON.readTree(model.metadata().get(key)));
      }
    }
    Set<String> expected = documented("model.safetensors", "key", "field");
    expected.removeAll(TEXT);
    assertThat(fields(metadata)).isEqualTo(expected);
  }

  @Test
  void theFrontEndsAreAsDescribed() throws IOException {
    List<String> rows = section("docs/formats.md", "model.safetensors").lines()
        .dropWhile(line -> !line.startsWith("| field | mel16 |")).skip(2).takeWhile(line -> line.startsWith("|"))
        .map(line -> line.substring(0, line.lastIndexOf('|', line.length() - 2) + 1)).toList(); // without the explanation
    List<JsonNode> presets = LogMelSettings.presets().stream().<JsonNode>map(JSON::valueToTree).toList();
    List<String> expected = new ArrayList<>();
    presets.getFirst().fieldNames().forEachRemaining(field -> expected.add("| `" + field + "` | "
        + presets.stream().map(preset -> preset.get(field).asText()).collect(Collectors.joining(" | ")) + " |"));
    assertThat(rows).isEqualTo(expected);
  }

  @Test
  void theMetricsAreAsDescribed() throws IOException {
    List<String> lines = Files.readAllLines(run.resolve(RunDirectory.METRICS));
    assertThat(lines).hasSize(2)
        .allSatisfy(line -> assertThat(fields(JSON.readTree(line))).isEqualTo(documented("metrics.jsonl", "field")));
  }

  @Test
  void theResultIsAsDescribed() throws IOException {
    assertThat(fields(JSON.readTree(run.resolve(RunDirectory.RESULT).toFile()))).isEqualTo(documented("result.json", "field"));
  }

  @Test
  void whatFromAddsIsAsDescribed() throws IOException {
    Path further = folder.resolve("further");
    Cli.train(corpus, further, "--from", run).succeeds();
    Set<String> result = documented("result.json", "field");
    result.addAll(documented("result.json", "added by `--from`"));
    assertThat(fields(JSON.readTree(further.resolve(RunDirectory.RESULT).toFile()))).isEqualTo(result);
  }

  @Test
  void whatEvalPrintsIsAsDescribed() throws IOException {
    Cli eval = Cli.lull("eval", "--model", run, "--data", corpus, "--no-cache", "--json").succeeds();
    assertThat(fields(eval.json())).isEqualTo(documented("eval --json", "field"));
  }

  @Test
  void regressionIsAsDescribed() throws IOException {
    Path numbers = TinyData.numbers(folder.resolve("numbers"));
    Path predicting = folder.resolve("predicting");
    Cli.train(numbers, predicting).succeeds();
    Set<String> metrics = documented("metrics.jsonl", "field");
    metrics.addAll(documented("Regression", "added to metrics.jsonl"));
    assertThat(Files.readAllLines(predicting.resolve(RunDirectory.METRICS)))
        .allSatisfy(line -> assertThat(fields(JSON.readTree(line))).isEqualTo(metrics));
    Set<String> result = documented("result.json", "field");
    result.addAll(documented("Regression", "added to result.json"));
    assertThat(fields(JSON.readTree(predicting.resolve(RunDirectory.RESULT).toFile()))).isEqualTo(result);
    Cli eval = Cli.lull("eval", "--model", predicting, "--data", numbers, "--json").succeeds();
    assertThat(fields(eval.json())).isEqualTo(documented("Regression", "printed by eval"));
    Path sweep = folder.resolve("predicting-sweep");
    Cli.lull("sweep", "--data", numbers, "--out", sweep, "--hidden", 8, "--epochs", 1, "--over", "seed=1,2").succeeds();
    Set<String> added = documented("Regression", "added to results.json of a sweep");
    assertThat(namesOf(JSON.readTree(sweep.resolve("results.json").toFile()).at("/points/0/result"))).containsAll(added);
    assertThat(Files.readAllLines(sweep.resolve("sweep.csv")).getFirst().split(",")).containsAll(added);
  }

  @Test
  void theSweepIsAsDescribed() throws IOException {
    Path sweep = folder.resolve("sweep");
    Cli.lull("sweep", "--data", corpus, "--out", sweep, "--no-cache", "--hidden", 8, "--pretrain-epochs", 1, "--epochs", 1, "--over",
        "threshold=0.1", "--over", "seed=1,2").succeeds();

    Set<String> files = documented("sweep", "file");
    assertThat(files).contains("unfinished"); // while it is at work
    files.removeAll(Set.of("unfinished", "failures.json", "point.json")); // nor did any fail
    assertThat(sweep.toFile().list()).containsExactlyInAnyOrderElementsOf(files);
    assertThat(fields(JSON.readTree(sweep.resolve("points/dense,seed=1/point.json").toFile())))
        .isEqualTo(documented("sweep", "field of point.json"));
    JsonNode results = JSON.readTree(sweep.resolve("results.json").toFile());
    Set<String> expected = documented("sweep", "field of results.json", "field of points", "field of result ", "field of families");
    expected.addAll(Set.of("mean", "deviation", "error"));
    assertThat(fields(results)).isEqualTo(expected);
    assertThat(fields(JSON.readTree(sweep.resolve("sweep.json").toFile())))
        .isEqualTo(new TreeSet<>(Set.of("grid", "name", "values", "options", "data", "data_hash")));
    String columns = Files.readAllLines(sweep.resolve("sweep.csv")).getFirst();
    assertThat(columns.replace("name,network,threshold,seed,", "").split(",")).containsExactlyInAnyOrderElementsOf(
        documented("sweep", "column"));
  }

  @Test
  void everyPresetIsNamedAndItsFolder() throws IOException {
    String section = text("docs/reproduce.md");
    assertThat(Presets.ALL).allSatisfy(preset -> assertThat(section).contains("`" + preset.name() + "`")
        .contains(preset.wants() == KnownCorpus.EMBEDDED ? "embedded" : "`" + preset.wants().folder() + "`"));
  }

  @Test
  void whatIsReproducedIsAsDescribed() throws IOException {
    Path data = folder.resolve("corpora");
    TinyData.series(data.resolve("japanese_vowels"));
    Path out = folder.resolve("reproduction");
    List<Preset> presets = List.of(new Preset("tiny", "Up and down.", KnownCorpus.VOWELS, null,
        RunConfig.of(Map.of("hidden", "8", "epochs", "1")),
        List.of(Axis.of("target-sparsity", "0.3")), List.of(new Preset.Recorded("delta", Map.of(), 0.5, 0.1, 3.0, "paper"))));
    Cli.reproduce(presets, "tiny", "--data", data, "--out", out, "--seeds", 2, "--timing", 0, "--no-cache").succeeds();

    Set<String> files = documented("reproduce", "file");
    files.add("tiny");
    assertThat(out.toFile().list()).containsExactlyInAnyOrderElementsOf(files);
    assertThat(out.resolve("tiny").toFile().list()).containsExactlyInAnyOrder("preset.json", "points", "sweep.json", "sweep.lock");
    ObjectNode preset = (ObjectNode) JSON.readTree(out.resolve("tiny/preset.json").toFile());
    assertThat(namesOf(preset.get("timing"))).containsExactlyInAnyOrder("batch", "threads", "kernels", "step_micros");
    preset.putNull("timing");
    assertThat(fields(preset)).isEqualTo(documented("reproduce", "field of preset.json"));

    JsonNode results = JSON.readTree(out.resolve("results.json").toFile());
    ObjectNode network = (ObjectNode) results.at("/presets/0/networks/1");
    Set<String> family = documented("sweep", "field of families");
    assertThat(namesOf(network.get("found"))).isEqualTo(family);
    assertThat(namesOf(network.get("recorded"))).containsExactlyInAnyOrder("network", "options", "accuracy", "deviation", "reduction",
        "from");
    results.at("/presets/0/networks").forEach(row -> ((ObjectNode) row).putNull("found").putNull("recorded"));
    Set<String> expected = documented("reproduce", "field of results.json", "field of presets", "field of networks");
    assertThat(fields(results)).isEqualTo(expected);

    JsonNode list = Cli.reproduce(presets, "list", "--json").succeeds().json();
    assertThat(namesOf(list)).isEqualTo(documented("reproduce", "field of the list"));
    assertThat(namesOf(list.at("/presets/0"))).containsExactlyInAnyOrder("name", "shows", "data", "folder", "instead", "found", "networks",
        "epochs", "examples", "seconds");
  }

  @Test
  void classIncrementalLearningIsAsDescribed() throws IOException {
    Path out = folder.resolve("incremental");
    JsonNode results = Cli.lull("incremental", "--data", corpus, "--out", out, "--no-cache", "--start", 2, "--step", 1, "--orders", 2,
        "--pretrain-epochs", 0, "--epochs", 1, "--task-epochs", 1, "--hidden", 8, "--methods", "joint,balanced", "--batch", 8, "--json")
        .succeeds().json();
    assertThat(out.toFile().list()).containsExactlyInAnyOrderElementsOf(documented("incremental", "file"));
    assertThat(fields(results))
        .isEqualTo(documented("incremental", "field of results.json", "field of experiments", "field of families"));

    Path known = TinyData.speechCommands(folder.resolve("known"));
    Path knownRun = folder.resolve("known-run");
    Cli.train(known, knownRun).succeeds();
    Path learned = folder.resolve("learned");
    Cli learn =
        Cli.lull("learn", "--model", knownRun, "--data", known, "--add", "low=" + corpus.resolve("high"), "--run", learned, "--epochs",
            1, "--no-cache", "--json").succeeds();
    assertThat(fields(learn.json())).isEqualTo(documented("learn", "field of learn"));
    assertThat(learned.toFile().list()).containsExactlyInAnyOrder("model.safetensors", "metrics.jsonl", "exemplars.log",
        "result.json", "confusion.png", "run.json");
  }

  private static Set<String> namesOf(JsonNode object) {
    Set<String> names = new TreeSet<>();
    object.fieldNames().forEachRemaining(names::add);
    return names;
  }
}
