// SPDX-License-Identifier: Apache-2.0
package org.lull.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lull.cost.Varies;
import org.lull.experiments.run.RunResult;

/** What two runs of the same seed have in common: everything but what is marked as varying, which the documents list. */
class ReproducibilityTest {
  private static final Pattern ROW = Pattern.compile("(?m)^\\| ((?:`\\w+` ?)+) \\| (.+) \\|$");
  private static final Pattern NAME = Pattern.compile("`(\\w+)`");

  @TempDir
  static Path folder;

  @Test
  void twoRunsDifferInNothingElse() throws IOException {
    Path tones = TinyData.tones(folder.resolve("tones"));
    Path one = folder.resolve("one");
    Path two = folder.resolve("two");
    Cli.train(tones, one, "--batch", "16", "--threads", "1", "--epochs", "2", "--pretrain-epochs", "1").succeeds();
    Cli.train(tones, two, "--batch", "16", "--threads", "2", "--epochs", "2", "--pretrain-epochs", "1").succeeds();

    Map<String, String> ofOne = leaves(Cli.parse(Files.readString(one.resolve("result.json"))));
    Map<String, String> ofTwo = leaves(Cli.parse(Files.readString(two.resolve("result.json"))));
    Set<String> varying = varying(RunResult.class).keySet();
    assertThat(ofOne).hasSizeGreaterThan(50);
    assertThat(ofTwo.keySet()).isEqualTo(ofOne.keySet());
    Set<String> met = new TreeSet<>();
    for (Map.Entry<String, String> field : ofOne.entrySet()) {
      String name = field.getKey().substring(field.getKey().lastIndexOf('/') + 1);
      if (varying.contains(name)) {
        met.add(name);
      } else {
        assertThat(ofTwo.get(field.getKey())).as(field.getKey()).isEqualTo(field.getValue());
      }
    }
    assertThat(met).isEqualTo(varying);
    assertThat(ofTwo.get("/threads")).isNotEqualTo(ofOne.get("/threads"));

    List<String> epochs = Files.readAllLines(one.resolve("metrics.jsonl"));
    assertThat(epochs).hasSize(5).isEqualTo(Files.readAllLines(two.resolve("metrics.jsonl")));
  }

  @Test
  void theDocumentsListWhatIsMarked() throws IOException {
    String text = Files.readString(Path.of("..", "docs", "reproducibility.md"));
    Map<String, String> listed = new TreeMap<>();
    for (MatchResult row : ROW.matcher(text).results().toList()) {
      for (MatchResult name : NAME.matcher(row.group(1)).results().toList()) {
        listed.put(name.group(1), row.group(2).replace("memory: ", ""));
      }
    }
    assertThat(listed).isEqualTo(varying(RunResult.class));
  }

  /** The fields of a record and of the records in it that are marked, by their names in JSON, with the reason. */
  private static Map<String, String> varying(Class<?> record) {
    Map<String, String> found = new TreeMap<>();
    for (RecordComponent component : record.getRecordComponents()) {
      Varies varies = component.getAnnotation(Varies.class);
      if (varies != null) {
        found.put(new PropertyNamingStrategies.SnakeCaseStrategy().translate(component.getName()), varies.value());
      }
      if (component.getType().isRecord()) {
        found.putAll(varying(component.getType()));
      }
    }
    return found;
  }

  /** What is at the end of each path; elements of an array by their number. */
  private static Map<String, String> leaves(JsonNode node) {
    if (node.isValueNode()) {
      return Map.of("", node.toString());
    }
    Map<String, String> found = new TreeMap<>();
    if (node.isObject()) {
      node.properties().forEach(field -> addAll(found, field.getKey(), field.getValue()));
    }
    for (int i = 0; node.isArray() && i < node.size(); i++) {
      addAll(found, Integer.toString(i), node.get(i));
    }
    return found;
  }

  private static void addAll(Map<String, String> found, String name, JsonNode value) {
    found.putAll(leaves(value).entrySet().stream().collect(Collectors.toMap(leaf -> "/" + name + leaf.getKey(), Map.Entry::getValue)));
  }
}
