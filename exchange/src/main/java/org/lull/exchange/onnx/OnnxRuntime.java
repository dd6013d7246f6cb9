// SPDX-License-Identifier: Apache-2.0
package org.lull.exchange.onnx;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.Buffer;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.lull.input.InvalidInputException;

/**
 * ONNX Runtime, if it is there. Lull does not depend on it, because its jar has 54 MB: its classes are found by name, on the class path or
 * in a jar that the user gives.
 */
public final class OnnxRuntime {
  /** The jar that was tried. */
  public static final String JAR = "onnxruntime-1.29.0.jar";

  private static final String PACKAGE = "ai.onnxruntime.";

  private final ClassLoader loader;
  private final Object environment;

  private OnnxRuntime(ClassLoader loader) throws ReflectiveOperationException {
    this.loader = loader;
    environment = type("OrtEnvironment").getMethod("getEnvironment").invoke(null);
  }

  /** What goes in and comes out: numbers, row by row. */
  public record Value(Buffer data, long... shape) {
    static Value of(float[] data, long... shape) {
      return new Value(FloatBuffer.wrap(data), shape);
    }
  }

  /** The runtime on the class path; empty if there is none. */
  public static Optional<OnnxRuntime> onClassPath() {
    try {
      return Optional.of(new OnnxRuntime(OnnxRuntime.class.getClassLoader()));
    } catch (ReflectiveOperationException | LinkageError e) {
      return Optional.empty();
    }
  }

  /**
   * The runtime in a jar.
   *
   * @throws InvalidInputException if it is not there, or does not run here
   */
  public static OnnxRuntime in(Path jar) {
    try {
      if (!Files.isRegularFile(jar)) {
        throw new InvalidInputException(jar + ": no such file; give the jar of ONNX Runtime, such as " + JAR);
      }
      return new OnnxRuntime(new URLClassLoader(new URL[] {jar.toUri().toURL()}, OnnxRuntime.class.getClassLoader()));
    } catch (ClassNotFoundException e) {
      throw new InvalidInputException(jar + " is not ONNX Runtime for Java; give its jar, such as " + JAR, e);
    } catch (IOException | ReflectiveOperationException | LinkageError e) {
      throw new InvalidInputException("ONNX Runtime of " + jar + " does not run here: " + reason(e), e);
    }
  }

  private static String reason(Throwable e) {
    Throwable cause = e instanceof InvocationTargetException && e.getCause() != null ? e.getCause() : e;
    return String.valueOf(cause.getMessage()).lines().findFirst().orElse("").strip();
  }

  private Class<?> type(String name) throws ClassNotFoundException {
    return Class.forName(PACKAGE + name, true, loader);
  }

  /**
   * Loads a model.
   *
   * @param onnx the bytes of an ONNX file
   * @throws InvalidInputException if ONNX Runtime refuses it
   */
  public Session open(byte[] onnx) {
    try {
      return new Session(type("OrtEnvironment").getMethod("createSession", byte[].class).invoke(environment, onnx));
    } catch (ReflectiveOperationException e) {
      throw new InvalidInputException("ONNX Runtime refuses the model: " + reason(e), e);
    }
  }

  /** A model that is loaded. */
  public final class Session implements AutoCloseable {
    private final Object session;

    private Session(Object session) {
      this.session = session;
    }

    /**
     * Runs the model.
     *
     * @param inputs by name
     * @return outputs by name
     * @throws InvalidInputException if it fails
     */
    public Map<String, Value> run(Map<String, Value> inputs) {
      Map<String, Object> tensors = new LinkedHashMap<>();
      try {
        for (Map.Entry<String, Value> input : inputs.entrySet()) {
          tensors.put(input.getKey(), tensor(input.getValue()));
        }
        Object result = type("OrtSession").getMethod("run", Map.class).invoke(session, tensors);
        try (AutoCloseable _ = (AutoCloseable) result) {
          return outputs((Iterable<?>) result);
        } finally {
          for (Object tensor : tensors.values()) {
            ((AutoCloseable) tensor).close();
          }
        }
      } catch (InvocationTargetException e) {
        throw new InvalidInputException("ONNX Runtime cannot run the model: " + reason(e), e);
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    }

    private Object tensor(Value value) throws ReflectiveOperationException {
      Class<?> buffer = switch (value.data) {
        case FloatBuffer _ -> FloatBuffer.class;
        case IntBuffer _ -> IntBuffer.class;
        case LongBuffer _ -> LongBuffer.class;
        default -> throw new IllegalArgumentException(value.data.getClass().getName());
      };
      return type("OnnxTensor").getMethod("createTensor", type("OrtEnvironment"), buffer, long[].class).invoke(null, environment,
          value.data, value.shape);
    }

    private Map<String, Value> outputs(Iterable<?> result) throws ReflectiveOperationException {
      Map<String, Value> outputs = new LinkedHashMap<>();
      for (Object entry : result) {
        Map.Entry<?, ?> output = (Map.Entry<?, ?>) entry;
        Object tensor = output.getValue();
        Object info = type("OnnxTensor").getMethod("getInfo").invoke(tensor);
        long[] shape = (long[]) type("TensorInfo").getMethod("getShape").invoke(info);
        Buffer floats = (Buffer) type("OnnxTensor").getMethod("getFloatBuffer").invoke(tensor);
        Buffer data = floats != null ? floats : (Buffer) type("OnnxTensor").getMethod("getLongBuffer").invoke(tensor);
        outputs.put(output.getKey().toString(), new Value(data, shape));
      }
      return outputs;
    }

    @Override
    public void close() {
      try {
        ((AutoCloseable) session).close();
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
