// SPDX-License-Identifier: Apache-2.0
/** The commands of lull: each checks what was asked for, has it done, and prints what came of it. */
package org.lull.cli.commands;
