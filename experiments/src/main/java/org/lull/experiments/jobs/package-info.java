// SPDX-License-Identifier: Apache-2.0
/** Jobs that need each other, run several at a time. */
package org.lull.experiments.jobs;
