package dev.pusula.routing.control;

import dev.pusula.routing.entity.SectorScore;
import java.util.List;

/**
 * Scores a text for every sector. Immutable and thread-safe. The seam behind which classifiers are
 * exchanged.
 */
public interface SectorClassifier {

  /**
   * Scores one text.
   *
   * @param text any string: empty, huge and malformed UTF-16 included
   * @return sectors with a score above 0, descending, ties by id
   */
  Classification classify(String text);

  /**
   * Scores with what spoke for the first.
   *
   * @param ranked descending, ties by id
   * @param evidence what spoke for the first sector, strongest first (keywords or features); empty
   *     if nothing did
   */
  record Classification(List<SectorScore> ranked, List<String> evidence) {
    /** Copies the lists. */
    public Classification {
      ranked = List.copyOf(ranked);
      evidence = List.copyOf(evidence);
    }
  }
}
