package org.lull.continual;

import java.nio.file.Files;
import java.nio.file.Path;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.lull.Model;
import org.lull.cost.MemoryAccess;
import org.lull.cost.OperationCounts;
import org.lull.input.Frames;
import org.lull.input.InvalidInputException;
import org.lull.input.Label;
import org.lull.io.AtomicFile;
import org.lull.io.LockedDirectory;
import org.lull.io.RecordLog;
import org.lull.network.Head;
import org.lull.network.Mode;
import org.lull.network.Network;
import org.lull.network.Normalisation;
import org.lull.train.Example;

/**
 * What a device embeds: a model that goes on learning, one labelled example at a time, and forgets classes on demand. Kept in a directory:
 * what {@link #learn} or {@link #forget} has returned from is there again after a crash, and the learner then gives the very bytes it would
 * have given without one.
 *
 * <p>Where there is an exemplar of every class, the recurrent layers stay as they are, and the head is the linear discriminant of the
 * exemplars ({@link Discriminant}), which costs a forward pass of the new example. Where there is none of some class, the whole network is
 * trained on the example for its budget ({@link OnlineTraining}).
 *
 * <p>Any number of threads: predictions use a snapshot and never wait; what changes the learner takes turns.
 */
public final class OnlineLearner implements AutoCloseable {
  /** The file in the directory. */
  public static final String FILE = "learner.log";
  private static final String ADVICE = "choose another with --state";
  /** Changes after which the file is written anew, so that starting again is quick. */
  private static final int CHANGES = 64;

  private final Model base;
  private final OnlineSettings settings;
  private final LockedDirectory directory;
  private final Consumer<String> warnings;
  private final OnlineTraining training;
  private final ReentrantLock changing = new ReentrantLock(true);
  // guarded by it
  private RecordLog log;
  private final ExemplarMemory memory;
  private Network network; // of which the layers and the head were trained; not always the head that decides
  private Map<byte[], float[]> features = new IdentityHashMap<>(); // what the head reads, by the values of an exemplar
  private OperationCounts trained;
  private OperationCounts inferred;
  private long updates;
  private int changes; // in the file since it was written anew

  private volatile Snapshot snapshot;

  /**
   * What it knows at one moment; nothing in it changes.
   *
   * @param position how often it has learned or forgotten
   * @param model that decides
   * @param exemplars of each class
   * @param exemplarBytes they take together
   * @param training accesses and multiply-adds of all training since it was opened
   * @param denseTraining what the same would have taken densely
   * @param inference multiply-adds of what ran forward alone to learn
   */
  public record Snapshot(long position, Model model, List<KnownClass> classes, List<Integer> exemplars, long exemplarBytes,
      MemoryAccess training, MemoryAccess denseTraining, long inference) {
    /** Scores of an example, one for each label of the model, not normalised. */
    public float[] scores(Example example) {
      requireUsable(example, model.normalisation());
      return new Inference(model.network(), model.mode(), model.normalisation()).scores(example);
    }

    /** The index of a label, or -1. A model from before labels were all in NFC may know it in another form. */
    public int indexOf(String label) {
      int same = model.labels().indexOf(label);
      return same >= 0 ? same : model.labels().stream().map(known -> Normalizer.normalize(known, Normalizer.Form.NFC).strip()).toList()
          .indexOf(label);
    }
  }

  private OnlineLearner(Model base, OnlineSettings settings, LockedDirectory directory, Consumer<String> warnings) {
    this.base = base;
    this.settings = settings;
    this.directory = directory;
    this.warnings = warnings;
    training = new OnlineTraining(base.mode(), base.normalisation(), settings);
    trained = base.network().operationCounts();
    inferred = base.network().operationCounts();
    memory = new ExemplarMemory(base.normalisation(), settings.exemplarBytes());
  }

  /**
   * Opens the learner kept in a directory, or begins one there.
   *
   * @param base the model it began with, or begins with
   * @param settings where it was begun with others, those hold for what was learned before
   * @param exemplars of the model's classes, the ones of most worth first, to begin with; not looked at where it was begun before
   * @param warnings told of what was recovered, and of what cannot be written
   * @throws InvalidInputException where the model cannot learn, or the directory is in use, damaged or of another model
   */
  public static OnlineLearner open(Path dir, Model base, OnlineSettings settings, List<Exemplar> exemplars, Consumer<String> warnings) {
    if (base.network().spec().head() == Head.FRAMES) {
      throw new InvalidInputException("a network with the head frames cannot learn more classes; train one with --head mean or last");
    }
    LockedDirectory directory = LockedDirectory.open(dir, "learner", FILE, ADVICE);
    AtomicFile.discardUnfinished(dir.resolve(FILE));
    OnlineLearner learner = new OnlineLearner(base, settings, directory, warnings);
    try {
      Path file = dir.resolve(FILE);
      if (Files.exists(file)) {
        learner.read(file);
      } else {
        learner.begin(file, exemplars);
      }
      return learner;
    } catch (RuntimeException e) {
      learner.release();
      throw e;
    }
  }

  private void begin(Path file, List<Exemplar> exemplars) {
    network = base.network();
    List<KnownClass> classes =
        IntStream.range(0, base.labels().size()).mapToObj(k -> new KnownClass(base.labels().get(k), k, 0)).toList();
    exemplars.forEach(memory::add);
    publish(0, classes);
    log = RecordLog.create(file, records());
  }

  private void read(Path file) {
    boolean[] anew = {false};
    log = OnlineLog.open(file, contents -> {
      OnlineLog.Begin begin = contents.begin();
      if (begin.model() != OnlineLog.checksum(base)) {
        throw new InvalidInputException(
            file + " was begun with another model, or by another version of lull; give that one with --model, or " + ADVICE);
      }
      OnlineLearner before = begin.settings().equals(settings) ? this : new OnlineLearner(base, begin.settings(), directory, warnings);
      before.restore(contents, file);
      if (before != this) {
        network = before.network;
        before.memory.exemplars().forEach(memory::add);
        if (before.memory.hasAll(before.snapshot.classes.size()) && !memory.hasAll(before.snapshot.classes.size())) {
          throw noRoom(before.snapshot.classes.size());
        }
        publish(before.snapshot.position, before.snapshot.classes);
        anew[0] = true;
      }
      changes = contents.changes().size();
    }, warnings);
    trained = base.network().operationCounts(); // what was done again is not done by this one
    inferred = base.network().operationCounts();
    updates = 0;
    publish(snapshot.position, snapshot.classes);
    if (anew[0]) {
      log.replace(records()); // or what follows would be done again with the settings of before
      changes = 0;
    } else if (changes > 0) {
      save();
    }
  }

  /** A class that lost its last exemplar, which may be all that is known of it, would be lost with it. */
  private InvalidInputException noRoom(int classes) {
    return new InvalidInputException("exemplars of " + settings.exemplarBytes() + " bytes: no room for one of each of " + classes
        + " classes; give more bytes, learn a shorter example, or forget a class");
  }

  private void restore(OnlineLog.Contents contents, Path file) {
    List<KnownClass> classes = contents.begin().classes();
    network = base.network().withOutputs(classes.stream().mapToInt(KnownClass::output).toArray());
    if (network.parameters().length != contents.weights().length) {
      throw OnlineLog.damaged(file, contents.weights().length + " weights, expected " + network.parameters().length);
    }
    System.arraycopy(contents.weights(), 0, network.parameters(), 0, contents.weights().length);
    contents.exemplars().forEach(memory::add);
    publish(contents.begin().position(), classes);
    for (OnlineLog.Change change : contents.changes()) {
      if (change.position() != snapshot.position + 1) {
        throw OnlineLog.damaged(file, "change " + change.position() + " follows on " + snapshot.position);
      }
      if (change.exemplar() == null) {
        applyForget(snapshot.indexOf(change.label()));
      } else {
        apply(change, prepare(change.label(), change.exemplar()));
      }
    }
  }

  /** What it knows now. */
  public Snapshot snapshot() {
    return snapshot;
  }

  /** The exemplars it has now, class by class. */
  public List<Exemplar> exemplars() {
    changing.lock();
    try {
      return memory.exemplars();
    } finally {
      changing.unlock();
    }
  }

  /**
   * Learns an example; of a label it does not know, it gets a class more.
   *
   * @param example of the channels the model was trained on; the label in it is not looked at
   * @param label brought to the form {@link Label#of} gives it
   * @return what it knows then, which is on the disk
   * @throws InvalidInputException where the label or the example cannot be used, there is no room for the example, or the file cannot be
   *     written; the learner is then as it was
   * @throws org.lull.train.Diverged if training does not go well; likewise
   */
  public Snapshot learn(Example example, String label) {
    String word = Label.of(label);
    requireUsable(example, base.normalisation());
    Exemplar exemplar = Exemplar.of(example, base.normalisation());
    changing.lock();
    try {
      Prepared prepared = prepare(word, exemplar);
      OnlineLog.Change change = new OnlineLog.Change(snapshot.position + 1, word, prepared.exemplar);
      log.append(OnlineLog.record(change));
      apply(change, prepared);
      changed();
      return snapshot;
    } finally {
      changing.unlock();
    }
  }

  private static void requireUsable(Example example, Normalisation normalisation) {
    int channels = normalisation.channels();
    if (example.channels() != channels) {
      throw new InvalidInputException(example.id() + ": " + example.channels() + " channels, expected " + channels
          + " as the model was trained on");
    }
    Frames.check(example.id(), example.frames(), channels);
  }

  /** A network that has learned an example, not yet in use, and the example as it will be kept. */
  private record Prepared(Network network, Exemplar exemplar) {}

  private Prepared prepare(String label, Exemplar exemplar) {
    int known = snapshot.indexOf(label);
    int index = known < 0 ? snapshot.classes.size() : known;
    Exemplar its = exemplar.withLabel(index);
    Network grown = known < 0 ? OnlineTraining.grown(network) : network;
    int classes = grown.spec().outputs();
    ExemplarMemory after = memory.copy();
    after.addFirst(its);
    if (after.hasAll(classes)) {
      return new Prepared(grown, its);
    }
    if (memory.hasAll(snapshot.classes.size())) {
      throw noRoom(classes);
    }
    int[] originals = snapshot.classes.stream().mapToInt(KnownClass::output).filter(k -> k >= 0).toArray();
    Network teacher = originals.length == 0 ? null : base.network().withOutputs(originals);
    OnlineTraining.Outcome outcome = training.learn(grown, teacher, memory, its, snapshot.position + 1);
    trained.add(outcome.training());
    inferred.add(outcome.inference());
    updates += outcome.steps() * outcome.network().spec().parameters();
    return new Prepared(outcome.network(), its);
  }

  private void apply(OnlineLog.Change change, Prepared prepared) {
    if (layersDiffer(prepared.network)) {
      features = new IdentityHashMap<>();
    }
    network = prepared.network;
    memory.addFirst(prepared.exemplar);
    List<KnownClass> classes = new ArrayList<>(snapshot.classes);
    int index = prepared.exemplar.label();
    if (index == classes.size()) {
      classes.add(new KnownClass(change.label(), -1, 0));
    }
    KnownClass its = classes.get(index);
    classes.set(index, new KnownClass(its.label(), its.output(), its.learned() + 1));
    publish(change.position(), classes);
  }

  /** Whether its recurrent layers are not those of the network there was. */
  private boolean layersDiffer(Network other) {
    return !Arrays.equals(other.parameters(), 0, other.headWeight(), network.parameters(), 0, network.headWeight());
  }

  /**
   * Forgets a class: its output, and its exemplars.
   *
   * @return what it knows then, which is on the disk
   * @throws InvalidInputException where there is no such class, it is the only one, or the file cannot be written
   */
  public Snapshot forget(String label) {
    String word = Label.of(label);
    changing.lock();
    try {
      int index = snapshot.indexOf(word);
      if (index < 0) {
        throw new InvalidInputException("label \"" + word + "\" is not known; there are " + String.join(", ", snapshot.model.labels()));
      }
      if (snapshot.classes.size() == 1) {
        throw new InvalidInputException("label \"" + word + "\" is the only one left and cannot be forgotten; learn another first");
      }
      log.append(OnlineLog.record(new OnlineLog.Change(snapshot.position + 1, word, null)));
      applyForget(index);
      changed();
      return snapshot;
    } finally {
      changing.unlock();
    }
  }

  private void applyForget(int index) {
    List<KnownClass> classes = new ArrayList<>(snapshot.classes);
    classes.remove(index);
    network = network.withOutputs(IntStream.rangeClosed(0, classes.size()).filter(k -> k != index).toArray());
    memory.forget(index);
    publish(snapshot.position + 1, classes);
  }

  private void publish(long position, List<KnownClass> classes) {
    List<String> labels = classes.stream().map(KnownClass::label).toList();
    boolean delta = base.mode() == Mode.DELTA;
    List<Integer> exemplars = IntStream.range(0, classes.size()).mapToObj(k -> memory.of(k).size()).toList();
    Model model = new Model(classifier(exemplars), base.mode(), base.normalisation(), labels, base.frontEnd(), base.provenance());
    snapshot = new Snapshot(position, model, List.copyOf(classes), exemplars, memory.bytes(), MemoryAccess.of(trained, delta, updates),
        MemoryAccess.ofDense(trained, updates), inferred.total());
  }

  private Network classifier(List<Integer> exemplars) {
    if (exemplars.contains(0) || exemplars.size() < 2) {
      return network;
    }
    Inference run = new Inference(network, base.mode(), base.normalisation());
    Map<byte[], float[]> now = new IdentityHashMap<>();
    List<List<float[]>> vectors = IntStream.range(0, exemplars.size()).mapToObj(k -> memory.of(k).stream().map(exemplar -> {
      float[] vector = features.get(exemplar.values());
      now.put(exemplar.values(), vector == null ? run.read(exemplar.example(base.normalisation())) : vector);
      return now.get(exemplar.values());
    }).toList()).toList();
    features = now;
    inferred.add(run.operations());
    return Discriminant.classifier(network, vectors);
  }

  private void changed() {
    if (++changes >= CHANGES) {
      save();
    }
  }

  /** Writes the file anew, so that it is short and quick to open; nothing is lost if that fails, which is only a warning. */
  public void save() {
    changing.lock();
    try {
      log.replace(records());
      changes = 0;
    } catch (InvalidInputException e) {
      warnings.accept(e.getMessage());
      changes = 0; // to be tried again after as many
    } finally {
      changing.unlock();
    }
  }

  private List<byte[]> records() {
    List<Exemplar> exemplars = memory.exemplars();
    OnlineLog.Begin begin = new OnlineLog.Begin(OnlineLog.checksum(base), snapshot.position, settings, snapshot.classes, exemplars.size());
    return OnlineLog.snapshot(begin, network.parameters(), exemplars);
  }

  /** Writes the file anew where something has changed, and lets go of the directory. */
  @Override
  public void close() {
    changing.lock();
    try {
      if (changes > 0) {
        save();
      }
      release();
    } finally {
      changing.unlock();
    }
  }

  private void release() {
    if (log != null) {
      log.close();
    }
    directory.close();
  }
}
