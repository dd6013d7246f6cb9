package org.lull.network;

/** The arithmetic of most networks: single precision floating point. */
final class Float32 implements Arithmetic {
  @Override
  public String name() {
    return "float32";
  }

  @Override
  public void check(NetworkSpec spec) {}

  @Override
  public Layers layers(Network network, Mode mode) {
    return null;
  }

  @Override
  public String toString() {
    return name();
  }
}
