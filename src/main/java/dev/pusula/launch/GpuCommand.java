package dev.pusula.launch;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.pusula.inference.checkpoint.SyntheticCheckpoint;
import dev.pusula.inference.control.Backends;
import dev.pusula.inference.control.DeviceChoice;
import dev.pusula.inference.cuda.CudaDevice;
import dev.pusula.inference.cuda.CudaDevices;
import dev.pusula.inference.cuda.CudaException;
import dev.pusula.inference.cuda.KernelCheck;
import dev.pusula.inference.engine.EngineBackend;
import dev.pusula.inference.engine.Weights;
import dev.pusula.inference.entity.AdapterWeight;
import dev.pusula.inference.entity.GenerationRequest;
import dev.pusula.inference.entity.Outcome;
import dev.pusula.inference.entity.Prompt;
import dev.pusula.inference.entity.Sampling;
import dev.pusula.inference.entity.TokenLogprob;
import dev.pusula.platform.Json;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code pusula gpu}: whether this machine's GPU computes rightly, and how fast. */
@Command(
    name = "gpu",
    mixinStandardHelpOptions = true,
    description = "Check and measure this machine's NVIDIA GPU.")
final class GpuCommand implements Runnable {

  private static final Duration TIMEOUT = Duration.ofMinutes(10);
  private static final int[] BATCHES = {1, 8, 16, 32, 64};
  private static final int PARITY_PROMPTS = 8;
  private static final int PARITY_TOKENS = 128;

  @Spec private CommandSpec spec;

  /** Sizes of known models; the vocabulary is the synthetic checkpoint's small one. */
  enum Shape {
    TINY(64, 176, 2, 8, 4),
    SMALL(512, 1408, 8, 8, 4),
    LLAMA_1B(2048, 8192, 16, 32, 8),
    LLAMA_7B(4096, 11008, 32, 32, 32);

    private final int hidden;
    private final int intermediate;
    private final int layers;
    private final int heads;
    private final int kvHeads;

    Shape(int hidden, int intermediate, int layers, int heads, int kvHeads) {
      this.hidden = hidden;
      this.intermediate = intermediate;
      this.layers = layers;
      this.heads = heads;
      this.kvHeads = kvHeads;
    }

    SyntheticCheckpoint.Options options(int adapters) {
      return new SyntheticCheckpoint.Options(
          hidden,
          intermediate,
          layers,
          heads,
          kvHeads,
          2048,
          256,
          8,
          42,
          IntStream.range(0, adapters).mapToObj(i -> "adapter" + i).toList());
    }
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "verify is needed");
  }

  @Command(
      name = "verify",
      mixinStandardHelpOptions = true,
      description = {
        "Check driver, kernels and a whole model on the GPU, then measure a model of a given shape.",
        "Needs a GPU; exit 1 with the reason where there is none, or anything is wrong."
      })
  int verify(
      @Option(
              names = "--shape",
              defaultValue = "SMALL",
              description =
                  "of the measured model: ${COMPLETION-CANDIDATES} (default ${DEFAULT-VALUE})")
          Shape shape,
      @Option(
              names = "--adapters",
              defaultValue = "22",
              description = "of the measured model (default ${DEFAULT-VALUE})")
          int adapters,
      @Option(
              names = "--tokens",
              defaultValue = "64",
              description = "of each measured answer (default ${DEFAULT-VALUE})")
          int tokens,
      @Option(names = "--json", paramLabel = "FILE", description = "the same numbers, to keep")
          @Nullable Path json)
      throws IOException, InterruptedException {
    ObjectNode kept = Json.mapper().createObjectNode();
    boolean right;
    try {
      Path folder = Home.ofEnvironment().emptied("gpu-verify");
      right = kernels(kept, shape) & model(folder.resolve("parity"), kept);
      speed(folder.resolve("speed"), shape, adapters, tokens, kept);
      Home.ofEnvironment().emptied("gpu-verify");
    } catch (CudaException e) {
      throw new Failure("no GPU, because " + e.getMessage());
    }
    if (json != null) {
      Files.writeString(json, kept.toPrettyString() + System.lineSeparator());
    }
    out().println(right ? "right: every check passed" : "WRONG: see above");
    out().flush();
    return right ? 0 : 1;
  }

  private boolean kernels(ObjectNode kept, Shape shape) {
    boolean right = true;
    try (CudaDevice device = CudaDevices.open(Weights.STORED, true)) {
      line("device      %s", device.remark());
      kept.put("device", device.remark());
      line("symbols     every function that is called is in the driver");
      ArrayNode kernels = kept.putArray("kernels");
      for (KernelCheck.Result result : device.check(Math.min(shape.hidden, 4096), 700)) {
        line(
            "kernel      %-34s error %.1e of %.1e  %s",
            result.kernel(), result.error(), result.allowed(), result.right() ? "right" : "WRONG");
        kernels
            .addObject()
            .put("kernel", result.kernel())
            .put("error", result.error())
            .put("right", result.right());
        right &= result.right();
      }
      double bandwidth = device.copyBandwidth();
      line("copy        %.1f GB/s read and written", bandwidth / 1e9);
      kept.put("copy_bytes_per_second", bandwidth);
    }
    return right;
  }

  /** The same texts on both devices: what each thinks of every token, and which it would say. */
  private boolean model(Path folder, ObjectNode kept) throws IOException, InterruptedException {
    SyntheticCheckpoint.write(
        folder,
        new SyntheticCheckpoint.Options(
            128, 352, 4, 8, 4, 512, 256, 8, 7, List.of("adapter0", "adapter1")));
    List<List<TokenLogprob>> cpu = scores(folder, DeviceChoice.CPU);
    List<List<TokenLogprob>> cuda = scores(folder, DeviceChoice.CUDA);
    int same = 0;
    int tokens = 0;
    double worst = 0;
    for (int i = 0; i < cpu.size(); i++) {
      for (int j = 0; j < cpu.get(i).size(); j++) {
        TokenLogprob ours = cuda.get(i).get(j);
        TokenLogprob theirs = cpu.get(i).get(j);
        tokens++;
        same += ours.top().get(0).id() == theirs.top().get(0).id() ? 1 : 0;
        worst = Math.max(worst, Math.abs(ours.logprob() - theirs.logprob()));
      }
    }
    double agreement = (double) same / tokens;
    boolean right = agreement >= 0.97 && worst <= 0.1;
    line(
        "model       greedy token of CPU and GPU the same at %.2f %% of %d, log-probabilities within %.3f  %s",
        100 * agreement, tokens, worst, right ? "right" : "WRONG");
    kept.putObject("model")
        .put("greedy_agreement", agreement)
        .put("tokens", tokens)
        .put("worst_logprob", worst)
        .put("right", right);
    return right;
  }

  private static List<List<TokenLogprob>> scores(Path folder, DeviceChoice choice)
      throws InterruptedException {
    SplittableRandom random = new SplittableRandom(3);
    List<List<TokenLogprob>> scores = new ArrayList<>();
    try (EngineBackend backend = open(folder, choice)) {
      for (int i = 0; i < PARITY_PROMPTS; i++) {
        List<AdapterWeight> applied =
            i % 3 == 0 ? List.of() : List.of(new AdapterWeight("adapter" + i % 2, 1));
        GenerationRequest request =
            request(random, PARITY_TOKENS, 1, applied).withPromptLogprobs(1);
        if (!(Generate.run(backend, request, text -> {}) instanceof Outcome.Completed done)) {
          throw new Failure("the model does not run on " + backend.name());
        }
        scores.add(done.prompt());
      }
    }
    return scores;
  }

  private void speed(Path folder, Shape shape, int adapters, int tokens, ObjectNode kept)
      throws IOException, InterruptedException {
    SyntheticCheckpoint.write(folder, shape.options(adapters));
    ArrayNode rows = kept.putArray("decode");
    double copy = kept.path("copy_bytes_per_second").asDouble();
    for (boolean graphs : new boolean[] {false, true}) {
      try (EngineBackend backend = Backends.onGpu(folder, Weights.STORED, graphs)) {
        EngineSpeed engine = new EngineSpeed(backend, 42);
        if (!graphs) {
          line("weights     %,d bytes read for each step", backend.bytesPerStep());
          double prefill = engine.median(3, () -> engine.prefill(512));
          line(
              "prefill     %.0f tokens/s of 512, %.1f ms to the first token",
              prefill, 512e3 / prefill);
          kept.put("prefill_tokens_per_second", prefill);
        }
        for (int batch : BATCHES) {
          for (int applied : new int[] {0, Math.min(1, adapters), adapters}) {
            double rate = engine.median(3, () -> engine.decode(batch, applied, tokens));
            double read = backend.bytesPerStep() * rate / batch;
            line(
                "decode      batch %2d, %2d adapters, %-5s %9.1f tokens/s %8.1f GB/s %5.1f %% of copy",
                batch, applied, graphs ? "graph" : "eager", rate, read / 1e9, 100 * read / copy);
            rows.addObject()
                .put("batch", batch)
                .put("adapters", applied)
                .put("graphs", graphs)
                .put("tokens_per_second", rate)
                .put("bytes_per_second", read);
          }
        }
      }
    }
  }

  private static EngineBackend open(Path folder, DeviceChoice choice) {
    return Backends.open(
        folder, Weights.STORED, choice, Runtime.getRuntime().availableProcessors(), gpu -> {});
  }

  private static GenerationRequest request(
      SplittableRandom random, int tokens, int answer, List<AdapterWeight> applied) {
    List<Integer> ids = random.ints(tokens, 0, 256).boxed().toList();
    return new GenerationRequest(
        new Prompt.Tokens(ids),
        applied,
        answer,
        Sampling.GREEDY,
        List.of(),
        GenerationRequest.NO_LOGPROBS,
        TIMEOUT);
  }

  private void line(String format, Object... values) {
    out().println(String.format(Locale.ROOT, format, values));
    out().flush();
  }

  private PrintWriter out() {
    return spec.commandLine().getOut();
  }
}
