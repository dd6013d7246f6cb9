// SPDX-License-Identifier: Apache-2.0
package org.lull.kernel;

import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Constructor;
import java.util.List;
import java.util.concurrent.Callable;

/**
 * The vector kernels at other widths than the machine's. The width is a constant of a class, so each has all of Lull's classes once more, in
 * a class loader of its own; what comes out of there is of classes that all loaders share.
 */
public final class ForcedWidth {
  /** In bits. */
  public static final List<Integer> ALL = List.of(128, 256, 512);

  private ForcedWidth() {}

  /** What a piece of code returns that runs on the kernels of that width, {@link KernelChoice#kernels} included. */
  @SuppressWarnings("unchecked") // what a probe returns is what it says it returns
  public static <T> T call(int bits, Class<? extends Callable<T>> probe) {
    try {
      return ((Callable<T>) newInstance(bits, probe.getName())).call();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  /** An object of the class of that name, for that width. */
  static Object newInstance(int bits, String name) {
    String before = System.getProperty("lull.vector.bits");
    System.setProperty("lull.vector.bits", Integer.toString(bits));
    try {
      ClassLoader loader = new Anew();
      Class.forName("org.lull.kernel.VectorKernels", true, loader); // settles the width
      Constructor<?> constructor = Class.forName(name, true, loader).getDeclaredConstructor();
      constructor.setAccessible(true); // to this class, the package of another loader is another one
      return constructor.newInstance();
    } catch (ReflectiveOperationException e) {
      throw new AssertionError(e);
    } finally {
      if (before == null) {
        System.clearProperty("lull.vector.bits");
      } else {
        System.setProperty("lull.vector.bits", before);
      }
    }
  }

  /** Defines Lull's classes again. */
  private static final class Anew extends ClassLoader {
    Anew() {
      super(ForcedWidth.class.getClassLoader());
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
      if (!name.startsWith("org.lull.")) {
        return super.loadClass(name, resolve);
      }
      synchronized (getClassLoadingLock(name)) {
        Class<?> loaded = findLoadedClass(name);
        if (loaded != null) {
          return loaded;
        }
        try (InputStream in = getResourceAsStream(name.replace('.', '/') + ".class")) {
          if (in == null) {
            throw new ClassNotFoundException(name);
          }
          byte[] bytes = in.readAllBytes();
          return defineClass(name, bytes, 0, bytes.length);
        } catch (IOException e) {
          throw new ClassNotFoundException(name, e);
        }
      }
    }
  }
}
