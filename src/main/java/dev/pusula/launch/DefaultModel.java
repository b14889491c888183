package dev.pusula.launch;

import java.nio.file.Path;

/** The checkpoint that is served where {@code PUSULA_MODEL} names none. */
final class DefaultModel {

  private DefaultModel() {}

  /** The folder of the checkpoint, written first if it is not there yet. */
  static Path directory(Home home) {
    String named = System.getenv("PUSULA_MODEL");
    return named == null
        ? home.directory("models").resolve("default")
        : Path.of(named).toAbsolutePath();
  }
}
