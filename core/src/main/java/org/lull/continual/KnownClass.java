// SPDX-License-Identifier: Apache-2.0
package org.lull.continual;

/**
 * A class an online learner knows.
 *
 * @param output its output in the model the learner began with, or -1 for one it learned
 * @param learned how many examples of it were learned
 */
public record KnownClass(String label, int output, long learned) {}
