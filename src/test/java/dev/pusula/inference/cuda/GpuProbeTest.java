package dev.pusula.inference.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What serves, and what is said of it, with drivers that are absent, old, ill or well. */
class GpuProbeTest {

  private static final String TINY = "src/test/resources/inference/llama-tied";

  @TempDir private Path home;

  @Test
  void noDriver_servesOnTheCpu_andSaysWhy() throws Exception {
    assumeFalse(driverIsInstalled(), "this machine has an NVIDIA driver");
    assertThat(probe("-", "AUTO", Map.of()))
        .contains("gpu: no GPU, because no NVIDIA driver: ", "libcuda.so.1", "serves: engine-cpu")
        .contains("outcome: Completed");
  }

  @Test
  void noDriver_whereAGpuIsAskedFor_isRefused() throws Exception {
    assumeFalse(driverIsInstalled(), "this machine has an NVIDIA driver");
    assertThat(probe("-", "CUDA", Map.of()))
        .contains("refused: no NVIDIA driver")
        .doesNotContain("serves:");
  }

  @Test
  void cpuAskedFor_looksForNoDriver() throws Exception {
    assertThat(probe("-", "CPU", Map.of()))
        .contains("gpu: no GPU, because the CPU is asked for", "serves: engine-cpu");
  }

  @Test
  void driverOfCuda11_isTooOld() throws Exception {
    assertThat(probe(standIn(), "AUTO", Map.of("PUSULA_STAND_IN_VERSION", "11040")))
        .contains(
            "gpu: no GPU, because the driver is for CUDA 11.4; 12.0 is the least",
            "serves: engine-cpu");
  }

  @Test
  void gpuOfTuring_isTooOld() throws Exception {
    assertThat(probe(standIn(), "AUTO", Map.of("PUSULA_STAND_IN_CAPABILITY", "75")))
        .contains(
            "gpu: no GPU, because stand-in has compute capability 7.5; 8.0 is the least",
            "serves: engine-cpu");
  }

  @Test
  void goodDriver_serves() throws Exception {
    assertThat(probe(standIn(), "AUTO", Map.of()))
        .contains(
            "gpu: stand-in, 132 multiprocessors, compute capability 9.0, 1.0 GiB, driver for CUDA 12.0",
            "serves: engine-cuda")
        .containsPattern("(?s)outcome: Completed.*up=true.*outcome: Completed.*up=true");
  }

  /** Never a silent run on the CPU: both requests fail, and health says why. */
  @Test
  void gpuThatIsLost_failsRequests_andHealth() throws Exception {
    assertThat(probe(standIn(), "AUTO", Map.of("PUSULA_STAND_IN_LOST", "40")))
        .contains("serves: engine-cuda")
        .containsPattern("(?s)outcome: Failed.*up=false.*outcome: Failed.*up=false")
        .containsPattern(
            "lost: cuLaunchKernel of \\w+ failed with code 46, CUDA_ERROR_DEVICE_UNAVAILABLE")
        .doesNotContain("Completed");
  }

  @Test
  void gpuWithoutRoom_isRefusedWithTheNumbers() throws Exception {
    assertThat(probe(standIn(), "AUTO", Map.of("PUSULA_STAND_IN_MEMORY", "100000000")))
        .contains("refused: ", "does not fit the GPU", "0.09 GiB are free")
        .doesNotContain("serves:");
  }

  @Test
  void driver_isLookedAtForEveryFunctionThatIsCalled() {
    Path library = Path.of(standIn());
    assertThat(DriverSymbols.missing(library)).isEmpty();
    Path java = Path.of(System.getProperty("java.home"), "lib", "libjava.so");
    assertThat(DriverSymbols.missing(java))
        .containsExactlyInAnyOrderElementsOf(DriverSymbols.NEEDED);
  }

  private static String standIn() {
    return StandIn.built(Path.of("src/main/cuda"), Path.of("target/stand-in"))
        .toAbsolutePath()
        .toString();
  }

  private static boolean driverIsInstalled() {
    return Stream.of(
            "/usr/lib/x86_64-linux-gnu", "/usr/lib64", "/usr/lib", "/usr/local/nvidia/lib64")
        .anyMatch(folder -> Files.exists(Path.of(folder, "libcuda.so.1")));
  }

  private String probe(String library, String choice, Map<String, String> environment)
      throws IOException, InterruptedException {
    Path log = home.resolve("probe.log");
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-Djava.io.tmpdir=" + System.getProperty("java.io.tmpdir"),
                "-cp",
                System.getProperty("java.class.path"),
                GpuProbe.class.getName()));
    command.addAll(List.of(library, TINY, choice));
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
    builder.environment().putAll(environment);
    Process probe = builder.start();
    assertThat(probe.waitFor(2, TimeUnit.MINUTES)).isTrue();
    String said = Files.readString(log);
    assertThat(probe.exitValue()).as(said).isZero();
    return said;
  }
}
