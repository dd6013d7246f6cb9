// SPDX-License-Identifier: Apache-2.0
package org.lull.cli;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The packages of all modules; the order of core's is ArchitectureTest's, among core's tests. */
class PackagesTest {
  private static final JavaClasses ALL =
      new ClassFileImporter().withImportOption(new ImportOption.DoNotIncludeTests()).importPackages("org.lull");

  /** A slice is a package, without the packages within it. */
  private static final SliceAssignment PACKAGES = new SliceAssignment() {
    @Override
    public SliceIdentifier getIdentifierOf(JavaClass type) {
      return SliceIdentifier.of(type.getPackageName());
    }

    @Override
    public String getDescription() {
      return "packages";
    }
  };

  private static Set<String> packages() {
    return ALL.stream().map(JavaClass::getPackageName).collect(Collectors.toSet());
  }

  @Test
  void packagesOfAllModulesAreFreeOfCycles() {
    assertThat(packages()).contains("org.lull", "org.lull.rnn", "org.lull.speech", "org.lull.accelerator", "org.lull.cli");
    slices().assignedFrom(PACKAGES).should().beFreeOfCycles().check(ALL);
  }

  /** Programs that run experiments have no command line. */
  @Test
  void experimentsKnowNothingOfTheCommandLine() {
    assertThat(packages()).contains("org.lull.experiments.run", "org.lull.experiments.sweep", "org.lull.experiments.preset");
    noClasses().that().resideInAPackage("org.lull.experiments..")
        .should().dependOnClassesThat().resideInAnyPackage("org.lull.cli..", "picocli..", "me.tongfei..", "org.knowm..", "java.awt..")
        .check(ALL);
  }

  /** The command line's packages from below: what is printed, options, the service, commands. */
  @Test
  void thePackagesOfTheCommandLineHaveAnOrder() {
    noClasses().that().resideInAPackage("org.lull.cli.report")
        .should().dependOnClassesThat().resideInAnyPackage("org.lull.cli.options", "org.lull.cli.serve", "org.lull.cli.commands")
        .check(ALL);
    noClasses().that().resideInAnyPackage("org.lull.cli.options", "org.lull.cli.serve")
        .should().dependOnClassesThat().resideInAPackage("org.lull.cli.commands").check(ALL);
  }

  @Test
  void theArchitectureNamesEveryPackage() throws IOException {
    String architecture = Files.readString(Path.of("../docs/architecture.md"));
    assertThat(packages()).map(name -> name.replaceFirst("org\\.lull\\.", ""))
        .allSatisfy(name -> assertThat(architecture).containsPattern("\\b" + name + "\\b"));
  }
}
