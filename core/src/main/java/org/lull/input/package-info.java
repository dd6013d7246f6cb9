// SPDX-License-Identifier: Apache-2.0
/** Rules for what users give, whatever door it comes through, and the exception that says what is wrong with it. */
package org.lull.input;
