// SPDX-License-Identifier: Apache-2.0
package org.lull.speech;

import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * What a command asks for, and the ways to say it. The 31 intents are those of Fluent Speech Commands (Lugosch et al., "Speech Model
 * Pre-training for End-to-End Spoken Language Understanding", Interspeech 2019); the phrasings are ours, four to an intent so that the
 * classes are balanced.
 *
 * @param label class name, "action|object|location", spelt as Fluent Speech Commands spells it
 * @param phrasings transcriptions, in lower case but for names
 */
record Intent(String label, List<String> phrasings) {
  private static final List<String> ROOMS = List.of("bedroom", "kitchen", "washroom");

  /** Sorted by label. A line with ROOM in it stands for three intents. */
  static final List<Intent> ALL =
      """
      activate|lamp|none            turn on the lamp; lamp on; switch on the lamp; turn the lamp on
      activate|lights|none          turn on the lights; lights on; switch on the lights; turn the lights on
      activate|lights|ROOM          turn on the lights in the ROOM; ROOM lights on; switch on the ROOM lights; lights on in the ROOM
      activate|music|none           play the music; put the music on; turn on the music; start the music
      bring|juice|none              bring me the juice; get me some juice; fetch the juice; go and get the juice
      bring|newspaper|none          bring me the newspaper; get me the newspaper; fetch the newspaper; go and get the newspaper
      bring|shoes|none              bring me my shoes; get me my shoes; fetch my shoes; go and get the shoes
      bring|socks|none              bring me my socks; get me my socks; fetch my socks; go and get the socks
      change language|Chinese|none  change the language to Chinese; set the language to Chinese; switch to Chinese; use Chinese
      change language|English|none  change the language to English; set the language to English; switch to English; use English
      change language|German|none   change the language to German; set the language to German; switch to German; use German
      change language|Korean|none   change the language to Korean; set the language to Korean; switch to Korean; use Korean
      change language|none|none     change the language; switch the language; open the language settings; use a different language
      deactivate|lamp|none          turn off the lamp; lamp off; switch off the lamp; turn the lamp off
      deactivate|lights|none        turn off the lights; lights off; switch off the lights; turn the lights off
      deactivate|lights|ROOM        turn off the lights in the ROOM; ROOM lights off; switch off the ROOM lights; lights off in the ROOM
      deactivate|music|none         stop the music; pause the music; turn off the music; turn the music off
      decrease|heat|none            turn down the heat; heat down; decrease the temperature; make it cooler
      decrease|heat|ROOM            turn down the heat in the ROOM; ROOM heat down; decrease the ROOM temperature; make the ROOM cooler
      decrease|volume|none          turn down the volume; volume down; decrease the volume; make it quieter
      increase|heat|none            turn up the heat; heat up; increase the temperature; make it warmer
      increase|heat|ROOM            turn up the heat in the ROOM; ROOM heat up; increase the ROOM temperature; make the ROOM warmer
      increase|volume|none          turn up the volume; volume up; increase the volume; make it louder
      """
          .lines()
          .flatMap(line -> line.contains("ROOM") ? ROOMS.stream().map(room -> line.replace("ROOM", room)) : Stream.of(line))
          .map(Intent::parse)
          .sorted(Comparator.comparing(Intent::label))
          .toList();

  private static Intent parse(String line) {
    String[] columns = line.split(" {2,}", 2);
    return new Intent(columns[0], List.of(columns[1].split("; ")));
  }
}
