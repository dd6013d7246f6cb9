package org.lull.cli;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
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
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.lull.continual.KnownClass;
import org.lull.continual.OnlineLearner.Snapshot;
import org.lull.continual.OnlineLearner;
import org.lull.input.InvalidInputException;
import org.lull.io.AtomicFile;
import org.lull.speech.Audio;
import org.lull.speech.LogMel;
import org.lull.speech.LogMelSettings;
import org.lull.speech.Wav;
import org.lull.train.Diverged;
import org.lull.train.Example;

/**
 * An online learner as an HTTP service for this machine alone: predict, learn and forget by POST, status by GET. Requests are read on
 * virtual threads; predictions are computed on as many threads as there are cores, learning on one, each with a queue that is bounded: what
 * does not fit gets 503.
 */
final class LearningService implements AutoCloseable {
  static final int LONGEST_BODY = 1 << 20;
  private static final double LONGEST_SECONDS = 10;
  private static final int CONNECTIONS = 256;
  private static final int BACKLOG = 128;
  /** What of a body that is too long is read and dropped, so that its sender gets to read the answer. */
  private static final long DRAINED = 16L * LONGEST_BODY;
  /** Seconds a request may take to arrive, and closing may wait. */
  private static final int PATIENCE = 10;

  static {
    System.setProperty("sun.net.httpserver.maxReqTime", Integer.toString(PATIENCE));
    System.setProperty("sun.net.httpserver.nodelay", "true");
  }

  private final OnlineLearner learner;
  private final LogMel logMel;
  private final int queue;
  private final HttpServer server;
  private final ExecutorService requests = Executors.newVirtualThreadPerTaskExecutor();
  private final ThreadPoolExecutor predicting;
  private final ThreadPoolExecutor learning;
  private final Semaphore reading = new Semaphore(CONNECTIONS);
  private final Latencies predictions = new Latencies();
  private final Latencies steps = new Latencies();
  private final AtomicLong received = new AtomicLong();

  /** Answer of /predict: the most likely label, probabilities of all, the likeliest first, and the time of the network. */
  record Prediction(String label, Map<String, Double> scores, double micros) {}

  /** Answer of /learn and /forget. */
  record Change(String label, long position, long learned, int classes, double micros) {}

  /** Answer of /status; learning is counted since the service began, and the dense figures are what the same would have taken densely. */
  record Status(long position, List<ClassStatus> classes, long exemplarBytes, long learnMacs, long learnMacsDense, long learnForwardMacs,
      long matrixWords, long matrixWordsDense, Latencies.Summary predict, Latencies.Summary learn) {}

  record ClassStatus(String label, long learned, int exemplars) {}

  private record Failure(String error) {}

  /** An answer that is a refusal. */
  private static final class Refused extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final int code;
    private final String header;
    private final String value;

    Refused(int code, String message, String header, String value) {
      super(message);
      this.code = code;
      this.header = header;
      this.value = value;
    }
  }

  /**
   * Begins to listen.
   *
   * @param port 0 for any that is free
   * @param queue how many predictions, and how many examples to learn, may wait
   */
  LearningService(OnlineLearner learner, int port, int queue) {
    this.learner = learner;
    this.queue = queue;
    logMel = new LogMel(LogMelSettings.fromJson(learner.snapshot().model().frontEnd(), "the model"));
    predicting = pool(Runtime.getRuntime().availableProcessors());
    learning = pool(1);
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), BACKLOG);
    } catch (IOException e) {
      stop(requests, predicting, learning);
      throw new InvalidInputException("cannot listen on port " + port + ": " + AtomicFile.reason(e) + "; choose another with --port", e);
    }
    server.setExecutor(requests);
    server.createContext("/", this::handle);
    server.start();
  }

  private ThreadPoolExecutor pool(int threads) {
    return new ThreadPoolExecutor(threads, threads, 0, TimeUnit.SECONDS, new ArrayBlockingQueue<>(queue));
  }

  int port() {
    return server.getAddress().getPort();
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      Object answer;
      int code = 200;
      try {
        answer = answer(exchange);
      } catch (Refused e) {
        code = e.code;
        answer = new Failure(e.getMessage());
        if (e.header != null) {
          exchange.getResponseHeaders().set(e.header, e.value);
        }
      } catch (InvalidInputException e) {
        code = e.getCause() instanceof IOException ? 507 : 400; // the disk, or what was asked for
        answer = new Failure(e.getMessage());
      } catch (RuntimeException e) {
        e.printStackTrace();
        code = 500;
        answer = new Failure("this is a defect of lull, please report it: " + e);
      }
      byte[] body = (Json.line(answer) + "\n").getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().set("Content-Type", "application/json");
      exchange.sendResponseHeaders(code, body.length);
      exchange.getResponseBody().write(body);
    }
  }

  private Object answer(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath();
    String method = switch (path) {
      case "/predict", "/learn", "/forget" -> "POST";
      case "/status" -> "GET";
      default -> throw new Refused(404, "no " + path + "; there are /predict, /learn, /forget and /status", null, null);
    };
    if (!exchange.getRequestMethod().equals(method)) {
      throw new Refused(405, exchange.getRequestMethod() + " " + path + ", expected " + method, "Allow", method);
    }
    return switch (path) {
      case "/predict" -> {
        Example example = example(body(exchange));
        yield run(predicting, () -> predict(example));
      }
      case "/learn" -> {
        String label = label(exchange);
        Example example = example(body(exchange));
        yield run(learning, () -> learn(label, example));
      }
      case "/forget" -> {
        String label = label(exchange);
        yield run(learning, () -> forget(label));
      }
      default -> status();
    };
  }

  /** The body, for which there must be room, of at most {@link #LONGEST_BODY} bytes. */
  private byte[] body(HttpExchange exchange) throws IOException {
    if (!reading.tryAcquire()) {
      throw busy();
    }
    try (InputStream in = exchange.getRequestBody()) {
      byte[] body = in.readNBytes(LONGEST_BODY + 1);
      if (body.length > LONGEST_BODY) {
        in.skip(DRAINED);
        throw new Refused(413, "a body of more than " + LONGEST_BODY + " bytes; send a clip of " + (int) LONGEST_SECONDS
            + " seconds at most", null, null);
      }
      return body;
    } finally {
      reading.release();
    }
  }

  private static Refused busy() {
    return new Refused(503, "too many requests are waiting; try again in a second", "Retry-After", "1");
  }

  private Example example(byte[] wav) {
    if (wav.length == 0) {
      throw new InvalidInputException("the body is empty, expected a WAV file; send one, as with curl --data-binary @FILE");
    }
    String id = "clip " + received.incrementAndGet();
    Audio audio = Wav.read(wav, id).requireFullScale(id);
    double seconds = audio.samples().length / (double) audio.rate();
    if (seconds > LONGEST_SECONDS) {
      throw new InvalidInputException("%s: %.1f seconds, expected at most %.0f; cut it".formatted(id, seconds, LONGEST_SECONDS));
    }
    return logMel.example(audio, id, 0);
  }

  private static String label(HttpExchange exchange) {
    String query = exchange.getRequestURI().getRawQuery();
    String label = "";
    for (String part : query == null ? new String[0] : query.split("&")) {
      if (part.startsWith("label=")) {
        label = decoded(part.substring("label=".length()));
      }
    }
    OnlineLearner.requireLabel(label);
    return label;
  }

  private static String decoded(String text) {
    try {
      return URLDecoder.decode(text, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw new InvalidInputException("label " + text + " is not well encoded: " + e.getMessage() + "; write %25 for %", e);
    }
  }

  /** Runs work on a pool, or refuses it where too much is waiting. */
  private static <T> T run(ExecutorService pool, Callable<T> work) {
    try {
      return pool.submit(work).get();
    } catch (RejectedExecutionException e) {
      throw busy();
    } catch (ExecutionException e) {
      throw switch (e.getCause()) {
        case RuntimeException cause -> cause;
        case Throwable cause -> new IllegalStateException(cause);
      };
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw busy();
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
      throw new Refused(422, e.getMessage(), null, null);
    }
  }

  private static Change change(String label, Snapshot now, double micros) {
    int index = now.indexOf(label);
    return new Change(label, now.position(), index < 0 ? 0 : now.classes().get(index).learned(), now.classes().size(), micros);
  }

  private Change forget(String label) {
    long begin = System.nanoTime();
    return change(label, learner.forget(label), (System.nanoTime() - begin) / 1000.0);
  }

  private Status status() {
    Snapshot now = learner.snapshot();
    List<ClassStatus> classes = IntStream.range(0, now.classes().size()).mapToObj(k -> {
      KnownClass its = now.classes().get(k);
      return new ClassStatus(its.label(), its.learned(), now.exemplars().get(k));
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
