package org.lull;

import org.lull.input.InvalidInputException;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** The packages are an order to read the library in: each may use what comes before it. */
class ArchitectureTest {
  /** The face of the library, in which most programs find all they need. */
  private static final String FACE = "org.lull";

  private static final List<String> READING_ORDER = List.of("org.lull.input", "org.lull.parallel", "org.lull.kernel", "org.lull.cost",
      "org.lull.rnn", "org.lull.network", "org.lull.io", "org.lull.train", FACE, "org.lull.continual");

  private static final JavaClasses LIBRARY =
      new ClassFileImporter().withImportOption(new ImportOption.DoNotIncludeTests()).importPackages("org.lull");

  @Test
  void theLibraryWasFound() {
    assertThat(LIBRARY.contain(InvalidInputException.class)).isTrue();
  }

  /** Of all modules: what does not fit on a screen is not read. */
  @Test
  void linesFitOnAScreen() throws IOException {
    List<Path> sources = new ArrayList<>();
    try (DirectoryStream<Path> modules = Files.newDirectoryStream(Path.of("..").toRealPath(), Files::isDirectory)) {
      for (Path module : modules) {
        Path main = module.resolve("src/main/java");
        if (Files.isDirectory(main)) {
          try (Stream<Path> files = Files.walk(main)) {
            files.filter(file -> file.toString().endsWith(".java")).forEach(sources::add);
          }
        }
      }
    }
    assertThat(sources).hasSizeGreaterThan(50);
    List<String> tooLong = new ArrayList<>();
    for (Path source : sources) {
      List<String> lines = Files.readAllLines(source);
      for (int i = 0; i < lines.size(); i++) {
        if (lines.get(i).length() > 140) {
          tooLong.add(source + ":" + (i + 1));
        }
      }
    }
    assertThat(tooLong).isEmpty();
  }

  @Test
  void packagesAreFreeOfCycles() {
    slices().matching("org.lull.(*)..").should().beFreeOfCycles().allowEmptyShould(true).check(LIBRARY);
  }

  @ParameterizedTest
  @FieldSource("READING_ORDER")
  void aPackageUsesNoneThatComesAfterIt(String name) {
    String[] later =
        READING_ORDER.subList(READING_ORDER.indexOf(name) + 1, READING_ORDER.size()).stream()
            .map(ArchitectureTest::pattern)
            .toArray(String[]::new);
    assertThat(LIBRARY.stream().map(JavaClass::getPackageName)).contains(name);
    noClasses().that().resideInAPackage(pattern(name))
        .should().dependOnClassesThat().resideInAnyPackage(later)
        .allowEmptyShould(true)
        .check(LIBRARY);
  }

  /** With the packages within it, but for the face, which is around all others. */
  private static String pattern(String name) {
    return name.equals(FACE) ? name : name + "..";
  }

  @Test
  void arithmeticKnowsNothingOfFiles() {
    noClasses().that().resideInAnyPackage("org.lull.kernel..", "org.lull.rnn..", "org.lull.network..")
        .should().dependOnClassesThat().resideInAPackage("org.lull.io..")
        .allowEmptyShould(true)
        .check(LIBRARY);
  }

  /** So that the library also runs where the incubator module is not resolved. */
  @Test
  void onlyTheVectorClassesOfTheKernelsTouchTheVectorApi() {
    noClasses().that().haveNameNotMatching("org\\.lull\\.kernel\\.Vector\\w+(\\$.*)?")
        .should().dependOnClassesThat().resideInAPackage("jdk.incubator.vector..")
        .check(LIBRARY);
  }
}
