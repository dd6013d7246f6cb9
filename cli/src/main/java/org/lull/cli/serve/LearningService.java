// SPDX-License-Identifier: Apache-2.0
package org.lull.cli.serve;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.lull.Model;
import org.lull.continual.KnownClass;
import org.lull.continual.OnlineLearner.Snapshot;
import org.lull.continual.OnlineLearner;
import org.lull.data.SimilarLabels;
import org.lull.experiments.store.Json;
import org.lull.input.InvalidInputException;
import org.lull.io.AtomicFile;
import org.lull.train.Diverged;
import org.lull.train.Example;

/**
 * An online learner as an HTTP service for this machine alone: predict, learn and forget by POST, status by GET. Requests are read on
 * virtual threads; predictions are computed on as many threads as there are cores, learning on one, each with a queue that is bounded: what
 * does not fit gets 503.
 */
public final class LearningService implements AutoCloseable {
  private static final int BACKLOG = 128;
  /** Seconds a request may take to arrive, and closing may wait. */
  private static final int PATIENCE = 10;
  /** A limit of the server in seconds, from the first byte of a request to its last. Then it closes the connection. */
  private static final String LONGEST_REQUEST = "sun.net.httpserver.maxReqTime";

  static {
    System.setProperty(LONGEST_REQUEST, System.getProperty(LONGEST_REQUEST, Integer.toString(PATIENCE)));
    System.setProperty("sun.net.httpserver.nodelay", "true");
  }

  private final OnlineLearner learner;
  private final RequestInput input;
  private final int queue;
  private final HttpServer server;
  private final ExecutorService requests = Executors.newVirtualThreadPerTaskExecutor();
  private final ThreadPoolExecutor predicting;
  private final ThreadPoolExecutor learning;
  private final RequestBodies bodies = new RequestBodies();
  private final LocalRequests local;
  private final Latencies predictions = new Latencies();
  private final Latencies steps = new Latencies();
  private final AtomicLong received = new AtomicLong();

  /** Answer of /predict: the most likely label, probabilities of all, the likeliest first, and the time of the network. */
  record Prediction(String label, Map<String, Double> scores, double micros) {}

  /**
   * Answer of /learn and /forget.
   *
   * @param warning of a label that is much like another one; left out where there is none
   */
  record Change(String label, long position, long learned, int classes, double micros,
      @JsonInclude(JsonInclude.Include.NON_NULL) String warning) {}

  /** Answer of /status; learning is counted since the service began, and the dense figures are what the same would have taken densely. */
  record Status(long position, List<ClassStatus> classes, long exemplarBytes, long learnMacs, long learnMacsDense, long learnForwardMacs,
      long matrixWords, long matrixWordsDense, Latencies.Summary predict, Latencies.Summary learn) {}

  record ClassStatus(String label, long learned, int exemplars) {}

  private record Failure(String error) {}

  /**
   * Begins to listen.
   *
   * @param port 0 for any that is free
   * @param queue how many predictions, and how many examples to learn, may wait
   */
  public LearningService(OnlineLearner learner, int port, int queue) {
    this.learner = learner;
    this.queue = queue;
    Model model = learner.snapshot().model();
    input = model.frontEnd().isEmpty() ? new SeriesInput(model.normalisation().channels()) : new SoundInput(model.frontEnd());
    predicting = pool(Runtime.getRuntime().availableProcessors());
    learning = pool(1);
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), BACKLOG);
    } catch (IOException e) {
      stop(requests, predicting, learning);
      throw new InvalidInputException("cannot listen on port " + port + ": " + AtomicFile.reason(e) + "; choose another with --port", e);
    }
    local = new LocalRequests(server.getAddress());
    server.setExecutor(requests);
    server.createContext("/", this::handle);
    server.start();
  }

  private ThreadPoolExecutor pool(int threads) {
    return new ThreadPoolExecutor(threads, threads, 0, TimeUnit.SECONDS, new ArrayBlockingQueue<>(queue));
  }

  public int port() {
    return server.getAddress().getPort();
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      Object answer;
      int code = 200;
      try {
        answer = answer(exchange);
      } catch (Refused e) {
        code = e.code();
        answer = new Failure(e.getMessage());
        e.headers().forEach(exchange.getResponseHeaders()::set);
      } catch (InvalidInputException e) {
        code = 400;
        answer = new Failure(e.getMessage());
      } catch (RuntimeException e) {
        e.printStackTrace();
        code = 500;
        answer = new Failure("this is a defect of lull, please report it: " + e);
      }
      byte[] body = (Json.line(answer) + "\n").getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().set("Content-Type", "application/json");
      boolean headOnly = exchange.getRequestMethod().equals("HEAD"); // its answer has no body, and the server logs a complaint about one
      exchange.sendResponseHeaders(code, headOnly ? -1 : body.length);
      if (!headOnly) {
        exchange.getResponseBody().write(body);
      }
    }
  }

  private Object answer(HttpExchange exchange) throws IOException {
    local.check(exchange);
    String path = exchange.getRequestURI().getPath();
    String method = switch (path) {
      case "/predict", "/learn", "/forget" -> "POST";
      case "/status" -> "GET";
      default -> throw new Refused(404, "no " + path + "; there are /predict, /learn, /forget and /status");
    };
    if (!exchange.getRequestMethod().equals(method)) {
      throw new Refused(405, exchange.getRequestMethod() + " " + path + ", expected " + method, Map.of("Allow", method));
    }
    return switch (path) {
      case "/predict" -> {
        Example example = example(exchange);
        yield run(predicting, () -> predict(example));
      }
      case "/learn" -> {
        String label = RequestLabel.of(exchange.getRequestURI().getRawQuery());
        Example example = example(exchange);
        yield run(learning, () -> learn(label, example));
      }
      case "/forget" -> {
        String label = RequestLabel.of(exchange.getRequestURI().getRawQuery());
        yield run(learning, () -> forget(label));
      }
      default -> status();
    };
  }

  private Example example(HttpExchange exchange) throws IOException {
    return bodies.use(exchange, body -> {
      if (body.length == 0) {
        throw new InvalidInputException("the body is empty, " + input.advice());
      }
      String type = exchange.getRequestHeaders().getFirst("Content-Type");
      return input.example(body, type == null ? "" : type, "clip " + received.incrementAndGet());
    });
  }

  /** Runs work on a pool, or refuses it where too much is waiting. */
  private static <T> T run(ExecutorService pool, Callable<T> work) {
    try {
      return pool.submit(work).get();
    } catch (RejectedExecutionException e) {
      throw Refused.busy();
    } catch (ExecutionException e) {
      throw switch (e.getCause()) {
        case RuntimeException cause -> cause;
        case Throwable cause -> new IllegalStateException(cause);
      };
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Refused.busy();
    }
  }

  private Prediction predict(Example example) {
    long begin = System.nanoTime();
    Snapshot now = learner.snapshot();
    float[] scores = now.scores(example);
    double[] p = probabilities(scores);
    Map<String, Double> byLabel = new LinkedHashMap<>();
    IntStream.range(0, p.length).boxed().sorted((i, j) -> Float.compare(scores[j], scores[i]))
        .forEach(k -> byLabel.put(now.model().labels().get(k), Math.round(p[k] * 1e6) / 1e6));
    return new Prediction(byLabel.keySet().iterator().next(), byLabel, predictions.add(System.nanoTime() - begin));
  }

  private static double[] probabilities(float[] scores) {
    float[] sorted = scores.clone();
    Arrays.sort(sorted);
    double[] p = new double[scores.length];
    Arrays.setAll(p, k -> Math.exp(scores[k] - sorted[sorted.length - 1]));
    double sum = Arrays.stream(p).sum();
    Arrays.setAll(p, k -> p[k] / sum);
    return p;
  }

  private Change learn(String label, Example example) {
    long begin = System.nanoTime();
    try {
      Snapshot now = learner.learn(example, label);
      return change(label, now, steps.add(System.nanoTime() - begin));
    } catch (Diverged e) {
      throw new Refused(422, e.getMessage());
    } catch (InvalidInputException e) {
      throw notKept(e);
    }
  }

  /** Where a change is refused that is because of the disk, or because of what was asked for. */
  private static RuntimeException notKept(InvalidInputException e) {
    return e.getCause() instanceof IOException ? new Refused(507, e.getMessage()) : e;
  }

  private static Change change(String label, Snapshot now, double micros) {
    int index = now.indexOf(label);
    long learned = index < 0 ? 0 : now.classes().get(index).learned();
    String warning = SimilarLabels.similarTo(label, now.model().labels()).map(other -> "label \"" + label + "\" differs from \"" + other
        + "\" only by case or white space; if one word is meant, forget one of them").orElse(null);
    return new Change(label, now.position(), learned, now.classes().size(), micros, warning);
  }

  private Change forget(String label) {
    long begin = System.nanoTime();
    try {
      return change(label, learner.forget(label), (System.nanoTime() - begin) / 1000.0);
    } catch (InvalidInputException e) {
      throw notKept(e);
    }
  }

  private Status status() {
    Snapshot now = learner.snapshot();
    List<ClassStatus> classes = IntStream.range(0, now.classes().size()).mapToObj(k -> {
      KnownClass known = now.classes().get(k);
      return new ClassStatus(known.label(), known.learned(), now.exemplars().get(k));
    }).toList();
    return new Status(now.position(), classes, now.exemplarBytes(), now.training().multiplyAdds(), now.denseTraining().multiplyAdds(),
        now.inference(), now.training().matrices(), now.denseTraining().matrices(), predictions.summary(), steps.summary());
  }

  /** Answers what has come in, then takes no more; the learner is left to whoever opened it. */
  @Override
  public void close() {
    server.stop(PATIENCE);
    stop(requests, predicting, learning);
  }

  private static void stop(ExecutorService... pools) {
    for (ExecutorService pool : pools) {
      pool.shutdown();
    }
    for (ExecutorService pool : pools) {
      try {
        if (!pool.awaitTermination(PATIENCE, TimeUnit.SECONDS)) {
          System.err.println("warning: requests were still at work after " + PATIENCE + " seconds");
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
