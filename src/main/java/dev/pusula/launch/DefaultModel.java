package dev.pusula.launch;

import dev.pusula.inference.checkpoint.SyntheticCheckpoint;
import dev.pusula.routing.control.SectorsFile;
import dev.pusula.routing.entity.RoutingConfiguration;
import dev.pusula.routing.entity.Sector;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * The checkpoint that is served where {@code PUSULA_MODEL} names none: synthetic, untrained,
 * written on first use.
 */
final class DefaultModel {

  private DefaultModel() {}

  /** The folder of the checkpoint. */
  static Path directory(Home home) {
    String named = System.getenv("PUSULA_MODEL");
    if (named != null) {
      return Path.of(named).toAbsolutePath();
    }
    Path folder = home.directory("models").resolve("default");
    if (!Files.exists(folder)) {
      try {
        SyntheticCheckpoint.write(folder, SyntheticCheckpoint.Options.of(adapters()));
      } catch (IOException e) {
        throw new Failure("cannot write the default checkpoint to " + folder, e);
      }
    }
    return folder;
  }

  /** One for each sector, and the default adapter. */
  static List<String> adapters() throws IOException {
    RoutingConfiguration sectors = SectorsFile.load(null);
    return Stream.concat(
            sectors.sectors().stream().map(Sector::adapter),
            Stream.of(sectors.settings().defaultAdapter()))
        .toList();
  }
}
