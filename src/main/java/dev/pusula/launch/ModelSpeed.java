package dev.pusula.launch;

import dev.pusula.inference.engine.EngineBackend;
import dev.pusula.inference.engine.Weights;
import dev.pusula.platform.Clocks;
import dev.pusula.statistics.Percentiles;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * {@code pusula model speed}: what the engine makes of this machine, beside what the memory would
 * allow. Prompts are random tokens, new ones each time, so that none is reused.
 */
@Command(
    name = "speed",
    mixinStandardHelpOptions = true,
    description =
        "Measure the engine alone: prefill and decode tokens/s, one request and many over several adapters, and the"
            + " share of the memory's bandwidth that is reached.")
final class ModelSpeed implements Callable<Integer> {

  /** Long enough for the compiler to have seen every kernel of a measurement. */
  private static final Duration WARM_UP = Duration.ofSeconds(5);

  /** Each is some milliseconds: enough of them that one is undisturbed. */
  private static final int PASSES = 64;

  /** Larger than the caches of today's servers. */
  private static final int STREAMED_INTS = 64 << 20;

  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "DIR", description = "checkpoint")
  private Path folder = Path.of("");

  @Option(
      names = "--weights",
      defaultValue = "STORED",
      description = "${COMPLETION-CANDIDATES} (default ${DEFAULT-VALUE})")
  private Weights weights = Weights.STORED;

  @Option(names = "--threads", description = "of the engine (default: all processors)")
  private int threads = Runtime.getRuntime().availableProcessors();

  @Option(
      names = "--prompt",
      defaultValue = "512",
      description = "tokens of the measured prompt (default ${DEFAULT-VALUE})")
  private int prompt;

  @Option(
      names = "--tokens",
      defaultValue = "128",
      description = "tokens of an answer (default ${DEFAULT-VALUE})")
  private int tokens;

  @Option(
      names = "--requests",
      defaultValue = "16",
      description = "requests at once (default ${DEFAULT-VALUE})")
  private int requests;

  @Option(
      names = "--adapters",
      defaultValue = "8",
      description =
          "different adapters among them; 0 for the base alone (default ${DEFAULT-VALUE})")
  private int adapters;

  @Option(
      names = "--repetitions",
      defaultValue = "5",
      description = "after some seconds that are thrown away (default ${DEFAULT-VALUE})")
  private int repetitions;

  @Option(names = "--seed", defaultValue = "42", description = "of the prompts")
  private long seed;

  @Override
  public Integer call() throws InterruptedException {
    PrintWriter out = spec.commandLine().getOut();
    double bandwidth = bandwidth();
    out.printf(Locale.ROOT, "memory      %.1f GB/s read by %d threads%n", bandwidth / 1e9, threads);
    try (EngineBackend backend = OfflineEngine.open(folder, weights, threads)) {
      out.printf(
          Locale.ROOT,
          "model       %s, %s; %s; %,d bytes of weights read for each token%n",
          backend.model().id(),
          backend.model().description(),
          backend.health().reason(),
          backend.bytesPerStep());
      EngineSpeed engine = new EngineSpeed(backend, seed);
      row(out, engine, "prefill", prompt + " tokens", () -> engine.prefill(prompt), Double.NaN);
      double bytes = backend.bytesPerStep();
      row(out, engine, "decode", "1 request", () -> engine.decode(1, 0, tokens), bytes / bandwidth);
      int applied = Math.min(adapters, backend.adapters().size());
      if (requests > 1) {
        row(
            out,
            engine,
            "decode",
            requests + " requests on the base",
            () -> engine.decode(requests, 0, tokens),
            bytes / bandwidth / requests);
      }
      if (requests > 1 && applied > 0) {
        row(
            out,
            engine,
            "decode",
            requests + " requests on " + applied + " adapters",
            () -> engine.decode(requests, applied, tokens),
            bytes / bandwidth / requests);
      }
    }
    return 0;
  }

  /**
   * Prints the median with the range.
   *
   * @param secondsPerToken what reading the weights takes at least
   */
  private void row(
      PrintWriter out,
      EngineSpeed engine,
      String what,
      String how,
      EngineSpeed.Measurement measurement,
      double secondsPerToken)
      throws InterruptedException {
    engine.warmUp(WARM_UP, measurement);
    double[] values = engine.sorted(repetitions, measurement);
    double median = Percentiles.type7(values, 0.5);
    out.printf(
        Locale.ROOT,
        "%-11s %-26s %8.1f tokens/s (%.1f…%.1f, n = %d)%s%n",
        what,
        how,
        median,
        values[0],
        values[values.length - 1],
        values.length,
        Double.isNaN(secondsPerToken)
            ? ""
            : String.format(
                Locale.ROOT, ", %.0f %% of the memory's limit", 100 * median * secondsPerToken));
    out.flush();
  }

  /** Bytes per second that all threads together read from memory, the best of several passes. */
  private double bandwidth() throws InterruptedException {
    int[] one = new int[STREAMED_INTS];
    int[] other = new int[STREAMED_INTS];
    double best = 0;
    for (int pass = 0; pass < PASSES; pass++) {
      long start = Clocks.NANO.getAsLong();
      Thread[] readers = new Thread[threads];
      for (int t = 0; t < threads; t++) {
        int from = (int) ((long) STREAMED_INTS * t / threads);
        int to = (int) ((long) STREAMED_INTS * (t + 1) / threads);
        readers[t] = new Thread(() -> requireEqual(one, other, from, to));
        readers[t].start();
      }
      for (Thread reader : readers) {
        reader.join();
      }
      best = Math.max(best, 2 * 4.0 * STREAMED_INTS / ((Clocks.NANO.getAsLong() - start) / 1e9));
    }
    return best;
  }

  /** Reads both arrays, by the JVM's own vector code. */
  private static void requireEqual(int[] one, int[] other, int from, int to) {
    if (!Arrays.equals(one, from, to, other, from, to)) {
      throw new IllegalStateException("the memory does not hold what was written");
    }
  }
}
