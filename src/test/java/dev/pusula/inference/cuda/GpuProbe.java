package dev.pusula.inference.cuda;

import dev.pusula.inference.control.Backends;
import dev.pusula.inference.control.DeviceChoice;
import dev.pusula.inference.control.GenerationListener;
import dev.pusula.inference.engine.EngineBackend;
import dev.pusula.inference.engine.Weights;
import dev.pusula.inference.entity.GenerationRequest;
import dev.pusula.inference.entity.Outcome;
import dev.pusula.inference.entity.Piece;
import dev.pusula.inference.entity.Prompt;
import dev.pusula.inference.entity.Sampling;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * Serves a checkpoint as the service would, in a JVM whose driver is what its test says, and tells
 * what became of two requests.
 */
public final class GpuProbe {

  private GpuProbe() {}

  /** Arguments: the driver's library or a dash for the machine's, the checkpoint, the choice. */
  public static void main(String[] arguments) throws Exception {
    if (!arguments[0].equals("-")) {
      System.load(arguments[0]);
    }
    try (EngineBackend backend =
        Backends.open(
            Path.of(arguments[1]),
            Weights.STORED,
            DeviceChoice.valueOf(arguments[2]),
            1,
            gpu -> System.out.println("gpu: " + gpu))) {
      System.out.println("serves: " + backend.name());
      for (int i = 0; i < 2; i++) {
        System.out.println("outcome: " + run(backend));
        System.out.println("health: " + backend.health());
      }
    } catch (RuntimeException e) {
      System.out.println("refused: " + e.getMessage());
    }
    System.exit(0);
  }

  private static Outcome run(EngineBackend backend) throws Exception {
    CompletableFuture<Outcome> end = new CompletableFuture<>();
    backend.submit(
        new GenerationRequest(
            new Prompt.Tokens(List.of(5, 6, 7)),
            List.of(),
            4,
            Sampling.GREEDY,
            List.of(),
            GenerationRequest.NO_LOGPROBS,
            Duration.ofSeconds(30)),
        new GenerationListener() {
          @Override
          public void text(Piece piece) {}

          @Override
          public void ended(Outcome outcome) {
            end.complete(outcome);
          }
        });
    return end.get(60, TimeUnit.SECONDS);
  }
}
