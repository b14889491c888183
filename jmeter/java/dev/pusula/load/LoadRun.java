package dev.pusula.load;

import static us.abstracta.jmeter.javadsl.JmeterDsl.jsr223Sampler;
import static us.abstracta.jmeter.javadsl.JmeterDsl.testPlan;
import static us.abstracta.jmeter.javadsl.JmeterDsl.threadGroup;

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
import java.util.Locale;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** One load from opening the run to its completion. */
final class LoadRun {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final LoadMain options;
  private final QuerySet queries;
  private final Load load;
  private final String campaign;
  private final RunClock clock;
  private final AtomicLong issued = new AtomicLong();
  private final AtomicLong unsuccessful = new AtomicLong();
  private final CountDownLatch uploadStop = new CountDownLatch(1);
  private final Path file;
  private final @Nullable History history;
  private volatile boolean stopping;
  private String id = UUID.randomUUID().toString();

  LoadRun(LoadMain options, QuerySet queries, Load load, String campaign) {
    this.options = options;
    this.queries = queries;
    this.load = load;
    this.campaign = campaign;
    this.clock = new RunClock(load.warmUp(), load.runTime());
    this.file =
        options.outputDir.resolve(
            load.label().equals("quick") || load.label().equals("custom")
                ? "samples.ndjson"
                : "samples-" + load.label() + ".ndjson");
    this.history = options.history == null ? null : new History(options.history, options.apiKey);
  }

  String id() {
    return id;
  }

  /** Runs the load; false if nothing succeeded or the record of it is incomplete. */
  boolean execute() throws IOException, InterruptedException {
    reach(options.host);
    double share =
        options.routeShare != null
            ? options.routeShare
            : !options.host.equals(options.history) ? 0 : Schedule.ROUTE_SHARE;
    Schedule schedule = new Schedule(queries, options.sector, share, options.seed);
    if (history != null) {
      id = history.open(opening(schedule));
    }
    SampleLog log = new SampleLog(file, options.csv, clock);
    SseClient client =
        new SseClient(
            options.host,
            Duration.ofSeconds(5),
            options.timeout,
            options.apiKey,
            exchange -> {
              if (exchange.outcome() != Exchange.Outcome.COMPLETED) {
                unsuccessful.incrementAndGet();
              }
              log.accept(exchange);
            });
    Thread uploader = new Thread(this::uploadLoop, "uploader");
    uploader.setDaemon(true);
    uploader.start();
    Thread hook = new Thread(() -> abort(client, log), "abort");
    Runtime.getRuntime().addShutdownHook(hook);
    long cpuBefore = cpuNanos();
    long wallBefore = System.nanoTime();
    Duration ramp =
        options.spawnRate == null
            ? Duration.ofMillis(Math.min(1_000, load.warmUp().toMillis()))
            : Duration.ofMillis((long) (1_000 * load.users() / options.spawnRate));
    Duration total = load.warmUp().plus(load.runTime());
    Duration hold = total.compareTo(ramp) > 0 ? total.minus(ramp) : Duration.ofMillis(1);
    var stats =
        testPlan(
                threadGroup()
                    .rampToAndHold(load.users(), ramp, hold)
                    .children(
                        jsr223Sampler(
                            "request", new RequestSampler(user -> submit(client, schedule, user)))))
            .run();
    if (stopping) {
      Thread.sleep(Duration.ofSeconds(11).toMillis()); // the hook ends the process
    }
    Runtime.getRuntime().removeShutdownHook(hook);
    client.close();
    log.close();
    double cpu =
        100.0
            * (cpuNanos() - cpuBefore)
            / (System.nanoTime() - wallBefore)
            / Runtime.getRuntime().availableProcessors();
    boolean counted = stats.overall().samplesCount() == issued.get();
    if (!counted) {
      System.err.printf(
          Locale.ROOT,
          "load: JMeter counted %d requests, we issued %d%n",
          stats.overall().samplesCount(),
          issued.get());
    }
    boolean ok = issued.get() > unsuccessful.get() && log.lost() == 0 && counted;
    finish(
        ok ? "COMPLETED" : "FAILED",
        ok ? null : "no success, lost samples or a count mismatch",
        cpu,
        Duration.ofSeconds(60));
    return ok;
  }

  private static void reach(URI host) throws IOException {
    int port = host.getPort() >= 0 ? host.getPort() : "https".equals(host.getScheme()) ? 443 : 80;
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(host.getHost(), port), 3_000);
    } catch (IOException e) {
      throw new IOException("cannot reach " + host + ": " + e.getMessage(), e);
    }
  }

  private Exchange submit(SseClient client, Schedule schedule, int user) {
    clock.start();
    while (stopping) {
      java.util.concurrent.locks.LockSupport.parkNanos(1_000_000_000L);
    }
    Exchange exchange = new Exchange(schedule.at(issued.getAndIncrement()), user);
    boolean route = exchange.planned.kind() == PlannedRequest.Kind.ROUTE;
    ObjectNode body = JSON.createObjectNode();
    String text = exchange.planned.query().text();
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
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
    return exchange;
  }

  private ObjectNode opening(Schedule schedule) throws IOException {
    ObjectNode body = JSON.createObjectNode();
    body.put("suite", options.suite.name());
    body.put("campaign", options.loads().size() > 1 ? campaign : null).put("label", load.label());
    body.putObject("load_model")
        .put("kind", "closed")
        .put("users", load.users())
        .put("spawn_rate", options.spawnRate == null ? load.users() : options.spawnRate)
        .put("run_time_s", load.runTime().toMillis() / 1000.0)
        .put("warm_up_s", load.warmUp().toMillis() / 1000.0)
        .put("seed", options.seed);
    boolean pusula = options.host.equals(options.history);
    body.putObject("target")
        .put("url", options.host.toString())
        .put("model", options.model)
        .put("server", pusula ? "pusula" : "openai-compatible");
    ObjectNode served = body.putObject("served");
    for (String field :
        new String[] {
          "model", "model_fingerprint", "untrained", "adapters", "backend", "precision"
        }) {
      served.putNull(field);
    }
    body.put("prompt_set", queries.fingerprint());
    ObjectNode environment = body.putObject("environment");
    var system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
    environment
        .put("java", System.getProperty("java.version"))
        .put("os", system.getName() + " " + system.getVersion() + " " + system.getArch())
        .put("cores", system.getAvailableProcessors())
        .put("memory_bytes", system.getTotalMemorySize());
    if (options.environmentFile != null) {
      var given = JSON.readTree(options.environmentFile.toFile());
      given
          .fields()
          .forEachRemaining(
              f -> {
                if (f.getKey().equals("served")) {
                  body.set("served", f.getValue());
                } else {
                  environment.set(f.getKey(), f.getValue());
                }
              });
    }
    schedule.sectors().forEach(body.putArray("sectors")::add);
    return body;
  }

  private void uploadLoop() {
    long backOff = 0;
    int ticks = 0;
    try {
      while (!uploadStop.await(backOff == 0 ? 1_000 : backOff, TimeUnit.MILLISECONDS)) {
        if (!options.headless) {
          System.err.printf(
              Locale.ROOT,
              "\r%d s  %d users  %d requests  %d errors ",
              clock.started() ? clock.nowMicros() / 1_000_000 : 0,
              load.users(),
              issued.get(),
              unsuccessful.get());
        }
        if (history == null) {
          continue;
        }
        try {
          if (clock.started()) {
            var samples = JSON.createArrayNode();
            ResourceSampler.generator(samples.addObject(), clock.nowMicros());
            history.resources(samples);
          }
          if (++ticks % 2 == 0) {
            history.upload(file);
          }
          backOff = 0;
        } catch (IOException e) {
          backOff = Math.min(8_000, Math.max(1_000, backOff * 2)); // the file keeps everything
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void abort(SseClient client, SampleLog log) {
    stopping = true;
    client.cancelAll();
    try {
      Thread.sleep(300); // lets the loop hand over what it cancelled
      log.close();
      finish("ABORTED", "stopped by a signal", null, Duration.ofSeconds(6));
    } catch (IOException e) {
      System.err.println("load: " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    Runtime.getRuntime().halt(130);
  }

  private void finish(String status, @Nullable String reason, @Nullable Double cpu, Duration within)
      throws IOException, InterruptedException {
    uploadStop.countDown();
    if (history == null) {
      return;
    }
    ObjectNode body =
        JSON.createObjectNode()
            .put("status", status)
            .put("reason", reason)
            .put("measure_from_us", clock.measureFromMicros())
            .put("measure_to_us", clock.measureToMicros())
            .put("issued", issued.get())
            .put("dropped", 0)
            .put("generator_cpu_percent", cpu)
            .put("clock_step", false);
    long until = System.nanoTime() + within.toNanos();
    while (true) {
      try {
        while (history.upload(file) > 0) {}
        history.complete(body);
        return;
      } catch (IOException e) {
        if (System.nanoTime() > until) {
          throw new IOException(
              "the run is in " + file + " but not in the history: " + e.getMessage(), e);
        }
        Thread.sleep(500);
      }
    }
  }

  private static long cpuNanos() {
    return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getProcessCpuTime();
  }
}
