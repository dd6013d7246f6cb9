// SPDX-License-Identifier: Apache-2.0
package org.lull.continual;

/**
 * A class that an online learner knows.
 *
 * @param output index of the class's output in the original model, or -1 for a class learned later
 * @param learned number of examples of the class that were learned
 */
public record KnownClass(String label, int output, long learned) {}
