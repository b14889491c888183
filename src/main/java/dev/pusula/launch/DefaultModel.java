package dev.pusula.launch;

import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The checkpoint that is served where {@code PUSULA_MODEL} names none: the demonstration model that
 * comes with the product.
 */
final class DefaultModel {

  private DefaultModel() {}

  /** The folder of the checkpoint. */
  static Path directory(Home home) {
    String named = System.getenv("PUSULA_MODEL");
    if (named != null) {
      return Path.of(named).toAbsolutePath();
    }
    Path folder = home.root().resolve("models/demo");
    if (!Files.exists(folder)) {
      throw new Failure(folder + " is missing; name a checkpoint with PUSULA_MODEL");
    }
    return folder;
  }
}
