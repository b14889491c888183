package dev.pusula.routing.boundary;

import dev.pusula.routing.entity.RouteDecision;
import dev.pusula.routing.entity.RouteExplanation;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * A decision.
 *
 * @param sector the decided sector, {@code general} outside all of them
 * @param score its calibrated score
 * @param fallback whether the default adapter answers alone
 * @param candidates the best labels, best first, {@code general} among them
 * @param adapters the chosen adapters with their weights
 * @param margin score of the decided label minus the best other
 * @param explanation why it is this label and not the one that came closest; null where it was not
 *     asked for
 * @param configuration version of the sectors file
 * @param model version of the classifier
 * @param micros time of the decision
 */
@Schema(
    description = "A routing decision",
    example =
        "{\"sector\":\"finance_banking\",\"score\":0.97,\"fallback\":false,\"candidates\":[{\"sector\":\"finance_banking\","
            + "\"score\":0.97},{\"sector\":\"general\",\"score\":0.01}],\"adapters\":[{\"adapter\":\"finance_banking_adapter\","
            + "\"replica\":\"finance_banking_adapter\",\"weight\":0.97},{\"adapter\":\"general_adapter\",\"replica\":"
            + "\"general_adapter\",\"weight\":0.03}],\"margin\":0.96,\"explanation\":{\"sector\":\"finance_banking\","
            + "\"against\":\"insurance\",\"evidence\":[{\"feature\":\"kredi…\",\"weight\":0.81}]},\"configuration\":\"1f0c9a7be312\","
            + "\"model\":\"7d20e1c4b5aa\",\"micros\":6.1}")
public record RouteResponse(
    String sector,
    double score,
    boolean fallback,
    List<Candidate> candidates,
    List<Adapter> adapters,
    double margin,
    @Nullable RouteExplanation explanation,
    String configuration,
    String model,
    double micros) {

  /** A label with its score. */
  public record Candidate(String sector, double score) {}

  /** An adapter, the replica that is to serve it, and its share. */
  public record Adapter(String adapter, String replica, double weight) {}

  static RouteResponse of(
      RouteDecision decision, @Nullable RouteExplanation explanation, long nanos) {
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
        explanation,
        decision.configuration(),
        decision.model(),
        nanos / 1e3);
  }
}
