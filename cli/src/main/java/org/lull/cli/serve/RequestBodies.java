// SPDX-License-Identifier: Apache-2.0
package org.lull.cli.serve;

import com.sun.net.httpserver.HttpExchange;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.Semaphore;
import java.util.function.Function;

/** Reads the bodies of requests, of which there are only so many bytes in memory at a time. Any number of threads. */
final class RequestBodies {
  /** Bytes a body may have: ten seconds of sound at 192 kHz in two channels of 64 bits, and room for a header. */
  static final int LONGEST = 32 << 20;
  private static final int CHUNK = 1 << 16;
  /** Bytes of bodies that may be in memory at once, as a share of the heap. */
  private static final int SHARE = 16;
  /** What of a body that is too long is read and dropped, so that its sender gets to read the answer. */
  private static final long DRAINED = 2L * LONGEST;

  private final Semaphore room = new Semaphore((int) (Math.max(2L * LONGEST, Runtime.getRuntime().maxMemory() / SHARE) / CHUNK));

  /**
   * Reads a body and uses it; its room is given back afterwards.
   *
   * @throws Refused with 413 where it has more than {@link #LONGEST} bytes, 503 where there is no room for it now
   */
  <T> T use(HttpExchange exchange, Function<byte[], T> use) throws IOException {
    int taken = 0;
    try (InputStream in = exchange.getRequestBody()) {
      ByteArrayOutputStream body = new ByteArrayOutputStream();
      byte[] part;
      do {
        if (!room.tryAcquire()) {
          throw Refused.busy();
        }
        taken++;
        part = in.readNBytes(CHUNK);
        body.write(part);
        if (body.size() > LONGEST) {
          in.skip(DRAINED);
          throw new Refused(413, "a body of more than " + LONGEST + " bytes, as many as 10 seconds of 192 kHz stereo in 64 bits take; send"
              + " fewer seconds, fewer channels or a lower rate");
        }
      } while (part.length == CHUNK);
      return use.apply(body.toByteArray());
    } finally {
      room.release(taken);
    }
  }
}
