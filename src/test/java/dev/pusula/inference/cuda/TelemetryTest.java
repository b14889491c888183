package dev.pusula.inference.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.pusula.inference.entity.GpuLoad;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class TelemetryTest {

  private static final String BUS = "0000:01:00.0";

  /** A figure that the driver does not tell is null, never 0. */
  @Test
  void nvml_tellsWhatItKnows() {
    System.load(StandIn.nvml().toAbsolutePath().toString());
    System.setProperty("jna.library.path", StandIn.nvml().getParent().toAbsolutePath().toString());
    assertThat(Telemetry.of("stand-in", BUS).read())
        .isEqualTo(new GpuLoad("stand-in", 0.37, 1L << 30, 251.5, null));
  }

  @Test
  void gpuThatNobodyKnows_hasANameAlone() {
    assumeTrue(!Files.exists(Path.of("/usr/bin/nvidia-smi")), "this machine has an NVIDIA driver");
    assertThat(Telemetry.of("stand-in", "0000:09:00.0").read())
        .isEqualTo(new GpuLoad("stand-in", null, null, null, null));
  }
}
