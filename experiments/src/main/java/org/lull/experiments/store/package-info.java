// SPDX-License-Identifier: Apache-2.0
/** Files of experiments: how they are written and read. */
package org.lull.experiments.store;
