package dev.pusula.routing.control;

import dev.pusula.routing.entity.RoutingConfiguration;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

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
}
