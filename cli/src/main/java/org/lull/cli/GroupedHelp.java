package org.lull.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Help;
import picocli.CommandLine.IHelpSectionRenderer;
import picocli.CommandLine.Model.OptionSpec;

/** A command's own options, then those of each of its mixins under the mixin's name. */
final class GroupedHelp implements IHelpSectionRenderer {
  @Override
  public String render(Help help) {
    List<OptionSpec> own = new ArrayList<>(help.commandSpec().options());
    StringBuilder groups = new StringBuilder();
    help.commandSpec().mixins().forEach((name, mixin) -> {
      if (mixin.options().stream().noneMatch(OptionSpec::usageHelp)) { // --help and --version come from a mixin of picocli's
        own.removeAll(mixin.options());
        groups.append(section(help, name, mixin.options()));
      }
    });
    own.sort((a, b) -> Boolean.compare(isHelp(a), isHelp(b))); // stable
    return groups.isEmpty() ? help.optionListExcludingGroups(own) : section(help, "Options", own) + groups;
  }

  private static boolean isHelp(OptionSpec option) {
    return option.usageHelp() || option.versionHelp();
  }

  private static String section(Help help, String name, List<OptionSpec> options) {
    return String.format(Locale.ROOT, "%n%s:%n", name) + help.optionListExcludingGroups(options);
  }
}
