package dev.pusula.routing.training;

import dev.pusula.routing.entity.RouteDecision;
import dev.pusula.routing.model.Calibration;
import dev.pusula.routing.model.Card;
import dev.pusula.routing.model.Features;
import dev.pusula.routing.model.SectorModel;
import dev.pusula.statistics.Interval;
import dev.pusula.statistics.Proportion;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * From the corpus to a model: weights from the training split, calibration and thresholds from the
 * validation split, which the weights have not seen, scores of the test splits for the card.
 */
public final class Training {

  private static final int VERSION_LENGTH = 12;
  private static final int FOLDS = 5;

  private final Corpus corpus;
  private final Options options;
  private final Consumer<String> progress;

  /**
   * What is trained on.
   *
   * @param labels sorted
   * @param train queries that weights may see
   * @param terms words and phrases of one sector each, trained on like queries
   * @param validation queries for calibration and thresholds
   * @param test queries that nothing is fitted to, by the name of their split
   */
  public record Corpus(
      List<String> labels,
      List<LabelledText> train,
      List<LabelledText> terms,
      List<LabelledText> validation,
      Map<String, List<LabelledText>> test) {

    private static final String TRAIN = "train";
    private static final String VALIDATION = "validation";

    /**
     * Reads {@code queries/} and {@code lexicon/} of a folder. Queries of other splits than {@code
     * train} and {@code validation} are for tests.
     *
     * @param sectors the ids that may occur beside {@code general}
     * @throws LabelledFile.InvalidFileException naming file and line of what is wrong
     */
    public static Corpus read(Path folder, Set<String> sectors) {
      List<String> labels = new ArrayList<>(sectors);
      labels.add(RouteDecision.GENERAL);
      labels.sort(Comparator.naturalOrder());
      Set<String> known = Set.copyOf(labels);
      Map<String, List<LabelledText>> splits =
          LabelledFile.read(folder.resolve("queries"), known).stream()
              .collect(
                  Collectors.groupingBy(LabelledText::split, TreeMap::new, Collectors.toList()));
      List<LabelledText> train = splits.remove(TRAIN);
      List<LabelledText> validation = splits.remove(VALIDATION);
      if (train == null || validation == null) {
        throw new LabelledFile.InvalidFileException(
            folder + " needs queries of the splits train and validation");
      }
      return new Corpus(
          labels, train, LabelledFile.read(folder.resolve("lexicon"), known), validation, splits);
    }

    /** SHA-256 over the rows that are trained on. */
    String hash() {
      MessageDigest digest = sha256();
      for (List<LabelledText> rows : List.of(train, terms)) {
        for (LabelledText row : rows) {
          digest.update((row.sector() + "\t" + row.text() + "\n").getBytes(StandardCharsets.UTF_8));
        }
      }
      return HexFormat.of().formatHex(digest.digest());
    }
  }

  /**
   * How to train.
   *
   * @param trainer of the weights
   * @param risk share of wrong decisions that a sector's threshold allows, 0…1
   */
  public record Options(Trainer.Settings trainer, double risk) {

    /** What cross-validation chose; docs/measurements has the table. */
    public static Options chosen(long seed) {
      return new Options(new Trainer.Settings(10, 1, 400_000, 1, seed), 0.1);
    }
  }

  /** Over a corpus; {@code progress} is told each step in one line. */
  public Training(Corpus corpus, Options options, Consumer<String> progress) {
    this.corpus = corpus;
    this.options = options;
    this.progress = progress;
  }

  /** Trains. Equal corpora and options give equal models. */
  public SectorModel run() {
    List<String> labels = corpus.labels();
    progress.accept(
        "%,d queries and %,d terms to train on, %,d queries to calibrate with"
            .formatted(corpus.train().size(), corpus.terms().size(), corpus.validation().size()));
    List<LabelledText> all = new ArrayList<>(corpus.train());
    all.addAll(corpus.terms());
    SectorModel plain = new Trainer(labels, options.trainer()).train(all);
    progress.accept("weights of %,d features".formatted(plain.rows()));
    float[][] unseen = logits(plain, corpus.validation());
    int[] truth = truth(corpus.validation());
    Calibration calibration = Calibrator.fit(unseen, truth);
    progress.accept("calibrated: slope %.3f".formatted(calibration.slope()));
    SectorModel model = plain.calibrated(calibration);
    return model.withCard(
        new Card(
            labels,
            version(model),
            corpus.hash(),
            all.size(),
            options.trainer().seed(),
            settings(),
            Thresholds.fit(unseen, truth, labels, calibration, options.risk()),
            scores(model)));
  }

  /**
   * Compares costs by cross-validation over the training split; tells accuracy and macro-F1 of
   * each.
   */
  public void tune(double... costs) {
    Trainer.Settings chosen = options.trainer();
    for (double cost : costs) {
      Trainer.Settings settings =
          new Trainer.Settings(cost, chosen.fewest(), chosen.most(), chosen.typos(), chosen.seed());
      float[][] unseen =
          CrossValidation.logits(
              corpus.train(), corpus.terms(), corpus.labels(), settings, FOLDS, fold -> {});
      Evaluation evaluation = new Evaluation(corpus.labels());
      for (int r = 0; r < unseen.length; r++) {
        int first = first(unseen[r]);
        evaluation.add(corpus.train().get(r), corpus.labels().get(first), 0, 0);
      }
      progress.accept(
          "cost %s: accuracy %.4f, macro-F1 %.4f in %d folds"
              .formatted(
                  cost, evaluation.accuracy().share(), evaluation.confusion().macroF1(), FOLDS));
    }
  }

  private static float[][] logits(SectorModel model, List<LabelledText> rows) {
    Features features = new Features();
    float[][] logits = new float[rows.size()][model.labels().size()];
    for (int r = 0; r < logits.length; r++) {
      features.read(rows.get(r).text());
      model.logits(features, logits[r]);
    }
    return logits;
  }

  private int[] truth(List<LabelledText> rows) {
    return rows.stream().mapToInt(row -> corpus.labels().indexOf(row.sector())).toArray();
  }

  /** The index of the highest score, the first of equals. */
  static int first(float[] scores) {
    int first = 0;
    for (int c = 1; c < scores.length; c++) {
      if (scores[c] > scores[first]) {
        first = c;
      }
    }
    return first;
  }

  private Map<String, Double> settings() {
    Map<String, Double> settings = new TreeMap<>(options.trainer().byName());
    settings.put("risk", options.risk());
    return settings;
  }

  /** A hash of what decides, which is not the card. */
  private static String version(SectorModel model) {
    MessageDigest digest = sha256();
    model.digest(digest);
    return HexFormat.of().formatHex(digest.digest()).substring(0, VERSION_LENGTH);
  }

  /** By split and name. */
  private Map<String, Card.Score> scores(SectorModel model) {
    Map<String, Card.Score> scores = new TreeMap<>();
    corpus
        .test()
        .forEach(
            (split, rows) -> {
              Evaluation evaluation = evaluate(model, rows);
              scores.put(split + ".accuracy", score(evaluation.accuracy()));
              scores.put(split + ".accuracy_with_also", score(evaluation.accuracyWithAlso()));
              scores.put(split + ".general_recall", score(evaluation.generalRecall()));
              scores.put(split + ".in_scope_rejected", score(evaluation.rejected()));
              evaluation
                  .accuracyByStyle()
                  .forEach((style, share) -> scores.put(split + "." + style, score(share)));
            });
    return scores;
  }

  /** How the model's first label does on rows. */
  private static Evaluation evaluate(SectorModel model, List<LabelledText> rows) {
    List<String> labels = model.labels();
    Evaluation evaluation = new Evaluation(labels);
    Features features = new Features();
    float[] p = new float[labels.size()];
    int general = labels.indexOf(RouteDecision.GENERAL);
    for (LabelledText row : rows) {
      features.read(row.text());
      model.probabilities(features, p);
      int first = first(p);
      evaluation.add(row, labels.get(first), p[first], p[general]);
    }
    return evaluation;
  }

  private static Card.Score score(Proportion share) {
    Interval interval = share.interval();
    return new Card.Score(share.share(), interval.low(), interval.high(), share.n());
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
