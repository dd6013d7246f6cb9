// SPDX-License-Identifier: Apache-2.0
package org.lull.continual;

import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;
import org.lull.Model;

/** Identifies a model, so that files kept for one model are not used with another. */
final class ModelChecksum {
  private ModelChecksum() {}

  /** CRC-32C of the model's parameters, labels and front end. */
  static int of(Model model) {
    CRC32C crc = new CRC32C();
    float[] parameters = model.network().parameters();
    for (int i = model.network().first(); i < parameters.length; i++) {
      int bits = Float.floatToRawIntBits(parameters[i]);
      crc.update(new byte[] {(byte) bits, (byte) (bits >> 8), (byte) (bits >> 16), (byte) (bits >> 24)}, 0, Integer.BYTES);
    }
    crc.update(String.join("\n", model.labels()).getBytes(StandardCharsets.UTF_8));
    crc.update(model.frontEnd().getBytes(StandardCharsets.UTF_8));
    return (int) crc.getValue();
  }
}
