// SPDX-License-Identifier: Apache-2.0
package org.lull.exchange.torch;

import java.util.function.Supplier;

/**
 * A tensor of a file, whose numbers are read when they are wanted.
 *
 * @param shape sizes of the dimensions; not copied
 * @param values reads the numbers, row by row; throws an InvalidInputException where they are no floats
 */
record TorchTensor(int[] shape, Supplier<float[]> values) {}
