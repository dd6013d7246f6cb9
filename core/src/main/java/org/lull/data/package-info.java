// SPDX-License-Identifier: Apache-2.0
/**
 * Time series files in {@code .ts} form, and the rules for splits and classes that all data follows, including sound. This package uses the
 * examples of {@link org.lull.train}.
 */
package org.lull.data;
