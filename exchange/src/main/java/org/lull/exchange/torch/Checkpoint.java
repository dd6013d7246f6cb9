// SPDX-License-Identifier: Apache-2.0
package org.lull.exchange.torch;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.lull.exchange.Budget;
import org.lull.exchange.ImportOptions;
import org.lull.exchange.StoredZip;
import org.lull.input.InvalidInputException;

/**
 * A file of {@code torch.save}, of PyTorch 1.6 or later: a ZIP archive with a pickle (NAME/data.pkl) of the objects, and the numbers of
 * each storage in a file of their own (NAME/data/0 and so on).
 */
final class Checkpoint implements AutoCloseable {
  private static final String PICKLE = "/data.pkl";
  private static final int DEEPEST = 8;

  private final String file;
  private final Budget budget;
  private final StoredZip zip;
  private final String root;
  /** Storages that were read: the tensors of one layer often share one. */
  private final Map<String, byte[]> storages = new HashMap<>();
  /** Dictionaries that were looked through; a damaged file may have them contain each other. */
  private final Set<Map<?, ?>> seen = Collections.newSetFromMap(new IdentityHashMap<>());

  Checkpoint(Path file, Budget budget) {
    this.file = file.toString();
    this.budget = budget;
    zip = new StoredZip(file, budget);
    try {
      root = root(zip.names());
    } catch (InvalidInputException e) {
      zip.close();
      throw e;
    }
  }

  private String root(List<String> names) {
    List<String> pickles = names.stream().filter(name -> name.endsWith(PICKLE)).toList();
    if (pickles.size() != 1) {
      throw bad("expected one NAME/data.pkl in the archive, found " + pickles.size());
    }
    String folder = pickles.getFirst().substring(0, pickles.getFirst().length() - PICKLE.length());
    if (names.stream().anyMatch(name -> name.startsWith(folder + "/code/") || name.equals(folder + "/constants.pkl"))) {
      throw bad("it is a TorchScript program (torch.jit); load it in PyTorch and save its state_dict() by torch.save");
    }
    return folder;
  }

  /**
   * The dictionary of tensors with recurrent layers: the file's own, or one within it, such as that of the key "model_state_dict" beside
   * the optimiser's.
   *
   * @throws InvalidInputException if there is none, or more than one and the options do not choose
   */
  Map<String, TorchTensor> stateDict(ImportOptions options) {
    if (zip.names().contains(root + "/byteorder")) {
      String order = new String(zip.read(root + "/byteorder"), StandardCharsets.ISO_8859_1);
      if (!order.equals("little")) {
        throw bad("its numbers are in the byte order \"" + order + "\", expected little; save it on another machine");
      }
    }
    List<Map<String, TorchTensor>> found = new ArrayList<>();
    List<String> names = new ArrayList<>();
    collect("", new Pickle(file, zip.read(root + PICKLE), budget).read(), 0, found, names);
    if (found.isEmpty()) {
      throw bad("there is no dictionary of tensors with weight_ih_l0 of an nn.LSTM, nn.GRU or nn.RNN in it; save model.state_dict()");
    }
    List<Map<String, TorchTensor>> meant = new ArrayList<>(found);
    if (found.size() > 1 && options.prefix() != null) {
      meant.removeIf(each -> !names.get(found.indexOf(each)).equals(options.prefix().split("\\.")[0]));
    }
    if (meant.size() != 1) {
      throw bad("there are " + found.size() + " dictionaries of weights in it, " + String.join(", ", names)
          + "; save the one that is meant alone");
    }
    return meant.getFirst();
  }

  private void collect(String name, Object value, int depth, List<Map<String, TorchTensor>> found, List<String> names) {
    if (!(value instanceof Map<?, ?> map) || depth > DEEPEST || !seen.add(map)) {
      return;
    }
    Map<String, TorchTensor> tensors = new LinkedHashMap<>();
    for (Map.Entry<?, ?> entry : map.entrySet()) {
      if (entry.getValue() instanceof Pickle.Tensor tensor) {
        budget.take(1, 128);
        tensors.put(entry.getKey().toString(), tensor(entry.getKey().toString(), tensor));
      }
    }
    if (tensors.keySet().stream().anyMatch(key -> key.matches("(.*\\.)?weight_ih(_l0)?"))) {
      found.add(tensors);
      names.add(name);
      return;
    }
    for (Map.Entry<?, ?> entry : map.entrySet()) {
      collect(entry.getKey().toString(), entry.getValue(), depth + 1, found, names);
    }
  }

  private TorchTensor tensor(String name, Pickle.Tensor tensor) {
    int[] shape = new int[tensor.size().length];
    for (int i = 0; i < shape.length; i++) {
      if (tensor.size()[i] < 0 || tensor.size()[i] > Integer.MAX_VALUE) {
        throw bad(name + " has a size of " + tensor.size()[i]);
      }
      shape[i] = (int) tensor.size()[i];
    }
    return new TorchTensor(shape, () -> values(name, tensor));
  }

  /** How the numbers of a storage are kept. */
  private enum Type {
    Float(java.lang.Float.BYTES),
    Double(java.lang.Double.BYTES),
    Half(Short.BYTES),
    BFloat16(Short.BYTES);

    final int bytes;

    Type(int bytes) {
      this.bytes = bytes;
    }

    float at(ByteBuffer numbers, int i) {
      return switch (this) {
        case Float -> numbers.getFloat(i * bytes);
        case Double -> (float) numbers.getDouble(i * bytes);
        case Half -> java.lang.Float.float16ToFloat(numbers.getShort(i * bytes));
        case BFloat16 -> java.lang.Float.intBitsToFloat(numbers.getShort(i * bytes) << 16);
      };
    }
  }

  private float[] values(String name, Pickle.Tensor tensor) {
    Type type = type(name, tensor.storage().type());
    long[] size = tensor.size();
    long elements = 1;
    long last = tensor.offset(); // place of the last number
    try {
      for (int i = 0; i < size.length; i++) {
        elements = Math.multiplyExact(elements, size[i]);
        if (tensor.stride()[i] < 0) {
          throw new ArithmeticException();
        }
        last = Math.addExact(last, Math.multiplyExact(size[i] - 1, tensor.stride()[i]));
      }
    } catch (ArithmeticException e) {
      throw bad(name + " has sizes that no file can hold");
    }
    budget.take(elements, java.lang.Float.BYTES);
    ByteBuffer numbers = ByteBuffer.wrap(storages.computeIfAbsent(tensor.storage().key(), key -> zip.read(root + "/data/" + key)))
        .order(ByteOrder.LITTLE_ENDIAN);
    if (elements > 0 && (tensor.offset() < 0 || last >= numbers.capacity() / type.bytes)) {
      throw bad(name + " reaches to number " + last + " of a storage that has " + numbers.capacity() / type.bytes);
    }
    float[] values = new float[(int) elements];
    for (int i = 0; i < values.length; i++) {
      long at = tensor.offset();
      for (int d = size.length - 1, rest = i; d >= 0; d--) {
        at += rest % size[d] * tensor.stride()[d];
        rest = (int) (rest / size[d]);
      }
      values[i] = type.at(numbers, (int) at);
    }
    return values;
  }

  private Type type(String name, String of) {
    for (Type type : Type.values()) {
      if (type.name().equals(of)) {
        return type;
      }
    }
    throw bad(name + " is of " + of + "Storage, expected Float, Double, Half or BFloat16; to leave it out say --ignore " + name);
  }

  @Override
  public void close() {
    zip.close();
  }

  private InvalidInputException bad(String what) {
    return new InvalidInputException((file + ": " + what).replaceAll("\\p{Cntrl}", " "));
  }
}
