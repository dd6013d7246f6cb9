// SPDX-License-Identifier: Apache-2.0
package org.lull.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The launcher script, in a copy of the project where Maven and the JDKs are stand-ins that tell how they were called. */
class LauncherTest {
  /** What the script needs of a system, besides its shell. */
  private static final List<String> TOOLS = List.of("sed", "find", "readlink", "mkdir", "touch", "cp", "rm", "mv", "ln", "date", "sleep");

  @TempDir
  Path folder;
  private Path root;
  private Path source;
  private Path tools;
  private Path elsewhere;

  /** How a run of the script ended. */
  private record Run(int code, String out, String err, long pid) {}

  @BeforeEach
  void layOut() throws IOException {
    assumeTrue(Files.isExecutable(Path.of("/bin/sh")), "the launcher is a POSIX shell script, and there is no /bin/sh");
    folder = folder.toRealPath(); // the script shows real paths
    root = Files.createDirectories(folder.resolve("the project"));
    elsewhere = Files.createDirectories(folder.resolve("else where"));
    executable(root.resolve("lull"), Files.readString(Path.of("../lull")));
    source = root.resolve("core/src/main/java/Some.java");
    for (Path file : List.of(source, root.resolve("cli/src/main/java/Other.java"), root.resolve("pom.xml"), root.resolve("core/pom.xml"))) {
      Files.createDirectories(file.getParent());
      Files.writeString(file, "");
    }
    Files.createDirectories(root.resolve(".mvn"));
    try (Stream<Path> files = Files.walk(root)) {
      for (Path file : files.toList()) {
        Files.setLastModifiedTime(file, FileTime.from(Instant.now().minusSeconds(3600)));
      }
    }
    executable(root.resolve("mvnw"), """
        #!/bin/sh
        echo "JAVA_HOME=$JAVA_HOME" "$@" >> builds
        echo "chatter of Maven"
        sleep ${BUILD_SECONDS:-0}
        mkdir -p cli/target/lib
        touch cli/target/lull.jar cli/target/lib/some.jar
        exit ${BUILD_CODE:-0}
        """);
    tools = Files.createDirectories(folder.resolve("tools"));
    for (String tool : TOOLS) {
      Path found = Stream.of("/usr/bin", "/bin").map(bin -> Path.of(bin, tool)).filter(Files::isExecutable).findFirst().orElseThrow();
      executable(tools.resolve(tool), "#!/bin/sh\nexec " + found + " \"$@\"\n");
    }
  }

  private static void executable(Path file, String text) throws IOException {
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
    assertTrue(file.toFile().setExecutable(true));
  }

  /** A JDK of which the version stands in its release file, or is told by its java. */
  private Path jdk(String name, String version, boolean release) throws IOException {
    Path home = folder.resolve(name);
    executable(home.resolve("bin/java"), """
        #!/bin/sh
        case $1 in
          -version) echo 'openjdk version "%s" 2025-09-16' >&2 ;;
          -XshowSettings:properties) echo '    java.home = %s' >&2 ;;
          *)
            echo "home=%s"
            echo "pid=$$"
            echo "folder=$(pwd)"
            echo "locale=${LC_ALL:-} ascii=${LULL_ASCII:-no}"
            for arg; do echo "arg=<$arg>"; done
            exit ${JAVA_CODE:-0} ;;
        esac
        """.formatted(version, home, home));
    executable(home.resolve("bin/javac"), "#!/bin/sh\n");
    if (release) {
      Files.writeString(home.resolve("release"), "IMPLEMENTOR=\"x\"\nJAVA_VERSION=\"" + version + "\"\nJAVA_VERSION_DATE=\"2025\"\n");
    }
    return home;
  }

  private Process start(Path script, Map<String, String> environment, String... arguments) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(Stream.concat(Stream.of(script.toString()), Stream.of(arguments)).toList());
    builder.environment().clear();
    builder.environment().putAll(
        Map.of("PATH", tools.toString(), "HOME", folder.toString(), "LULL_JDK_FOLDERS", folder + "/no:" + folder));
    builder.environment().putAll(environment);
    return builder.directory(elsewhere.toFile()).start();
  }

  private static Run finish(Process process) throws Exception {
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).as("the launcher ended").isTrue();
    String out = new String(process.getInputStream().readAllBytes());
    return new Run(process.exitValue(), out, new String(process.getErrorStream().readAllBytes()), process.pid());
  }

  private Run run(Map<String, String> environment, String... arguments) throws Exception {
    return finish(start(root.resolve("lull"), environment, arguments));
  }

  private long builds() throws IOException {
    Path log = root.resolve("builds");
    return Files.exists(log) ? Files.readAllLines(log).size() : 0;
  }

  private List<Path> apps() throws IOException {
    try (Stream<Path> files = Files.list(root.resolve("target"))) {
      return files.sorted().toList();
    }
  }

  /** Java is given a locale of UTF-8, which says nothing of the terminal any more. */
  @ParameterizedTest
  @CsvSource({"LANG, C, locale=C.UTF-8 ascii=yes", "LC_ALL, POSIX, locale=C.UTF-8 ascii=yes", "TERM, xterm, locale=C.UTF-8 ascii=yes",
      "LANG, de_DE.UTF-8, locale= ascii=no", "LC_ALL, en_US.utf8, locale=en_US.utf8 ascii=no"})
  void javaReadsNamesInUtf8(String variable, String value, String seen) throws Exception {
    jdk("jdk-25", "25.0.1", true);
    assertThat(run(Map.of(variable, value)).out).contains("\n" + seen + "\n");
  }

  @Test
  void buildsThenBecomesJavaWithTheArgumentsAsTheyAre() throws Exception {
    Path home = jdk("jdk-25", "25.0.1", true);
    Run run = run(Map.of("JAVA_CODE", "7", "LULL_JAVA_OPTS", "-Xmx8g -Dx=y"), "train", "--data", "my data", "", "*", "a\"'$b");
    assertThat(run.code).isEqualTo(7);
    assertThat(run.out).contains("home=" + home, "pid=" + run.pid + "\n", "folder=" + elsewhere).doesNotContain("chatter");
    assertThat(run.out)
        .containsSubsequence("arg=<--add-modules>", "arg=<jdk.incubator.vector>", "arg=<-Xmx8g>", "arg=<-Dx=y>", "arg=<-jar>");
    assertThat(run.out).endsWith("lull.jar>\narg=<train>\narg=<--data>\narg=<my data>\narg=<>\narg=<*>\narg=<a\"'$b>\n");
    assertThat(run.err.lines()).hasSize(3).first().asString()
        .startsWith("building lull, which takes a minute or two the first time: Maven");
    assertThat(run.err).contains("\n(Java says \"WARNING: Using incubator modules\"").endsWith("\nchatter of Maven\n");
    assertThat(root.resolve("builds")).hasContent("JAVA_HOME=" + home + " -q -Dmaven.test.skip=true -pl cli -am package");
    assertThat(apps()).singleElement().satisfies(app -> assertThat(app.resolve("lib/some.jar")).exists());
  }

  /** Commands that lull proposes begin as the user's did: of a script on the PATH, $0 is not what was typed. */
  @Test
  void knowsHowItWasCalled() throws Exception {
    jdk("jdk-25", "25", true);
    assertThat(run(Map.of(), "version").out).contains("arg=<-Dlull.command=" + root.resolve("lull") + ">");
    assertThat(run(Map.of("PATH", root + ":" + tools), "version").out).contains("arg=<-Dlull.command=lull>");
    executable(folder.resolve("other/lull"), "#!/bin/sh\n");
    assertThat(run(Map.of("PATH", folder.resolve("other") + ":" + tools), "version").out)
        .contains("arg=<-Dlull.command=" + root.resolve("lull") + ">");
  }

  /** Java warns of the module of the Vector API, so it is left out where nothing is computed. */
  @ParameterizedTest
  @CsvSource({"train --epochs 1,true", "bench,true", "version,true", "--version,true", "eval --model help,true", "info runs/a,false",
      "cache clear,false", "completion,false", "help train,false", "train --help,false", "--help,false", "synthesise --out x,false",
      "'',false"})
  void addsTheVectorApiForCommandsThatCompute(String command, boolean added) throws Exception {
    jdk("jdk-25", "25", true);
    Run run = run(Map.of(), command.isEmpty() ? new String[0] : command.split(" "));
    assertThat(run.code).isZero();
    assertThat(run.out.contains("arg=<jdk.incubator.vector>")).isEqualTo(added);
  }

  /** bin/lull of the package, with its own Java beside it; else with one that is installed, though it cannot compile. */
  @Test
  void runsThePackageWithoutABuild() throws Exception {
    Path installed = jdk("jre", "25", true);
    Files.delete(installed.resolve("bin/javac"));
    Path place = Files.createDirectories(folder.resolve("a package"));
    executable(place.resolve("bin/lull"), Files.readString(Path.of("../lull")));
    Files.createDirectories(place.resolve("app"));
    Files.writeString(place.resolve("app/lull.jar"), "");
    Run run = finish(start(place.resolve("bin/lull"), Map.of(), "train"));
    assertThat(run.out).contains("home=" + installed + "\n", "arg=<" + place.resolve("app/lull.jar") + ">");
    assertThat(run.err).isEmpty();

    Files.createDirectories(place.resolve("java/bin"));
    Files.copy(installed.resolve("bin/java"), place.resolve("java/bin/java"), StandardCopyOption.COPY_ATTRIBUTES);
    Files.writeString(place.resolve("java/bin/java"), Files.readString(installed.resolve("bin/java")).replace("home=", "home=own "));
    Files.createSymbolicLink(elsewhere.resolve("lull"), place.resolve("bin/lull"));
    assertThat(finish(start(elsewhere.resolve("lull"), Map.of(), "train")).out).contains("home=own ");
    Path named = jdk("named", "25", true);
    assertThat(finish(start(elsewhere.resolve("lull"), Map.of("LULL_JAVA_HOME", named.toString()), "train")).out)
        .contains("home=" + named + "\n");
    assertThat(builds()).isZero();
  }

  @Test
  void buildsAgainOnlyWhenASourceIsNewer() throws Exception {
    jdk("jdk-25", "25", true);
    run(Map.of());
    assertThat(run(Map.of()).err).isEmpty();
    assertThat(builds()).isEqualTo(1);
    Files.writeString(source, "edited");
    assertThat(run(Map.of()).err).startsWith("building lull, as a source has changed...");
    Files.writeString(root.resolve("core/pom.xml"), "edited");
    run(Map.of());
    Files.delete(source);
    run(Map.of());
    assertThat(run(Map.of()).err).isEmpty();
    assertThat(builds()).isEqualTo(4);
    assertThat(apps()).as("running commands keep their jars").hasSize(4);
  }

  @Test
  void aFailedBuildShowsWhyAndLeavesNothing() throws Exception {
    jdk("jdk-25", "25", true);
    Run run = run(Map.of("BUILD_CODE", "3"));
    assertThat(run.code).isEqualTo(3);
    assertThat(run.out).isEmpty();
    assertThat(run.err).contains("chatter of Maven").endsWith("lull: the build failed, see above\n");
    assertThat(apps()).isEmpty();
    assertThat(run(Map.of()).code).isZero();
    assertThat(builds()).isEqualTo(2);
  }

  @Test
  void commandsStartedTogetherBuildOnce() throws Exception {
    jdk("jdk-25", "25", true);
    List<Process> together =
        List.of(start(root.resolve("lull"), Map.of("BUILD_SECONDS", "1")), start(root.resolve("lull"), Map.of("BUILD_SECONDS", "1")));
    for (Process process : together) {
      assertThat(finish(process).code).isZero();
    }
    assertThat(builds()).isEqualTo(1);
    assertThat(apps()).hasSize(1);
  }

  @Test
  void theLockAndTheRemainsOfAKilledBuildAreCleared() throws Exception {
    jdk("jdk-25", "25", true);
    long dead = finish(start(jdk("other", "17", true).resolve("bin/java"), Map.of())).pid;
    Files.createDirectories(root.resolve("target/new-app." + dead + "/lib"));
    Files.createSymbolicLink(root.resolve("target/build.lock"), Path.of(Long.toString(dead)));
    assertThat(run(Map.of()).code).isZero();
    assertThat(apps()).singleElement().satisfies(app -> assertThat(app.getFileName().toString()).startsWith("app-"));
  }

  @Test
  void aProjectThatCannotBeWrittenIsNamed() throws Exception {
    jdk("jdk-25", "25", true);
    Files.writeString(root.resolve("target"), "in the way");
    Run run = run(Map.of());
    assertThat(run.code).isEqualTo(2);
    assertThat(run.err).contains("lull: cannot create " + root + "/target");
  }

  @Test
  void worksThroughSymbolicLinks() throws Exception {
    jdk("jdk-25", "25", true);
    Files.createSymbolicLink(folder.resolve("first"), Path.of("the project/lull"));
    Path second = Files.createSymbolicLink(elsewhere.resolve("second"), folder.resolve("first"));
    assertThat(finish(start(second, Map.of())).out).contains("arg=<" + root + "/target/app-");
  }

  @Test
  void prefersTheNamedJdkThenJavaHomeThenThePath() throws Exception {
    Path installed = jdk("a-jdk", "25", true);
    Path onPath = jdk("b-jdk", "25", true);
    Path javaHome = jdk("c-jdk", "25", true);
    Path named = jdk("d-jdk", "25", true);
    Path old = jdk("old", "17.0.15", true);
    Files.createSymbolicLink(tools.resolve("java"), onPath.resolve("bin/java"));
    assertThat(run(Map.of("LULL_JAVA_HOME", named.toString(), "JAVA_HOME", javaHome.toString())).out).contains("home=" + named + "\n");
    assertThat(run(Map.of("JAVA_HOME", javaHome.toString())).out).contains("home=" + javaHome + "\n");
    assertThat(run(Map.of("JAVA_HOME", old.toString())).out).contains("home=" + onPath + "\n");
    Files.delete(tools.resolve("java"));
    assertThat(run(Map.of("JAVA_HOME", old.toString())).out).contains("home=" + installed + "\n");
  }

  @Test
  void seesThroughAScriptOnThePath() throws Exception {
    Path home = jdk("versions/25", "25", false);
    executable(tools.resolve("java"), "#!/bin/sh\nexec '" + home + "/bin/java' \"$@\"\n");
    assertThat(run(Map.of()).out).contains("home=" + home + "\n");
  }

  @Test
  void looksIntoTheBundlesOfMacOs() throws Exception {
    Path home = jdk("temurin-25.jdk/Contents/Home", "25.0.1", true);
    assertThat(run(Map.of()).out).contains("home=" + home + "\n");
  }

  @ParameterizedTest
  @CsvSource({
      "25,true,true", "25.0.1,true,true", "26-ea,true,true", "100,false,true", "25,false,true", "25-ea,false,true",
      "24.0.2,true,false", "17.0.15,false,false", "1.8.0_402,true,false", "1.8.0_402,false,false", "unheard of,false,false", "'',true,false"
  })
  void takesAJdkFrom25On(String version, boolean release, boolean accepted) throws Exception {
    Path home = jdk("jdk", version, release);
    Run run = run(Map.of("JAVA_HOME", home.toString()));
    assertThat(run.code).as(run.err).isEqualTo(accepted ? 0 : 2);
  }

  @Test
  void aRuntimeWithoutACompilerIsNoJdk() throws Exception {
    Files.delete(jdk("jre", "25", true).resolve("bin/javac"));
    assertThat(run(Map.of()).code).isEqualTo(2);
  }

  @Test
  void withoutAJdkOneLineSaysWhatWasLookedAtAndWhatToInstall() throws Exception {
    Path old = jdk("old", "17", true);
    Files.createSymbolicLink(tools.resolve("java"), old.resolve("bin/java"));
    Run run = run(Map.of("JAVA_HOME", old.toString()), "train");
    assertThat(run.code).isEqualTo(2);
    assertThat(run.out).isEmpty();
    assertThat(run.err.lines()).hasSize(1);
    assertThat(run.err).contains("JAVA_HOME (" + old + ")", tools + "/java", folder + "/no:" + folder, "install Temurin 25");
    assertThat(builds()).isZero();
  }

  @Test
  void aNamedJdkThatIsNoneIsNotPassedOver() throws Exception {
    jdk("jdk-25", "25", true);
    Path old = jdk("old", "17", true);
    Run run = run(Map.of("LULL_JAVA_HOME", old.toString()));
    assertThat(run.code).isEqualTo(2);
    assertThat(run.err).isEqualTo(
        "lull: LULL_JAVA_HOME is " + old + ", expected the folder of a JDK 25 or later; correct or unset it\n");
  }
}
