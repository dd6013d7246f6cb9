// SPDX-License-Identifier: Apache-2.0
package org.lull.exchange.torch;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.lull.exchange.CellKind;
import org.lull.exchange.ImportOptions;
import org.lull.exchange.Linear;
import org.lull.exchange.RecurrentWeights;
import org.lull.exchange.RecurrentWeights.Layer;
import org.lull.input.InvalidInputException;

/**
 * Finds recurrent layers and the output layer among the tensors of a state_dict, by the names and shapes that PyTorch gives them: {@code
 * weight_ih_l0} and so on after any prefix, or {@code weight_ih} of an nn.LSTMCell and its like; and {@code weight} and {@code bias} of an
 * nn.Linear. A tensor that is part of neither is refused, unless the user leaves it out.
 */
final class StateDictReader {
  private static final Pattern RECURRENT = Pattern.compile("(.*?)(weight|bias)_(ih|hh|hr)(?:_l(\\d{1,3}))?(_reverse)?");
  private static final float[] NOTHING = {};

  private final String file;
  private final Map<String, TorchTensor> tensors;
  private final ImportOptions options;
  private final Set<String> used = new LinkedHashSet<>();

  /** @param tensors by full name */
  StateDictReader(String file, Map<String, TorchTensor> tensors, ImportOptions options) {
    this.file = file;
    this.tensors = tensors;
    this.options = options;
  }

  /** @throws InvalidInputException if there is no recurrent layer, or something that Lull has no equal for */
  RecurrentWeights read() {
    String prefix = prefix();
    TreeMap<Integer, String> layers = new TreeMap<>(); // number and how it ends the names
    for (String name : tensors.keySet()) {
      Matcher matcher = RECURRENT.matcher(name);
      if (matcher.matches() && matcher.group(1).equals(prefix)) {
        refuseWhatLullHasNot(name, matcher);
        layers.put(matcher.group(4) == null ? 0 : Integer.parseInt(matcher.group(4)),
            matcher.group(4) == null ? "" : "_l" + matcher.group(4));
      }
    }
    List<Layer> stack = new ArrayList<>();
    for (Map.Entry<Integer, String> layer : layers.entrySet()) {
      if (layer.getKey() != stack.size()) {
        throw bad("there is layer " + layer.getKey() + " of " + shown(prefix) + " and no layer " + stack.size());
      }
      stack.add(layer(prefix, layer.getValue()));
    }
    CellKind kind = stack.getFirst().kind();
    if (kind == CellKind.RNN) {
      requireTanh();
    }
    RecurrentWeights weights = wrapped(() -> new RecurrentWeights(kind, stack, null));
    Linear head = head(weights.hidden());
    refuseTheRest();
    return wrapped(() -> weights.withHead(head));
  }

  /** The beginning of the names of the recurrent layers: the only one there is, or that the user means. */
  private String prefix() {
    Set<String> prefixes = new LinkedHashSet<>();
    for (String name : tensors.keySet()) {
      Matcher matcher = RECURRENT.matcher(name);
      if (matcher.matches() && !options.ignores(name)) {
        prefixes.add(matcher.group(1));
      }
    }
    if (prefixes.isEmpty()) {
      throw bad(
          "there is no weight_ih_l0 of an nn.LSTM, nn.GRU or nn.RNN among its " + tensors.size() + " tensors" + examples(tensors.keySet()));
    }
    if (options.prefix() != null) {
      String wanted = options.prefix().isEmpty() || options.prefix().endsWith(".") ? options.prefix() : options.prefix() + ".";
      List<String> meant = prefixes.stream().filter(prefix -> prefix.equals(wanted) || prefix.endsWith("." + wanted)).toList();
      if (meant.size() != 1) {
        throw bad((meant.isEmpty() ? "no recurrent layers are" : "several recurrent networks are") + " called " + options.prefix()
            + "; there are " + shown(prefixes));
      }
      return meant.getFirst();
    }
    if (prefixes.size() > 1) {
      throw bad(
          "there are " + prefixes.size() + " recurrent networks, " + shown(prefixes) + "; choose one with --prefix, and leave the others"
              + " out with --ignore");
    }
    return prefixes.iterator().next();
  }

  private void refuseWhatLullHasNot(String name, Matcher matcher) {
    if (matcher.group(5) != null) {
      throw bad("it has " + name + ", of a bidirectional network, which Lull has no equal for: it computes as the input arrives");
    }
    if (matcher.group(3).equals("hr")) {
      throw bad("it has " + name + ", of an LSTM with a projection (proj_size), which Lull has no equal for");
    }
  }

  private Layer layer(String prefix, String ending) {
    TorchTensor ih = matrix(prefix + "weight_ih" + ending);
    TorchTensor hh = matrix(prefix + "weight_hh" + ending);
    int hidden = hh.shape()[1];
    int rows = hh.shape()[0];
    CellKind kind = hidden == 0 ? null : switch (rows % hidden == 0 ? rows / hidden : 0) {
      case 4 -> CellKind.LSTM;
      case 3 -> CellKind.GRU;
      case 1 -> CellKind.RNN;
      default -> null;
    };
    if (kind == null || ih.shape()[0] != rows || ih.shape()[1] == 0) {
      throw bad(prefix + "weight_ih" + ending + " has the shape " + Arrays.toString(ih.shape()) + " and weight_hh" + ending + " "
          + Arrays.toString(hh.shape()) + "; expected [4 H, I] and [4 H, H] of an LSTM, 3 H of a GRU, or H of an RNN");
    }
    String biasIh = prefix + "bias_ih" + ending;
    String biasHh = prefix + "bias_hh" + ending;
    boolean biases = tensors.containsKey(biasIh);
    if (biases != tensors.containsKey(biasHh)) {
      throw bad("it has one of " + biasIh + " and " + biasHh + " and not the other; expected both, or none (bias=False)");
    }
    return new Layer(kind, ih.shape()[1], hidden, values(prefix + "weight_ih" + ending), values(prefix + "weight_hh" + ending),
        biases ? vector(biasIh, rows) : new float[rows], biases ? vector(biasHh, rows) : new float[rows], NOTHING);
  }

  /** The only nn.Linear that takes the hidden states, or that the user means; null where there is none. */
  private Linear head(int hidden) {
    List<String> candidates = new ArrayList<>();
    for (Map.Entry<String, TorchTensor> entry : tensors.entrySet()) {
      String name = entry.getKey();
      boolean linear = name.equals("weight") || name.endsWith(".weight");
      if (linear && entry.getValue().shape().length == 2 && !used.contains(name) && !options.ignores(name)) {
        candidates.add(name.substring(0, name.length() - "weight".length()));
      }
    }
    if (options.head() != null) {
      String wanted = options.head().isEmpty() || options.head().endsWith(".") ? options.head() : options.head() + ".";
      candidates.removeIf(name -> !name.equals(wanted) && !name.endsWith("." + wanted));
      if (candidates.size() != 1) {
        throw bad("there is no output layer " + options.head() + " (an nn.Linear); expected " + wanted + "weight of two dimensions");
      }
    }
    if (candidates.size() > 1) {
      throw bad("there are several linear layers, " + shown(candidates) + "; Lull has one, after the recurrent layers: choose it with"
          + " --linear, and leave the others out with --ignore");
    }
    if (candidates.isEmpty()) {
      return null;
    }
    String weight = candidates.getFirst() + "weight";
    String bias = candidates.getFirst() + "bias";
    int outputs = tensors.get(weight).shape()[0];
    if (tensors.get(weight).shape()[1] != hidden) {
      throw bad(weight + " takes " + tensors.get(weight).shape()[1] + " inputs, and the recurrent layers have " + hidden
          + " units; Lull's output layer reads the top layer. Leave it out with --ignore " + weight);
    }
    return new Linear(outputs, hidden, values(weight), tensors.containsKey(bias) ? vector(bias, outputs) : new float[outputs]);
  }

  /** The file does not say which function an nn.RNN has. */
  private void requireTanh() {
    if (options.nonlinearity() == null) {
      throw bad("the weights of an nn.RNN do not say whether it is of tanh or relu; say --nonlinearity tanh if that is so");
    }
    if (!options.nonlinearity().equals("tanh")) {
      throw bad("an nn.RNN of " + options.nonlinearity() + ", which Lull has no equal for: its rnn is of tanh");
    }
  }

  private void refuseTheRest() {
    List<String> rest = tensors.keySet().stream().filter(name -> !used.contains(name) && !options.ignores(name)).toList();
    if (!rest.isEmpty()) {
      throw bad(rest.getFirst() + (rest.size() > 1 ? " and " + (rest.size() - 1) + " more tensors are" : " is")
          + " part of neither the recurrent layers nor an output layer after them; Lull has no equal. To leave it out say --ignore "
          + rest.getFirst().replaceFirst("\\.[^.]*$", ""));
    }
  }

  private TorchTensor matrix(String name) {
    TorchTensor tensor = tensors.get(name);
    if (tensor == null) {
      throw bad("there is no " + name);
    }
    if (tensor.shape().length != 2) {
      throw bad(name + " has the shape " + Arrays.toString(tensor.shape()) + ", expected two dimensions");
    }
    return tensor;
  }

  private float[] vector(String name, int length) {
    if (!Arrays.equals(tensors.get(name).shape(), new int[] {length})) {
      throw bad(name + " has the shape " + Arrays.toString(tensors.get(name).shape()) + ", expected [" + length + "]");
    }
    return values(name);
  }

  private float[] values(String name) {
    used.add(name);
    float[] values = tensors.get(name).values().get();
    for (float value : values) {
      if (!Float.isFinite(value)) {
        throw bad("a number of " + name + " is " + value + ", expected finite ones; the training that wrote it has diverged");
      }
    }
    return values;
  }

  private RecurrentWeights wrapped(Supplier<RecurrentWeights> made) {
    try {
      return made.get();
    } catch (InvalidInputException e) {
      throw bad(e.getMessage());
    }
  }

  private static String shown(Iterable<String> prefixes) {
    List<String> names = new ArrayList<>();
    prefixes.forEach(prefix -> names.add(shown(prefix)));
    return names.size() > 6 ? String.join(", ", names.subList(0, 6)) + " and so on" : String.join(", ", names);
  }

  private static String shown(String prefix) {
    return prefix.isEmpty() ? "the one without a name" : prefix.endsWith(".") ? prefix.substring(0, prefix.length() - 1) : prefix;
  }

  private static String examples(Set<String> names) {
    return names.isEmpty() ? "" : ", which are " + shown(names);
  }

  private InvalidInputException bad(String what) {
    return new InvalidInputException((file + ": " + what).replaceAll("\\p{Cntrl}", " "));
  }
}
