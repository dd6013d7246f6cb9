// SPDX-License-Identifier: Apache-2.0
package org.lull.cli.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.lull.input.InvalidInputException;

@Timeout(60)
class LivePageTest {
  private final AtomicInteger made = new AtomicInteger();
  private final LivePage live = new LivePage(0, () -> "<p>page " + made.incrementAndGet() + "</p>");
  private final HttpClient client = HttpClient.newHttpClient();

  @AfterEach
  void ends() {
    live.close();
    client.close();
  }

  private HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return client.send(HttpRequest.newBuilder(URI.create(live.address()).resolve(path)).build(), BodyHandlers.ofString());
  }

  @Test
  void thePageIsMadeOnceForEachChange() throws IOException, InterruptedException {
    assertThat(made).hasValue(0); // nobody has asked
    HttpResponse<String> page = get("/");
    assertThat(page.statusCode()).isEqualTo(200);
    assertThat(page.headers().firstValue("Content-Type")).contains("text/html; charset=utf-8");
    assertThat(page.body()).isEqualTo("<p>page 1</p>");
    assertThat(get("/").body()).isEqualTo("<p>page 1</p>");
    live.changed();
    live.changed();
    assertThat(get("/").body()).isEqualTo("<p>page 2</p>");
  }

  @Test
  void browsersAreToldOfChangesAndOfTheEnd() throws IOException, InterruptedException {
    HttpResponse<Stream<String>> events =
        client.send(HttpRequest.newBuilder(URI.create(live.address()).resolve("/events")).build(), BodyHandlers.ofLines());
    assertThat(events.headers().firstValue("Content-Type")).contains("text/event-stream");
    Iterator<String> lines = events.body().iterator();
    assertThat(lines.next()).isEqualTo(": listening");
    assertThat(lines.next()).isEmpty();
    live.changed();
    assertThat(lines.next()).isEqualTo("data: 2");
    assertThat(lines.next()).isEmpty();
    live.close();
    assertThat(lines.next()).isEqualTo("data: 3");
    assertThat(lines.next()).isEmpty();
    assertThat(lines.next()).isEqualTo("event: end");
  }

  @Test
  void whatIsNotHereIsRefused() throws IOException, InterruptedException {
    assertThat(get("/model.safetensors").statusCode()).isEqualTo(404);
    assertThat(get("/../etc/passwd").statusCode()).isEqualTo(404);
    HttpRequest post = HttpRequest.newBuilder(URI.create(live.address())).POST(HttpRequest.BodyPublishers.ofString("x")).build();
    assertThat(client.send(post, BodyHandlers.ofString()).statusCode()).isEqualTo(405);
    HttpRequest head = HttpRequest.newBuilder(URI.create(live.address())).HEAD().build();
    assertThat(client.send(head, BodyHandlers.ofString()).statusCode()).isEqualTo(200);
  }

  /** A name of another site that leads here, and a page of another site that posts. */
  @ParameterizedTest
  @ValueSource(strings = {"GET / HTTP/1.1\r\nHost: example.com\r\n", "GET /events HTTP/1.1\r\nHost: example.com:80\r\n",
      "POST / HTTP/1.1\r\nHost: localhost\r\nOrigin: http://example.com\r\nContent-Length: 0\r\n"})
  void requestsOfOtherSitesAreForbidden(String request) throws IOException {
    int port = URI.create(live.address()).getPort();
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      OutputStream out = socket.getOutputStream();
      out.write((request + "Connection: close\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
      out.flush();
      assertThat(new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII)).readLine())
          .startsWith("HTTP/1.1 403");
    }
    assertThat(made).hasValue(0);
  }

  @Test
  void aPageThatCannotBeMadeIsSaidSo() throws IOException, InterruptedException {
    try (LivePage broken = new LivePage(0, () -> {
      throw new InvalidInputException("no page");
    })) {
      HttpResponse<String> answer =
          client.send(HttpRequest.newBuilder(URI.create(broken.address())).build(), BodyHandlers.ofString());
      assertThat(answer.statusCode()).isEqualTo(503);
      assertThat(answer.body()).contains("no page");
    }
  }

  @Test
  void aPortThatIsTakenIsRefused() {
    int port = URI.create(live.address()).getPort();
    assertThatThrownBy(() -> new LivePage(port, () -> "")).isInstanceOf(InvalidInputException.class).hasMessageContaining("--live");
  }
}
