package dev.pusula.routing.entity;

import java.util.List;

/**
 * What the router decided for one text.
 *
 * @param ranked sectors by descending score, ties by id; empty when no sector scored above 0
 * @param adapters the chosen adapters, distinct: those of sectors by descending score, then the
 *     default as companion; at least one and at most {@code max_experts_per_token}
 * @param fallback true when no sector reached the threshold and the default adapter answers alone
 * @param margin score of the first minus score of the second sector (which counts as 0 where there
 *     is none)
 * @param reason one line for people: what spoke for the first sector
 * @param configuration short hash of the configuration (and model) that decided
 */
public record RouteDecision(
    List<SectorScore> ranked,
    List<AdapterChoice> adapters,
    boolean fallback,
    double margin,
    String reason,
    String configuration) {

  /** The id that stands for "no sector": the default adapter answers. */
  public static final String GENERAL = "general";

  /** Copies the lists. */
  public RouteDecision {
    ranked = List.copyOf(ranked);
    adapters = List.copyOf(adapters);
  }

  /** The decided sector: the first ranked one, or {@link #GENERAL} on fallback. */
  public String sector() {
    return fallback ? GENERAL : ranked.get(0).sector();
  }

  /** The decided sector's score; on fallback the best score seen, 0 where none was. */
  public double score() {
    return ranked.isEmpty() ? 0 : ranked.get(0).score();
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
