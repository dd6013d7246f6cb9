// SPDX-License-Identifier: Apache-2.0
package org.lull;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import org.lull.train.Example;

/** SHA-256 of the content of a {@link Dataset}. */
final class ContentHash {
  private ContentHash() {}

  /** In hex, of labels and of all numbers of the examples; it changes if an example is in another split. */
  static String of(List<String> labels, List<List<Example>> splits) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(labels.toString().getBytes(StandardCharsets.UTF_8));
      for (List<Example> split : splits) {
        digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(0, split.size()));
        for (Example example : split) {
          float[] frames = example.frames();
          float[] target = example.target();
          ByteBuffer content = ByteBuffer.allocate(4 * Integer.BYTES + Float.BYTES * (frames.length + target.length));
          content.putInt(example.steps()).putInt(example.channels()).putInt(example.label()).putInt(target.length);
          content.asFloatBuffer().put(target).put(frames);
          digest.update(content.array());
        }
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every Java has it
    }
  }
}
