// SPDX-License-Identifier: Apache-2.0
package org.lull.cli.page;

import static j2html.TagCreator.body;
import static j2html.TagCreator.div;
import static j2html.TagCreator.each;
import static j2html.TagCreator.h1;
import static j2html.TagCreator.h2;
import static j2html.TagCreator.head;
import static j2html.TagCreator.html;
import static j2html.TagCreator.main;
import static j2html.TagCreator.meta;
import static j2html.TagCreator.p;
import static j2html.TagCreator.rawHtml;
import static j2html.TagCreator.script;
import static j2html.TagCreator.section;
import static j2html.TagCreator.style;
import static j2html.TagCreator.table;
import static j2html.TagCreator.tbody;
import static j2html.TagCreator.td;
import static j2html.TagCreator.th;
import static j2html.TagCreator.thead;
import static j2html.TagCreator.tr;

import j2html.TagCreator;
import j2html.tags.DomContent;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.lull.cli.report.Table;
import org.lull.io.Sha256;

/** The frame of a page, and the parts that all pages are made of. Text is escaped by j2html wherever it stands. */
final class Html {
  /** Nothing is loaded from anywhere, and no script runs, whatever a label may hold. */
  private static final String OFFLINE = "default-src 'none'; style-src 'unsafe-inline'; img-src data:";

  private Html() {}

  /**
   * A whole page.
   *
   * @param subtitle a sentence below the title
   * @param live whether the page replaces itself when the server that sent it has news
   */
  static String page(String title, String subtitle, List<DomContent> sections, boolean live) {
    String script = live ? resource("live.js") : "";
    return "<!DOCTYPE html>\n" + html(
        head(meta().withCharset("utf-8"), meta().attr("http-equiv", "Content-Security-Policy").withContent(live ? live(script) : OFFLINE),
            meta().withName("viewport").withContent("width=device-width, initial-scale=1"),
            meta().withName("color-scheme").withContent("light dark"), TagCreator.title(title), style(rawHtml(resource("report.css")))),
        body(main(h1(title), p(subtitle).withClass("subtitle"), each(sections, section -> section)),
            live ? script(rawHtml(script)) : null))
        .withLang("en").render();
  }

  /** This script runs and no other; it may ask the server that sent the page. */
  private static String live(String script) {
    String hash = Base64.getEncoder().encodeToString(Sha256.digest().digest(script.getBytes(StandardCharsets.UTF_8)));
    return OFFLINE + "; script-src 'sha256-" + hash + "'; connect-src 'self'";
  }

  private static String resource(String name) {
    try (InputStream in = Html.class.getResourceAsStream(name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static DomContent part(String heading, DomContent... contents) {
    return section(h2(heading), each(List.of(contents), content -> content));
  }

  /** A table that scrolls by itself where the window is too narrow; the first cell of each row is its head. */
  static DomContent rows(String title, List<String> header, List<List<String>> rows) {
    DomContent table = div(table(header.isEmpty() ? null : thead(tr(each(header, name -> th(name).attr("scope", "col")))),
        tbody(each(rows, row -> tr(th(row.getFirst()).attr("scope", "row"), each(row.subList(1, row.size()), cell -> td(cell)))))))
        .withClass("scroll");
    return title.isEmpty() ? table : div(title(title), table);
  }

  /** Stands above a table, not in it: there it would be as wide as the table, and scroll with it. */
  static DomContent title(String of) {
    return p(of).withClass("title");
  }

  /** The same of a table whose first row is the header. */
  static DomContent rows(Table table) {
    return rows("", table.rows().getFirst(), table.rows().subList(1, table.rows().size()));
  }

  /** Names and values. */
  static DomContent options(List<Map.Entry<String, String>> options) {
    return div(
        table(tbody(each(options, option -> tr(th(option.getKey()).attr("scope", "row"), td(option.getValue()))))).withClass("options"))
        .withClass("scroll");
  }

  /** Charts beside each other, as many as there is room for. */
  static DomContent charts(List<DomContent> charts) {
    return div(each(charts, chart -> chart)).withClass("charts");
  }
}
