// SPDX-License-Identifier: Apache-2.0
package org.lull.cli.serve;

import java.util.Map;

/** A request that is not done, with the HTTP status code and the headers that say so. */
final class Refused extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private final int code;
  private final transient Map<String, String> headers;

  Refused(int code, String message) {
    this(code, message, Map.of());
  }

  Refused(int code, String message, Map<String, String> headers) {
    super(message);
    this.code = code;
    this.headers = headers;
  }

  static Refused busy() {
    return new Refused(503, "too many requests are waiting; try again in a second", Map.of("Retry-After", "1"));
  }

  int code() {
    return code;
  }

  Map<String, String> headers() {
    return headers;
  }
}
