package org.lull.train;

import java.util.List;

/**
 * Labelled sequences in their three splits.
 *
 * @param name what was recognised, as shown to the user: "Google Speech Commands layout, 35 words"
 * @param labels class names; an {@link Example#label()} is an index into them
 * @param channels values per timestep, the same in every example
 * @param hash SHA-256, in hex, of the content the examples were made from, for provenance
 * @param warnings what was skipped or repaired on the way, a sentence each; shown to the user, never dropped
 * @param leftOut the recordings that are not usable and so not among the examples, a sentence each: which and why
 */
public record Dataset(
    String name,
    List<String> labels,
    int channels,
    List<Example> train,
    List<Example> validation,
    List<Example> test,
    String hash,
    List<String> warnings,
    List<String> leftOut) {}
