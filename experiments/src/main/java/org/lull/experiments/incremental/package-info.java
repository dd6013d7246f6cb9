/** Class-incremental learning, measured task after task. */
package org.lull.experiments.incremental;
