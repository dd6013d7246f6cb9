// SPDX-License-Identifier: Apache-2.0
package org.lull.speech;

import java.util.List;

/**
 * Labelled recordings in three splits.
 *
 * @param name the layout that was recognised, as shown to the user
 * @param labels class names, in the order of their indices
 * @param clips of all splits, in a fixed order
 * @param hash SHA-256, in hex, of everything that decides the clips: the content of the files, or the settings of a synthesiser
 * @param warnings one sentence for each thing that was skipped or repaired
 */
public record AudioCorpus(String name, List<String> labels, List<Clip> clips, String hash, List<String> warnings) implements Corpus {}
