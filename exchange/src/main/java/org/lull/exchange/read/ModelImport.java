// SPDX-License-Identifier: Apache-2.0
package org.lull.exchange.read;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.lull.exchange.ImportOptions;
import org.lull.exchange.ImportedModel;
import org.lull.exchange.keras.KerasImport;
import org.lull.exchange.onnx.OnnxImport;
import org.lull.exchange.torch.TorchFiles;
import org.lull.input.FileKind;
import org.lull.input.InvalidInputException;
import org.lull.io.AtomicFile;

/** Reads a model of another program, whose format is recognised by the first bytes of the file and not by its name. */
public final class ModelImport {
  private ModelImport() {}

  /**
   * Reads a file of PyTorch (.pt, .safetensors), Keras (.keras, .h5) or ONNX.
   *
   * @throws InvalidInputException if the file cannot be read, is damaged or of another kind, or holds something that Lull has no equal for
   */
  public static ImportedModel read(Path file, ImportOptions options) {
    if (Files.exists(file) && !Files.isRegularFile(file)) {
      throw new InvalidInputException("cannot read " + file + ": it is not an ordinary file; give a model file of PyTorch, Keras or ONNX");
    }
    FileKind kind = FileKind.of(head(file)).orElseThrow(() -> new InvalidInputException(
        file + " is of no kind that is recognised by its first bytes; expected a .safetensors or .pt file of PyTorch, a .keras or .h5 file"
            + " of Keras, or an ONNX model"));
    if (kind.equals(FileKind.SAFETENSORS)) {
      return TorchFiles.safetensors(file, options);
    }
    if (kind.equals(FileKind.PYTORCH)) {
      return TorchFiles.checkpoint(file, options);
    }
    if (kind.equals(FileKind.KERAS)) {
      return KerasImport.archive(file);
    }
    if (kind.equals(FileKind.HDF5)) {
      return KerasImport.hdf5(file);
    }
    if (kind.equals(FileKind.ONNX)) {
      return OnnxImport.read(file);
    }
    throw new InvalidInputException(file + " is not a model that can be imported: it looks like " + kind.name() + "; " + kind.advice());
  }

  private static byte[] head(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      return in.readNBytes(FileKind.HEAD);
    } catch (IOException e) {
      throw new InvalidInputException("cannot read " + file + ": " + AtomicFile.reason(e) + "; check the path and its permissions", e);
    }
  }
}
