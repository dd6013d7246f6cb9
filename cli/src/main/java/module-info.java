/** The lull command. */
module org.lull.cli {
  requires com.fasterxml.jackson.databind;
  requires info.picocli;
  requires java.desktop; // pictures
  requires jdk.httpserver;
  requires me.tongfei.progressbar;
  requires org.knowm.xchart;
  requires org.lull;
  requires org.lull.accelerator;
  requires org.lull.speech;

  opens org.lull.cli to info.picocli, com.fasterxml.jackson.databind;
}
