// SPDX-License-Identifier: Apache-2.0
/**
 * Learning that goes on after training: more classes with a memory of exemplars, one example at a time, kept in a directory that survives
 * a crash. Uses everything else in the library.
 */
package org.lull.continual;
