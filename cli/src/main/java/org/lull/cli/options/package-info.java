// SPDX-License-Identifier: Apache-2.0
/** Options of the command line, which several commands share. */
package org.lull.cli.options;
