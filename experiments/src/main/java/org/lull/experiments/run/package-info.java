// SPDX-License-Identifier: Apache-2.0
/** Single runs: their configuration, a dense and a delta network trained and compared, and what is left in their directory. */
package org.lull.experiments.run;
