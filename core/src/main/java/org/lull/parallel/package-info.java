// SPDX-License-Identifier: Apache-2.0
/**
 * Threads that share one computation: a fixed number of workers, what each of them does, and how they wait for each other. Uses the JDK
 * alone.
 */
package org.lull.parallel;
