// SPDX-License-Identifier: Apache-2.0
/**
 * The arithmetic that takes the time, on arrays of floats: once in plain Java, once by the Vector API, with the same bits. Nothing else
 * touches the Vector API. Uses {@code input} alone.
 */
package org.lull.kernel;
