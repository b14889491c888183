package dev.pusula.routing.control;

import dev.pusula.balancing.Balancer;
import dev.pusula.balancing.Replica;
import dev.pusula.platform.Clocks;
import dev.pusula.routing.entity.RouteDecision;
import dev.pusula.routing.entity.RouteDecision.AdapterChoice;
import dev.pusula.routing.entity.RouteExplanation;
import dev.pusula.routing.entity.RoutingConfiguration;
import dev.pusula.routing.entity.RoutingConfiguration.Settings;
import dev.pusula.routing.entity.Sector;
import dev.pusula.routing.entity.SectorScore;
import dev.pusula.routing.model.SectorModel;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Decides which adapters answer a text. One configuration with its classifier; immutable but for
 * the balancer, thread-safe.
 *
 * <p>How it works. The best sector is decided on, unless {@code general} scores higher or the
 * sector stays below the fallback threshold or its own. How many adapters answer follows from how
 * spread the scores are: their perplexity e^H, with H the entropy, is the number of labels that the
 * router in effect wavers between; rounded, it bounds the sectors chosen among those at the
 * fallback threshold. The default adapter is their companion where there is room, with what their
 * scores leave of 1 as its weight, and at least a twentieth.
 */
public final class SectorRouter {

  /** Labels told in a decision, {@code general} aside; the rest is noise. */
  private static final int MOST_RANKED = 5;

  /** A label that scores less is not told. */
  private static final float LEAST_RANKED = 0.001f;

  private static final int MOST_EVIDENCE = 6;

  /** A companion that weighs nothing would be none. */
  private static final double LEAST_COMPANION = 0.05;

  private final RoutingConfiguration configuration;
  private final SectorClassifier classifier;
  private final Balancer balancer;
  private final List<Sector> sectors;
  private final int general;

  /**
   * Over one configuration and the classifier made for it.
   *
   * @param before the balancer to take over from, or null
   */
  public SectorRouter(
      RoutingConfiguration configuration, SectorClassifier classifier, @Nullable Balancer before) {
    this.configuration = configuration;
    this.classifier = classifier;
    this.sectors = configuration.sectors();
    this.general = sectors.size();
    Map<String, List<Replica>> replicas = new HashMap<>();
    // Sectors that share an adapter share its replicas.
    for (Sector sector : sectors) {
      replicas.merge(
          sector.adapter(),
          sector.replicas(),
          (one, other) ->
              Stream.concat(
                      one.stream(),
                      other.stream()
                          .filter(
                              replica ->
                                  one.stream().noneMatch(o -> o.name().equals(replica.name()))))
                  .toList());
    }
    this.balancer =
        new Balancer(replicas, configuration.settings().loadBalancing(), Clocks.NANO, before);
  }

  /** With keywords, the classifier that needs no training. */
  public static SectorRouter ofKeywords(RoutingConfiguration configuration) {
    return new SectorRouter(configuration, new KeywordClassifier(configuration.sectors()), null);
  }

  /**
   * With a trained model, and keywords for the sectors that it does not know.
   *
   * @param before the balancer to take over from, or null
   */
  public static SectorRouter ofModel(
      RoutingConfiguration configuration, SectorModel model, @Nullable Balancer before) {
    return new SectorRouter(configuration, new TrainedClassifier(model, configuration), before);
  }

  /** What the decisions rest on. */
  public RoutingConfiguration configuration() {
    return configuration;
  }

  /** What scores. */
  public SectorClassifier classifier() {
    return classifier;
  }

  /** Who serves, and how they do. */
  public Balancer balancer() {
    return balancer;
  }

  /**
   * Decides for one text.
   *
   * @param text any string
   */
  public RouteDecision route(String text) {
    float[] scores = new float[sectors.size() + 1];
    classifier.score(text, scores);
    int best = best(scores, -1);
    Settings settings = configuration.settings();
    boolean fallback =
        scores[general] > scores[best]
            || scores[best] < settings.fallbackThreshold()
            || scores[best] < classifier.threshold(best);
    int decided = fallback ? general : best;
    List<SectorScore> ranked = ranked(scores);
    return new RouteDecision(
        classifier.labels().get(decided),
        scores[decided],
        ranked,
        fallback ? List.of(choice(settings.defaultAdapter(), 1)) : adapters(scores, best),
        scores[decided] - scores[rival(scores, decided)],
        configuration.version(),
        classifier.version());
  }

  /** Tells why the decision did not go to the label that came closest. */
  public RouteExplanation explain(String text, RouteDecision decision) {
    float[] scores = new float[sectors.size() + 1];
    classifier.score(text, scores);
    List<String> labels = classifier.labels();
    int decided = labels.indexOf(decision.sector());
    int rival = rival(scores, decided);
    return new RouteExplanation(
        labels.get(decided),
        labels.get(rival),
        classifier.explain(text, decided, rival, MOST_EVIDENCE));
  }

  /** The best label beside one. */
  private int rival(float[] scores, int decided) {
    int sector = best(scores, decided);
    return decided != general && (sector == decided || scores[general] > scores[sector])
        ? general
        : sector;
  }

  /** The best sector beside one; ties by priority, then by id. The excepted one if it is alone. */
  private int best(float[] scores, int except) {
    int best = -1;
    for (int s = 0; s < general; s++) {
      if (s != except && (best < 0 || before(s, best, scores))) {
        best = s;
      }
    }
    return best < 0 ? except : best;
  }

  private boolean before(int s, int other, float[] scores) {
    if (scores[s] != scores[other]) {
      return scores[s] > scores[other];
    }
    Sector one = sectors.get(s);
    Sector two = sectors.get(other);
    return one.priority() != two.priority()
        ? one.priority() < two.priority()
        : one.id().compareTo(two.id()) < 0;
  }

  private List<SectorScore> ranked(float[] scores) {
    List<SectorScore> ranked = new ArrayList<>(MOST_RANKED + 1);
    boolean generalTold = false;
    boolean[] told = new boolean[general];
    for (int i = 0; i < MOST_RANKED; i++) {
      int next = -1;
      for (int s = 0; s < general; s++) {
        if (!told[s] && scores[s] >= LEAST_RANKED && (next < 0 || before(s, next, scores))) {
          next = s;
        }
      }
      if (next < 0) {
        break;
      }
      if (!generalTold && scores[general] > scores[next]) {
        ranked.add(new SectorScore(RouteDecision.GENERAL, scores[general]));
        generalTold = true;
      }
      told[next] = true;
      ranked.add(new SectorScore(sectors.get(next).id(), scores[next]));
    }
    if (!generalTold) {
      ranked.add(new SectorScore(RouteDecision.GENERAL, scores[general]));
    }
    return ranked;
  }

  private List<AdapterChoice> adapters(float[] scores, int best) {
    Settings settings = configuration.settings();
    int most = Math.min(settings.maxExperts(), perplexity(scores));
    List<String> names = new ArrayList<>(settings.maxExperts());
    double[] weights = new double[settings.maxExperts()];
    boolean[] taken = new boolean[general];
    double sum = 0;
    int next = best;
    for (int chosen = 0; chosen < most && next >= 0; chosen++) {
      taken[next] = true;
      sum += scores[next];
      add(names, weights, sectors.get(next).adapter(), scores[next]);
      next = nextAtThreshold(scores, taken);
    }
    double whole = sum;
    if (names.size() < settings.maxExperts()) {
      double companion = Math.max(1 - sum, LEAST_COMPANION * sum / (1 - LEAST_COMPANION));
      add(names, weights, settings.defaultAdapter(), companion);
      whole += companion;
    }
    List<AdapterChoice> choices = new ArrayList<>(names.size());
    for (int i = 0; i < names.size(); i++) {
      choices.add(choice(names.get(i), weights[i] / whole));
    }
    return choices;
  }

  private int nextAtThreshold(float[] scores, boolean[] taken) {
    int next = -1;
    for (int s = 0; s < general; s++) {
      boolean eligible =
          !taken[s]
              && scores[s] >= configuration.settings().fallbackThreshold()
              && scores[s] >= classifier.threshold(s);
      if (eligible && (next < 0 || before(s, next, scores))) {
        next = s;
      }
    }
    return next;
  }

  /** Sectors that share an adapter name it once, with the sum of their weights. */
  private static void add(List<String> names, double[] weights, String adapter, double weight) {
    int at = names.indexOf(adapter);
    if (at < 0) {
      at = names.size();
      names.add(adapter);
    }
    weights[at] += weight;
  }

  private AdapterChoice choice(String adapter, double weight) {
    return new AdapterChoice(adapter, balancer.next(adapter), weight);
  }

  /** e^H rounded, at least 1. */
  private static int perplexity(float[] scores) {
    double entropy = 0;
    for (float score : scores) {
      if (score > 0) {
        entropy -= score * Math.log(score);
      }
    }
    return Math.max(1, (int) Math.round(Math.exp(entropy)));
  }
}
