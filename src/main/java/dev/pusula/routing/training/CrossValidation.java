package dev.pusula.routing.training;

import dev.pusula.routing.model.Features;
import dev.pusula.routing.model.SectorModel;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;

/** Scores each row by a model that was trained without it. */
final class CrossValidation {

  private CrossValidation() {}

  /**
   * Scores of rows that the weights have not seen.
   *
   * @param rows shuffled into folds by the settings' seed
   * @param always further rows that every model is trained on and that are not scored
   * @param progress told after each fold
   * @return (rows, labels), logits in the order of {@code rows}
   */
  static float[][] logits(
      List<LabelledText> rows,
      List<LabelledText> always,
      List<String> labels,
      Trainer.Settings settings,
      int folds,
      Consumer<String> progress) {
    int[] foldOf = folds(rows.size(), folds, settings.seed());
    float[][] logits = new float[rows.size()][labels.size()];
    Features features = new Features();
    for (int fold = 0; fold < folds; fold++) {
      List<LabelledText> seen = new ArrayList<>(always);
      for (int r = 0; r < rows.size(); r++) {
        if (foldOf[r] != fold) {
          seen.add(rows.get(r));
        }
      }
      SectorModel model = new Trainer(labels, settings).train(seen);
      for (int r = 0; r < rows.size(); r++) {
        if (foldOf[r] == fold) {
          features.read(rows.get(r).text());
          model.logits(features, logits[r]);
        }
      }
      progress.accept("fold " + (fold + 1) + " of " + folds);
    }
    return logits;
  }

  private static int[] folds(int n, int folds, long seed) {
    int[] order = new int[n];
    SplittableRandom random = new SplittableRandom(seed);
    for (int i = 0; i < n; i++) {
      int j = random.nextInt(i + 1);
      order[i] = order[j];
      order[j] = i % folds;
    }
    return order;
  }
}
