// SPDX-License-Identifier: Apache-2.0
package org.lull.exchange.keras;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.lull.input.InvalidInputException;

/** The layers of a model as the JSON of its configuration has them: a Sequential, or a Functional in which each layer feeds the next. */
record KerasConfig(List<LayerConfig> layers) {
  /**
   * A layer.
   *
   * @param type class of Keras, such as "LSTM"
   * @param name that the user or Keras gave it
   * @param group name under which a .keras archive has its weights: the class and a number
   */
  record LayerConfig(String type, String name, String group, JsonNode config) {
    boolean flag(String key, boolean otherwise) {
      return config.has(key) ? config.get(key).asBoolean() : otherwise;
    }

    /** Name of a function of Keras, which may be wrapped in an object. */
    String function(String key, String otherwise) {
      JsonNode value = config.get(key);
      return value == null ? otherwise : value.isTextual() ? value.textValue() : value.path("config").asText(value.toString());
    }
  }

  /** @throws InvalidInputException if the layers are not there, or not a chain */
  static KerasConfig of(String json, String file) {
    JsonNode model;
    try {
      model = JsonMapper.builder().build().readTree(json);
    } catch (JsonProcessingException e) {
      throw bad(file, "its configuration is not JSON: " + e.getOriginalMessage());
    }
    String kind = model.path("class_name").asText();
    JsonNode layers = model.path("config").isArray() ? model.path("config") : model.path("config").path("layers");
    if (!layers.isArray() || layers.isEmpty()) {
      throw bad(file, "its configuration (" + (kind.isEmpty() ? "without a class" : "of the class " + kind)
          + ") names no layers; expected a Sequential or a Functional model");
    }
    boolean chain = !kind.equals("Sequential");
    List<LayerConfig> found = new ArrayList<>();
    Map<String, Integer> counts = new HashMap<>();
    for (JsonNode node : layers) {
      String type = node.path("class_name").asText();
      String name = node.path("config").path("name").asText();
      String snake = snake(type);
      int number = counts.merge(snake, 1, Integer::sum) - 1;
      if (chain && !found.isEmpty()) {
        requireChain(file, node, name, found.getLast().name);
      }
      found.add(new LayerConfig(type, name, number == 0 ? snake : snake + "_" + number, node.path("config")));
    }
    return new KerasConfig(found);
  }

  private static void requireChain(String file, JsonNode node, String name, String before) {
    List<String> inputs = new ArrayList<>();
    inputs(node.path("inbound_nodes"), inputs, 0);
    if (!inputs.equals(List.of(before))) {
      throw bad(file, "the layer " + name + " reads " + (inputs.isEmpty() ? "nothing" : String.join(", ", inputs)) + ", expected " + before
          + ", the one before it; branches have no equal in Lull");
    }
  }

  /** Names of layers in references: {"keras_history": ["lstm", 0, 0]} of Keras 3, or ["lstm", 0, 0, {}] of Keras 2. */
  private static void inputs(JsonNode node, List<String> names, int depth) {
    if (depth > 50) {
      return;
    }
    if (node.isArray() && node.size() >= 3 && node.get(0).isTextual() && node.get(1).isInt() && node.get(2).isInt()) {
      names.add(node.get(0).textValue());
      return;
    }
    node.forEach(child -> inputs(child, names, depth + 1));
  }

  /** As Keras makes a name of a class. */
  private static String snake(String type) {
    return type.replaceAll("\\W+", "").replaceAll("(.)([A-Z][a-z]+)", "$1_$2").replaceAll("([a-z])([A-Z])", "$1_$2")
        .toLowerCase(Locale.ROOT);
  }

  private static InvalidInputException bad(String file, String what) {
    return new InvalidInputException((file + ": " + what).replaceAll("\\p{Cntrl}", " "));
  }
}
