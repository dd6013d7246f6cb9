// SPDX-License-Identifier: Apache-2.0
package org.lull.exchange.torch;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.lull.exchange.Budget;
import org.lull.input.InvalidInputException;

/**
 * Reads the pickle of a PyTorch checkpoint. A pickle is a program for a small stack machine; this machine has only the instructions that
 * dictionaries, lists, tuples, strings, numbers and tensors need. Of names of Python ({@code GLOBAL}) it knows {@code OrderedDict}, what
 * makes tensors, and the types of storages, and none is looked up or called: they only mark what is meant. Anything else is refused by
 * name, so that nothing in a file is ever executed.
 *
 * @see <a href="https://github.com/python/cpython/blob/main/Lib/pickletools.py">the instructions</a>
 */
final class Pickle {
  /** What a container and an entry of one take, about. */
  private static final int CONTAINER = 64;
  private static final int ENTRY = 48;

  private static final Object MARK = new Object();

  private final String file;
  private final ByteBuffer in;
  private final Budget budget;
  private final List<Object> stack = new ArrayList<>();
  private final Map<Integer, Object> memo = new HashMap<>();

  /** A name of Python, such as torch.FloatStorage. */
  record Global(String name) {}

  /** A storage of numbers in another file of the archive. */
  record Storage(String type, String key, long elements) {}

  /** A tensor: a view into a storage. */
  record Tensor(Storage storage, long offset, long[] size, long[] stride) {}

  Pickle(String file, byte[] bytes, Budget budget) {
    this.file = file;
    this.in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    this.budget = budget;
  }

  /**
   * The object that the pickle describes: a Map, List, String, Long, Double, Boolean, {@link Tensor} or null.
   *
   * @throws InvalidInputException if the pickle is damaged, or holds something else
   */
  Object read() {
    try {
      while (true) {
        int code = in.get() & 0xFF;
        if (code == '.') {
          return pop();
        }
        step(code);
      }
    } catch (BufferUnderflowException e) {
      throw bad("it ends within an instruction");
    } catch (ClassCastException e) {
      throw bad("its instructions do not fit together");
    }
  }

  private void step(int code) {
    switch (code) {
      case 0x80 -> protocol(in.get() & 0xFF);
      case 0x95 -> in.getLong(); // FRAME
      case '(' -> push(MARK);
      case '}' -> push(container(new LinkedHashMap<>()));
      case ']' -> push(container(new ArrayList<>()));
      case ')' -> push(List.of());
      case 't' -> push(tuple(toMark()));
      case 0x85 -> push(tuple(last(1)));
      case 0x86 -> push(tuple(last(2)));
      case 0x87 -> push(tuple(last(3)));
      case 'N' -> push(null);
      case 0x88 -> push(true);
      case 0x89 -> push(false);
      case 'K' -> push((long) (in.get() & 0xFF));
      case 'M' -> push((long) (in.getShort() & 0xFFFF));
      case 'J' -> push((long) in.getInt());
      case 0x8A -> push(longOf(in.get() & 0xFF));
      case 'G' -> push(in.order(ByteOrder.BIG_ENDIAN).getDouble());
      case 'X' -> push(text(in.getInt()));
      case 0x8C -> push(text(in.get() & 0xFF));
      case 'c' -> push(global(line() + "." + line()));
      case 0x93 -> stackGlobal();
      case 'q' -> remember(in.get() & 0xFF);
      case 'r' -> remember(in.getInt());
      case 0x94 -> remember(memo.size());
      case 'h' -> push(recall(in.get() & 0xFF));
      case 'j' -> push(recall(in.getInt()));
      case 's' -> setItems(last(2));
      case 'u' -> setItems(toMark());
      case 'a' -> append(last(1));
      case 'e' -> append(toMark());
      case 'Q' -> push(storage((List<?>) pop()));
      case 'R' -> reduce();
      case 'b' -> build();
      default -> throw bad("its pickle has the instruction 0x%02x at byte %d".formatted(code, in.position() - 1)
          + ", which tensors and dictionaries do not need; save model.state_dict() alone");
    }
    in.order(ByteOrder.LITTLE_ENDIAN);
  }

  private void protocol(int version) {
    if (version < 2 || version > 5) {
      throw bad("its pickle is of protocol " + version + ", expected 2 to 5");
    }
  }

  private <T> T container(T made) {
    budget.take(1, CONTAINER);
    return made;
  }

  private void push(Object value) {
    budget.take(1, Integer.BYTES);
    stack.add(value);
  }

  private Object pop() {
    if (stack.isEmpty() || stack.getLast() == MARK) {
      throw bad("its pickle takes something from an empty stack");
    }
    return stack.removeLast();
  }

  private List<Object> last(int n) {
    Object[] values = new Object[n];
    for (int i = n - 1; i >= 0; i--) {
      values[i] = pop();
    }
    return Arrays.asList(values);
  }

  private List<Object> toMark() {
    int mark = stack.lastIndexOf(MARK);
    if (mark < 0) {
      throw bad("its pickle has no mark where one is needed");
    }
    List<Object> above = stack.subList(mark + 1, stack.size());
    budget.take(above.size(), Integer.BYTES);
    List<Object> values = new ArrayList<>(above);
    stack.subList(mark, stack.size()).clear();
    return values;
  }

  private List<Object> tuple(List<Object> values) {
    budget.take(1, CONTAINER);
    return values;
  }

  private long longOf(int bytes) {
    if (bytes > Long.BYTES) {
      throw bad("its pickle has a whole number of " + bytes + " bytes, expected at most 8");
    }
    long value = 0;
    for (int i = 0; i < bytes; i++) {
      value |= (in.get() & 0xFFL) << 8 * i;
    }
    int unused = Long.SIZE - 8 * bytes;
    return bytes == 0 ? 0 : value << unused >> unused;
  }

  private String text(int length) {
    if (length < 0 || length > in.remaining()) {
      throw bad("its pickle has a text of " + Integer.toUnsignedLong(length) + " bytes, and " + in.remaining() + " are left");
    }
    budget.take(length + CONTAINER, 1);
    String text = new String(in.array(), in.position(), length, StandardCharsets.UTF_8);
    in.position(in.position() + length);
    return text;
  }

  private String line() {
    int start = in.position();
    while (in.get() != '\n') {
      // to its end
    }
    int length = in.position() - 1 - start;
    budget.take(length + CONTAINER, 1);
    return new String(in.array(), start, length, StandardCharsets.UTF_8);
  }

  private void stackGlobal() {
    String name = (String) pop();
    push(global(pop() + "." + name));
  }

  private Global global(String name) {
    boolean known = switch (name) {
      case "collections.OrderedDict", "torch._utils._rebuild_tensor_v2", "torch._utils._rebuild_parameter" -> true;
      default -> name.matches("torch\\.[A-Z]\\w{0,20}Storage");
    };
    if (!known) {
      throw bad("it holds a Python object, " + (name.length() > 100 ? name.substring(0, 100) + "..." : name)
          + ", which is not looked up; expected tensors and dictionaries: save model.state_dict() alone");
    }
    return new Global(name);
  }

  private void remember(int at) {
    if (stack.isEmpty()) {
      throw bad("its pickle takes something from an empty stack");
    }
    budget.take(1, ENTRY);
    memo.put(at, stack.getLast());
  }

  private Object recall(int at) {
    if (!memo.containsKey(at)) {
      throw bad("its pickle recalls entry " + Integer.toUnsignedString(at) + ", which is not there");
    }
    return memo.get(at);
  }

  @SuppressWarnings("unchecked") // every Map here was made here
  private Map<Object, Object> dictionary() {
    if (stack.isEmpty() || !(stack.getLast() instanceof Map<?, ?> map)) {
      throw bad("its pickle sets an item of what is no dictionary");
    }
    return (Map<Object, Object>) map;
  }

  private void setItems(List<Object> items) {
    Map<Object, Object> map = dictionary();
    if (items.size() % 2 != 0) {
      throw bad("its pickle sets a key without a value");
    }
    for (int i = 0; i < items.size(); i += 2) {
      if (!(items.get(i) instanceof String || items.get(i) instanceof Long)) {
        throw bad("its pickle has a dictionary whose keys are neither names nor numbers");
      }
      budget.take(1, ENTRY);
      map.put(items.get(i), items.get(i + 1));
    }
  }

  @SuppressWarnings("unchecked") // every ArrayList here was made here
  private void append(List<Object> items) {
    if (stack.isEmpty() || !(stack.getLast() instanceof ArrayList<?> list)) {
      throw bad("its pickle appends to what is no list");
    }
    budget.take(items.size(), Integer.BYTES);
    ((ArrayList<Object>) list).addAll(items);
  }

  /** ("storage", type, key, device, elements). */
  private Storage storage(List<?> id) {
    if (id.size() == 5 && "storage".equals(id.get(0)) && id.get(1) instanceof Global(String type) && type.endsWith("Storage")
        && id.get(2) instanceof String key && id.get(4) instanceof Long elements) {
      return new Storage(type.substring("torch.".length(), type.length() - "Storage".length()), key, elements);
    }
    throw bad("its pickle refers to something that is no storage of numbers");
  }

  /** A call, of those that only describe what is there. */
  private void reduce() {
    List<?> arguments = (List<?>) pop();
    if (!(pop() instanceof Global(String name))) {
      throw bad("its pickle calls what is no name");
    }
    switch (name) {
      case "collections.OrderedDict" -> {
        if (!arguments.isEmpty()) {
          throw bad("its pickle makes a dictionary of something, expected an empty one");
        }
        push(container(new LinkedHashMap<>()));
      }
      case "torch._utils._rebuild_tensor_v2" -> push(tensor(arguments));
      case "torch._utils._rebuild_parameter" -> {
        if (arguments.isEmpty() || !(arguments.getFirst() instanceof Tensor)) {
          throw bad("its pickle makes a parameter of what is no tensor");
        }
        push(arguments.getFirst());
      }
      default -> throw bad("its pickle calls " + name + ", which is not done");
    }
  }

  /** (storage, offset, size, stride, requires_grad, hooks). */
  private Tensor tensor(List<?> arguments) {
    if (arguments.size() >= 6 && arguments.get(0) instanceof Storage storage && arguments.get(1) instanceof Long offset
        && arguments.get(2) instanceof List<?> size && arguments.get(3) instanceof List<?> stride && size.size() == stride.size()
        && size.size() <= 8) {
      budget.take(1, CONTAINER);
      return new Tensor(storage, offset, numbers(size), numbers(stride));
    }
    throw bad("its pickle has a tensor without storage, offset, size and stride");
  }

  private static long[] numbers(List<?> values) {
    return values.stream().mapToLong(value -> (Long) value).toArray();
  }

  /** The attributes of a dictionary, such as the versions of its modules, which say nothing of the weights. */
  private void build() {
    pop();
    dictionary();
  }

  private InvalidInputException bad(String what) {
    return new InvalidInputException((file + ": " + what).replaceAll("\\p{Cntrl}", " "));
  }
}
