package dev.pusula.routing.training;

import de.bwaldvogel.liblinear.Feature;
import de.bwaldvogel.liblinear.FeatureNode;
import de.bwaldvogel.liblinear.Linear;
import de.bwaldvogel.liblinear.Model;
import de.bwaldvogel.liblinear.Parameter;
import de.bwaldvogel.liblinear.Problem;
import de.bwaldvogel.liblinear.SolverType;
import dev.pusula.routing.model.Calibration;
import dev.pusula.routing.model.Card;
import dev.pusula.routing.model.Features;
import dev.pusula.routing.model.SectorModel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * Trains the weights of a {@link SectorModel}: one L2-regularised logistic regression for each
 * label against all others. Deterministic: equal rows and settings give equal weights.
 *
 * <p>A feature's value is its count · idf / √(features of its kind in the text), with idf = ln((n +
 * 1) / (df + 1)) + 1 over the training rows; the kinds are n-grams, and words with their pairs. The
 * idf ends in the weights, so that scoring knows nothing of it.
 */
final class Trainer {

  /** Iterations end when the gradient has shrunk by this much; more changes no decision. */
  private static final double TOLERANCE = 0.01;

  private static final double BIAS = 1;

  static {
    Linear.disableDebugOutput();
  }

  private final List<String> labels;
  private final Settings settings;

  /**
   * How to train.
   *
   * @param cost of an error against the norm of the weights, liblinear's C
   * @param fewest rows in which a feature must occur to be kept
   * @param most features kept, those with the largest weights; 0 for all
   * @param typos copies of each row with typing errors
   * @param seed of the typing errors
   */
  record Settings(double cost, int fewest, int most, int typos, long seed) {

    Map<String, Double> byName() {
      return Map.of(
          "cost", cost,
          "fewest_rows_of_a_feature", (double) fewest,
          "most_features", (double) most,
          "typo_copies", (double) typos);
    }
  }

  Trainer(List<String> labels, Settings settings) {
    this.labels = List.copyOf(labels);
    this.settings = settings;
  }

  /** Trains on rows and gives a model whose calibration is the plain softmax of its logits. */
  SectorModel train(List<LabelledText> rows) {
    List<LabelledText> all = withTypos(rows);
    Document[] documents =
        all.stream().map(row -> Document.of(row.text())).toArray(Document[]::new);
    int[] rowsWith = rowsWith(documents);
    int[] place = new int[rowsWith.length]; // of a kept feature among the kept, from 1
    int kept = 0;
    for (int id = 0; id < place.length; id++) {
      if (rowsWith[id] >= settings.fewest) {
        place[id] = ++kept;
      }
    }
    float[] idf = new float[kept + 1];
    for (int id = 0; id < place.length; id++) {
      idf[place[id]] = (float) (Math.log((all.size() + 1.0) / (rowsWith[id] + 1)) + 1);
    }
    Feature[][] x = new Feature[documents.length][];
    for (int d = 0; d < documents.length; d++) {
      x[d] = vector(documents[d], place, idf, kept);
    }
    double[][] trained = oneAgainstAll(all, x, kept);
    return model(place, idf, rowsWith, trained);
  }

  private List<LabelledText> withTypos(List<LabelledText> rows) {
    List<LabelledText> all = new ArrayList<>(rows);
    SplittableRandom random = new SplittableRandom(settings.seed);
    for (int copy = 0; copy < settings.typos; copy++) {
      for (LabelledText row : rows) {
        String slipped = Typos.in(row.text(), random);
        if (!slipped.equals(row.text())) {
          all.add(new LabelledText(slipped, row.sector(), row.also(), row.style(), row.split()));
        }
      }
    }
    return all;
  }

  /**
   * The features of a text.
   *
   * @param ids ascending, each once
   * @param values count over the root of the features of its kind; a hash that both kinds share
   *     adds both
   */
  private record Document(int[] ids, double[] values) {

    static Document of(String text) {
      Features features = new Features();
      features.read(text);
      TreeMap<Integer, Double> values = new TreeMap<>();
      double ofGram = Features.scale(features.gramCount());
      double ofWord = Features.scale(features.wordCount());
      for (int i = 0; i < features.gramCount(); i++) {
        values.merge(features.gram(i), ofGram, Double::sum);
      }
      for (int i = 0; i < features.wordCount(); i++) {
        values.merge(features.word(i), ofWord, Double::sum);
      }
      return new Document(
          values.keySet().stream().mapToInt(Integer::intValue).toArray(),
          values.values().stream().mapToDouble(Double::doubleValue).toArray());
    }
  }

  private static int[] rowsWith(Document[] documents) {
    int[] rows = new int[1 << Features.BITS];
    for (Document document : documents) {
      for (int id : document.ids) {
        rows[id]++;
      }
    }
    return rows;
  }

  /** The kept features of a document, by ascending place, and the bias. */
  private static Feature[] vector(Document document, int[] place, float[] idf, int kept) {
    List<Feature> vector = new ArrayList<>();
    for (int i = 0; i < document.ids.length; i++) {
      int at = place[document.ids[i]];
      if (at > 0) {
        vector.add(new FeatureNode(at, document.values[i] * idf[at]));
      }
    }
    vector.add(new FeatureNode(kept + 1, BIAS));
    return vector.toArray(Feature[]::new);
  }

  /** (labels, kept + 1): the weights, the bias last. */
  private double[][] oneAgainstAll(List<LabelledText> rows, Feature[][] x, int kept) {
    return IntStream.range(0, labels.size())
        .parallel()
        .mapToObj(
            label -> {
              Problem problem = new Problem();
              problem.l = x.length;
              problem.n = kept + 1;
              problem.x = x;
              // Whichever comes first is liblinear's positive class; the sign is put right below.
              problem.y =
                  rows.stream()
                      .mapToDouble(row -> row.sector().equals(labels.get(label)) ? 1 : -1)
                      .toArray();
              Parameter parameter = new Parameter(SolverType.L2R_LR, settings.cost, TOLERANCE);
              Model model = Linear.train(problem, parameter);
              double sign = model.getLabels()[0] == 1 ? 1 : -1;
              return Arrays.stream(model.getFeatureWeights()).map(w -> sign * w).toArray();
            })
        .toArray(double[][]::new);
  }

  private SectorModel model(int[] place, float[] idf, int[] rowsWith, double[][] trained) {
    int width = labels.size();
    int kept = idf.length - 1;
    boolean[] chosen = strongest(place, idf, rowsWith, trained);
    long[] bits = new long[place.length / Long.SIZE];
    float[] weights = new float[(int) count(chosen) * width];
    int at = 0;
    for (int id = 0; id < place.length; id++) {
      if (place[id] > 0 && chosen[place[id]]) {
        bits[id / Long.SIZE] |= 1L << id;
        for (int c = 0; c < width; c++) {
          weights[at++] = (float) (trained[c][place[id] - 1] * idf[place[id]]);
        }
      }
    }
    float[] bias = new float[width];
    for (int c = 0; c < width; c++) {
      bias[c] = (float) (trained[c][kept] * BIAS);
    }
    Card card = new Card(labels, "", "", 0, settings.seed, settings.byName(), Map.of(), Map.of());
    return new SectorModel(card, bits, weights, bias, new Calibration(1, new float[width]));
  }

  /** By what they change: the largest weight, times the root of how many rows it changes. */
  private boolean[] strongest(int[] place, float[] idf, int[] rowsWith, double[][] trained) {
    int kept = idf.length - 1;
    double[] strength = new double[kept + 1];
    for (int id = 0; id < place.length; id++) {
      int f = place[id];
      for (int c = 0; f > 0 && c < trained.length; c++) {
        double change = Math.abs(trained[c][f - 1] * idf[f]) * Math.sqrt(rowsWith[id]);
        strength[f] = Math.max(strength[f], change);
      }
    }
    double[] sorted = Arrays.copyOfRange(strength, 1, kept + 1);
    Arrays.sort(sorted);
    double least = settings.most == 0 || settings.most >= kept ? 0 : sorted[kept - settings.most];
    boolean[] chosen = new boolean[kept + 1];
    for (int f = 1; f <= kept; f++) {
      chosen[f] = strength[f] >= least;
    }
    return chosen;
  }

  private static long count(boolean[] flags) {
    return IntStream.range(0, flags.length).filter(i -> flags[i]).count();
  }
}
