package dev.pusula.sota.boundary;

import dev.pusula.sota.entity.Baseline;
import dev.pusula.sota.entity.ComparedFigure;
import dev.pusula.sota.entity.Comparison;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A run's figure beside a baseline's.
 *
 * @param baseline the other's
 * @param ours in the baseline's unit
 * @param n observations behind ours
 * @param verdict {@code fair}, {@code different_setting} or {@code unsourced}
 * @param improvementPercent positive when ours is better; null unless fair
 * @param differing fields that forbid a ratio
 * @param stale whether the baseline is too old to be trusted
 */
public record ComparisonResponse(
    Baseline baseline,
    double ours,
    long n,
    String verdict,
    @Nullable Double improvementPercent,
    List<String> differing,
    boolean stale) {

  static ComparisonResponse of(ComparedFigure figure) {
    Comparison said = figure.comparison();
    return new ComparisonResponse(
        figure.baseline(),
        figure.ours(),
        figure.n(),
        said instanceof Comparison.Fair
            ? "fair"
            : said instanceof Comparison.DifferentSetting ? "different_setting" : "unsourced",
        said instanceof Comparison.Fair fair ? fair.improvementPercent() : null,
        said instanceof Comparison.DifferentSetting different ? different.differing() : List.of(),
        figure.stale());
  }
}
