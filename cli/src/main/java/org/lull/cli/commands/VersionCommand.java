// SPDX-License-Identifier: Apache-2.0
package org.lull.cli.commands;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import org.lull.experiments.run.LullVersion;
import org.lull.experiments.store.Json;
import org.lull.kernel.KernelChoice;
import org.lull.kernel.Kernels;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** lull version: what is running. The version is that of the jar's manifest. */
@Command(name = "version", mixinStandardHelpOptions = true, description = "Shows the version, Java, and the kernels that compute.",
    footer = {"", "Examples:", "  lull version", "  lull version --json"})
public final class VersionCommand implements Callable<Integer>, IVersionProvider {
  @Spec
  private CommandSpec spec;

  @Option(names = "--json", description = "Print as JSON.")
  private boolean json;

  /**
   * As printed with --json.
   *
   * @param vectorBits bits of a vector, 0 for kernels without the Vector API
   */
  record Result(String version, String java, String kernels, int vectorBits, String system) {}

  @Override
  public Integer call() {
    Kernels kernels = KernelChoice.kernels();
    String system = System.getProperty("os.name") + " " + System.getProperty("os.arch");
    PrintWriter out = spec.commandLine().getOut();
    out.println(json ? Json.pretty(
        new Result(LullVersion.number(), Runtime.version().toString(), kernels.description(), kernels.vectorBits(), system))
        : getVersion()[0]);
    out.flush();
    return 0;
  }

  @Override
  public String[] getVersion() {
    return new String[] {
        "lull " + LullVersion.number() + ", Java " + Runtime.version() + ", kernels: " + KernelChoice.kernels().description()
    };
  }
}
