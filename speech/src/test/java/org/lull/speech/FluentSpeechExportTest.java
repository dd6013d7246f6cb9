// SPDX-License-Identifier: Apache-2.0
package org.lull.speech;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lull.data.Split;
import org.lull.input.InvalidInputException;
import org.lull.train.Progress;

class FluentSpeechExportTest {
  @TempDir
  Path folder;

  /** A few clips of each split. */
  private static AudioCorpus corpus() {
    AudioCorpus all = SyntheticSpeech.corpus(new SyntheticSpeech.Settings(3, 1, 1, 1, 1, 0, 15, 1, 16_000));
    List<Clip> few = all.clips().stream().filter(clip -> clip.id().contains("/use ") || clip.id().contains("/lights on/")).toList();
    return new AudioCorpus(all.name(), all.labels(), few, all.hash(), all.warnings());
  }

  @Test
  void writesEveryClipAndItsRow() throws IOException {
    AudioCorpus corpus = corpus();
    Path target = folder.resolve("new/fluent");
    AtomicLong done = new AtomicLong();
    FluentSpeechExport.export(corpus, target, (task, total) -> {
      assertThat(total).isEqualTo(corpus.clips().size());
      return done::addAndGet;
    });

    assertThat(done).hasValue(18);
    assertThat(Files.readAllLines(target.resolve("data/test_data.csv"))).containsExactly(
        ",path,speakerId,transcription,action,object,location",
        "0,wavs/speakers/test-01/0.wav,test-01,lights on,activate,lights,none",
        "1,wavs/speakers/test-01/1.wav,test-01,use Chinese,change language,Chinese,none",
        "2,wavs/speakers/test-01/2.wav,test-01,use English,change language,English,none",
        "3,wavs/speakers/test-01/3.wav,test-01,use German,change language,German,none",
        "4,wavs/speakers/test-01/4.wav,test-01,use Korean,change language,Korean,none",
        "5,wavs/speakers/test-01/5.wav,test-01,use a different language,change language,none,none");
    assertThat(Files.readAllLines(target.resolve("data/train_data.csv"))).hasSize(7);
    assertThat(Files.readAllLines(target.resolve("data/valid_data.csv"))).hasSize(7);
    Clip third = corpus.clips().stream().filter(clip -> clip.split() == Split.TEST).skip(2).findFirst().orElseThrow();
    Audio written = Wav.read(target.resolve("wavs/speakers/test-01/2.wav"));
    assertThat(written.rate()).isEqualTo(16_000);
    assertThat(Arrays.equals(written.samples(), third.source().load().samples())).isTrue();
    assertThat(content(folder.resolve("new"))).containsExactly(target);
  }

  @Test
  void takesAnEmptyFolder() throws IOException {
    FluentSpeechExport.export(corpus(), folder, Progress.SILENT);
    assertThat(content(folder)).containsExactlyInAnyOrder(folder.resolve("data"), folder.resolve("wavs"));
  }

  @Test
  void leavesAFolderThatIsInUseAlone() throws IOException {
    Path mine = Files.writeString(folder.resolve("thesis.txt"), "words");
    assertThatThrownBy(() -> FluentSpeechExport.export(corpus(), folder, Progress.SILENT))
        .isInstanceOf(InvalidInputException.class).hasMessageContaining(folder + " is not empty");
    assertThatThrownBy(() -> FluentSpeechExport.export(corpus(), mine, Progress.SILENT))
        .isInstanceOf(InvalidInputException.class).hasMessageContaining("thesis.txt is a file");
    assertThatThrownBy(() -> FluentSpeechExport.export(corpus(), mine.resolve("below"), Progress.SILENT))
        .isInstanceOf(InvalidInputException.class).hasMessageContaining("cannot be written");
    assertThat(content(folder)).containsExactly(mine);
    assertThat(mine).hasContent("words");
  }

  @Test
  void leavesNothingBehindWhenAClipFails() throws IOException {
    AudioCorpus corpus = corpus();
    Clip bad = new Clip("bad", corpus.labels().getFirst(), "s", Split.TEST, () -> {
      throw new InvalidInputException("bad.wav: truncated");
    });
    AudioCorpus broken = new AudioCorpus("broken", corpus.labels(), List.of(corpus.clips().getFirst(), bad), "", List.of());
    assertThatThrownBy(() -> FluentSpeechExport.export(broken, folder.resolve("out"), Progress.SILENT))
        .isInstanceOf(InvalidInputException.class).hasMessage("bad.wav: truncated");
    assertThat(content(folder)).isEmpty();
  }

  @Test
  void refusesClassesThatAreNoIntents() throws IOException {
    AudioCorpus digits = new AudioCorpus("digits", List.of("one", "two"), List.of(), "", List.of());
    assertThatThrownBy(() -> FluentSpeechExport.export(digits, folder.resolve("out"), Progress.SILENT))
        .isInstanceOf(InvalidInputException.class).hasMessageContaining("\"one\"").hasMessageContaining("action|object|location");
    assertThat(content(folder)).isEmpty();
  }

  private static List<Path> content(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.toList();
    }
  }
}
