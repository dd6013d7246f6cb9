// SPDX-License-Identifier: Apache-2.0
package org.lull.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Help;
import picocli.CommandLine.IHelpSectionRenderer;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** A command's own options, then those of each of its mixins under the mixin's name. */
final class GroupedHelp implements IHelpSectionRenderer {
  @Override
  public String render(Help help) {
    List<OptionSpec> own = new ArrayList<>(help.commandSpec().options());
    StringBuilder groups = new StringBuilder();
    groups(help, help.commandSpec(), own, groups);
    own.sort((a, b) -> Boolean.compare(isHelp(a), isHelp(b))); // stable
    return groups.isEmpty() ? help.optionListExcludingGroups(own) : section(help, "Options", own) + groups;
  }

  /** The mixins of a command or of a mixin; one that is made of others has no section of its own. */
  private static void groups(Help help, CommandSpec spec, List<OptionSpec> own, StringBuilder groups) {
    spec.mixins().forEach((name, mixin) -> {
      if (!mixin.mixins().isEmpty()) {
        groups(help, mixin, own, groups);
      } else if (mixin.options().stream().noneMatch(OptionSpec::usageHelp)) { // --help and --version come from a mixin of picocli's
        own.removeAll(mixin.options());
        groups.append(section(help, name, mixin.options()));
      }
    });
  }

  private static boolean isHelp(OptionSpec option) {
    return option.usageHelp() || option.versionHelp();
  }

  private static String section(Help help, String name, List<OptionSpec> options) {
    return String.format(Locale.ROOT, "%n%s:%n", name) + help.optionListExcludingGroups(options);
  }
}
