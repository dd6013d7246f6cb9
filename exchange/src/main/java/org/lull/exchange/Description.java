// SPDX-License-Identifier: Apache-2.0
package org.lull.exchange;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import org.lull.Model;
import org.lull.input.InvalidInputException;
import org.lull.network.Head;
import org.lull.network.Mode;
import org.lull.network.Network;
import org.lull.network.Normalisation;
import org.lull.network.Provenance;

/**
 * What the weights of a model do not say. In files it is a map of strings, most of them JSON, under the keys {@value #LABELS}, {@value
 * #HEAD}, {@value #NORMALISATION} and {@value #FEATURES}, as in Lull's own model files (docs/formats.md); so it is written into the
 * metadata of ONNX and safetensors files.
 *
 * @param labels class names in the order of the outputs; null where not known
 * @param head what the output layer reads of the top layer; null where not known
 * @param normalisation of the input; null where not known
 * @param frontEnd JSON of the settings that features are made from sound with, or "" for data that is used as it comes; null where not
 *     known
 */
public record Description(List<String> labels, Head head, Normalisation normalisation, String frontEnd) {
  public static final String LABELS = "labels";
  public static final String HEAD = "head";
  public static final String NORMALISATION = "normalisation";
  public static final String FEATURES = "features";
  /** JSON of a {@link Provenance}, in files that Lull wrote. */
  public static final String PROVENANCE = "provenance";

  /** Nothing is known. */
  public static final Description NONE = new Description(null, null, null, null);

  private static final ObjectMapper JSON = JsonMapper.builder()
      .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES, DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES,
          DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
      .build();

  public Description {
    labels = labels == null ? null : List.copyOf(labels);
  }

  /** What a model of Lull knows. */
  public static Description of(Model model) {
    return new Description(model.labels(), model.spec().head(), model.normalisation(), model.frontEnd());
  }

  /**
   * Reads what a file's metadata say; other keys are ignored.
   *
   * @param what the file, for messages
   * @throws InvalidInputException if a value is not as described
   */
  public static Description of(Map<String, String> metadata, String what) {
    List<String> labels = parse(metadata, LABELS, what, new TypeReference<>() {});
    if (labels != null && labels.stream().anyMatch(label -> label == null || label.isBlank())) {
      throw new InvalidInputException(what + ": \"" + LABELS + "\" has an empty label; expected a list of names");
    }
    String head = metadata.get(HEAD);
    return new Description(labels, head == null ? null : Head.named(head), parse(metadata, NORMALISATION, what, new TypeReference<>() {}),
        metadata.get(FEATURES));
  }

  private static <T> T parse(Map<String, String> metadata, String key, String what, TypeReference<T> type) {
    String text = metadata.get(key);
    try {
      return text == null ? null : JSON.readValue(text, type);
    } catch (JsonProcessingException e) {
      String reason = e.getCause() instanceof InvalidInputException ? e.getCause().getMessage() : e.getOriginalMessage();
      throw new InvalidInputException(what + ": \"" + key + "\" cannot be read: " + reason.replaceAll("\\s+", " "), e);
    }
  }

  /**
   * The provenance in the metadata of a file that Lull wrote; null where there is none.
   *
   * @throws InvalidInputException if it cannot be read
   */
  public static Provenance provenance(Map<String, String> metadata, String what) {
    return parse(metadata, PROVENANCE, what, new TypeReference<>() {});
  }

  /** As metadata of a file, what is known only. {@link #of(Map, String)} reads it. */
  public SequencedMap<String, String> metadata() {
    SequencedMap<String, String> metadata = new LinkedHashMap<>();
    if (labels != null) {
      metadata.put(LABELS, json(labels));
    }
    if (head != null) {
      metadata.put(HEAD, head.label());
    }
    if (normalisation != null) {
      metadata.put(NORMALISATION, json(normalisation));
    }
    if (frontEnd != null) {
      metadata.put(FEATURES, frontEnd);
    }
    return metadata;
  }

  /** The value as JSON, for metadata. */
  public static String json(Object value) {
    try {
      return JSON.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  /** This, and where it knows nothing the other. */
  public Description or(Description other) {
    return new Description(labels != null ? labels : other.labels, head != null ? head : other.head,
        normalisation != null ? normalisation : other.normalisation, frontEnd != null ? frontEnd : other.frontEnd);
  }

  /**
   * The model of a network and this description, in dense mode.
   *
   * @throws InvalidInputException if the two do not fit together
   * @throws IllegalStateException if something is not known
   */
  public Model model(Network network, Provenance provenance) {
    if (labels == null || normalisation == null || frontEnd == null) {
      throw new IllegalStateException("labels, normalisation or features are not known");
    }
    return new Model(network, Mode.DENSE, normalisation, labels, frontEnd, provenance);
  }
}
