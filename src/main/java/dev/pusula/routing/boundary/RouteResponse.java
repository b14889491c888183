package dev.pusula.routing.boundary;

import dev.pusula.routing.entity.RouteDecision;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * A decision.
 *
 * @param sector the decided sector, {@code general} outside all of them
 * @param score its score; outside all of them the best seen
 * @param fallback whether the default adapter answers alone
 * @param candidates sectors with a score, best first
 * @param adapters the chosen adapters with their weights
 * @param margin first minus second score
 * @param reason what spoke for the first
 * @param configuration version of the sectors file
 * @param micros time of the decision
 */
@Schema(
    description = "A routing decision",
    example =
        "{\"sector\":\"finance_banking\",\"score\":0.8,\"fallback\":false,\"candidates\":[{\"sector\":\"finance_banking\","
            + "\"score\":0.8}],\"adapters\":[{\"adapter\":\"finance_banking_adapter\",\"replica\":\"finance_banking_adapter\","
            + "\"weight\":0.8},{\"adapter\":\"general_adapter\",\"replica\":\"general_adapter\",\"weight\":0.2}],"
            + "\"margin\":0.8,\"reason\":\"finance_banking: faiz, kredi\",\"configuration\":\"1f0c9a7be312\",\"micros\":6.1}")
public record RouteResponse(
    String sector,
    double score,
    boolean fallback,
    List<Candidate> candidates,
    List<Adapter> adapters,
    double margin,
    String reason,
    String configuration,
    double micros) {

  /** A sector with its score. */
  public record Candidate(String sector, double score) {}

  /** An adapter, the replica that is to serve it, and its share. */
  public record Adapter(String adapter, String replica, double weight) {}

  static RouteResponse of(RouteDecision decision, long nanos) {
    return new RouteResponse(
        decision.sector(),
        decision.score(),
        decision.fallback(),
        decision.ranked().stream()
            .map(score -> new Candidate(score.sector(), score.score()))
            .toList(),
        decision.adapters().stream()
            .map(choice -> new Adapter(choice.adapter(), choice.replica(), choice.weight()))
            .toList(),
        decision.margin(),
        decision.reason(),
        decision.configuration(),
        nanos / 1e3);
  }
}
