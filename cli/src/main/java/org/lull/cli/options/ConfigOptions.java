// SPDX-License-Identifier: Apache-2.0
package org.lull.cli.options;

import java.nio.file.Path;
import picocli.CommandLine.Option;

/** The option that reads others from a file. */
public final class ConfigOptions {
  static final String NAME = "--config";

  @Option(names = NAME, paramLabel = "FILE", preprocessor = ConfigFile.class,
      description = "A TOML file with options of this command, by their names without dashes, such as epochs = 20. The command line wins"
          + " over the file. A run leaves its options as config.toml.")
  private Path file;
}
