/** Lull's speed beside that of Deeplearning4j. */
package org.lull.bench.dl4j;
