@echo off
rem SPDX-License-Identifier: Apache-2.0
rem Runs the lull command on Windows: builds when there is no build or a source is newer than it, and starts Java. The same script is
rem bin\lull.cmd of the package, which is built already.
rem
rem   LULL_JAVA_HOME   the JDK 25 to use, instead of the package's own Java, JAVA_HOME or the java on the PATH
rem   LULL_JAVA_OPTS   further options for Java, such as -Xmx8g
setlocal
set "here=%~dp0"
set "package="
if exist "%here%..\app\lull.jar" set "package=%here%.."

set "java=java"
if defined JAVA_HOME set "java=%JAVA_HOME%\bin\java"
if defined package if exist "%package%\java\bin\java.exe" set "java=%package%\java\bin\java"
if defined LULL_JAVA_HOME set "java=%LULL_JAVA_HOME%\bin\java"
rem 69 is the version of the class files of Java 25.
for /f "tokens=4 delims==. " %%v in ('""%java%" -XshowSettings:properties -version 2^>^&1" ^| findstr /c:"java.class.version"') do set "version=%%v"
if not defined version goto nojava
if %version% lss 69 goto nojava

set "app=%package%\app"
if defined package goto run
set "app=%here%cli\target"
if not exist "%app%\lull.jar" (
  echo building lull, which takes a minute or two the first time: Maven and a few libraries are downloaded, then all is compiled... 1>&2
  goto build
)
powershell -NoProfile -Command "$built = (Get-Item '%app%\lull.jar').LastWriteTime; Set-Location '%here%'; $newer = Get-ChildItem pom.xml, *\pom.xml, *\src\main -Recurse -File | Where-Object { $_.LastWriteTime -gt $built }; if ($newer) { exit 1 }"
if not errorlevel 1 goto run
echo building lull, as a source has changed... 1>&2
:build
pushd "%here%"
if defined LULL_JAVA_HOME set "JAVA_HOME=%LULL_JAVA_HOME%"
call mvnw.cmd -q -Dmaven.test.skip=true -pl cli -am package 1>&2
set "code=%errorlevel%"
popd
if not "%code%"=="0" (
  echo lull: the build failed, see above 1>&2
  exit /b %code%
)

:run
rem The Vector API is for commands that compute: Java warns of its module, which is still an incubator.
set "flags=--add-modules jdk.incubator.vector -XX:ObjectAlignmentInBytes=64"
if "%~1"=="" set "flags=-XX:TieredStopAtLevel=1 -Dlull.kernels=scalar"
for %%c in (cache completion help info --help -h) do if "%~1"=="%%c" set "flags=-XX:TieredStopAtLevel=1 -Dlull.kernels=scalar"
for %%c in (version --version -V) do if "%~1"=="%%c" set "flags=-XX:TieredStopAtLevel=1 --add-modules jdk.incubator.vector"
if "%~1"=="synthesise" set "flags=-Dlull.kernels=scalar"
"%java%" %flags% -XX:MaxRAMPercentage=50 --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow %LULL_JAVA_OPTS% -jar "%app%\lull.jar" %*
exit /b %errorlevel%

:nojava
echo lull: no JDK 25 or later found: LULL_JAVA_HOME, JAVA_HOME and the PATH were looked at; install Temurin 25 (https://adoptium.net) or set LULL_JAVA_HOME 1>&2
exit /b 2
