package dev.pusula.launch;

import dev.pusula.inference.checkpoint.CheckpointException;
import dev.pusula.inference.cuda.CudaException;
import dev.pusula.inference.engine.EngineBackend;
import dev.pusula.inference.entity.AdapterWeight;
import dev.pusula.inference.entity.GenerationRequest;
import dev.pusula.inference.entity.Outcome;
import dev.pusula.inference.entity.Prompt;
import dev.pusula.inference.entity.Sampling;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code pusula generate}: one completion without a server. */
@Command(
    name = "generate",
    mixinStandardHelpOptions = true,
    description = "Answer a message offline, token by token, as the model's chat template has it.")
final class GenerateCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Parameters(
      paramLabel = "PROMPT",
      description = "a user's message; with --raw, a text to continue")
  private String prompt = "";

  @Option(
      names = "--model",
      paramLabel = "DIR",
      description = "checkpoint (default: PUSULA_MODEL, or the demonstration model)")
  private @Nullable Path model;

  @Option(
      names = "--adapter",
      paramLabel = "NAME",
      description = "adapter, or the sector it belongs to; up to three, each with weight 1")
  private List<String> adapters = List.of();

  @Option(names = "--raw", description = "continue the text as it stands, without a template")
  private boolean raw;

  @Option(
      names = "--max-tokens",
      defaultValue = "160",
      description = "most tokens (default ${DEFAULT-VALUE})")
  private int maxTokens;

  @Option(
      names = "--temperature",
      defaultValue = "0",
      description = "0 is greedy (default ${DEFAULT-VALUE})")
  private double temperature;

  @Option(
      names = "--top-p",
      defaultValue = "1",
      description = "nucleus mass (default ${DEFAULT-VALUE})")
  private double topP;

  @Option(
      names = "--seed",
      defaultValue = "42",
      description = "of the sampling (default ${DEFAULT-VALUE})")
  private long seed;

  @Override
  public Integer call() throws InterruptedException {
    PrintWriter out = spec.commandLine().getOut();
    PrintWriter err = spec.commandLine().getErr();
    Path folder = model == null ? DefaultModel.directory(Home.ofEnvironment()) : model;
    try (EngineBackend backend = OfflineEngine.open(folder)) {
      if (backend.model().untrained()) {
        err.println("note: " + backend.model().id() + " is untrained; its answers are noise");
      }
      Outcome outcome =
          Generate.run(
              backend,
              request(backend),
              delta -> {
                out.print(delta);
                out.flush();
              });
      out.println();
      if (outcome instanceof Outcome.Completed completed) {
        double seconds = completed.timings().decode().toNanos() / 1e9;
        err.printf(
            Locale.ROOT,
            "%d + %d tokens, %s, %.0f tokens/s on %s%n",
            completed.usage().promptTokens(),
            completed.usage().completionTokens(),
            completed.reason().name().toLowerCase(Locale.ROOT),
            (completed.usage().completionTokens() - 1) / seconds,
            backend.name());
        return 0;
      }
      throw new Failure(
          outcome instanceof Outcome.Invalid invalid
              ? invalid.field() + ": " + invalid.message()
              : outcome.toString());
    } catch (CheckpointException | CudaException | UncheckedIOException e) {
      throw new Failure(String.valueOf(e.getMessage()));
    }
  }

  private GenerationRequest request(EngineBackend backend) {
    List<AdapterWeight> applied =
        adapters.stream()
            .map(
                name ->
                    backend.adapters().stream().anyMatch(a -> a.name().equals(name))
                        ? name
                        : name + "_adapter")
            .map(name -> new AdapterWeight(name, 1))
            .toList();
    try {
      return Generate.of(
          raw
              ? new Prompt.Text(prompt)
              : new Prompt.Chat(List.of(new Prompt.ChatMessage("user", prompt))),
          applied,
          maxTokens,
          Sampling.of(temperature, topP, seed));
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
    }
  }
}
