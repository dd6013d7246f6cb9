// SPDX-License-Identifier: Apache-2.0
package org.lull.continual;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.lull.Model;
import org.lull.input.InvalidInputException;
import org.lull.io.RecordLog;
import org.lull.network.Head;
import org.lull.network.Initialiser;
import org.lull.network.Mode;
import org.lull.network.Network;
import org.lull.network.NetworkSpec;
import org.lull.network.Normalisation;
import org.lull.network.Provenance;
import org.lull.rnn.Cell;
import org.lull.train.Example;

/** The files of exemplars and of an online learner, with right checksums and wrong content. */
class KeptFilesTest {
  private static final int CHANNELS = 3;
  private static final int STEPS = 4;
  private static final int CLASSES = 3;
  private static final OnlineSettings SETTINGS = new OnlineSettings(10_000, 1000, 2, 0.05, 1, 1);
  private static final List<Integer> EXTREMES = List.of(-1, 0, 1, 2, 3, 4, 1 << 16, 1 << 24, 1 << 28, 1 << 30, Integer.MAX_VALUE,
      Integer.MIN_VALUE, 0x80000003);
  /** Bytes that opening a small file may ask for, all in all; an unchecked length asks for a thousand times that. */
  private static final long MOST = 8 << 20;

  @TempDir
  Path folder;
  private final List<String> warnings = new ArrayList<>();
  private Path file;

  @BeforeEach
  void name() {
    file = folder.resolve("exemplars.log");
  }

  private static Model model(long seed, String... labels) {
    Network network = new Network(new NetworkSpec(Cell.named("gru"), CHANNELS, 1, 6, labels.length, Head.MEAN));
    Initialiser.initialise(network, new SplittableRandom(seed));
    return new Model(network, Mode.DENSE, new Normalisation(new float[CHANNELS], new float[] {1, 1, 1}), List.of(labels), "",
        new Provenance("", "", "", "", new TreeMap<>()));
  }

  private static Model model() {
    return model(1, "zero", "one", "two");
  }

  private static Example example(int i) {
    SplittableRandom random = new SplittableRandom(i);
    float[] frames = new float[STEPS * CHANNELS];
    IntStream.range(0, frames.length).forEach(j -> frames[j] = (float) random.nextDouble(-2, 2));
    return new Example("clip " + i, frames, STEPS, CHANNELS, i % CLASSES);
  }

  private static List<Exemplar> exemplars() {
    return IntStream.range(0, 6).mapToObj(i -> Exemplar.of(example(i), model().normalisation())).toList();
  }

  private static List<byte[]> records(Path file) {
    List<byte[]> records = new ArrayList<>();
    RecordLog.read(file, records::add);
    return records;
  }

  private static void write(Path file, List<byte[]> records) {
    RecordLog.create(file, records).close();
  }

  private List<Exemplar> read(Model model) {
    return ExemplarFile.read(file, model, warnings::add);
  }

  private void refused(Model model, String... reasons) {
    assertThatThrownBy(() -> read(model)).isInstanceOf(InvalidInputException.class).hasMessageContainingAll(reasons)
        .hasMessageContaining(file.toString());
  }

  // ------------------------------------------------------------------------------------------------------------ exemplars

  @Test
  void exemplarsComeBackAndTheFileStaysAsItIs() throws IOException {
    ExemplarFile.write(file, model(), exemplars());
    byte[] before = Files.readAllBytes(file);
    assertThat(read(model())).usingRecursiveComparison().isEqualTo(exemplars());
    assertThat(Files.readAllBytes(file)).isEqualTo(before);
    ExemplarFile.write(file, model(), List.of());
    assertThat(read(model())).isEmpty();
    assertThat(warnings).isEmpty();
  }

  @Test
  void exemplarsOfAnotherModelAreRefused() {
    ExemplarFile.write(file, model(), exemplars());
    refused(model(2, "zero", "one", "two"), "another model", "--data");
    refused(model(1, "zero", "one", "drei"), "another model");
    refused(model(1, "one", "zero", "two"), "another model");
    refused(model(1, "zero", "one"), "another model");
  }

  /** At every byte: within a record or between two, in the first or the last. */
  @Test
  void aFileThatWasCutOffIsRefused() throws IOException {
    ExemplarFile.write(file, model(), exemplars());
    byte[] whole = Files.readAllBytes(file);
    for (int length = 0; length < whole.length; length++) {
      byte[] cut = Arrays.copyOf(whole, length);
      Files.write(file, cut);
      if (records(length, cut) > 0) {
        refused(model(), "was cut off", "--data");
        assertThat(Files.readAllBytes(file)).isEqualTo(cut);
      }
    }
    assertThat(warnings).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 8, 40})
  void bytesBehindTheLastExemplarAreSaid(int surplus) throws IOException {
    ExemplarFile.write(file, model(), exemplars());
    byte[] longer = Arrays.copyOf(Files.readAllBytes(file), (int) Files.size(file) + surplus);
    Files.write(file, longer);
    assertThat(read(model())).usingRecursiveComparison().isEqualTo(exemplars());
    assertThat(warnings).containsExactly(file + ": " + surplus + " bytes follow the last of its 6 exemplars and are not read");
    assertThat(Files.readAllBytes(file)).isEqualTo(longer);
  }

  private int records(int length, byte[] cut) throws IOException {
    try {
      return records(file).size();
    } catch (InvalidInputException e) {
      assertThat(length).isLessThan("lull-log-1\n".length());
      assertThat(Files.readAllBytes(file)).isEqualTo(cut);
      return 0;
    }
  }

  @Test
  void filesOfBeforeAreReadWithAWarning() {
    ExemplarFile.write(file, model(), exemplars());
    List<byte[]> records = records(file);
    write(file, records.subList(1, records.size()));
    assertThat(read(model())).usingRecursiveComparison().isEqualTo(exemplars());
    assertThat(warnings).hasSize(1).first().asString().contains("earlier version", "6 exemplars");
    refused(model(1, "zero", "one"), "of class 2, expected 0 to 1");
    write(file, List.of());
    assertThat(read(model())).isEmpty();
  }

  @Test
  void wrongRecordsOfExemplarsAreRefused() {
    ExemplarFile.write(file, model(), exemplars());
    List<byte[]> whole = records(file);
    for (boolean old : new boolean[] {false, true}) {
      for (int field = 0; field < 3; field++) {
        for (int value : EXTREMES) {
          List<byte[]> records = new ArrayList<>(whole);
          byte[] record = whole.get(3).clone(); // of class 2
          ByteBuffer.wrap(record).putInt(field * Integer.BYTES, value);
          records.set(3, record);
          write(file, old ? records.subList(1, records.size()) : records);
          boolean right = field == 0 && value >= 0 && value < CLASSES || field == 1 && value == STEPS;
          if (right) {
            assertThat(read(model())).hasSize(6);
          } else {
            refused(model(), "exemplar");
          }
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"{", "{}", "{\"format\":\"lull-exemplars-2\",\"model\":0,\"channels\":3,\"exemplars\":6}", "{\"format\":null}",
      "{\"format\":\"lull-exemplars-1\",\"model\":null,\"channels\":3,\"exemplars\":6}",
      "{\"format\":\"lull-exemplars-1\",\"model\":1,\"channels\":3,\"exemplars\":6}"})
  void wrongBeginningsAreRefused(String begin) {
    ExemplarFile.write(file, model(), exemplars());
    List<byte[]> records = records(file);
    records.set(0, begin.getBytes(StandardCharsets.UTF_8));
    write(file, records);
    refused(model(), "--data");
  }

  @Test
  void aCountThatIsNotOfTheFileIsRefused() {
    ExemplarFile.write(file, model(), exemplars());
    List<byte[]> whole = records(file);
    for (String count : List.of("0", "5", "7", "-1", "2147483647")) {
      List<byte[]> records = new ArrayList<>(whole);
      records.set(0, new String(whole.getFirst(), StandardCharsets.UTF_8).replace(":6}", ":" + count + "}").getBytes());
      write(file, records);
      refused(model(), "6 exemplars, expected " + count);
    }
    List<byte[]> more = new ArrayList<>(whole);
    more.add(whole.getLast());
    write(file, more);
    refused(model(), "7 exemplars, expected 6");
  }

  // ------------------------------------------------------------------------------------------------------------ online learner

  /** The records of a learner that has learned and forgotten, not yet written anew. */
  private List<byte[]> learned(List<Exemplar> exemplars) throws IOException {
    Path dir = folder.resolve("learned " + exemplars.size());
    try (OnlineLearner learner = OnlineLearner.open(dir, model(), SETTINGS, exemplars, warnings::add)) {
      learner.learn(example(20), "grün");
      learner.learn(example(21), "zero");
      learner.forget("one");
      learner.learn(example(22), "grün");
      Path copy = folder.resolve("copy.log");
      Files.copy(dir.resolve(OnlineLearner.FILE), copy, StandardCopyOption.REPLACE_EXISTING);
      return records(copy);
    }
  }

  private void opens(List<byte[]> records, String what) throws IOException {
    Path dir = Files.createDirectories(folder.resolve("state"));
    write(dir.resolve(OnlineLearner.FILE), records);
    byte[] before = Files.readAllBytes(dir.resolve(OnlineLearner.FILE));
    try (OnlineLearner learner = OnlineLearner.open(dir, model(), SETTINGS, List.of(), warnings::add)) {
      OnlineLearner.Snapshot now = learner.snapshot();
      assertThat(now.classes()).as(what).hasSameSizeAs(now.model().labels()).hasSizeBetween(1, 8);
      assertThat(learner.exemplars()).as(what).allMatch(exemplar -> exemplar.label() < now.classes().size());
      for (float score : now.scores(example(1))) {
        assertThat(score).as(what).isFinite();
      }
    } catch (InvalidInputException e) {
      assertThat(e).as(what).hasMessageContaining(OnlineLearner.FILE);
      assertThat(Files.readAllBytes(dir.resolve(OnlineLearner.FILE))).as(what).isEqualTo(before);
    }
  }

  /** Some hundreds of records with a wrong bit, number or length and a right checksum: refused or right, within bounded memory. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void wrongRecordsOfALearnerAreRefusedOrRight(boolean withExemplars) throws IOException {
    List<byte[]> whole = learned(withExemplars ? exemplars() : List.of());
    SplittableRandom random = new SplittableRandom(7);
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    opens(whole, "as it was");
    for (int i = 0; i < 400; i++) {
      int at = random.nextInt(whole.size());
      byte[] record = whole.get(at).clone();
      int place = record.length == 0 ? 0 : random.nextInt(Math.min(record.length, at == 1 ? record.length : 64));
      byte[] wrong = switch (random.nextInt(5)) {
        case 0 -> Arrays.copyOf(record, random.nextInt(record.length));
        case 1 -> Arrays.copyOf(record, record.length + random.nextInt(1, 9));
        case 2 -> record.length - place < 4 ? record
            : ByteBuffer.wrap(record).putInt(place, EXTREMES.get(random.nextInt(EXTREMES.size()))).array();
        default -> {
          record[place] ^= (byte) (1 << random.nextInt(8));
          yield record;
        }
      };
      List<byte[]> records = new ArrayList<>(whole);
      records.set(at, wrong);
      if (random.nextInt(10) == 0) {
        records.remove(random.nextInt(records.size()));
      }
      long before = threads.getCurrentThreadAllocatedBytes();
      opens(records, "mutation " + i + " of record " + at);
      assertThat(threads.getCurrentThreadAllocatedBytes() - before).as("mutation %d of record %d", i, at).isLessThan(MOST);
    }
  }

  /** Lengths and numbers of every record that is learned or forgotten. */
  @Test
  void extremesInEveryFieldAreRefusedOrRight() throws IOException {
    List<byte[]> whole = learned(exemplars());
    for (int at = 2; at < whole.size(); at++) {
      for (int place = 1; place + Integer.BYTES <= Math.min(40, whole.get(at).length); place++) {
        int offset = place;
        for (int value : List.of(1 << 30, Integer.MAX_VALUE, Integer.MIN_VALUE)) {
          List<byte[]> records = new ArrayList<>(whole);
          records.set(at, ByteBuffer.wrap(whole.get(at).clone()).putInt(offset, value).array());
          opens(records, "record %d, byte %d, value %d".formatted(at, offset, value));
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"\"exemplars\":2147483647", "\"exemplars\":-1", "\"position\":-1", "\"learned\":-3", "\"output\":3",
      "\"output\":-2", "\"label\":null", "\"label\":\"two\"", "\"classes\":null", "\"classes\":[null]", "\"classes\":[]",
      "\"settings\":null", "\"exemplarBytes\":10", "\"batch\":0", "\"learningRate\":NaN", "\"format\":\"lull-learner-2\"", "\"model\":1"})
  void wrongBeginningsOfALearnerAreRefused(String field) throws IOException {
    List<byte[]> records = learned(exemplars());
    String begin = new String(records.getFirst(), StandardCharsets.UTF_8);
    String name = field.substring(0, field.indexOf(':') + 1);
    String changed = begin.replaceFirst(name + "(\\[.*?]|\\{.*?}|\"[^\"]*\"|[^,}]*)", field);
    assertThat(changed).isNotEqualTo(begin);
    records.set(0, changed.getBytes(StandardCharsets.UTF_8));
    Path dir = Files.createDirectories(folder.resolve("state"));
    write(dir.resolve(OnlineLearner.FILE), records);
    assertThatThrownBy(() -> OnlineLearner.open(dir, model(), SETTINGS, List.of(), warnings::add))
        .isInstanceOf(InvalidInputException.class).hasMessageContaining(OnlineLearner.FILE);
  }

  @Test
  void exemplarsThatAreNotOfTheModelAreRefusedAtTheDoor() {
    Exemplar right = exemplars().getFirst();
    for (Exemplar wrong : List.of(new Exemplar("x", 3, STEPS, right.values()), new Exemplar("x", -1, STEPS, right.values()),
        new Exemplar("x", 1 << 30, STEPS, right.values()), new Exemplar("x", 0, 3, right.values()),
        new Exemplar("x", 0, Integer.MAX_VALUE, right.values()))) {
      assertThatThrownBy(() -> OnlineLearner.open(folder.resolve("new"), model(), SETTINGS, List.of(right, wrong), warnings::add))
          .isInstanceOf(InvalidInputException.class).hasMessageContaining("exemplar x of class");
      assertThat(folder.resolve("new")).doesNotExist();
    }
  }
}
