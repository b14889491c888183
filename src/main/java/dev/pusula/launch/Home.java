package dev.pusula.launch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/**
 * Where the product keeps its state ({@code PUSULA_HOME}) and where it finds its own files ({@code
 * PUSULA_ROOT}, the checkout, set by the {@code pusula} script).
 *
 * @param state absolute; created on first use
 * @param root absolute; holds {@code target/}, {@code payara-config/} and {@code jmeter/}
 */
record Home(Path state, Path root) {

  /** As the environment says. */
  static Home ofEnvironment() {
    Path root = absolute(System.getenv().getOrDefault("PUSULA_ROOT", "."));
    return new Home(
        absolute(System.getenv().getOrDefault("PUSULA_HOME", root.resolve(".pusula").toString())),
        root);
  }

  /** The directory of this name under the state, created if absent. */
  Path directory(String name) {
    Path directory = state.resolve(name);
    try {
      return Files.createDirectories(directory);
    } catch (IOException e) {
      throw new Failure("cannot create " + directory + " (PUSULA_HOME)", e);
    }
  }

  /** The directory of this name under the state, with nothing in it. */
  Path emptied(String name) {
    try (Stream<Path> entries = Files.walk(directory(name))) {
      for (Path entry : entries.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(entry);
      }
    } catch (IOException e) {
      throw new Failure("cannot empty " + state.resolve(name) + " (PUSULA_HOME)", e);
    }
    return directory(name);
  }

  /** A file that the build lays out, such as {@code pusula.war}. */
  Path built(String name) {
    Path file = root.resolve("target").resolve(name);
    if (!Files.exists(file)) {
      throw new Failure(file + " is missing; build with: mvn -DskipTests package");
    }
    return file;
  }

  private static Path absolute(String path) {
    return Path.of(path).toAbsolutePath().normalize();
  }
}
