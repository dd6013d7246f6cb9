// SPDX-License-Identifier: Apache-2.0
/** Reads and writes models in the formats of other programs. */
package org.lull.exchange;
