package dev.pusula.routing;

import dev.pusula.routing.control.RouterModel;
import dev.pusula.routing.control.SectorRouter;
import dev.pusula.routing.control.SectorsFile;
import dev.pusula.routing.entity.RouteDecision;
import dev.pusula.routing.model.Features;
import dev.pusula.routing.model.SectorModel;
import dev.pusula.routing.training.LabelledFile;
import dev.pusula.routing.training.LabelledText;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What a decision costs, over thousands of queries of about 45 characters, so that the weights are
 * as cold as in service. Run with {@code -prof gc} for the bytes and {@code -t 2} for two cores;
 * CONTRIBUTING.md has the command.
 */
@State(Scope.Thread)
@BenchmarkMode({Mode.AverageTime, Mode.SampleTime})
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 10, time = 1)
@Fork(2)
public class RouterBenchmark {

  private static final int SHORTEST = 38;
  private static final int LONGEST = 52;

  /** One model for all threads, as in the server. */
  @State(Scope.Benchmark)
  public static class Shared {
    private SectorModel model;
    private SectorRouter router;
    private String[] queries;

    /** Loads the built-in model and the queries. */
    @Setup
    public void load() {
      model = RouterModel.load(null);
      router = SectorRouter.ofModel(SectorsFile.load(null), model, null);
      queries =
          LabelledFile.read(
                  Path.of("src/main/corpus/queries"), Set.copyOf(router.classifier().labels()))
              .stream()
              .map(LabelledText::text)
              .filter(text -> text.length() >= SHORTEST && text.length() <= LONGEST)
              .toArray(String[]::new);
    }
  }

  private final Features features = new Features();
  private float[] scores;
  private int next;

  /** Makes room for the scores. */
  @Setup
  public void prepare(Shared shared) {
    scores = new float[shared.model.labels().size()];
  }

  /** Features and calibrated scores alone. */
  @Benchmark
  public float[] score(Shared shared) {
    features.read(query(shared));
    shared.model.probabilities(features, scores);
    return scores;
  }

  /** The whole decision: scores, adapters with weights and replicas, versions. */
  @Benchmark
  public RouteDecision route(Shared shared) {
    return shared.router.route(query(shared));
  }

  private String query(Shared shared) {
    next = next + 1 == shared.queries.length ? 0 : next + 1;
    return shared.queries[next];
  }
}
