// SPDX-License-Identifier: Apache-2.0
/**
 * The way in: a {@link org.lull.Dataset} is made of arrays, {@link org.lull.Training} makes a {@link org.lull.Model} of it, and a
 * {@link org.lull.ModelStream} takes frame after frame. Stands on all other packages but {@code continual}.
 */
package org.lull;
