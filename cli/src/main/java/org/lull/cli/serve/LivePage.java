// SPDX-License-Identifier: Apache-2.0
package org.lull.cli.serve;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;
import org.lull.input.InvalidInputException;
import org.lull.io.AtomicFile;

/**
 * Serves a page that changes to browsers on this machine. {@code GET /} is the page, which is made when it is asked for, once for each
 * change; {@code GET /events} tells of changes (server-sent events). One thread of low priority does all the work, so that what runs beside
 * it is hardly slowed down.
 */
public final class LivePage implements AutoCloseable {
  /** Browsers that may wait for news. */
  private static final int MOST_LISTENERS = 16;
  /** Milliseconds until a browser is sent a sign of life, which shows whether it is still there. */
  private static final long SIGN_OF_LIFE = 5_000;
  /** Milliseconds that browsers have at the end to ask for the last page. */
  private static final long PATIENCE = 1_000;

  /** Milliseconds from one change to the next that a browser is told of. A page takes some 50 ms to make: epochs may be as short. */
  private static final long PACE = 1_000;

  private final Supplier<String> page;
  private final HttpServer server;
  private final LocalRequests local;
  private final ExecutorService waiting = Executors.newVirtualThreadPerTaskExecutor();
  private final ExecutorService making = Executors.newSingleThreadExecutor(task -> {
    Thread thread = new Thread(task, "live page");
    thread.setDaemon(true);
    thread.setPriority(Thread.MIN_PRIORITY);
    return thread;
  });

  // guarded by this
  private long version = 1;
  private int listeners;
  private boolean ended;

  // only on the thread that makes pages
  private long madeVersion;
  private byte[] made;

  /**
   * Begins to listen.
   *
   * @param port 0 for any that is free
   * @param page makes the page as it is now
   * @throws InvalidInputException if the port cannot be listened on
   */
  public LivePage(int port, Supplier<String> page) {
    this.page = page;
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
    } catch (IOException e) {
      making.shutdown();
      waiting.shutdown();
      throw new InvalidInputException("cannot listen on port " + port + ": " + AtomicFile.reason(e) + "; choose another with --live", e);
    }
    local = new LocalRequests(server.getAddress());
    server.setExecutor(waiting);
    server.createContext("/", this::handle);
    server.start();
  }

  public String address() {
    return "http://localhost:" + server.getAddress().getPort() + "/";
  }

  /** Tells browsers that the page has changed. Returns at once. */
  public synchronized void changed() {
    version++;
    notifyAll();
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      try {
        local.check(exchange);
        String method = exchange.getRequestMethod();
        if (!method.equals("GET") && !method.equals("HEAD")) {
          throw new Refused(405, method + ", expected GET");
        }
        switch (exchange.getRequestURI().getPath()) {
          case "/" -> answer(exchange, 200, "text/html; charset=utf-8", made());
          case "/events" -> events(exchange);
          default -> throw new Refused(404, exchange.getRequestURI().getPath() + " is not here; see /");
        }
      } catch (Refused e) {
        answer(exchange, e.code(), "text/plain; charset=utf-8", (e.getMessage() + "\n").getBytes(StandardCharsets.UTF_8));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static void answer(HttpExchange exchange, int code, String type, byte[] body) throws IOException {
    exchange.getResponseHeaders().set("Content-Type", type);
    exchange.getResponseHeaders().set("Cache-Control", "no-store");
    exchange.getResponseHeaders().set("X-Content-Type-Options", "nosniff");
    boolean headOnly = exchange.getRequestMethod().equals("HEAD");
    exchange.sendResponseHeaders(code, headOnly ? -1 : body.length);
    if (!headOnly) {
      exchange.getResponseBody().write(body);
    }
  }

  /** The page as it is now; made anew if it has changed since it was last made. */
  private byte[] made() throws InterruptedException {
    try {
      return making.submit(() -> {
        long now = version();
        if (made == null || madeVersion != now) {
          made = page.get().getBytes(StandardCharsets.UTF_8);
          madeVersion = now;
        }
        return made;
      }).get();
    } catch (ExecutionException e) {
      throw new Refused(503, "the page cannot be made now: " + e.getCause().getMessage());
    } catch (RejectedExecutionException e) {
      throw new Refused(503, "the training has ended");
    }
  }

  private synchronized long version() {
    return version;
  }

  /** A line for each change, until the browser goes or all ends. */
  private void events(HttpExchange exchange) throws IOException, InterruptedException {
    long seen = begin();
    try {
      exchange.getResponseHeaders().set("Content-Type", "text/event-stream");
      exchange.getResponseHeaders().set("Cache-Control", "no-store");
      exchange.sendResponseHeaders(200, 0);
      send(exchange, ": listening\n\n");
      boolean more = true;
      while (more) {
        long now = await(seen);
        more = !isEnded();
        send(exchange, now == seen ? ": still at work\n\n" : "data: " + now + "\n\n");
        seen = now;
        rest();
      }
      send(exchange, "event: end\ndata: end\n\n");
    } finally {
      end();
    }
  }

  private static void send(HttpExchange exchange, String text) throws IOException {
    exchange.getResponseBody().write(text.getBytes(StandardCharsets.UTF_8));
    exchange.getResponseBody().flush();
  }

  private synchronized long begin() {
    if (listeners >= MOST_LISTENERS) {
      throw new Refused(503, MOST_LISTENERS + " browsers listen already; close one");
    }
    listeners++;
    return version;
  }

  private synchronized void end() {
    listeners--;
    notifyAll();
  }

  private synchronized boolean isEnded() {
    return ended;
  }

  /** The version once it is another than that, or time for a sign of life has come. */
  private synchronized long await(long seen) throws InterruptedException {
    if (version == seen && !ended) {
      wait(SIGN_OF_LIFE);
    }
    return version;
  }

  /** Lets changes come together for a while; the end does not wait. */
  private synchronized void rest() throws InterruptedException {
    long until = System.nanoTime() + PACE * 1_000_000;
    for (long left = PACE; left > 0 && !ended; left = (until - System.nanoTime()) / 1_000_000) {
      wait(left);
    }
  }

  /** Lets browsers that listen have the last page, and ends. */
  @Override
  public void close() {
    boolean heard;
    synchronized (this) {
      if (ended) {
        return;
      }
      heard = listeners > 0;
      ended = true;
      version++;
      notifyAll();
    }
    try {
      if (heard) {
        Thread.sleep(PATIENCE);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    server.stop(0);
    waiting.shutdownNow();
    making.shutdownNow();
  }
}
