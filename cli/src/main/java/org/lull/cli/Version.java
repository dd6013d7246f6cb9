package org.lull.cli;

import org.lull.kernel.KernelChoice;
import picocli.CommandLine.IVersionProvider;

/** The version, from the jar's manifest. */
final class Version implements IVersionProvider {
  static String number() {
    String version = Version.class.getPackage().getImplementationVersion();
    return version == null ? "development" : version;
  }

  @Override
  public String[] getVersion() {
    return new String[] {
      "lull " + number() + ", Java " + Runtime.version() + ", kernels: " + KernelChoice.kernels().description()
    };
  }
}
