package dev.pusula.launch;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.pusula.platform.Json;
import dev.pusula.statistics.Bootstrap;
import dev.pusula.statistics.Interval;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/**
 * Perplexities of reference answers, sectors down and models across: {@code base} and the adapters.
 * A perplexity is the exponential of the mean negative log-probability of a token, over all tokens
 * of a sector's answers.
 */
final class PerplexityTable {

  static final String BASE = "base";

  private static final int RESAMPLES = 2_000;
  private static final long SEED = 42;

  private final String model;

  /** Sector, model, and the scores of the sector's answers, in one order for every model. */
  private final Map<String, Map<String, List<Score>>> scores = new TreeMap<>();

  /** Of this checkpoint. */
  PerplexityTable(String model) {
    this.model = model;
  }

  /**
   * What one model thinks of one answer.
   *
   * @param nats negative log-probability
   * @param tokens of the answer, its end included
   */
  record Score(double nats, int tokens) {}

  void add(String sector, String column, Score score) {
    scores
        .computeIfAbsent(sector, s -> new LinkedHashMap<>())
        .computeIfAbsent(column, c -> new ArrayList<>())
        .add(score);
  }

  String json() {
    ObjectNode table = Json.mapper().createObjectNode().put("model", model);
    ObjectNode perplexity = table.putObject("perplexity");
    scores.forEach(
        (sector, row) -> {
          ObjectNode line = perplexity.putObject(sector);
          row.forEach((column, its) -> line.put(column, perplexity(its)));
        });
    return table.toString();
  }

  /**
   * Base, own and best other adapter by sector.
   *
   * @param adapterOf a sector's own
   * @param counted the sectors of which it is said how often their own is the best
   */
  String text(UnaryOperator<String> adapterOf, Set<String> counted) {
    StringBuilder out = new StringBuilder();
    String columns = "%-27s %4s %9s %9s %9s  %-35s %s%n";
    out.append(
        String.format(
            Locale.ROOT, columns, model, "n", "base", "own", "other", "best other", "own gains"));
    int owned = 0;
    int best = 0;
    for (Map.Entry<String, Map<String, List<Score>>> line : scores.entrySet()) {
      String own = adapterOf.apply(line.getKey());
      Map<String, List<Score>> row = line.getValue();
      List<Score> base = row.getOrDefault(BASE, List.of());
      List<Score> its = row.getOrDefault(own, List.of());
      String other =
          row.keySet().stream()
              .filter(column -> !column.equals(BASE) && !column.equals(own))
              .min(Comparator.comparingDouble(c -> perplexity(row.getOrDefault(c, List.of()))))
              .orElse(BASE);
      List<Score> others = row.getOrDefault(other, List.of());
      out.append(
          String.format(
              Locale.ROOT,
              columns,
              line.getKey(),
              base.size(),
              shown(base),
              shown(its),
              shown(others),
              other,
              its.isEmpty() ? "" : gain(base, its)));
      if (!its.isEmpty() && counted.contains(line.getKey())) {
        owned++;
        best += perplexity(its) < Math.min(perplexity(base), perplexity(others)) ? 1 : 0;
      }
    }
    return out.append(
            String.format(
                Locale.ROOT,
                "a sector's own adapter is the best of all in %d of %d%n",
                best,
                owned))
        .toString();
  }

  /** The share by which the own adapter lowers the perplexity, answers resampled in pairs. */
  private static String gain(List<Score> base, List<Score> own) {
    int n = own.size();
    double[] changes = new double[n];
    double[] tokens = new double[n];
    double change = 0;
    double length = 0;
    for (int i = 0; i < n; i++) {
      changes[i] = own.get(i).nats() - base.get(i).nats();
      tokens[i] = own.get(i).tokens();
      change += changes[i];
      length += tokens[i];
    }
    Interval interval = Bootstrap.ratioInterval(changes, tokens, RESAMPLES, SEED);
    return String.format(
        Locale.ROOT,
        "%.1f %% (95 %%: %.1f…%.1f)",
        -100 * Math.expm1(change / length),
        -100 * Math.expm1(interval.high()),
        -100 * Math.expm1(interval.low()));
  }

  private static String shown(List<Score> scores) {
    return scores.isEmpty() ? "-" : String.format(Locale.ROOT, "%.2f", perplexity(scores));
  }

  private static double perplexity(List<Score> scores) {
    double nats = scores.stream().mapToDouble(Score::nats).sum();
    return Math.exp(nats / scores.stream().mapToInt(Score::tokens).sum());
  }
}
