// SPDX-License-Identifier: Apache-2.0
/** Weights for programs in Python: PyTorch and Keras. */
package org.lull.exchange.python;
