// SPDX-License-Identifier: Apache-2.0
/** Sound and corpora: WAV files, log-mel features, folders of clips, and synthetic speech. */
module org.lull.speech {
  requires transitive org.lull;
  requires com.fasterxml.jackson.databind;
  requires JTransforms; // FFT
  requires freetts; // speaks the embedded corpus

  exports org.lull.speech;

  // records that are written and read as JSON
  opens org.lull.speech to com.fasterxml.jackson.databind;
}
