package dev.pusula.launch;

import dev.pusula.platform.Clocks;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The server: Payara Micro with the WAR, as a child process bound to one address and port. */
final class PayaraMicro implements AutoCloseable {

  /** Long enough for a first start on two busy cores; a start that takes longer has failed. */
  private static final Duration START = Duration.ofSeconds(180);

  /** The server's last word of its start, whether or not what it deployed could be deployed. */
  private static final String STARTED = ") ready in ";

  /**
   * Inference servers on uvicorn close a connection that was idle for 5 s; one kept longer here
   * would break under the request that takes it.
   */
  private static final String KEEP_ALIVE = "-Djdk.httpclient.keepalive.timeout=4";

  private static final int LINES_TOLD = 8;

  private static final Duration STOP = Duration.ofSeconds(20);
  private static final Duration POLL = Duration.ofMillis(200);

  private final Process process;
  private final Tether tether;
  private final Path log;
  private final URI url;

  private PayaraMicro(Process process, Tether tether, Path log, URI url) {
    this.process = process;
    this.tether = tether;
    this.log = log;
    this.url = url;
  }

  /**
   * Starts and waits until the server is ready.
   *
   * @param environment added to this process's own: database, model, bind address
   * @throws Failure if the port is taken or the server does not become ready, with the last lines
   *     of its log
   */
  static PayaraMicro start(Home home, String bind, int port, Map<String, String> environment) {
    requireFree(bind, port);
    List<String> command = new ArrayList<>(List.of(Jvm.java()));
    command.addAll(Jvm.vectorModule());
    command.addAll(Jvm.largePages());
    command.addAll(
        List.of(
            "-Djava.io.tmpdir=" + home.directory("tmp"),
            "-Dpusula.bind=" + bind,
            KEEP_ALIVE,
            "-jar",
            home.built("payara/payara-micro.jar").toString(),
            "--nohazelcast",
            "--disablephonehome",
            "--unpackdir",
            // A server that was killed leaves its pool behind, which would name a database of the
            // past.
            home.emptied("payara").toString(),
            "--logproperties",
            home.root().resolve("payara-config/logging.properties").toString(),
            "--prebootcommandfile",
            home.root().resolve("payara-config/preboot.asadmin").toString(),
            "--postbootcommandfile",
            home.root().resolve("payara-config/postboot.asadmin").toString(),
            "--addlibs",
            home.built("payara/lib").toString(),
            "--port",
            Integer.toString(port),
            "--deploy",
            home.built("pusula.war").toString(),
            "--contextroot",
            "/"));
    ProcessBuilder builder = new ProcessBuilder(Tether.untouchedByInterrupt(command));
    builder.environment().putAll(environment);
    Path log = home.directory("logs").resolve("server.log");
    builder.redirectErrorStream(true).redirectOutput(log.toFile());
    try {
      Process process = builder.start();
      PayaraMicro server =
          new PayaraMicro(
              process,
              Tether.atEnd(List.of("kill", Long.toString(process.pid()))),
              log,
              URI.create("http://" + (bind.contains(":") ? "[" + bind + "]" : bind) + ":" + port));
      server.awaitReady();
      return server;
    } catch (IOException e) {
      throw new Failure("cannot start the server", e);
    }
  }

  URI url() {
    return url;
  }

  long pid() {
    return process.pid();
  }

  /** Blocks until the server ends by itself. */
  int await() throws InterruptedException {
    return process.waitFor();
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(STOP.toSeconds(), TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
    tether.close();
  }

  private void awaitReady() {
    HttpClient client = HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();
    HttpRequest ready =
        // A resource answers only behind a deployment that succeeded; a health check already does
        // before.
        HttpRequest.newBuilder(url.resolve("/api/sectors")).timeout(Duration.ofSeconds(5)).build();
    long deadline = Clocks.NANO.getAsLong() + START.toNanos();
    String last = "no answer";
    boolean deploymentEnded = false;
    try {
      while (Clocks.NANO.getAsLong() < deadline && process.isAlive()) {
        try {
          HttpResponse<String> answer = client.send(ready, HttpResponse.BodyHandlers.ofString());
          if (answer.statusCode() == 200) {
            return;
          }
          if (deploymentEnded) {
            break;
          }
          last = "the application could not be deployed";
          deploymentEnded = Files.readString(log).contains(STARTED);
        } catch (IOException e) {
          last = Failure.describe(e);
        }
        Thread.sleep(POLL.toMillis());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    boolean ended = !process.isAlive();
    close();
    throw new Failure(
        (ended
                ? "the server ended while starting"
                : "the server did not become ready (" + last + ")")
            + ". Its log "
            + log
            + " says:\n"
            + causes(log));
  }

  private static void requireFree(String bind, int port) {
    try (ServerSocket probe = new ServerSocket()) {
      probe.setReuseAddress(true);
      probe.bind(new InetSocketAddress(InetAddress.getByName(bind), port));
    } catch (IOException e) {
      throw new Failure(
          "cannot listen on " + bind + ":" + port + " (choose another with --port)", e);
    }
  }

  /** What the log names as causes; its end where it names none. */
  private static String causes(Path log) {
    try {
      List<String> lines = Files.readAllLines(log);
      List<String> causes =
          lines.stream()
              .filter(line -> line.startsWith("Caused by: ") || line.contains(" SEVERE "))
              .distinct()
              .toList();
      List<String> told = causes.isEmpty() ? lines : causes;
      return String.join("\n", told.subList(Math.max(0, told.size() - LINES_TOLD), told.size()));
    } catch (IOException e) {
      return "(cannot be read: " + Failure.describe(e) + ")";
    }
  }
}
