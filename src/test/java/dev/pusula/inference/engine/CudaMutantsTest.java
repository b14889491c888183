package dev.pusula.inference.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pusula.inference.cuda.StandIn;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Kernels that were made wrong are found out: each mutant in a driver and a JVM of its own. */
class CudaMutantsTest {

  private static final Path KERNELS = Path.of("src/main/cuda");

  @TempDir private Path home;

  @BeforeAll
  static void standIn() {
    StandIn.require();
  }

  static Stream<Arguments> mutants() {
    return Stream.of(
        Arguments.of("none", "rows.cuh", "", ""),
        Arguments.of(
            "a dropped barrier before the sums of a norm meet",
            "rows.cuh",
            "  __syncthreads();\n  sum = 0;",
            "  sum = 0;"),
        Arguments.of(
            "a dropped barrier before the sums of a product meet",
            "multiply.cuh",
            "    __syncthreads();\n#pragma unroll\n    for (int o",
            "#pragma unroll\n    for (int o"),
        Arguments.of(
            "the adapters of the first row for all",
            "adapters.cuh",
            "int adapter = step->adapters[row * MOST_ADAPTERS + a];",
            "int adapter = step->adapters[a];"),
        Arguments.of(
            "the changes of the next slot",
            "adapters.cuh",
            "changes + (size_t)slot * RESIDENT_ADAPTERS + adapter;\n    int rank",
            "changes + (size_t)(slot + 1) * RESIDENT_ADAPTERS + adapter;\n    int rank"),
        Arguments.of(
            "a rank that is ignored", "adapters.cuh", "if (r < rank) {", "if (r < rank - 1) {"),
        Arguments.of(
            "the page before the right one",
            "attention.cuh",
            "position / PAGE]",
            "max(0, position / PAGE - 1)]"),
        Arguments.of(
            "pieces of attention without their largest scores",
            "attention.cuh",
            "sum += expf(from[p * (dim + 2) + dim] - most) * from",
            "sum += from"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("mutants")
  void mutant_isFoundOut(String name, String file, String right, String wrong) throws Exception {
    Path kernels = Files.createDirectory(home.resolve("kernels"));
    try (Stream<Path> sources = Files.list(KERNELS)) {
      for (Path source : sources.toList()) {
        Files.copy(source, kernels.resolve(source.getFileName()));
      }
    }
    String text = Files.readString(kernels.resolve(file));
    assertThat(text).contains(right);
    Files.writeString(kernels.resolve(file), text.replace(right, wrong));
    Path library = StandIn.built(kernels, home.resolve("driver"));
    assertThat(check(library)).as(name).isEqualTo(right.equals(wrong) ? 0 : 1);
  }

  private int check(Path library) throws IOException, InterruptedException {
    Path log = home.resolve("check.log");
    Process check =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-Djava.io.tmpdir=" + System.getProperty("java.io.tmpdir"),
                "-cp",
                System.getProperty("java.class.path"),
                CudaCheck.class.getName(),
                library.toAbsolutePath().toString())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    assertThat(check.waitFor(2, TimeUnit.MINUTES)).isTrue();
    String said = Files.readString(log);
    assertThat(said)
        .as("it has compared, or a launch failed")
        .containsAnyOf("worst", "is not below", "CudaException");
    return check.exitValue();
  }
}
