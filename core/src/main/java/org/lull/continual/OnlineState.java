// SPDX-License-Identifier: Apache-2.0
package org.lull.continual;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.lull.Model;
import org.lull.continual.OnlineLearner.Snapshot;
import org.lull.cost.MemoryAccess;
import org.lull.cost.OperationCounts;
import org.lull.input.InvalidInputException;
import org.lull.network.Mode;
import org.lull.network.Network;
import org.lull.train.Diverged;

/**
 * The state of an online learner in memory (network, exemplars and classes), and the changes to it. The same changes from the same start
 * give the same bytes. Only one thread may use it at a time.
 */
final class OnlineState {
  private final Model base;
  private final OnlineSettings settings;
  private final OnlineTraining training;
  private final ExemplarMemory memory;
  private Network network; // the trained network; its head is not always the one that makes the predictions
  private Map<byte[], float[]> features = new IdentityHashMap<>(); // what the head reads, by the values of an exemplar
  private OperationCounts trained;
  private OperationCounts inferred;
  private long updates;
  private Snapshot snapshot;

  private OnlineState(Model base, OnlineSettings settings) {
    this.base = base;
    this.settings = settings;
    training = new OnlineTraining(base.mode(), base.normalisation(), settings);
    memory = new ExemplarMemory(base.normalisation(), settings.exemplarBytes());
    network = base.network();
    trained = base.network().operationCounts();
    inferred = base.network().operationCounts();
  }

  /** A new learner with the classes of the model. */
  static OnlineState begin(Model base, OnlineSettings settings, List<Exemplar> exemplars) {
    OnlineState state = new OnlineState(base, settings);
    exemplars.forEach(state.memory::add);
    state.publish(0, IntStream.range(0, base.labels().size()).mapToObj(k -> new KnownClass(base.labels().get(k), k, 0)).toList());
    return state;
  }

  /**
   * The learner that a file describes, with the settings of the file.
   *
   * @param file for messages
   * @throws InvalidInputException if the contents do not fit together
   */
  static OnlineState restore(Model base, OnlineLog.Contents contents, Path file) {
    OnlineState state = new OnlineState(base, contents.begin().settings());
    List<KnownClass> classes = contents.begin().classes();
    state.network = base.network().withOutputs(classes.stream().mapToInt(KnownClass::output).toArray());
    float[] parameters = state.network.parameters();
    if (parameters.length != contents.weights().length) {
      throw OnlineLog.damaged(file, contents.weights().length + " weights, expected " + parameters.length);
    }
    System.arraycopy(contents.weights(), 0, parameters, 0, parameters.length);
    contents.exemplars().forEach(state.memory::add);
    if (state.memory.size() != contents.exemplars().size()) {
      throw OnlineLog.damaged(file, contents.exemplars().size() + " exemplars, of which only " + state.memory.size() + " have room");
    }
    state.publish(contents.begin().position(), classes);
    contents.changes().forEach(change -> state.again(change, file));
    state.trained = base.network().operationCounts(); // replayed changes are not counted
    state.inferred = base.network().operationCounts();
    state.updates = 0;
    state.publish(state.snapshot.position(), state.snapshot.classes());
    return state;
  }

  private void again(OnlineLog.Change change, Path file) {
    if (change.position() != snapshot.position() + 1) {
      throw OnlineLog.damaged(file, "change " + change.position() + " follows on " + snapshot.position());
    }
    try {
      if (change.exemplar() == null) {
        forget(known(change.label()));
      } else {
        learn(change.label(), prepare(change.label(), change.exemplar()));
      }
    } catch (InvalidInputException | Diverged e) { // it would not have been written
      throw OnlineLog.damaged(file, "change " + change.position() + " cannot be done again: " + e.getMessage());
    }
  }

  /**
   * A copy with other settings.
   *
   * @throws InvalidInputException if a class would lose its last exemplar
   */
  OnlineState with(OnlineSettings other) {
    OnlineState state = new OnlineState(base, other);
    state.network = network;
    memory.exemplars().forEach(state.memory::add);
    int classes = snapshot.classes().size();
    if (memory.hasAll(classes) && !state.memory.hasAll(classes)) {
      throw state.noRoom(classes);
    }
    state.publish(snapshot.position(), snapshot.classes());
    return state;
  }

  OnlineSettings settings() {
    return settings;
  }

  Snapshot snapshot() {
    return snapshot;
  }

  List<Exemplar> exemplars() {
    return memory.exemplars();
  }

  /** The refusal of a change by which a class would lose its last exemplar, which may be all that is known of the class. */
  private InvalidInputException noRoom(int classes) {
    return new InvalidInputException("exemplars of " + settings.exemplarBytes() + " bytes: no room for one of each of " + classes
        + " classes; give more bytes, learn a shorter example, or forget a class");
  }

  /** A network that has learned an example but is not in use yet, and the exemplar to keep. */
  record Prepared(Network network, Exemplar exemplar) {}

  /**
   * Learns an example without changing the state yet.
   *
   * @throws InvalidInputException if there is no room for the example
   * @throws Diverged if a number in training is not finite
   */
  Prepared prepare(String label, Exemplar exemplar) {
    int known = snapshot.indexOf(label);
    Exemplar kept = exemplar.withLabel(known < 0 ? snapshot.classes().size() : known);
    Network grown = known < 0 ? OnlineTraining.grown(network) : network;
    int classes = grown.spec().outputs();
    ExemplarMemory after = memory.copy();
    after.addFirst(kept);
    if (after.hasAll(classes)) {
      return new Prepared(grown, kept);
    }
    if (memory.hasAll(snapshot.classes().size())) {
      throw noRoom(classes);
    }
    int[] originals = snapshot.classes().stream().mapToInt(KnownClass::output).filter(k -> k >= 0).toArray();
    Network teacher = originals.length == 0 ? null : base.network().withOutputs(originals);
    OnlineTraining.Outcome outcome = training.learn(grown, teacher, memory, kept, snapshot.position() + 1);
    trained.add(outcome.training());
    inferred.add(outcome.inference());
    updates += outcome.steps() * outcome.network().spec().parameters();
    return new Prepared(outcome.network(), kept);
  }

  /** Puts a prepared change into use. */
  void learn(String label, Prepared prepared) {
    if (layersDiffer(prepared.network)) {
      features = new IdentityHashMap<>();
    }
    network = prepared.network;
    memory.addFirst(prepared.exemplar);
    List<KnownClass> classes = new ArrayList<>(snapshot.classes());
    int index = prepared.exemplar.label();
    if (index == classes.size()) {
      classes.add(new KnownClass(label, -1, 0));
    }
    KnownClass before = classes.get(index);
    classes.set(index, new KnownClass(before.label(), before.output(), before.learned() + 1));
    publish(snapshot.position() + 1, classes);
  }

  /** Whether the recurrent weights of another network differ. */
  private boolean layersDiffer(Network other) {
    return !Arrays.equals(other.parameters(), 0, other.headWeight(), network.parameters(), 0, network.headWeight());
  }

  /**
   * The index of a class that may be forgotten.
   *
   * @throws InvalidInputException if there is no such class, or it is the only class
   */
  int known(String label) {
    int index = snapshot.indexOf(label);
    if (index < 0) {
      throw new InvalidInputException("label \"" + label + "\" is not known; there are " + String.join(", ", snapshot.model().labels()));
    }
    if (snapshot.classes().size() == 1) {
      throw new InvalidInputException("label \"" + label + "\" is the only one left and cannot be forgotten; learn another first");
    }
    return index;
  }

  /** Forgets a class. */
  void forget(int index) {
    List<KnownClass> classes = new ArrayList<>(snapshot.classes());
    classes.remove(index);
    network = network.withOutputs(IntStream.rangeClosed(0, classes.size()).filter(k -> k != index).toArray());
    memory.forget(index);
    publish(snapshot.position() + 1, classes);
  }

  private void publish(long position, List<KnownClass> classes) {
    List<String> labels = classes.stream().map(KnownClass::label).toList();
    boolean delta = base.mode() == Mode.DELTA;
    List<Integer> exemplars = IntStream.range(0, classes.size()).mapToObj(k -> memory.of(k).size()).toList();
    Model model = new Model(classifier(exemplars), base.mode(), base.normalisation(), labels, base.frontEnd(), base.provenance());
    snapshot = new Snapshot(position, model, List.copyOf(classes), exemplars, memory.bytes(), MemoryAccess.of(trained, delta, updates),
        MemoryAccess.ofDense(trained, updates), inferred.total());
  }

  /** The network for predictions. Its head is the discriminant of the exemplars if every class has one. */
  private Network classifier(List<Integer> exemplars) {
    if (exemplars.contains(0) || exemplars.size() < 2) {
      return network;
    }
    Inference run = new Inference(network, base.mode(), base.normalisation());
    Map<byte[], float[]> now = new IdentityHashMap<>();
    List<List<float[]>> vectors = IntStream.range(0, exemplars.size()).mapToObj(k -> memory.of(k).stream().map(exemplar -> {
      float[] vector = features.get(exemplar.raw());
      now.put(exemplar.raw(), vector == null ? run.read(exemplar.example(base.normalisation())) : vector);
      return now.get(exemplar.raw());
    }).toList()).toList();
    features = now;
    inferred.add(run.operations());
    return Discriminant.classifier(network, vectors);
  }

  /** The whole state, as the records of a file. */
  List<byte[]> records() {
    List<Exemplar> exemplars = memory.exemplars();
    OnlineLog.Begin begin =
        new OnlineLog.Begin(ModelChecksum.of(base), snapshot.position(), settings, snapshot.classes(), exemplars.size());
    return OnlineLog.snapshot(begin, network.parameters(), exemplars);
  }
}
