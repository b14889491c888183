package dev.pusula.load;

import static us.abstracta.jmeter.javadsl.JmeterDsl.jsr223Sampler;
import static us.abstracta.jmeter.javadsl.JmeterDsl.testPlan;
import static us.abstracta.jmeter.javadsl.JmeterDsl.threadGroup;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.management.OperatingSystemMXBean;
import dev.pusula.load.LoadMain.Load;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import us.abstracta.jmeter.javadsl.core.TestPlanStats;

/** One load from opening the run to its completion. */
final class LoadRun {
  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * A run is worth nothing in the history before its samples are there; a history that is away may
   * come back.
   */
  private static final Duration FINISH = Duration.ofSeconds(60);

  /** Of the 10 s that a stopped generator has, what is left after its last samples are written. */
  private static final Duration ABORT = Duration.ofSeconds(7);

  private final LoadMain options;
  private final List<ReferenceAnswer> references;
  private final Load load;
  private final Schedule schedule;
  private final RunClock clock;
  private final LiveLine live;
  private final SampleLog log;
  private final SseClient client;
  private final @Nullable History history;
  private final @Nullable Uploader uploader;
  private final AtomicLong issued = new AtomicLong();
  private final String id;
  private volatile boolean stopping;
  private long cpuBefore;
  private long wallBefore;

  LoadRun(
      LoadMain options,
      QuerySet queries,
      List<ReferenceAnswer> references,
      Load load,
      String campaign)
      throws IOException, InterruptedException {
    this.options = options;
    this.references = references;
    this.load = load;
    this.clock = new RunClock(load.warmUp(), load.runTime());
    this.live = new LiveLine(load, clock, !options.headless);
    boolean alone = options.loads().size() == 1;
    reach(options.host);
    this.schedule = new Schedule(queries, options.sector, routeShare(), options.seed);
    Path file =
        options.outputDir.resolve(alone ? "samples.ndjson" : "samples-" + load.label() + ".ndjson");
    this.log = new SampleLog(file, options.csv == null ? null : csv(options.csv, alone), clock);
    this.history = options.history == null ? null : new History(options.history, file);
    this.id =
        history == null
            ? campaign
            : history.open(Opening.of(options, load, campaign, queries, schedule));
    this.uploader =
        history == null
            ? null
            : new Uploader(
                history, clock, new ResourceSampler(options.pid, new EngineProbe(options.host)));
    this.client =
        new SseClient(
            options.host,
            Duration.ofSeconds(5),
            options.timeout,
            options.apiKey,
            exchange -> {
              live.accept(exchange);
              log.accept(exchange);
            });
  }

  String id() {
    return id;
  }

  /** Runs the load; null if all went well, otherwise why it failed. */
  @Nullable String execute() throws IOException, InterruptedException {
    Thread hook = new Thread(this::abort, "abort");
    Runtime.getRuntime().addShutdownHook(hook);
    if (uploader != null) {
      uploader.start();
    }
    live.start();
    cpuBefore = cpuNanos();
    wallBefore = System.nanoTime();
    TestPlanStats stats = plan();
    if (stopping) {
      // The hook has taken over and ends the process.
      LockSupport.parkNanos(Duration.ofSeconds(30).toNanos());
    }
    live.close();
    if (history != null && !references.isEmpty() && live.errors() < issued.get()) {
      scoreAnswers(history);
    }
    Runtime.getRuntime().removeShutdownHook(hook);
    client.close();
    log.close();
    String failure = failure(stats);
    finish(failure == null ? "COMPLETED" : "FAILED", failure, FINISH);
    return failure;
  }

  /** After the load, so that it disturbs no latency; a target that cannot tell is left alone. */
  private void scoreAnswers(History keeper) throws InterruptedException {
    boolean pusula = Opening.served(options.host).isPresent();
    AnswerScorer scorer = new AnswerScorer(options.host, options.apiKey, options.model, pusula);
    try {
      keeper.answers(scorer.score(references));
    } catch (IOException e) {
      System.err.println("load: reference answers were not scored: " + e.getMessage());
    }
  }

  private TestPlanStats plan() throws IOException {
    Duration ramp =
        options.spawnRate == null
            ? Duration.ofMillis(Math.min(1_000, load.warmUp().toMillis()))
            : Duration.ofMillis((long) (1_000 * load.users() / options.spawnRate));
    Duration total = load.warmUp().plus(load.runTime());
    Duration hold = total.compareTo(ramp) > 0 ? total.minus(ramp) : Duration.ofMillis(1);
    return testPlan(
            threadGroup()
                .rampToAndHold(load.users(), ramp, hold)
                .children(jsr223Sampler("request", new RequestSampler(this::submit))))
        .run();
  }

  private @Nullable String failure(TestPlanStats stats) {
    long counted = stats.overall().samplesCount();
    if (uploader != null && uploader.refusal() != null) {
      return uploader.refusal();
    }
    if (log.lost() > 0) {
      return log.lost() + " samples were lost on the way to the local file";
    }
    if (counted != issued.get()) {
      return "JMeter counted " + counted + " requests, " + issued.get() + " were issued";
    }
    return live.errors() >= issued.get() ? "no request succeeded" : null;
  }

  /** Router requests go to a Pusula only; elsewhere every one would be a 404. */
  private double routeShare() throws InterruptedException {
    if (options.routeShare != null) {
      return options.routeShare;
    }
    return Opening.served(options.host).isPresent() ? Schedule.ROUTE_SHARE : 0;
  }

  private Path csv(Path named, boolean alone) {
    if (alone) {
      return named;
    }
    String name = named.getFileName().toString();
    int dot = name.lastIndexOf('.');
    return named.resolveSibling(
        dot < 0
            ? name + "-" + load.label()
            : name.substring(0, dot) + "-" + load.label() + name.substring(dot));
  }

  private static void reach(URI host) throws IOException {
    int port = host.getPort() >= 0 ? host.getPort() : "https".equals(host.getScheme()) ? 443 : 80;
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(host.getHost(), port), 3_000);
    } catch (IOException e) {
      throw new IOException("cannot reach " + host + ": " + e.getMessage(), e);
    }
  }

  private Exchange submit(int user) {
    clock.start();
    while (stopping) {
      LockSupport.parkNanos(Duration.ofSeconds(1).toNanos());
    }
    Exchange exchange = new Exchange(schedule.at(issued.getAndIncrement()), user);
    boolean route = exchange.planned.kind() == PlannedRequest.Kind.ROUTE;
    String text = exchange.planned.query().text();
    ObjectNode body = JSON.createObjectNode();
    if (route) {
      body.put("text", text);
    } else {
      body.put("model", options.model).put("stream", true).put("max_tokens", options.maxTokens);
      body.putObject("stream_options").put("include_usage", true);
      body.putArray("messages").addObject().put("role", "user").put("content", text);
    }
    String base = options.host.getPath() == null ? "" : options.host.getPath().replaceAll("/$", "");
    try {
      client.submit(
          exchange,
          base + (route ? "/api/routes" : "/v1/chat/completions"),
          JSON.writeValueAsBytes(body));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree of our own is JSON", e);
    }
    return exchange;
  }

  private void abort() {
    stopping = true;
    live.close();
    client.cancelAll();
    try {
      // Lets the loop hand over what it cancelled.
      Thread.sleep(300);
      log.close();
      finish("ABORTED", "stopped by a signal", ABORT);
      System.err.println("\nload: stopped; run " + id + " is kept as ABORTED");
    } catch (IOException e) {
      System.err.println("\nload: " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    Runtime.getRuntime().halt(LoadMain.ABORTED);
  }

  private void finish(String status, @Nullable String reason, Duration within)
      throws IOException, InterruptedException {
    if (history == null || uploader == null) {
      return;
    }
    double cpu =
        100.0
            * (cpuNanos() - cpuBefore)
            / (System.nanoTime() - wallBefore)
            / Runtime.getRuntime().availableProcessors();
    ObjectNode body =
        JSON.createObjectNode()
            .put("status", status)
            .put("reason", reason)
            .put("measure_from_us", clock.measureFromMicros())
            .put("measure_to_us", clock.measureToMicros())
            .put("issued", issued.get())
            // A user of a closed loop waits for its answer: nothing can be due and not sent.
            .put("dropped", 0)
            .put("generator_cpu_percent", cpu)
            .put("clock_step", clock.stepped());
    uploader.stop();
    long until = System.nanoTime() + within.toNanos();
    while (true) {
      try {
        while (uploader.refusal() == null && history.upload()) {}
        history.complete(body);
        return;
      } catch (History.RefusedException e) {
        throw e;
      } catch (IOException e) {
        if (System.nanoTime() > until) {
          throw new IOException(
              "the run is in "
                  + options.outputDir
                  + " but not whole in the history: "
                  + e.getMessage(),
              e);
        }
        Thread.sleep(500);
      }
    }
  }

  private static long cpuNanos() {
    return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getProcessCpuTime();
  }
}
