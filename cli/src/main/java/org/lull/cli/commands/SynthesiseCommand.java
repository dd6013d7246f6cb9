// SPDX-License-Identifier: Apache-2.0
package org.lull.cli.commands;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.lull.cli.report.TerminalProgress;
import org.lull.experiments.run.CorpusLoader;
import org.lull.speech.AudioCorpus;
import org.lull.speech.FluentSpeechExport;
import org.lull.speech.SyntheticSpeech;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** lull synthesise: the embedded corpus as WAV files, to listen to and to use elsewhere. */
@Command(name = "synthesise", mixinStandardHelpOptions = true,
    description = "Writes the embedded corpus as WAV files, laid out as Fluent Speech Commands is.",
    footer = {"", "Example:", "  lull synthesise --out speech && lull train --data speech"})
public final class SynthesiseCommand implements Callable<Integer> {
  @Spec
  private CommandSpec spec;

  @Option(names = "--out", paramLabel = "DIR", required = true, description = "A folder that does not exist yet, or is empty.")
  private Path out;

  @Option(names = "--seed", paramLabel = "N", defaultValue = "" + CorpusLoader.EMBEDDED_SEED,
      description = "Another seed gives other speakers, rooms and noise (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Override
  public Integer call() {
    PrintWriter err = spec.commandLine().getErr();
    AudioCorpus corpus = SyntheticSpeech.corpus(SyntheticSpeech.Settings.of(seed));
    FluentSpeechExport.export(corpus, out, new TerminalProgress(err));
    err.println(corpus.clips().size() + " recordings written to " + out);
    err.flush();
    return 0;
  }
}
