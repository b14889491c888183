package dev.pusula.inference.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What {@code pusula gpu verify} does on a GPU, here on the stand-in driver and on odd sizes. */
class KernelCheckTest {

  @BeforeAll
  static void standIn() {
    StandIn.require();
  }

  @Test
  void tunedKernels_areTheirPlainReferences() {
    Gpu gpu = new Gpu();
    try {
      assertThat(KernelCheck.run(gpu, 72, 600))
          .hasSize(24)
          .allSatisfy(
              result -> {
                assertThat(result.right()).as(result.toString()).isTrue();
                assertThat(result.kernel()).isNotBlank();
              });
      assertThat(gpu.copyBandwidth()).isPositive();
    } finally {
      gpu.close();
    }
  }

  @Test
  void result_ofNothing_isWrong() {
    assertThat(new KernelCheck.Result("none", Double.NaN, 1).right()).isFalse();
  }
}
