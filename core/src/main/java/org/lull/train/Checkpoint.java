// SPDX-License-Identifier: Apache-2.0
package org.lull.train;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.lull.input.InvalidInputException;
import org.lull.io.CheckpointFile;
import org.lull.io.Safetensors.Contents;
import org.lull.io.Safetensors.Tensor;

/** The checkpoint of one training: decides when it is due, and that it belongs to this training. */
final class Checkpoint {
  /** The part of the identity that need not be the same; the bytes may then differ. */
  private static final Set<String> ENVIRONMENT = Set.of("version", "java");
  private static final String IDENTITY = "identity";
  static final ObjectMapper JSON = JsonMapper.builder()
      .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES, DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
      .build();

  private final Checkpoints checkpoints;
  private final CheckpointFile file;
  private final SortedMap<String, String> identity;
  private final Map<String, String> notes;
  private long began = System.nanoTime();
  private long took;
  private int steps;

  /**
   * @param identity names and values of everything that decides the bytes of the training; it is recorded, and compared on reading
   * @param notes recorded too, and not compared
   */
  Checkpoint(Checkpoints checkpoints, CheckpointFile file, Map<String, String> identity, Map<String, String> notes) {
    this.checkpoints = checkpoints;
    this.file = file;
    this.identity = new TreeMap<>(identity);
    this.notes = Map.copyOf(notes);
  }

  /** What a file says, with tensors by name. */
  record Saved(Contents contents) {
    <T> T json(String key, TypeReference<T> type) {
      try {
        return Objects.requireNonNull(JSON.readValue(contents.metadata().getOrDefault(key, "null"), type), key);
      } catch (JsonProcessingException | NullPointerException e) {
        throw bad("\"" + key + "\" in its metadata cannot be read", e);
      }
    }

    InvalidInputException bad(String what, Exception cause) {
      return new InvalidInputException("the checkpoint " + contents.file() + " cannot be used: " + what
          + "; it was written by another version of Lull, or changed by hand", cause);
    }
  }

  /**
   * Reads the checkpoint if there is one.
   *
   * @return null if there is none
   * @throws InvalidInputException if there is no whole one, or it is of another training
   */
  Saved read() {
    Contents contents = file.read(checkpoints::warn).orElse(null);
    if (contents == null) {
      return null;
    }
    Saved saved = new Saved(contents);
    SortedMap<String, String> before = saved.json(IDENTITY, new TypeReference<>() {});
    if (before.containsValue(null)) {
      throw saved.bad("\"" + IDENTITY + "\" in its metadata has no value for a name", null);
    }
    requireSame(before);
    return saved;
  }

  private void requireSame(SortedMap<String, String> before) {
    Set<String> names = new TreeSet<>(before.keySet());
    names.addAll(identity.keySet());
    List<String> different = new ArrayList<>();
    for (String name : names) {
      String was = before.getOrDefault(name, "not set");
      String is = identity.getOrDefault(name, "not set");
      if (was.equals(is)) {
        continue;
      }
      if (ENVIRONMENT.contains(name)) {
        warn("the checkpoint " + file.path() + " was written with " + name + " " + was + ", and this is " + is
            + ": the rest may not be the same to the byte");
      } else {
        different.add(name + " was " + was + " and is " + is);
      }
    }
    if (!different.isEmpty()) {
      throw new InvalidInputException("the checkpoint " + file.path() + " is of another training: " + String.join(", ", different)
          + "; go on with the same settings and data, or choose another folder");
    }
  }

  void warn(String sentence) {
    checkpoints.warn(sentence);
  }

  /** Whether a checkpoint is due after one more step. */
  boolean dueAfterStep() {
    return ++steps == checkpoints.steps();
  }

  /** Whether one is due after an epoch: not if writing would take too much of the time. */
  boolean dueAfterEpoch() {
    return checkpoints.steps() > 0 || System.nanoTime() - began >= Checkpoints.SHARE * took;
  }

  /** Writes the checkpoint. If that fails, training goes on, and the one before is kept. */
  void write(List<Tensor> tensors, Map<String, Object> metadata) {
    long start = System.nanoTime();
    steps = 0;
    try {
      Map<String, String> texts = new LinkedHashMap<>(notes);
      metadata.forEach((key, value) -> texts.put(key, json(value)));
      texts.put(IDENTITY, json(identity));
      file.write(tensors, texts);
    } catch (InvalidInputException e) {
      warn(e.getMessage() + "; training goes on without this checkpoint");
    }
    began = System.nanoTime();
    took = began - start;
    checkpoints.count(took);
  }

  private static String json(Object value) {
    try {
      return JSON.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }
}
