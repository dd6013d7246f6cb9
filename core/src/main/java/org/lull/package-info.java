// SPDX-License-Identifier: Apache-2.0
/**
 * The main classes; begin here. Make a {@link org.lull.Dataset} from arrays, train a {@link org.lull.Model} on it with {@link
 * org.lull.Training}, and run the model frame by frame with a {@link org.lull.ModelStream}. This package uses all others except {@code
 * continual}.
 */
package org.lull;
