package dev.pusula.routing.control;

import dev.pusula.routing.control.SectorClassifier.Classification;
import dev.pusula.routing.entity.RouteDecision;
import dev.pusula.routing.entity.RouteDecision.AdapterChoice;
import dev.pusula.routing.entity.RoutingConfiguration;
import dev.pusula.routing.entity.RoutingConfiguration.Settings;
import dev.pusula.routing.entity.Sector;
import dev.pusula.routing.entity.SectorScore;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * Decides which adapters answer a text: the sectors that reach the threshold, at most {@code
 * max_experts_per_token} of them, and the default adapter as their companion where there is room,
 * with what their scores leave of 1 as its weight. One configuration with its classifier; immutable
 * but for the balancer's turns, thread-safe.
 */
public final class SectorRouter {

  private final RoutingConfiguration configuration;
  private final SectorClassifier classifier;
  private final Balancer balancer;
  private final Map<String, Sector> sectors;

  /** Over one configuration and the classifier made for it. */
  public SectorRouter(RoutingConfiguration configuration, SectorClassifier classifier) {
    this.configuration = configuration;
    this.classifier = classifier;
    this.sectors = configuration.byId();
    Map<String, List<String>> replicas = new HashMap<>();
    // Sectors that share an adapter share its replicas.
    for (Sector sector : configuration.sectors()) {
      replicas.merge(
          sector.adapter(),
          sector.replicas(),
          (one, other) -> Stream.concat(one.stream(), other.stream()).distinct().toList());
    }
    this.balancer = new Balancer(replicas);
  }

  /** With keywords, the classifier that needs no training. */
  public static SectorRouter ofKeywords(RoutingConfiguration configuration) {
    return new SectorRouter(configuration, new KeywordClassifier(configuration.sectors()));
  }

  /** What the decisions rest on. */
  public RoutingConfiguration configuration() {
    return configuration;
  }

  /**
   * Decides for one text.
   *
   * @param text any string
   */
  public RouteDecision route(String text) {
    Classification classification = classifier.classify(text);
    List<SectorScore> ranked = classification.ranked();
    Settings settings = configuration.settings();
    List<SectorScore> chosen =
        ranked.stream()
            .filter(score -> score.score() >= settings.fallbackThreshold())
            .limit(settings.maxExperts())
            .toList();
    boolean fallback = chosen.isEmpty();
    double margin =
        ranked.size() < 2
            ? (ranked.isEmpty() ? 0 : ranked.get(0).score())
            : ranked.get(0).score() - ranked.get(1).score();
    return new RouteDecision(
        ranked,
        adapters(chosen),
        fallback,
        margin,
        reason(classification, fallback, margin),
        configuration.version());
  }

  private List<AdapterChoice> adapters(List<SectorScore> chosen) {
    Settings settings = configuration.settings();
    String companion = settings.defaultAdapter();
    double sum = chosen.stream().mapToDouble(SectorScore::score).sum();
    boolean room = chosen.size() < settings.maxExperts() && sum < 1;
    double whole = room ? 1 : sum;
    Map<String, Double> weights = new LinkedHashMap<>();
    for (SectorScore score : chosen) {
      String adapter =
          Objects.requireNonNull(sectors.get(score.sector()), score.sector()).adapter();
      weights.merge(adapter, score.score() / whole, Double::sum);
    }
    if (room) {
      weights.merge(companion, 1 - sum, Double::sum);
    }
    List<AdapterChoice> adapters = new ArrayList<>();
    weights.forEach(
        (adapter, weight) ->
            adapters.add(new AdapterChoice(adapter, balancer.next(adapter), weight)));
    return adapters;
  }

  private String reason(Classification classification, boolean fallback, double margin) {
    List<SectorScore> ranked = classification.ranked();
    if (ranked.isEmpty()) {
      return "nothing speaks for a sector";
    }
    SectorScore first = ranked.get(0);
    String evidence = first.sector() + ": " + String.join(", ", classification.evidence());
    if (fallback) {
      return String.format(
          Locale.ROOT,
          "%s; %.2f is below the threshold of %.2f",
          evidence,
          first.score(),
          configuration.settings().fallbackThreshold());
    }
    return ranked.size() < 2
        ? evidence
        : String.format(
            Locale.ROOT, "%s; %s is %.2f behind", evidence, ranked.get(1).sector(), margin);
  }
}
