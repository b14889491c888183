package dev.pusula.launch;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code pusula report}: fetches a run's report from a running service. */
@Command(
    name = "report",
    mixinStandardHelpOptions = true,
    description = "Print the report of a run, or write it to a file.")
final class ReportCommand implements Callable<Integer> {

  /** The forms of a report. */
  enum Format {
    text("text/plain"),
    html("text/html"),
    json("application/json"),
    csv("text/csv");

    private final String mediaType;

    Format(String mediaType) {
      this.mediaType = mediaType;
    }
  }

  private static final Duration TIMEOUT = Duration.ofSeconds(60);

  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "RUN", description = "id of the run")
  private UUID run;

  @Option(names = "--format", defaultValue = "text", description = "${COMPLETION-CANDIDATES}")
  private Format format;

  @Option(names = "--output", paramLabel = "FILE", description = "write there instead of printing")
  private @Nullable Path output;

  @Option(
      names = "--server",
      paramLabel = "URL",
      defaultValue = "http://127.0.0.1:8080",
      description = "Pusula that keeps the run (default ${DEFAULT-VALUE})")
  private URI server;

  @Override
  public Integer call() throws IOException {
    HttpRequest request =
        HttpRequest.newBuilder(server.resolve("/api/runs/" + run + "/report"))
            .header("Accept", format.mediaType)
            .timeout(TIMEOUT)
            .build();
    HttpResponse<String> answer;
    try {
      answer = HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      throw new Failure("no answer from " + server, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Failure("interrupted while waiting for " + server);
    }
    if (answer.statusCode() != 200) {
      throw new Failure(
          "no report of run " + run + ": " + answer.statusCode() + " " + answer.body());
    }
    if (output == null) {
      spec.commandLine().getOut().print(answer.body());
      spec.commandLine().getOut().flush();
    } else {
      Files.writeString(output, answer.body());
    }
    return 0;
  }
}
