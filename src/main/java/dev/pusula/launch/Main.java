package dev.pusula.launch;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The one command, {@code pusula}. */
@Command(
    name = "pusula",
    mixinStandardHelpOptions = true,
    version = "pusula 0.1.0",
    description = {
      "Routes Turkish text to sector adapters, serves inference with them, measures that under load and keeps the"
          + " history.",
      ""
    },
    subcommands = {
      ServeCommand.class,
      BenchCommand.class,
      RouteCommand.class,
      RouterCommand.class,
      EvaluateCommand.class,
      GenerateCommand.class,
      ReportCommand.class,
      ModelCommand.class,
      GpuCommand.class,
      CommandLine.HelpCommand.class
    },
    footer = {
      "",
      "State is kept under PUSULA_HOME (default .pusula). PUSULA_DB_URL, PUSULA_DB_USER and PUSULA_DB_PASSWORD name a"
          + " PostgreSQL of your own instead of the embedded one."
    })
public final class Main {

  private static final java.util.logging.Logger ROOT_LOG = java.util.logging.Logger.getLogger("");

  private Main() {}

  /**
   * Runs one subcommand and exits with its code: 0 done, 1 failed, 2 wrong usage, 130 interrupted.
   */
  public static void main(String[] args) {
    // Libraries speak up when something is wrong; their progress is not the user's.
    ROOT_LOG.setLevel(java.util.logging.Level.WARNING);
    CommandLine line = new CommandLine(new Main());
    line.setOut(new PrintWriter(System.out, true, StandardCharsets.UTF_8));
    line.setErr(new PrintWriter(System.err, true, StandardCharsets.UTF_8));
    line.setUsageHelpAutoWidth(true);
    line.setExecutionExceptionHandler(
        (failure, command, result) -> {
          command.getErr().println("pusula: " + Failure.describe(failure));
          return 1;
        });
    System.exit(args.length == 0 ? usage(line) : line.execute(args));
  }

  private static int usage(CommandLine line) {
    line.usage(line.getErr());
    return 2;
  }
}
