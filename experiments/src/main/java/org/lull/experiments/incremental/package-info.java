// SPDX-License-Identifier: Apache-2.0
/** Class-incremental learning, measured task after task. */
package org.lull.experiments.incremental;
