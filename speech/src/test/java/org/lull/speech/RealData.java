// SPDX-License-Identifier: Apache-2.0
package org.lull.speech;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/** Finds the real recordings that some tests run on; they are not part of the project. */
final class RealData {
  static final String ABSENT = "SKIPPED: no real recordings; set LULL_DATA to a folder with asc35, fsdd and gsc10 to run this test";

  private RealData() {}

  static Optional<Path> find() {
    return Stream.of(System.getenv("LULL_DATA"), "../shared/data", "../../shared/data")
        .filter(Objects::nonNull).map(Path::of).filter(Files::isDirectory).findFirst();
  }
}
