package dev.pusula.routing.control;

import dev.pusula.routing.entity.RouteDecision;
import dev.pusula.routing.entity.RouteExplanation.Evidence;
import dev.pusula.routing.entity.RoutingConfiguration;
import dev.pusula.routing.entity.Sector;
import dev.pusula.routing.model.Features;
import dev.pusula.routing.model.SectorModel;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The trained model over the configured sectors. Sectors that the model does not know are scored by
 * their keywords and work at once; labels of the model that are not configured give their share to
 * the rest.
 *
 * <p>How the two meet. A keyword's word has no calibrated score, so it bids for a share q = E / (λ
 * + E) of what the model is unsure of: with m the model's best score of a sector, its bid is q · (1
 * − m / 2), and the model's scores keep the rest. One keyword in a text that the model takes for
 * nothing it knows wins with two thirds; in a text of which the model is sure it stays behind.
 */
final class TrainedClassifier implements SectorClassifier {

  private final SectorModel model;
  private final List<String> labels;

  /** The model's label of each of ours; −1 for a sector that the model does not know. */
  private final int[] trained;

  private final double[] thresholds;
  private final @Nullable KeywordClassifier keywords;
  private final ThreadLocal<Scratch> scratch;

  private static final class Scratch {
    final Features features = new Features();
    final float[] scores;

    Scratch(int labels) {
      scores = new float[labels];
    }
  }

  TrainedClassifier(SectorModel model, RoutingConfiguration configuration) {
    this.model = model;
    this.labels =
        Stream.concat(
                configuration.sectors().stream().map(Sector::id), Stream.of(RouteDecision.GENERAL))
            .toList();
    this.trained = labels.stream().mapToInt(model.labels()::indexOf).toArray();
    Map<String, Double> fitted = model.card().thresholds();
    this.thresholds =
        labels.stream().mapToDouble(label -> fitted.getOrDefault(label, 0.0)).toArray();
    this.keywords =
        Arrays.stream(trained, 0, labels.size() - 1).anyMatch(index -> index < 0)
            ? new KeywordClassifier(configuration.sectors())
            : null;
    this.scratch = ThreadLocal.withInitial(() -> new Scratch(model.labels().size()));
  }

  @Override
  public List<String> labels() {
    return labels;
  }

  @Override
  public void score(String text, float[] into) {
    Scratch mine = scratch.get();
    mine.features.read(text);
    model.probabilities(mine.features, mine.scores);
    float sum = 0;
    for (int i = 0; i < trained.length; i++) {
      into[i] = trained[i] < 0 ? 0 : mine.scores[trained[i]];
      sum += into[i];
    }
    if (sum <= 0) {
      into[trained.length - 1] = 1;
      sum = 1;
    }
    for (int i = 0; i < trained.length; i++) {
      into[i] /= sum;
    }
    if (keywords != null) {
      bid(keywords.evidence(text), into);
    }
  }

  private void bid(double[] evidence, float[] into) {
    float best = 0;
    double all = 0;
    for (int i = 0; i < evidence.length; i++) {
      best = Math.max(best, into[i]);
      all += trained[i] < 0 ? evidence[i] : 0;
    }
    if (all > 0) {
      double share = all / (KeywordClassifier.NONE_OF_THESE + all) * (1 - best / 2);
      for (int i = 0; i < trained.length; i++) {
        into[i] = (float) (trained[i] < 0 ? share * evidence[i] / all : into[i] * (1 - share));
      }
    }
  }

  @Override
  public List<Evidence> explain(String text, int label, int other, int limit) {
    if (trained[label] < 0 || trained[other] < 0) {
      return keywords == null ? List.of() : keywords.explain(text, label, other, limit);
    }
    Features features = new Features();
    features.read(text);
    return model.contrast(features, trained[label], trained[other], limit).stream()
        .map(contribution -> new Evidence(contribution.words(), contribution.weight()))
        .toList();
  }

  @Override
  public String version() {
    return model.card().version();
  }

  @Override
  public double threshold(int label) {
    return thresholds[label];
  }
}
