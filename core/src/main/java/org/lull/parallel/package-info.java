// SPDX-License-Identifier: Apache-2.0
/**
 * Threads that share one computation: a fixed pool of workers, the part of each thread, and how threads wait for each other. Uses only the
 * JDK.
 */
package org.lull.parallel;
