package dev.pusula.routing.control;

import dev.pusula.routing.entity.RouteDecision;
import dev.pusula.routing.entity.RoutingConfiguration;
import dev.pusula.routing.model.Calibration;
import dev.pusula.routing.model.Card;
import dev.pusula.routing.model.Features;
import dev.pusula.routing.model.SectorModel;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** Four sectors, small enough to compute scores by hand. */
final class Fixtures {

  private Fixtures() {}

  static String yaml() {
    try (InputStream in = Fixtures.class.getResourceAsStream("/routing/sectors.yaml")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static RoutingConfiguration configuration() {
    return SectorsFile.parse("sectors.yaml", yaml());
  }

  /** A model of one sector, known by one word, and general, which has the bias. */
  static SectorModel model(String sector, String word) {
    Features features = new Features();
    features.read(word);
    TreeSet<Integer> ids = new TreeSet<>();
    for (int i = 0; i < features.gramCount(); i++) {
      ids.add(features.gram(i));
    }
    for (int i = 0; i < features.wordCount(); i++) {
      ids.add(features.word(i));
    }
    long[] kept = new long[1 << (Features.BITS - 6)];
    float[] weights = new float[2 * ids.size()];
    int at = 0;
    for (int id : ids) {
      kept[id >>> 6] |= 1L << id;
      weights[at++] = -2;
      weights[at++] = 2;
    }
    Card card =
        new Card(
            List.of(RouteDecision.GENERAL, sector),
            "fixture",
            "",
            1,
            1,
            Map.of(),
            Map.of(),
            Map.of());
    return new SectorModel(
        card, kept, weights, new float[] {1, -1}, new Calibration(1, new float[2]));
  }
}
