// SPDX-License-Identifier: Apache-2.0
/** Every kernel beside the ceilings of the machine. Uses JMH and the kernels. */
package org.lull.bench.kernels;
