// SPDX-License-Identifier: Apache-2.0
/**
 * The cost of a computation: multiply-adds, memory accesses with their energy, and bytes, counted from the entries that fired. Uses only
 * the JDK.
 */
package org.lull.cost;
