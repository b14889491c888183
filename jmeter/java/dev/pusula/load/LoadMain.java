package dev.pusula.load;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The generator's command. Exit codes: 0 ok, 1 failed run, 2 usage, 130 aborted. */
@Command(
    name = "load",
    mixinStandardHelpOptions = true,
    description = "Loads a server with labelled Turkish queries.")
public final class LoadMain implements Callable<Integer> {
  /** The loads a suite runs, one after the other. */
  enum Suite {
    quick,
    comprehensive
  }

  record Load(String label, int users, Duration warmUp, Duration runTime) {}

  static final class Durations implements ITypeConverter<Duration> {
    @Override
    public Duration convert(String text) {
      if (!text.matches("\\d+(ms|s|m)")) {
        throw new CommandLine.TypeConversionException("'" + text + "' is not like 500ms, 30s, 2m");
      }
      return Duration.parse(
          text.endsWith("ms")
              ? "PT" + Long.parseLong(text.substring(0, text.length() - 2)) / 1000.0 + "S"
              : "PT" + text.toUpperCase(Locale.ROOT));
    }
  }

  /** Exit code of a generator that a signal stopped. */
  static final int ABORTED = 130;

  private static final java.util.logging.Logger ROOT_LOG = java.util.logging.Logger.getLogger("");
  private static final ObjectMapper JSON = new ObjectMapper();

  @Spec private CommandSpec spec;

  @Option(names = "--host", required = true, description = "URL of the server under test")
  URI host = URI.create("http://localhost");

  @Option(names = "--history", description = "URL of the Pusula that keeps the run")
  @Nullable URI history;

  @Option(names = "--suite", defaultValue = "quick", description = "${COMPLETION-CANDIDATES}")
  Suite suite = Suite.quick;

  @Option(names = "--users")
  @Nullable Integer users;

  @Option(
      names = "--spawn-rate",
      description = "users started per second; default all in one second")
  @Nullable Double spawnRate;

  @Option(names = "--run-time", converter = Durations.class)
  @Nullable Duration runTime;

  @Option(names = "--warm-up", converter = Durations.class)
  @Nullable Duration warmUp;

  @Option(names = "--sector")
  @Nullable String sector;

  @Option(names = "--seed", defaultValue = "42")
  long seed;

  @Option(names = "--model", defaultValue = "auto")
  String model = "auto";

  @Option(names = "--max-tokens", defaultValue = "32")
  int maxTokens;

  @Option(
      names = "--timeout",
      converter = Durations.class,
      defaultValue = "60s",
      description = "deadline of one request")
  Duration timeout = Duration.ofSeconds(60);

  @Option(names = "--route-share", description = "share of router requests, 0 to 1")
  @Nullable Double routeShare;

  @Option(names = "--queries", description = "queries.tsv instead of the bundled one")
  @Nullable Path queries;

  @Option(
      names = "--answers",
      description = "answers.tsv to score instead of the bundled one; none for no scoring")
  @Nullable String answers;

  @Option(names = "--csv")
  @Nullable Path csv;

  @Option(names = "--output-dir", defaultValue = "target/load")
  Path outputDir = Path.of("target/load");

  @Option(names = "--headless", description = "no live line")
  boolean headless;

  @Option(names = "--pid", description = "local server process to sample")
  @Nullable Long pid;

  @Option(names = "--api-key")
  @Nullable String apiKey;

  @Option(names = "--environment-file")
  @Nullable Path environmentFile;

  /** Runs the loads and exits. */
  public static void main(String[] arguments) {
    // JMeter reports its own progress on every level; what counts is in the samples.
    ROOT_LOG.setLevel(java.util.logging.Level.SEVERE);
    System.exit(new CommandLine(new LoadMain()).execute(arguments));
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    Files.createDirectories(outputDir);
    QuerySet set =
        queries == null ? QuerySet.bundled() : QuerySet.parse(Files.readAllBytes(queries));
    if (sector != null && !set.bySector().containsKey(sector)) {
      throw new ParameterException(
          spec.commandLine(),
          "no query for the sector " + sector + "; there are " + set.bySector().keySet());
    }
    List<ReferenceAnswer> references = references();
    if (host.getHost() == null) {
      throw new ParameterException(
          spec.commandLine(), "--host must be like http://127.0.0.1:8080: " + host);
    }
    String campaign = UUID.randomUUID().toString();
    ArrayNode runs = JSON.createArrayNode();
    boolean ok = true;
    for (Load load : loads()) {
      try {
        LoadRun run = new LoadRun(this, set, references, load, campaign);
        // Listed before it runs, so that a load that fails is reported too.
        runs.addObject().put("id", run.id()).put("label", load.label());
        Files.write(outputDir.resolve("runs.json"), JSON.writeValueAsBytes(runs));
        String failure = run.execute();
        if (failure != null) {
          System.err.println("load: " + load.label() + " failed: " + failure);
          ok = false;
        }
      } catch (IOException e) {
        System.err.println("load: " + e.getMessage());
        return 1;
      }
    }
    runs.forEach(
        r -> System.out.println("run " + r.path("id").asText() + " " + r.path("label").asText()));
    return ok ? 0 : 1;
  }

  private List<ReferenceAnswer> references() throws IOException {
    if ("none".equals(answers)) {
      return List.of();
    }
    return answers == null
        ? ReferenceAnswer.bundled()
        : ReferenceAnswer.parse(Files.readAllBytes(Path.of(answers)));
  }

  /** The suite's loads with explicit flags in place of its defaults. */
  List<Load> loads() {
    if (suite == Suite.quick || users != null) {
      return List.of(load(suite == Suite.quick ? "quick" : "custom", users == null ? 8 : users, 4));
    }
    return List.of(load("light", 10, 10), load("medium", 50, 10), load("heavy", 100, 10));
  }

  private Load load(String label, int count, int warmUpSeconds) {
    return new Load(
        label,
        count,
        warmUp == null ? Duration.ofSeconds(warmUpSeconds) : warmUp,
        runTime == null ? Duration.ofSeconds(20) : runTime);
  }
}
