package dev.pusula.routing.training;

import dev.pusula.routing.entity.RouteDecision;
import dev.pusula.statistics.Auroc;
import dev.pusula.statistics.Confusion;
import dev.pusula.statistics.Proportion;
import dev.pusula.statistics.Reliability;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * How well decisions match labels. Rows are added one by one; the scores follow at any time. Not
 * thread-safe.
 *
 * <p>Out of scope means labelled {@code general}: the area under the curve tells how well the score
 * of {@code general} parts such texts from the rest, and risk–coverage how accuracy grows when the
 * least sure decisions are left out.
 */
public final class Evaluation {

  private static final double[] COVERAGES = {1, 0.95, 0.9, 0.8, 0.7, 0.5};

  private final List<String> labels;
  private final Confusion confusion;
  private final Map<String, long[]> styles = new TreeMap<>();
  private final Map<String, long[]> also = new TreeMap<>();
  private final Reliability reliability = new Reliability();
  private final List<Double> generalOfGeneral = new ArrayList<>();
  private final List<Double> generalOfSectors = new ArrayList<>();
  private final List<Judged> judged = new ArrayList<>();
  private long allowed;
  private long rejected;

  private record Judged(double confidence, boolean right) {}

  /** Over these labels, of which {@code general} may be one. */
  public Evaluation(List<String> labels) {
    this.labels = List.copyOf(labels);
    this.confusion = new Confusion(labels.size());
  }

  /**
   * Adds a decision.
   *
   * @param decided the label chosen
   * @param confidence its score in 0…1
   * @param general the score of {@code general} in 0…1
   */
  public void add(LabelledText row, String decided, double confidence, double general) {
    boolean right = row.sector().equals(decided);
    boolean outside = row.sector().equals(RouteDecision.GENERAL);
    confusion.add(labels.indexOf(row.sector()), labels.indexOf(decided));
    count(styles, row.style(), right);
    count(also, row.sector(), row.allows(decided));
    allowed += row.allows(decided) ? 1 : 0;
    reliability.add(confidence, right);
    judged.add(new Judged(confidence, right));
    (outside ? generalOfGeneral : generalOfSectors).add(general);
    rejected += !outside && decided.equals(RouteDecision.GENERAL) ? 1 : 0;
  }

  private static void count(Map<String, long[]> counts, String key, boolean hit) {
    long[] of = counts.computeIfAbsent(key, k -> new long[2]);
    of[0] += hit ? 1 : 0;
    of[1]++;
  }

  /** What the classes are, in the order of {@link #confusion}. */
  public List<String> labels() {
    return labels;
  }

  /** Labelled against decided. */
  public Confusion confusion() {
    return confusion;
  }

  /** First-ranked equals the primary label. */
  public Proportion accuracy() {
    return confusion.accuracy();
  }

  /** First-ranked equals the primary or an also-right label. */
  public Proportion accuracyWithAlso() {
    return new Proportion(allowed, judged.size());
  }

  /** With also-right labels, of the rows whose primary label is this. */
  public Proportion accuracyWithAlso(String label) {
    return proportion(also.getOrDefault(label, new long[2]));
  }

  /** By style, in the order of their names. */
  public Map<String, Proportion> accuracyByStyle() {
    Map<String, Proportion> all = new TreeMap<>();
    styles.forEach((style, counts) -> all.put(style, proportion(counts)));
    return all;
  }

  /** Of texts outside all sectors, those that were told so. */
  public Proportion generalRecall() {
    int general = labels.indexOf(RouteDecision.GENERAL);
    return general < 0 ? new Proportion(0, 0) : confusion.recall(general);
  }

  /** Of texts that belong to a sector, those that were taken for {@code general}. */
  public Proportion rejected() {
    return new Proportion(rejected, generalOfSectors.size());
  }

  /**
   * Whether the score of {@code general} parts texts outside from those inside; NaN if one lacks.
   */
  public double outOfScopeAuroc() {
    return Auroc.of(array(generalOfGeneral), array(generalOfSectors));
  }

  /** Expected calibration error of the chosen labels' scores. */
  public double calibrationError() {
    return reliability.expectedCalibrationError();
  }

  /** Accuracy among the surest shares of all rows, from all to half. */
  public List<Coverage> riskCoverage() {
    List<Judged> surest =
        judged.stream().sorted(Comparator.comparingDouble(j -> -j.confidence)).toList();
    List<Coverage> curve = new ArrayList<>();
    for (double coverage : COVERAGES) {
      List<Judged> covered = surest.subList(0, (int) Math.ceil(coverage * surest.size()));
      if (!covered.isEmpty()) {
        curve.add(
            new Coverage(
                coverage,
                covered.get(covered.size() - 1).confidence,
                new Proportion(covered.stream().filter(Judged::right).count(), covered.size())));
      }
    }
    return curve;
  }

  /**
   * A point of the risk–coverage curve.
   *
   * @param coverage share of rows decided
   * @param threshold the least confidence among them
   * @param accuracy among them
   */
  public record Coverage(double coverage, double threshold, Proportion accuracy) {}

  private static Proportion proportion(long[] counts) {
    return new Proportion(counts[0], counts[1]);
  }

  private static double[] array(List<Double> values) {
    return values.stream().mapToDouble(Double::doubleValue).toArray();
  }
}
