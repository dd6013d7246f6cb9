// SPDX-License-Identifier: Apache-2.0
/** Models come in and go out: PyTorch, Keras and ONNX files. */
module org.lull.exchange {
  requires transitive org.lull;
  requires com.fasterxml.jackson.databind;
  requires com.google.protobuf;
  requires io.jhdf;
  requires org.tribuo.util.onnx;

  exports org.lull.exchange;
  exports org.lull.exchange.onnx;
  exports org.lull.exchange.python;
  exports org.lull.exchange.read;
}
