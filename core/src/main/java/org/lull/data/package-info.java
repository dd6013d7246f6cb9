// SPDX-License-Identifier: Apache-2.0
/**
 * Data on disk that is not sound: time series in {@code .ts} form, and the rules for splits and classes that all data follows. Uses the
 * examples of {@link org.lull.train}.
 */
package org.lull.data;
