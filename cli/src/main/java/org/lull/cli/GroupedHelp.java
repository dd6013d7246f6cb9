// SPDX-License-Identifier: Apache-2.0
package org.lull.cli;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import picocli.CommandLine.Help;
import picocli.CommandLine.IHelpSectionRenderer;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.UsageMessageSpec;

/** The options to begin with, if there are any, then a command's own, then those of each of its mixins under the mixin's name. */
final class GroupedHelp implements IHelpSectionRenderer {
  private final List<String> toBeginWith;

  /** @param toBeginWith names of options */
  GroupedHelp(List<String> toBeginWith) {
    this.toBeginWith = toBeginWith;
  }

  @Override
  public String render(Help help) {
    List<OptionSpec> first = toBeginWith.stream().map(help.commandSpec()::findOption).toList();
    List<OptionSpec> own = without(first, help.commandSpec().options());
    StringBuilder groups = new StringBuilder();
    groups(help, help.commandSpec(), first, own, groups);
    own.sort((a, b) -> Boolean.compare(isGeneral(a), isGeneral(b))); // stable
    String required = help.commandSpec().options().stream().anyMatch(OptionSpec::required) ? ", * is required" : "";
    if (first.isEmpty() && groups.isEmpty() && required.isEmpty()) {
      return help.optionListExcludingGroups(own);
    }
    return (first.isEmpty() ? "" : section(help, "Options to begin with", first))
        + section(help, (first.isEmpty() ? "Options" : "More options") + required, own) + groups;
  }

  /** The mixins of a command or of a mixin; one that is made of others has no section of its own. */
  private static void groups(Help help, CommandSpec spec, List<OptionSpec> first, List<OptionSpec> own, StringBuilder groups) {
    spec.mixins().forEach((name, mixin) -> {
      if (!mixin.mixins().isEmpty()) {
        groups(help, mixin, first, own, groups);
      } else if (mixin.options().stream().noneMatch(OptionSpec::usageHelp)) { // --help and --version come from a mixin of picocli's
        own.removeAll(mixin.options());
        groups.append(section(help, name, without(first, mixin.options())));
      }
    });
  }

  private static List<OptionSpec> without(List<OptionSpec> some, List<OptionSpec> options) {
    return options.stream().filter(option -> !some.contains(option)).collect(Collectors.toCollection(ArrayList::new));
  }

  /** Whether every command has it. */
  private static boolean isGeneral(OptionSpec option) {
    return option.usageHelp() || option.versionHelp() || option.inherited();
  }

  private static String section(Help help, String name, List<OptionSpec> options) {
    return String.format(Locale.ROOT, "%n%s:%n", name) + help.optionListExcludingGroups(options);
  }

  /** The commands, each with the first sentence of its description: what it does, as far as one needs it to choose. */
  static String commands(Help help) {
    int names = help.subcommands().keySet().stream().mapToInt(String::length).max().orElse(0);
    int indent = 2;
    Help.TextTable table = Help.TextTable.forColumns(help.colorScheme(), new Help.Column(indent + names, indent, Help.Column.Overflow.SPAN),
        new Help.Column(help.commandSpec().usageMessage().width() - indent - names, indent, Help.Column.Overflow.WRAP));
    help.subcommands().forEach((name, command) -> {
      UsageMessageSpec usage = command.commandSpec().usageMessage();
      String what = String.join(" ", usage.header().length > 0 ? usage.header() : usage.description()); // picocli's own help has a header
      table.addRowValues(name, what.replaceFirst("([.:;] .*|\\.)$", ""));
    });
    return table.toString();
  }

  /** The examples, each on a line of its own however long it is: a command that was wrapped could not be copied. */
  static String footer(Help help) {
    return Arrays.stream(help.commandSpec().usageMessage().footer()).map(line -> String.format(Locale.ROOT, line + "%n"))
        .collect(Collectors.joining());
  }
}
