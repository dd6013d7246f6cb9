#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# OpenJDK 25, HotSpot: an ahead-of-time cache of a program that uses the Vector API is made without the module graph.
#
# Since JDK 24 a program can be started from a cache of loaded and linked classes (-XX:AOTCache, JEP 483). With `--add-modules java.sql` in
# training and in use, the cache has the module graph too, and the log of the start says that it is used. With `--add-modules
# jdk.incubator.vector` the same commands end with exit code 0 and a cache, but the module graph is not in it. Making it says so in one line,
# "archivedBootLayer not available". Using it says nothing unless -Xlog:aot is given.
# It matters to who starts short programs that compute with vectors, such as a classifier called for each recording: the modules are resolved
# anew at every start, and classes that could be linked in the cache are not (-XX:+AOTClassLinking needs the graph). Start such programs
# without the module where they do not compute, or keep one process that serves many calls.
#
# Expected: one rule for all modules of the JDK. JEP 483 asks that module options agree between training and production, and names no module
# that is left out.
# Known: pull request 16875 of openjdk/jdk, "8319343: Improve CDS module graph support for --add-modules option", says that the boot layer
# is not archived where there is an incubator module; the Vector API is the one such module of JDK 25.
#
# Output seen (Temurin 25.0.3+9, x86-64):
#   module                 cache made   full module graph used
#   java.sql               yes          yes
#   jdk.incubator.vector   yes          no
#
# Needs bash and a JDK 25 (JAVA_HOME, or java on the PATH), on Linux. Exit code: 0 as stated here, 1 changed, 2 could not be tried.
set -euo pipefail

bin=${JAVA_HOME:+$JAVA_HOME/bin/}
version=$("${bin}java" -version 2>&1 | sed -n '1s/.*version "\([0-9]*\).*/\1/p')
[ "$version" = 25 ] || { echo "java is version ${version:-unknown}, expected 25; set JAVA_HOME" >&2; exit 2; }

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
cat > Finding.java <<'JAVA'
class Finding {
  public static void main(String[] args) {}
}
JAVA
{ "${bin}javac" Finding.java && "${bin}jar" --create --file finding.jar --main-class Finding Finding.class; } || exit 2

# Makes a cache with the module and uses it; prints whether it was made, and whether its module graph served.
try() {
  "${bin}java" --add-modules "$1" -XX:AOTCacheOutput="$1.aot" -jar finding.jar &> make.log || { cat make.log >&2; exit 2; }
  "${bin}java" --add-modules "$1" -XX:AOTCache="$1.aot" -Xlog:aot -jar finding.jar &> use.log || { cat use.log >&2; exit 2; }
  made=no used=no
  if [ -s "$1.aot" ]; then made=yes; fi
  if grep -q 'initial full module graph: enabled' use.log; then used=yes; fi
  printf '%-20s   %-10s   %s\n' "$1" "$made" "$used"
}

"${bin}java" -version 2>&1 | tail -1
echo "module                 cache made   full module graph used"
ordinary=$(try java.sql)
vector=$(try jdk.incubator.vector)
printf '%s\n%s\n' "$ordinary" "$vector"
[[ $ordinary =~ yes\ +yes$ && $vector =~ yes\ +no$ ]] || exit 1
