// SPDX-License-Identifier: Apache-2.0
/**
 * What a computation costs: multiply-adds, memory accesses with their energy, and bytes, counted from what fired. Uses the JDK alone.
 */
package org.lull.cost;
