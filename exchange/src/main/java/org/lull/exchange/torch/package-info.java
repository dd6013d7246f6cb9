// SPDX-License-Identifier: Apache-2.0
/** Models of PyTorch: weights in safetensors files and in checkpoints. */
package org.lull.exchange.torch;
