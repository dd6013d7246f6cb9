// SPDX-License-Identifier: Apache-2.0
package org.lull.cli;

import org.lull.experiments.run.LullVersion;
import org.lull.kernel.KernelChoice;
import picocli.CommandLine.IVersionProvider;

/** The version, from the jar's manifest. */
final class Version implements IVersionProvider {
  @Override
  public String[] getVersion() {
    return new String[] {
        "lull " + LullVersion.number() + ", Java " + Runtime.version() + ", kernels: " + KernelChoice.kernels().description()
    };
  }
}
