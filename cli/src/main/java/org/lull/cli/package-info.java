// SPDX-License-Identifier: Apache-2.0
/** The {@code lull} command: options, commands, what they print, and the local service. Uses all other modules. */
package org.lull.cli;
