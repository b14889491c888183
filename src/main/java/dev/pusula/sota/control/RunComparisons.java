package dev.pusula.sota.control;

import dev.pusula.benchmark.entity.LoadModel;
import dev.pusula.benchmark.entity.Measurement;
import dev.pusula.benchmark.entity.Run;
import dev.pusula.benchmark.entity.Scope;
import dev.pusula.benchmark.entity.Statistic;
import dev.pusula.sota.entity.Baseline;
import dev.pusula.sota.entity.ComparedFigure;
import dev.pusula.sota.entity.SettingKey;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Sets a run's measurements beside the baselines of the same metric. Thread-safe. */
public final class RunComparisons {

  /** Factors from the history's units to those of the sources. */
  private static final Map<String, Double> FACTORS =
      Map.of(
          "us>ms", 1e-3,
          "us>s", 1e-6,
          "requests/s>req/s", 1.0,
          "tokens/s>tok/s", 1.0,
          "ratio>fraction", 1.0,
          "ratio>%", 100.0);

  private final Comparer comparer;

  /** With the rule. */
  public RunComparisons(Comparer comparer) {
    this.comparer = comparer;
  }

  /** One figure for each baseline whose metric the run has, in the order of the baselines. */
  public List<ComparedFigure> compare(
      Run run, List<Measurement> measurements, List<Baseline> baselines) {
    SettingKey setting = setting(run, measurements);
    return baselines.stream()
        .map(baseline -> compare(baseline, measurements, setting))
        .flatMap(Optional::stream)
        .toList();
  }

  private Optional<ComparedFigure> compare(
      Baseline baseline, List<Measurement> measurements, SettingKey setting) {
    for (Measurement m : measurements) {
      Double factor = FACTORS.get(m.unit() + ">" + baseline.unit());
      if (factor != null
          && m.scope() == Scope.ALL
          && baseline.metric().equals(m.metric() + "." + m.statistic().wireName())) {
        double ours = m.value() * factor;
        return Optional.of(
            new ComparedFigure(
                baseline,
                ours,
                m.n(),
                comparer.compare(baseline, ours, setting),
                comparer.stale(baseline)));
      }
    }
    return Optional.empty();
  }

  /** What a run says of its own setting; what it does not say is left out, and so never matches. */
  static SettingKey setting(Run run, List<Measurement> measurements) {
    Map<String, String> fields = new TreeMap<>();
    fields.put("task", "generation");
    put(fields, "model", run.served().model());
    put(fields, "precision", run.served().precision());
    put(fields, "engine", run.served().backend());
    put(fields, "gpu", run.environment().gpu());
    LoadModel load = run.loadModel();
    fields.put(
        "arrival",
        load.kind().equals(LoadModel.CLOSED)
            ? "closed " + load.users()
            : "open " + plain(Objects.requireNonNull(load.rate())));
    fields.put("streaming", "true");
    fields.put("percentile_rule", "type 7");
    for (Measurement m : measurements) {
      if (m.scope() == Scope.ALL && m.statistic() == Statistic.MEAN) {
        if (m.metric().equals("prompt_tokens")) {
          fields.put("input_tokens", Long.toString(Math.round(m.value())));
        } else if (m.metric().equals("output_tokens")) {
          fields.put("output_tokens", Long.toString(Math.round(m.value())));
        }
      }
    }
    return new SettingKey(fields);
  }

  private static String plain(double value) {
    return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
  }

  private static void put(Map<String, String> fields, String name, @Nullable String value) {
    if (value != null) {
      fields.put(name, value);
    }
  }
}
