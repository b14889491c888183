package dev.pusula.inference.engine;

import dev.pusula.inference.cuda.CudaDevices;
import dev.pusula.inference.cuda.StandIn;
import org.junit.jupiter.api.BeforeAll;

/** Crowds, preemption and shared beginnings on the CUDA device, on the stand-in driver. */
class CudaSchedulerTest extends SchedulerTest {

  @BeforeAll
  static void standIn() {
    StandIn.require();
  }

  /** 2 layers × 2 × 2 heads × 8 dimensions × 16 positions × 2 B. */
  @Override
  long pageBytes() {
    return 2L * 2 * 2 * 8 * 16 * 2;
  }

  /** Each row costs the stand-in some milliseconds. */
  @Override
  int requests() {
    return 12;
  }

  @Override
  int pages() {
    return 13;
  }

  @Override
  Device device(Weights weights) {
    return CudaDevices.open(weights, true);
  }
}
