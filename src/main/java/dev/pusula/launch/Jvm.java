package dev.pusula.launch;

import java.nio.file.Path;
import java.util.List;

/** How child JVMs are started: with the Java that runs this one. */
final class Jvm {

  private static final String VECTOR = "jdk.incubator.vector";

  private Jvm() {}

  /** The absolute path of the {@code java} program. */
  static String java() {
    return Path.of(System.getProperty("java.home"), "bin", "java").toString();
  }

  /** Fewer misses in the address translation while weights stream; ignored where there are none. */
  static List<String> largePages() {
    return List.of("-XX:+IgnoreUnrecognizedVMOptions", "-XX:+UseTransparentHugePages");
  }

  /** The option that makes the Vector API visible, where this Java has it; empty otherwise. */
  static List<String> vectorModule() {
    boolean present =
        ModuleLayer.boot().findModule(VECTOR).isPresent()
            || java.lang.module.ModuleFinder.ofSystem().find(VECTOR).isPresent();
    return present ? List.of("--add-modules", VECTOR) : List.of();
  }
}
