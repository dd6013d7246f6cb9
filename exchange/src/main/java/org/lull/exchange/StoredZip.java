// SPDX-License-Identifier: Apache-2.0
package org.lull.exchange;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.lull.input.InvalidInputException;
import org.lull.io.AtomicFile;

/** Reads files of a ZIP archive, as PyTorch and Keras write them. Sizes are checked before memory is taken, and contents by their CRC. */
public final class StoredZip implements AutoCloseable {
  private final Path file;
  private final Budget budget;
  private final ZipFile zip;

  /** @throws InvalidInputException if the archive cannot be read */
  public StoredZip(Path file, Budget budget) {
    this.file = file;
    this.budget = budget;
    try {
      zip = new ZipFile(file.toFile());
    } catch (IOException | IllegalArgumentException e) { // the latter for names that are not UTF-8
      throw damaged(e);
    }
  }

  /** Names of all files in the archive. */
  public List<String> names() {
    return zip.stream().map(ZipEntry::getName).toList();
  }

  /**
   * The contents of a file of the archive.
   *
   * @throws InvalidInputException if it is not there, or damaged, or larger than the archive can account for
   */
  public byte[] read(String name) {
    ZipEntry entry = zip.getEntry(name);
    if (entry == null) {
      throw new InvalidInputException(file + ": the archive has no " + line(name) + "; it is damaged: copy it again or save it anew");
    }
    budget.take(entry.getSize(), Byte.BYTES);
    byte[] bytes = new byte[(int) entry.getSize()];
    try (InputStream in = zip.getInputStream(entry)) {
      int read = in.readNBytes(bytes, 0, bytes.length);
      CRC32 crc = new CRC32();
      crc.update(bytes);
      if (read != bytes.length || crc.getValue() != entry.getCrc()) {
        throw new InvalidInputException(file + ": " + line(name) + " in the archive does not have the contents that its checksum tells;"
            + " copy it again or save it anew");
      }
      return bytes;
    } catch (IOException | IllegalArgumentException e) {
      throw damaged(e);
    }
  }

  private InvalidInputException damaged(Exception e) {
    String reason = e instanceof IOException io ? AtomicFile.reason(io) : e.getMessage();
    return new InvalidInputException(file + " is not a usable ZIP archive: " + line(String.valueOf(reason))
        + "; copy it again or save it anew", e);
  }

  private static String line(String text) {
    return (text.length() > 120 ? text.substring(0, 120) + "..." : text).replaceAll("\\p{Cntrl}", " ");
  }

  @Override
  public void close() {
    try {
      zip.close();
    } catch (IOException e) {
      throw damaged(e);
    }
  }
}
