// SPDX-License-Identifier: Apache-2.0
/**
 * From recordings to examples: WAV files, log-mel features, layouts of corpora, splits, and the embedded synthetic corpus. Uses the
 * library, an FFT and a speech synthesiser.
 */
package org.lull.speech;
