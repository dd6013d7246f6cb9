// SPDX-License-Identifier: Apache-2.0
package org.lull.cli.page;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.w3c.dom.Element;
import org.w3c.dom.Node;

/**
 * Makes a drawn chart fit for a page with many. The pieces of a line, which are drawn one by one, become a polyline: a tenth of the size,
 * and dashes go on from piece to piece. Definitions are removed, as other charts on the page have the same names: they only clip, and
 * nothing lies outside.
 */
final class SvgTidy {
  private SvgTidy() {}

  static void tidy(Element parent) {
    parent.removeAttribute("clip-path");
    Element line = null;
    for (Element child : children(parent)) {
      if (child.getTagName().equals("defs")) {
        parent.removeChild(child);
      } else if (!child.getTagName().equals("line")) {
        tidy(child);
        line = null;
      } else {
        line = joined(parent, line, polyline(child));
        parent.removeChild(child);
      }
    }
  }

  private static List<Element> children(Element parent) {
    List<Element> children = new ArrayList<>();
    for (Node child = parent.getFirstChild(); child != null; child = child.getNextSibling()) {
      if (child instanceof Element element) {
        children.add(element);
      }
    }
    return children;
  }

  private static Element polyline(Element line) {
    Element polyline = line.getOwnerDocument().createElementNS(line.getNamespaceURI(), "polyline");
    for (int i = 0; i < line.getAttributes().getLength(); i++) {
      Node attribute = line.getAttributes().item(i);
      if (!attribute.getNodeName().matches("[xy][12]|clip-path")) {
        polyline.setAttribute(attribute.getNodeName(), attribute.getNodeValue());
      }
    }
    polyline.setAttribute("points", line.getAttribute("x1") + "," + line.getAttribute("y1") + " " + line.getAttribute("x2") + ","
        + line.getAttribute("y2"));
    line.getParentNode().insertBefore(polyline, line);
    return polyline;
  }

  /** The piece alone, or, where it begins at the end of a line that looks the same, that line with the piece. */
  private static Element joined(Element parent, Element line, Element piece) {
    if (line == null || !look(line).equals(look(piece))) {
      return piece;
    }
    String points = line.getAttribute("points");
    String[] ends = piece.getAttribute("points").split(" ");
    if (!points.endsWith(" " + ends[0])) {
      return piece;
    }
    line.setAttribute("points", points + " " + ends[1]);
    parent.removeChild(piece);
    return line;
  }

  private static Map<String, String> look(Element line) {
    Map<String, String> look = new TreeMap<>();
    for (int i = 0; i < line.getAttributes().getLength(); i++) {
      Node attribute = line.getAttributes().item(i);
      if (!attribute.getNodeName().equals("points")) {
        look.put(attribute.getNodeName(), attribute.getNodeValue());
      }
    }
    return look;
  }
}
