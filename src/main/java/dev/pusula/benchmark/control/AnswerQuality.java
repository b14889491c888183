package dev.pusula.benchmark.control;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.toList;
import static java.util.stream.Collectors.toMap;

import dev.pusula.benchmark.entity.AnswerScore;
import dev.pusula.benchmark.entity.Measurement;
import dev.pusula.benchmark.entity.Run;
import dev.pusula.benchmark.entity.Scope;
import dev.pusula.benchmark.entity.Statistic;
import dev.pusula.statistics.Bootstrap;
import dev.pusula.statistics.Interval;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;

/**
 * Perplexity of the reference answers: the exponential of the mean negative log-probability of a
 * token, given the question and the answer so far. Questions are resampled whole.
 *
 * <ul>
 *   <li>{@code answer_perplexity}: under the model that the run measures.
 *   <li>{@code base_answer_perplexity}: under the base model, on the same questions.
 *   <li>{@code answer_perplexity_reduction}: the share by which the first is lower than the second,
 *       its interval from paired questions: below 0 where adapters and routing do harm.
 * </ul>
 */
final class AnswerQuality {

  private static final String BASE = "base";
  private static final int RESAMPLES = 2_000;

  private final Run run;
  private final List<Measurement> measurements = new ArrayList<>();

  private AnswerQuality(Run run) {
    this.run = run;
  }

  /** The measurements, for the run and each sector; none without scores of the run's model. */
  static List<Measurement> of(Run run, List<AnswerScore> scores) {
    AnswerQuality quality = new AnswerQuality(run);
    quality.add(Scope.ALL, "", scores);
    scores.stream()
        .collect(groupingBy(AnswerScore::sector, TreeMap::new, toList()))
        .forEach((sector, its) -> quality.add(Scope.SECTOR, sector, its));
    return quality.measurements;
  }

  private void add(Scope scope, String id, List<AnswerScore> scores) {
    String model = run.target().model();
    Map<String, AnswerScore> base =
        scores.stream()
            .filter(score -> score.model().equals(BASE))
            .collect(toMap(AnswerScore::question, score -> score));
    List<AnswerScore> own = scores.stream().filter(score -> score.model().equals(model)).toList();
    if (own.isEmpty()) {
      return;
    }
    perplexity("answer_perplexity", scope, id, own);
    List<AnswerScore> paired =
        own.stream().filter(score -> base.containsKey(score.question())).toList();
    if (model.equals(BASE) || paired.isEmpty()) {
      return;
    }
    ToDoubleFunction<AnswerScore> before =
        score -> Objects.requireNonNull(base.get(score.question())).logprob();
    perplexity(
        "base_answer_perplexity",
        scope,
        id,
        paired.stream().map(score -> Objects.requireNonNull(base.get(score.question()))).toList());
    double[] gained =
        paired.stream().mapToDouble(s -> before.applyAsDouble(s) - s.logprob()).toArray();
    double[] tokens = tokens(paired);
    Interval interval = Bootstrap.ratioInterval(gained, tokens, RESAMPLES, run.loadModel().seed());
    add(
        "answer_perplexity_reduction",
        scope,
        id,
        reduction(ratio(gained, tokens)),
        new Interval(reduction(interval.high()), reduction(interval.low())),
        paired.size(),
        "ratio");
  }

  private void perplexity(String metric, Scope scope, String id, List<AnswerScore> scores) {
    double[] nats = scores.stream().mapToDouble(score -> -score.logprob()).toArray();
    double[] tokens = tokens(scores);
    Interval interval = Bootstrap.ratioInterval(nats, tokens, RESAMPLES, run.loadModel().seed());
    add(
        metric,
        scope,
        id,
        Math.exp(ratio(nats, tokens)),
        new Interval(Math.exp(interval.low()), Math.exp(interval.high())),
        scores.size(),
        "perplexity");
  }

  private void add(
      String metric, Scope scope, String id, double value, Interval interval, int n, String unit) {
    measurements.add(
        new Measurement(
            run.id(),
            metric,
            Statistic.VALUE,
            scope,
            id,
            value,
            interval.low(),
            interval.high(),
            false,
            n,
            0,
            unit));
  }

  /** What is left of a perplexity whose logarithm changed, as the share that went. */
  private static double reduction(double changeOfLogarithm) {
    return -Math.expm1(changeOfLogarithm);
  }

  private static double[] tokens(List<AnswerScore> scores) {
    return scores.stream().mapToDouble(AnswerScore::tokens).toArray();
  }

  private static double ratio(double[] numerators, double[] denominators) {
    double above = 0;
    double below = 0;
    for (int i = 0; i < numerators.length; i++) {
      above += numerators[i];
      below += denominators[i];
    }
    return above / below;
  }
}
