// SPDX-License-Identifier: Apache-2.0
package org.lull.cli.report;

import java.io.PrintWriter;
import java.io.Writer;

/** For --quiet: of what a command says beside its result, passes on the lines that warn or tell of a failure. No progress is shown. */
public final class WarningsOnly extends PrintWriter {
  /** @param err where they go */
  public WarningsOnly(PrintWriter err) {
    super(new Lines(err));
  }

  private static final class Lines extends Writer {
    private final PrintWriter err;
    private final StringBuilder line = new StringBuilder();

    Lines(PrintWriter err) {
      this.err = err;
    }

    @Override
    public void write(char[] text, int from, int length) {
      for (int i = from; i < from + length; i++) {
        line.append(text[i]);
        if (text[i] == '\n') {
          pass();
        }
      }
    }

    private void pass() {
      String text = line.toString();
      if (text.startsWith("warning: ") || text.startsWith("lull: ")) {
        err.print(text);
        err.flush();
      }
      line.setLength(0);
    }

    @Override
    public void flush() {
      // a line is passed on at its end
    }

    @Override
    public void close() {
      err.flush();
    }
  }
}
