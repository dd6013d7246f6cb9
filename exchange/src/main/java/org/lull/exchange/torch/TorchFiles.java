// SPDX-License-Identifier: Apache-2.0
package org.lull.exchange.torch;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.lull.exchange.Budget;
import org.lull.exchange.Description;
import org.lull.exchange.ImportOptions;
import org.lull.exchange.ImportedModel;
import org.lull.exchange.RecurrentWeights;
import org.lull.io.Safetensors;
import org.lull.io.Safetensors.Contents;

/** Reads models of PyTorch. */
public final class TorchFiles {
  private TorchFiles() {}

  /**
   * The weights of a state_dict in a safetensors file.
   *
   * @throws org.lull.input.InvalidInputException if the file cannot be read, or holds something that Lull has no equal for
   */
  public static ImportedModel safetensors(Path file, ImportOptions options) {
    Contents contents = Safetensors.read(file);
    Map<String, TorchTensor> tensors = new LinkedHashMap<>();
    contents.tensors().forEach((name, tensor) -> tensors.put(name, new TorchTensor(tensor.shape(), tensor::data)));
    RecurrentWeights weights = new StateDictReader(file.toString(), tensors, options).read();
    return imported("safetensors file", weights, Description.of(contents.metadata(), file.toString()), contents.metadata());
  }

  /**
   * The weights of a checkpoint that {@code torch.save} wrote.
   *
   * @throws org.lull.input.InvalidInputException likewise; also if it holds Python objects other than tensors and dictionaries
   */
  public static ImportedModel checkpoint(Path file, ImportOptions options) {
    try (Checkpoint checkpoint = new Checkpoint(file, Budget.of(file))) {
      RecurrentWeights weights = new StateDictReader(file.toString(), checkpoint.stateDict(options), options).read();
      return imported("PyTorch checkpoint", weights, Description.NONE, Map.of());
    }
  }

  private static ImportedModel imported(String format, RecurrentWeights weights, Description description, Map<String, String> metadata) {
    return new ImportedModel(format, weights, new TorchReference(weights.layers()), description, metadata, List.of());
  }
}
