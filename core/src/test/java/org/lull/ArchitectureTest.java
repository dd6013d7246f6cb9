// SPDX-License-Identifier: Apache-2.0
package org.lull;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.JavaType;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.io.InputStream;
import java.lang.module.ModuleDescriptor;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The packages are an order to read the library in: each may use what comes before it. */
class ArchitectureTest {
  /** The face of the library, in which most programs find all they need. */
  private static final String FACE = "org.lull";

  private static final List<String> READING_ORDER = List.of("org.lull.input", "org.lull.parallel", "org.lull.kernel", "org.lull.cost",
      "org.lull.rnn", "org.lull.network", "org.lull.io", "org.lull.train", "org.lull.data", FACE, "org.lull.continual");

  private static final JavaClasses LIBRARY =
      new ClassFileImporter().withImportOption(new ImportOption.DoNotIncludeTests()).importPackages("org.lull");

  /** Neither list forgets a package: no rule below passes because what it is about is not there. */
  @Test
  void everyPackageHasItsPlaceInTheOrder() {
    assertThat(LIBRARY.stream().map(JavaClass::getPackageName).distinct()).containsExactlyInAnyOrderElementsOf(READING_ORDER);
  }

  /** Of all modules: what does not fit on a screen is not read. */
  @Test
  void linesFitOnAScreen() throws IOException {
    List<Path> sources = sources();
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

  /** In whatever language: Java, SystemVerilog, C, C++, shell, Python. */
  @Test
  void everySourceNamesItsLicence() throws IOException {
    Pattern line = Pattern.compile("(#!.*\n)?(//|#|/\\*) SPDX-License-Identifier: Apache-2\\.0( \\*/)?\n");
    Path root = Path.of("..").toRealPath();
    List<Path> code = new ArrayList<>(List.of(root.resolve("lull"), root.resolve(".ci/run")));
    try (DirectoryStream<Path> folders = Files.newDirectoryStream(root, Files::isDirectory)) {
      for (Path folder : folders) {
        if (Files.exists(folder.resolve("pom.xml")) || folder.endsWith("findings")) {
          try (Stream<Path> files = Files.walk(folder)) {
            files.filter(file -> file.toString().matches(".*\\.(java|sv|svh|c|h|cpp|sh|py)"))
                .filter(file -> !root.relativize(file).toString().matches("(.*/)?target/.*")).forEach(code::add);
          }
        }
      }
    }
    assertThat(code).hasSizeGreaterThan(300)
        .allSatisfy(file -> assertThat(line.matcher(Files.readString(file)).lookingAt()).as(file.toString()).isTrue());
  }

  private static List<Path> sources() throws IOException {
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
    return sources;
  }

  /** Of all modules: what it is for and what it may use. */
  @Test
  void everyPackageIsIntroduced() throws IOException {
    Set<Path> packages = sources().stream().map(Path::getParent).filter(folder -> !folder.endsWith("java")).collect(Collectors.toSet());
    assertThat(packages).hasSizeGreaterThanOrEqualTo(READING_ORDER.size())
        .allSatisfy(folder -> assertThat(folder.resolve("package-info.java")).isRegularFile());
  }

  @Test
  void packagesAreFreeOfCycles() {
    slices().matching("org.lull.(*)..").should().beFreeOfCycles().check(LIBRARY);
  }

  static Stream<String> packagesBeforeOthers() {
    return READING_ORDER.stream().limit(READING_ORDER.size() - 1);
  }

  @ParameterizedTest
  @MethodSource("packagesBeforeOthers")
  void aPackageUsesNoneThatComesAfterIt(String name) {
    String[] later = READING_ORDER.subList(READING_ORDER.indexOf(name) + 1, READING_ORDER.size()).toArray(String[]::new);
    noClasses().that().resideInAPackage(name).should().dependOnClassesThat().resideInAnyPackage(later).check(LIBRARY);
  }

  @ParameterizedTest
  @ValueSource(strings = {"kernel", "cost", "rnn", "network"})
  void arithmeticKnowsNothingOfFiles(String name) {
    noClasses().that().resideInAPackage("org.lull." + name)
        .should().dependOnClassesThat().resideInAnyPackage("java.nio.file..", "java.nio.channels..").check(LIBRARY);
  }

  /** So that the library also runs where the incubator module is not resolved. */
  @Test
  void onlyTheVectorClassesOfTheKernelsTouchTheVectorApi() {
    DescribedPredicate<JavaClass> vectorApi = resideInAPackage("jdk.incubator.vector..");
    String ours = "org\\.lull\\.kernel\\.Vector\\w+(\\$.*)?";
    assertThat(LIBRARY.stream().flatMap(each -> each.getDirectDependenciesFromSelf().stream()))
        .as("the Vector API is used").anyMatch(dependency -> vectorApi.test(dependency.getTargetClass()));
    noClasses().that().haveNameNotMatching(ours).should().dependOnClassesThat(vectorApi).check(LIBRARY);
  }

  /** What a program finds in the face it can name: it is in packages that the module exports to all. */
  @Test
  void theFaceShowsNothingThatProgramsCannotName() throws IOException {
    Set<String> exported = exportedToAll();
    assertThat(exported).contains(FACE, "org.lull.input").doesNotContain("org.lull.kernel", "org.lull.rnn");
    List<JavaCodeUnit> shown = LIBRARY.stream().filter(each -> each.getPackageName().equals(FACE))
        .filter(each -> each.getModifiers().contains(JavaModifier.PUBLIC))
        .flatMap(each -> each.getCodeUnits().stream())
        .filter(unit -> unit.getModifiers().contains(JavaModifier.PUBLIC) || unit.getModifiers().contains(JavaModifier.PROTECTED))
        .toList();
    assertThat(shown).hasSizeGreaterThan(10).allSatisfy(unit -> assertThat(named(unit)).as(unit.getFullName()).isSubsetOf(exported));
  }

  /** Packages of Lull whose types stand in the signature. */
  private static Set<String> named(JavaCodeUnit unit) {
    Stream<JavaType> types = Stream.of(unit.getParameterTypes(), List.of(unit.getReturnType()), unit.getExceptionTypes())
        .flatMap(List::stream);
    return types.flatMap(type -> type.getAllInvolvedRawTypes().stream()).map(JavaClass::getPackageName)
        .filter(name -> name.startsWith("org.lull")).collect(Collectors.toSet());
  }

  private static Set<String> exportedToAll() throws IOException {
    try (InputStream descriptor = Files.newInputStream(Path.of("target/classes/module-info.class"))) {
      return ModuleDescriptor.read(descriptor).exports().stream().filter(export -> !export.isQualified())
          .map(ModuleDescriptor.Exports::source).collect(Collectors.toSet());
    }
  }
}
