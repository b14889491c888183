package dev.pusula.launch;

import dev.pusula.inference.control.Backends;
import dev.pusula.inference.control.GenerationListener;
import dev.pusula.inference.cpu.Weights;
import dev.pusula.inference.engine.EngineBackend;
import dev.pusula.inference.entity.AdapterWeight;
import dev.pusula.inference.entity.GenerationRequest;
import dev.pusula.inference.entity.Outcome;
import dev.pusula.inference.entity.Piece;
import dev.pusula.inference.entity.Prompt;
import dev.pusula.inference.entity.Sampling;
import dev.pusula.inference.entity.ServedAdapter;
import dev.pusula.platform.Clocks;
import dev.pusula.statistics.Percentiles;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
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

  private static final Duration TIMEOUT = Duration.ofMinutes(30);

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

  private @Nullable SplittableRandom random;

  @Override
  public Integer call() throws InterruptedException {
    random = new SplittableRandom(seed);
    PrintWriter out = spec.commandLine().getOut();
    double bandwidth = bandwidth();
    out.printf(Locale.ROOT, "memory      %.1f GB/s read by %d threads%n", bandwidth / 1e9, threads);
    try (EngineBackend backend = Backends.open(folder, weights, threads)) {
      out.printf(
          Locale.ROOT,
          "model       %s, %s; %s; %,d bytes of weights read for each token%n",
          backend.model().id(),
          backend.model().description(),
          backend.health().reason(),
          backend.bytesPerStep());
      row(out, "prefill", prompt + " tokens", () -> prefill(backend), Double.NaN);
      double bytes = backend.bytesPerStep();
      row(out, "decode", "1 request", () -> decode(backend, 1, 0), bytes / bandwidth);
      int applied = Math.min(adapters, backend.adapters().size());
      if (requests > 1) {
        row(
            out,
            "decode",
            requests + " requests on the base",
            () -> decode(backend, requests, 0),
            bytes / bandwidth / requests);
      }
      if (requests > 1 && applied > 0) {
        row(
            out,
            "decode",
            requests + " requests on " + applied + " adapters",
            () -> decode(backend, requests, applied),
            bytes / bandwidth / requests);
      }
    }
    return 0;
  }

  private interface Measurement {
    double tokensPerSecond() throws InterruptedException;
  }

  /**
   * Prints the median with the range.
   *
   * @param secondsPerToken what reading the weights takes at least
   */
  private void row(
      PrintWriter out, String what, String how, Measurement measurement, double secondsPerToken)
      throws InterruptedException {
    long start = Clocks.NANO.getAsLong();
    while (Clocks.NANO.getAsLong() - start < WARM_UP.toNanos()) {
      measurement.tokensPerSecond();
    }
    double[] values = new double[repetitions];
    for (int i = 0; i < values.length; i++) {
      values[i] = measurement.tokensPerSecond();
    }
    Arrays.sort(values);
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

  private double prefill(EngineBackend backend) throws InterruptedException {
    Outcome.Completed completed = run(backend, List.of(request(prompt, 1, List.of()))).get(0);
    return prompt / (completed.timings().prefill().toNanos() / 1e9);
  }

  /** Tokens of all answers after their first, over the time in which all of them grew. */
  private double decode(EngineBackend backend, int n, int applied) throws InterruptedException {
    List<String> names = backend.adapters().stream().map(ServedAdapter::name).toList();
    List<GenerationRequest> all =
        IntStream.range(0, n)
            .mapToObj(
                i ->
                    request(
                        8,
                        tokens,
                        applied == 0
                            ? List.of()
                            : List.of(new AdapterWeight(names.get(i % applied), 1))))
            .toList();
    double slowest =
        run(backend, all).stream()
            .mapToDouble(completed -> completed.timings().decode().toNanos() / 1e9)
            .max()
            .orElse(Double.NaN);
    return n * (tokens - 1) / slowest;
  }

  private GenerationRequest request(int promptTokens, int answer, List<AdapterWeight> applied) {
    List<Integer> ids = new ArrayList<>(promptTokens);
    for (int i = 0; i < promptTokens; i++) {
      ids.add(Objects.requireNonNull(random).nextInt(256));
    }
    return new GenerationRequest(
            new Prompt.Tokens(ids),
            applied,
            answer,
            Sampling.GREEDY,
            List.of(),
            GenerationRequest.NO_LOGPROBS,
            TIMEOUT)
        .ignoringEnd();
  }

  private static List<Outcome.Completed> run(
      EngineBackend backend, List<GenerationRequest> requests) throws InterruptedException {
    List<CompletableFuture<Outcome>> ends = new ArrayList<>();
    for (GenerationRequest request : requests) {
      CompletableFuture<Outcome> end = new CompletableFuture<>();
      ends.add(end);
      backend.submit(
          request,
          new GenerationListener() {
            @Override
            public void text(Piece piece) {}

            @Override
            public void ended(Outcome outcome) {
              end.complete(outcome);
            }
          });
    }
    List<Outcome.Completed> completed = new ArrayList<>();
    for (CompletableFuture<Outcome> end : ends) {
      try {
        if (end.get() instanceof Outcome.Completed done) {
          completed.add(done);
        } else {
          throw new Failure("a measured request did not complete: " + end.get());
        }
      } catch (ExecutionException e) {
        throw new IllegalStateException("it is completed with a value only", e);
      }
    }
    return completed;
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
