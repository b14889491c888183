package dev.pusula.launch;

import dev.pusula.platform.Clocks;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * {@code pusula bench}: runs load from a JVM of its own and prints what the history makes of it.
 */
@Command(
    name = "bench",
    mixinStandardHelpOptions = true,
    description = {
      "Run load and report what users would feel.",
      "Without --host it starts its own service and stops it at the end. With --host it measures that server: a Pusula"
          + " keeps its own history, for any other OpenAI-compatible server one is started beside it."
    })
final class BenchCommand implements Callable<Integer> {

  private static final String GENERATOR = "dev.pusula.load.LoadMain";

  /** The generator completes its run as ABORTED within 10 s; after this it is ended. */
  private static final long ABORT_SECONDS = 15;

  @Spec private CommandSpec spec;

  @Option(
      names = "--host",
      paramLabel = "URL",
      description = "server to measure, such as http://127.0.0.1:8080")
  private @Nullable URI host;

  @Option(
      names = "--history",
      paramLabel = "URL",
      description = "Pusula that keeps the run (default: see above)")
  private @Nullable URI history;

  @Option(
      names = "--suite",
      defaultValue = "quick",
      description =
          "quick: 8 users; comprehensive: 10, 50 and 100 users (default ${DEFAULT-VALUE})")
  private String suite;

  @Option(
      names = "--users",
      paramLabel = "N",
      description = "concurrent users, instead of the suite's")
  private @Nullable Integer users;

  @Option(names = "--spawn-rate", paramLabel = "N", description = "users started per second")
  private @Nullable Double spawnRate;

  @Option(names = "--run-time", paramLabel = "30s", description = "measured time of each load")
  private @Nullable String runTime;

  @Option(
      names = "--warm-up",
      paramLabel = "15s",
      description = "time before it that is not measured")
  private @Nullable String warmUp;

  @Option(names = "--sector", paramLabel = "ID", description = "only this sector's queries")
  private @Nullable String sector;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "of the schedule; equal seeds draw equal requests")
  private @Nullable Long seed;

  @Option(names = "--model", paramLabel = "NAME", description = "what requests name (default auto)")
  private @Nullable String model;

  @Option(names = "--max-tokens", paramLabel = "N", description = "bound on each answer")
  private @Nullable Integer maxTokens;

  @Option(names = "--api-key", paramLabel = "KEY", description = "sent as a bearer token")
  private @Nullable String apiKey;

  @Option(
      names = "--answers",
      paramLabel = "F.tsv|none",
      description =
          "reference answers to score after the load, with the columns id, sector, question, answer (default: the"
              + " demonstration model's held-out ones)")
  private @Nullable String answers;

  @Option(names = "--csv", paramLabel = "FILE", description = "one line for each request")
  private @Nullable Path csv;

  @Option(
      names = "--output-dir",
      paramLabel = "DIR",
      description = "for report.txt, report.html and samples (default PUSULA_HOME/bench/TIME)")
  private @Nullable Path outputDir;

  @Option(names = "--headless", description = "no live progress line")
  private boolean headless;

  private volatile @Nullable Process generator;
  private volatile @Nullable Service running;

  @Override
  public Integer call() throws IOException, InterruptedException {
    Home home = Home.ofEnvironment();
    Path output = output(home);
    Runtime.getRuntime().addShutdownHook(new Thread(this::stop, "stop"));
    URI keeper = history != null ? history : host != null && Reports.isPusula(host) ? host : null;
    if (keeper != null) {
      return run(home, output, host == null ? keeper : host, keeper, null);
    }
    spec.commandLine().getErr().println("starting the service …");
    Service service = Service.start(home, "127.0.0.1", 0);
    try (service) {
      running = service;
      return run(
          home,
          output,
          host == null ? service.url() : host,
          service.url(),
          host == null ? service.server().pid() : null);
    }
  }

  private int run(Home home, Path output, URI target, URI keeper, @Nullable Long serverPid)
      throws IOException, InterruptedException {
    PrintWriter out = spec.commandLine().getOut();
    int code = generate(home, output, target, keeper, serverPid);
    List<Reports.Written> reports = new Reports(keeper).write(output);
    for (Reports.Written report : reports) {
      out.println(report.text());
    }
    for (Reports.Written report : reports) {
      out.println("run    " + report.run() + "   " + report.label());
    }
    out.println("files  " + output);
    return code;
  }

  private int generate(Home home, Path output, URI target, URI keeper, @Nullable Long serverPid)
      throws IOException, InterruptedException {
    Path environment =
        Files.writeString(output.resolve("environment.json"), Checkout.of(home.root()).json());
    List<String> command = new ArrayList<>(List.of(Jvm.java()));
    command.addAll(
        List.of(
            "-Dfile.encoding=UTF-8",
            "-Djava.io.tmpdir=" + home.directory("tmp"),
            "-cp",
            home.built("test-classes")
                + ":"
                + Files.readString(home.built("load.classpath")).strip(),
            GENERATOR,
            "--host",
            target.toString(),
            "--history",
            keeper.toString(),
            "--suite",
            suite,
            "--output-dir",
            output.toString(),
            "--environment-file",
            environment.toString()));
    pass(command, "--users", users);
    pass(command, "--spawn-rate", spawnRate);
    pass(command, "--run-time", runTime);
    pass(command, "--warm-up", warmUp);
    pass(command, "--sector", sector);
    pass(command, "--seed", seed);
    pass(command, "--model", model);
    pass(command, "--max-tokens", maxTokens);
    pass(command, "--api-key", apiKey);
    pass(command, "--answers", answers);
    pass(command, "--csv", csv == null ? null : csv.toAbsolutePath());
    pass(command, "--pid", serverPid);
    if (headless) {
      command.add("--headless");
    }
    Process started = new ProcessBuilder(command).inheritIO().start();
    generator = started;
    try (Tether tether = Tether.atEnd(List.of("kill", Long.toString(started.pid())))) {
      return started.waitFor();
    }
  }

  /**
   * At the end of this JVM, however it came: the generator first, while the server can still take
   * its last words. Ctrl-C has reached it by itself; a signal to this process alone is passed on.
   */
  private void stop() {
    Process load = generator;
    if (load != null && load.isAlive()) {
      load.destroy();
      try {
        if (!load.waitFor(ABORT_SECONDS, TimeUnit.SECONDS)) {
          load.destroyForcibly();
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    Service service = running;
    if (service != null) {
      service.close();
    }
  }

  private Path output(Home home) throws IOException {
    if (outputDir != null) {
      return Files.createDirectories(outputDir.toAbsolutePath());
    }
    String time =
        LocalDateTime.now(new Clocks().wall().withZone(ZoneId.systemDefault()))
            .format(DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss", Locale.ROOT));
    return Files.createDirectories(home.directory("bench").resolve(time));
  }

  private static void pass(List<String> command, String option, @Nullable Object value) {
    if (value != null) {
      command.add(option);
      command.add(value.toString());
    }
  }
}
