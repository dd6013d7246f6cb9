// SPDX-License-Identifier: Apache-2.0
package org.lull.input;

/**
 * Thrown for a mistake in the user's input: a file, a folder, an option, a number. The message is one line that says what was wrong, the
 * value, what was expected, and what to do next; the command line prints it and exits with code 2, without a stack trace.
 */
public final class InvalidInputException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  public InvalidInputException(String message) {
    super(message);
  }

  public InvalidInputException(String message, Throwable cause) {
    super(message, cause);
  }
}
