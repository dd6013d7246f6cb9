// SPDX-License-Identifier: Apache-2.0
/** Lull's speed beside that of Deeplearning4j. */
package org.lull.bench.dl4j;
