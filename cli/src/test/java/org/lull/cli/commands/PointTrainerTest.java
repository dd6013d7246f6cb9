package org.lull.cli.commands;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.Writer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lull.Dataset;
import org.lull.cli.TinyData;
import org.lull.cli.options.RunOptions.Networks;
import org.lull.cli.options.RunOptions;
import org.lull.cli.report.TerminalProgress;
import org.lull.speech.Corpora;
import org.lull.speech.Corpus;
import org.lull.speech.Datasets;
import org.lull.speech.LogMelSettings;
import org.lull.train.Progress;
import picocli.CommandLine;

class PointTrainerTest {
  @TempDir Path dir;

  @Test
  void pointsThatBeginWithTheSameDensePhaseShareIt() {
    PrintWriter nowhere = new PrintWriter(Writer.nullWriter());
    Corpus corpus = Corpora.open(TinyData.series(dir.resolve("series")));
    Dataset dataset = Datasets.load(corpus, LogMelSettings.preset("mel16"), null, 1, Progress.SILENT);
    RunOptions options = new RunOptions();
    new CommandLine(options).parseArgs("--layers", "1", "--hidden", "4", "--pretrain-epochs", "2", "--epochs", "1");
    SweepPlan plan = new SweepPlan(Grid.of(List.of("threshold=0.1,0.2", "seed=1,2")), options, 1, 0);
    List<String> tasks = Collections.synchronizedList(new ArrayList<>());
    AtomicLong examples = new AtomicLong();
    try (SweepDirectory directory = SweepDirectory.open(dir.resolve("sweep"))) {
      directory.begin(plan.sweep(corpus));
      PointTrainer trainer = new PointTrainer(directory, false, 6, new TerminalProgress(nowhere), nowhere);
      plan.points().forEach((point, its) -> trainer.add(point, its, (progress, listener) -> new TrainingRun(
          its.settings(false, point.dense() ? Networks.DENSE : Networks.DELTA, 0, 1), its, dataset, "", (task, total) -> {
            tasks.add(task);
            examples.addAndGet(task.equals("timing") ? 0 : total);
            return progress.begin(task, total);
          }, listener)));
      long expected = trainer.examples();
      trainer.train("sweep", 2);
      assertThat(directory.failures()).isEmpty();
      assertThat(examples).hasValue(expected);
    }
    assertThat(tasks).filteredOn("pretraining"::equals).as("one for each seed").hasSize(2);
    assertThat(tasks).filteredOn("training dense"::equals).hasSize(2);
    assertThat(tasks).filteredOn("training delta"::equals).hasSize(4);
  }
}
