package dev.pusula.launch;

import dev.pusula.inference.checkpoint.Checkpoint;
import dev.pusula.inference.checkpoint.CheckpointException;
import dev.pusula.inference.checkpoint.ModelConfig;
import dev.pusula.inference.checkpoint.SyntheticCheckpoint;
import dev.pusula.inference.checkpoint.Tensor;
import dev.pusula.inference.control.InferenceBackend;
import dev.pusula.inference.cuda.CudaException;
import dev.pusula.inference.engine.EngineBackend;
import dev.pusula.inference.entity.AdapterWeight;
import dev.pusula.inference.entity.Outcome;
import dev.pusula.inference.entity.Prompt;
import dev.pusula.inference.entity.ServedAdapter;
import dev.pusula.routing.control.SectorsFile;
import dev.pusula.routing.entity.RoutingConfiguration;
import dev.pusula.routing.entity.Sector;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code pusula model}: makes, shows, checks and measures checkpoints. */
@Command(
    name = "model",
    subcommands = {ModelSpeed.class, ModelPerplexity.class},
    mixinStandardHelpOptions = true,
    description = "Make, show, check and measure checkpoints and their adapters.")
final class ModelCommand implements Runnable {

  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(), "one of init, inspect, verify, speed, perplexity is needed");
  }

  @Command(
      name = "init",
      mixinStandardHelpOptions = true,
      description =
          "Write a synthetic Llama checkpoint with seeded random weights and an adapter for each sector. It is untrained: its answers are noise.")
  int init(
      @Parameters(paramLabel = "DIR", description = "must not exist or be empty") Path folder,
      @Option(names = "--hidden", description = "width (default 128)") @Nullable Integer hidden,
      @Option(names = "--intermediate", description = "feed-forward width (default 352)")
          @Nullable Integer intermediate,
      @Option(names = "--layers", description = "blocks (default 4)") @Nullable Integer layers,
      @Option(names = "--heads", description = "query heads (default 8)") @Nullable Integer heads,
      @Option(names = "--kv-heads", description = "key and value heads (default 4)")
          @Nullable Integer kvHeads,
      @Option(names = "--context", description = "positions (default 2048)")
          @Nullable Integer context,
      @Option(names = "--rank", description = "of the adapters (default 8)") @Nullable Integer rank,
      @Option(names = "--seed", description = "of the weights (default 42)") @Nullable Long seed,
      @Option(
              names = "--adapters",
              split = ",",
              description = "names (default: one for each sector and general_adapter)")
          @Nullable List<String> adapters)
      throws IOException {
    SyntheticCheckpoint.Options base =
        SyntheticCheckpoint.Options.of(adapters == null ? everySector() : adapters);
    SyntheticCheckpoint.Options options;
    try {
      options =
          new SyntheticCheckpoint.Options(
              or(hidden, base.hidden()),
              or(intermediate, base.intermediate()),
              or(layers, base.layers()),
              or(heads, base.heads()),
              or(kvHeads, base.kvHeads()),
              or(context, base.context()),
              base.merges(),
              or(rank, base.rank()),
              seed == null ? base.seed() : seed,
              base.adapters());
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
    }
    try {
      SyntheticCheckpoint.write(folder, options);
    } catch (IOException e) {
      throw new Failure("cannot write the checkpoint", e);
    }
    out().println("wrote " + folder + ", untrained: its answers are noise");
    return 0;
  }

  @Command(
      name = "inspect",
      mixinStandardHelpOptions = true,
      description = "Show shape, tensors and adapters of a checkpoint.")
  int inspect(@Parameters(paramLabel = "DIR") Path folder) {
    try {
      Checkpoint checkpoint = Checkpoint.read(folder);
      ModelConfig config = checkpoint.config();
      long parameters = checkpoint.weights().values().stream().mapToLong(Tensor::size).sum();
      long bytes = checkpoint.weights().values().stream().mapToLong(t -> t.data().limit()).sum();
      out()
          .printf(
              Locale.ROOT,
              "model       %s%s%nshape       %d layers, hidden %d, intermediate %d, heads %d (kv %d) of %d, vocabulary %d, context %d%n",
              config.id(),
              config.untrained() ? " (untrained)" : "",
              config.layers(),
              config.hidden(),
              config.intermediate(),
              config.heads(),
              config.kvHeads(),
              config.headDim(),
              config.vocabulary(),
              config.context());
      out()
          .printf(
              Locale.ROOT,
              "weights     %,d parameters, %,d bytes, %s, fingerprint %s%ntokenizer   %s%n",
              parameters,
              bytes,
              checkpoint.precision(),
              Checkpoint.fingerprint(folder),
              checkpoint.tokenizer());
      checkpoint
          .weights()
          .values()
          .forEach(
              tensor ->
                  out()
                      .printf(
                          Locale.ROOT,
                          "  %-60s %-5s %s%n",
                          tensor.name(),
                          tensor.type(),
                          Arrays.toString(tensor.shape())));
      try (EngineBackend backend = OfflineEngine.open(folder)) {
        out().println("adapters    " + backend.adapters().size());
        for (ServedAdapter adapter : backend.adapters()) {
          out()
              .printf(
                  Locale.ROOT,
                  "  %-40s rank %d, %,d bytes, fingerprint %s%n",
                  adapter.name(),
                  adapter.rank(),
                  adapter.bytes(),
                  adapter.fingerprint());
        }
      }
      return 0;
    } catch (CheckpointException | CudaException | UncheckedIOException e) {
      throw new Failure(String.valueOf(e.getMessage()));
    }
  }

  @Command(
      name = "verify",
      mixinStandardHelpOptions = true,
      description =
          "Load a checkpoint with all adapters and generate with each; exit 1 with the reason if anything is wrong.")
  int verify(@Parameters(paramLabel = "DIR") Path folder) throws InterruptedException {
    try (EngineBackend backend = OfflineEngine.open(folder)) {
      check(backend, List.of(), "base");
      for (ServedAdapter adapter : backend.adapters()) {
        check(backend, List.of(new AdapterWeight(adapter.name(), 1)), adapter.name());
      }
      out().println("ok: base and " + backend.adapters().size() + " adapters on " + backend.name());
      return 0;
    } catch (CheckpointException | CudaException | UncheckedIOException e) {
      throw new Failure(String.valueOf(e.getMessage()));
    }
  }

  private static void check(InferenceBackend backend, List<AdapterWeight> adapters, String name)
      throws InterruptedException {
    Outcome outcome =
        Generate.run(
            backend, Generate.greedy(new Prompt.Text("Merhaba"), adapters, 4), delta -> {});
    if (!(outcome instanceof Outcome.Completed)) {
      throw new Failure(name + " does not generate: " + outcome);
    }
  }

  /** An adapter for each sector, and the default one. */
  private static List<String> everySector() {
    RoutingConfiguration sectors = SectorsFile.load(null);
    return Stream.concat(
            sectors.sectors().stream().map(Sector::adapter),
            Stream.of(sectors.settings().defaultAdapter()))
        .toList();
  }

  private PrintWriter out() {
    return spec.commandLine().getOut();
  }

  private static int or(@Nullable Integer given, int otherwise) {
    return given == null ? otherwise : given;
  }
}
