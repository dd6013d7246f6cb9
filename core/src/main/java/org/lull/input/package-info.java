// SPDX-License-Identifier: Apache-2.0
/** Rules for the input of users from any source, and the exception for invalid input. */
package org.lull.input;
