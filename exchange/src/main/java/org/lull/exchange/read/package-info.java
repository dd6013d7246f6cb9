// SPDX-License-Identifier: Apache-2.0
/** Recognises the files of other programs and reads models from them. */
package org.lull.exchange.read;
