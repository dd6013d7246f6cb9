// SPDX-License-Identifier: Apache-2.0
/** The lull command. */
module org.lull.cli {
  requires com.fasterxml.jackson.databind;
  requires com.j2html;
  requires info.picocli;
  requires java.desktop; // pictures
  requires java.management; // the load of the machine
  requires jdk.httpserver;
  requires org.apache.xmlgraphics.batik.svggen;
  requires org.knowm.xchart;
  requires org.lull.accelerator;
  requires org.lull.device;
  requires org.lull.exchange;
  requires org.lull.experiments;
  requires org.tomlj;

  opens org.lull.cli to info.picocli;
  opens org.lull.cli.commands to info.picocli, com.fasterxml.jackson.databind;
  opens org.lull.cli.options to info.picocli;
  opens org.lull.cli.serve to com.fasterxml.jackson.databind;
}
