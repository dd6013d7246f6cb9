// SPDX-License-Identifier: Apache-2.0
package org.lull.experiments.store;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.Module;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import java.io.IOException;
import org.lull.input.InvalidInputException;

/** Results as JSON, names_with_underscores, and back. */
public final class Json {
  private static final ObjectMapper MAPPER =
      JsonMapper.builder().propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE).addModule(finiteNumbers()).build();

  private Json() {}

  /** JSON has no infinity and no NaN. Such a figure, as the reduction of a network that never fires, is written as null. */
  private static Module finiteNumbers() {
    JsonSerializer<Double> finite = new JsonSerializer<>() {
      @Override
      public void serialize(Double value, JsonGenerator json, SerializerProvider provider) throws IOException {
        if (Double.isFinite(value)) {
          json.writeNumber(value);
        } else {
          json.writeNull();
        }
      }
    };
    return new SimpleModule().addSerializer(Double.class, finite).addSerializer(double.class, finite);
  }

  public static String pretty(Object value) {
    return write(value, MAPPER.writer(SerializationFeature.INDENT_OUTPUT));
  }

  public static String line(Object value) {
    return write(value, MAPPER.writer());
  }

  /**
   * Reads an object.
   *
   * @param what is read, for messages
   */
  public static JsonNode parse(String text, String what) {
    try {
      JsonNode node = MAPPER.readTree(text);
      if (node.isObject()) {
        return node;
      }
      throw new InvalidInputException(what + " is not a JSON object; the file is damaged");
    } catch (JsonProcessingException e) {
      throw new InvalidInputException(what + " is not JSON: " + e.getOriginalMessage() + "; the file is damaged", e);
    }
  }

  /**
   * Reads a record as {@link #pretty} wrote it; a figure that was not finite comes back as 0 where the record cannot hold null.
   *
   * @param what is read, for messages
   */
  public static <T> T parse(String text, Class<T> type, String what) {
    try {
      return MAPPER.treeToValue(parse(text, what), type);
    } catch (JsonProcessingException e) {
      throw new InvalidInputException(what + " is damaged, or of another version of lull: " + e.getOriginalMessage(), e);
    }
  }

  private static String write(Object value, ObjectWriter writer) {
    try {
      return writer.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }
}
