package dev.pusula.inference.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The driver of {@code src/test/cuda}, built where there is g++ and loaded in place of NVIDIA's, so
 * that JCuda runs the product's kernels on the CPU. A test that needs it is skipped elsewhere, with
 * the reason.
 */
public final class StandIn {

  private static final Path SOURCES = Path.of("src/test/cuda");
  private static final Path KERNELS = Path.of("src/main/cuda");
  private static final Path TARGET = Path.of("target/stand-in");
  private static final Pattern DEFINED = Pattern.compile("(?m)^Result (cu\\w+)\\(");

  private static boolean loaded;

  private StandIn() {}

  /** Makes this JVM's GPU the stand-in, or skips the test. */
  public static synchronized void require() {
    if (!loaded) {
      System.load(built(KERNELS, TARGET).toAbsolutePath().toString());
      loaded = true;
    }
  }

  /** NVML's stand-in, or a skipped test. */
  static Path nvml() {
    requireCompiler();
    Path library = TARGET.resolve("libnvidia-ml.so.1");
    try {
      Files.createDirectories(TARGET);
      if (older(library, SOURCES)) {
        compile(library, List.of(SOURCES.resolve("nvml.cpp").toString()));
      }
      return library;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void requireCompiler() {
    assumeTrue(
        System.getProperty("os.name").equals("Linux")
            && System.getProperty("os.arch").equals("amd64"),
        "the stand-in driver is for Linux on x86-64");
    assumeTrue(onPath("g++"), "the stand-in driver is built by g++, which is not on the PATH");
  }

  /** The library from these kernels, or a skipped test. */
  public static Path built(Path kernels, Path target) {
    requireCompiler();
    try {
      Files.createDirectories(target);
      Path library = target.resolve("libcuda.so.1");
      if (older(library, kernels) || older(library, SOURCES)) {
        build(kernels, target, library);
      }
      return library;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void build(Path kernels, Path target, Path library) throws IOException {
    Path stubs = target.resolve("stubs.cpp");
    Files.writeString(stubs, stubs());
    compile(
        library,
        List.of(
            "-I" + SOURCES,
            "-I" + kernels,
            SOURCES.resolve("driver.cpp").toString(),
            stubs.toString()));
  }

  private static void compile(Path library, List<String> sources) throws IOException {
    Path beside = library.resolveSibling(library.getFileName() + ".new");
    List<String> command =
        new ArrayList<>(List.of("g++", "-std=c++17", "-O3", "-march=native", "-fPIC", "-shared"));
    command.addAll(List.of("-Wl,-soname," + library.getFileName(), "-o", beside.toString()));
    command.addAll(sources);
    File log = library.resolveSibling("build.log").toFile();
    Process build =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log).start();
    try {
      assertThat(build.waitFor(3, TimeUnit.MINUTES)).isTrue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    assertThat(build.exitValue()).as(Files.readString(log.toPath())).isZero();
    Files.move(beside, library, StandardCopyOption.REPLACE_EXISTING);
  }

  /** What JCuda refers to and the stand-in does not have: not supported, which JCuda can tell. */
  private static String stubs() throws IOException {
    Set<String> missing =
        new TreeSet<>(Files.readAllLines(SOURCES.resolve("jcuda-12.6.0-driver-symbols.txt")));
    Matcher defined = DEFINED.matcher(Files.readString(SOURCES.resolve("driver.cpp")));
    while (defined.find()) {
      missing.remove(defined.group(1));
    }
    StringBuilder text = new StringBuilder("extern \"C\" {\n");
    missing.forEach(name -> text.append("int ").append(name).append("() { return 801; }\n"));
    return text.append("}\n").toString();
  }

  private static boolean older(Path library, Path sources) throws IOException {
    if (!Files.exists(library)) {
      return true;
    }
    try (Stream<Path> files = Files.list(sources)) {
      for (Path file : files.toList()) {
        if (Files.getLastModifiedTime(file).compareTo(Files.getLastModifiedTime(library)) > 0) {
          return true;
        }
      }
    }
    return false;
  }

  private static boolean onPath(String program) {
    return Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
        .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
  }
}
