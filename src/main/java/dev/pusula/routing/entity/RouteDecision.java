package dev.pusula.routing.entity;

import java.util.List;

/**
 * What the router decided for one text.
 *
 * @param sector the decided sector, or {@link #GENERAL}
 * @param score the calibrated score of {@code sector}, 0…1
 * @param ranked the best labels by descending score, {@code general} always among them; ties by
 *     priority and id
 * @param adapters the chosen adapters, distinct: those of sectors by descending score, then the
 *     default as companion; at least one and at most {@code max_experts_per_token}
 * @param margin score of {@code sector} minus the best other score
 * @param configuration version of the sectors file that decided
 * @param model version of the classifier that decided
 */
public record RouteDecision(
    String sector,
    double score,
    List<SectorScore> ranked,
    List<AdapterChoice> adapters,
    double margin,
    String configuration,
    String model) {

  /** The id that stands for "no sector": the default adapter answers. */
  public static final String GENERAL = "general";

  /** Copies the lists. */
  public RouteDecision {
    ranked = List.copyOf(ranked);
    adapters = List.copyOf(adapters);
  }

  /** Whether no sector was likely enough and the default adapter answers alone. */
  public boolean fallback() {
    return sector.equals(GENERAL);
  }

  /** The score of one of the ranked labels; 0 for one that is not among them. */
  public double scoreOf(String label) {
    for (SectorScore score : ranked) {
      if (score.sector().equals(label)) {
        return score.score();
      }
    }
    return 0;
  }

  /**
   * One adapter of a decision.
   *
   * @param adapter the adapter's name: the last part of its path in {@code sectors.yaml}
   * @param replica which of the adapter's replicas is to serve it
   * @param weight share in 0…1; the shares of a decision sum to 1
   */
  public record AdapterChoice(String adapter, String replica, double weight) {}
}
