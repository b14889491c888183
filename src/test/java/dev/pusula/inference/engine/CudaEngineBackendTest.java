package dev.pusula.inference.engine;

import dev.pusula.inference.cuda.CudaDevices;
import dev.pusula.inference.cuda.StandIn;
import org.junit.jupiter.api.BeforeAll;

/** The whole engine on the CUDA device, on the stand-in driver. */
class CudaEngineBackendTest extends EngineBackendTest {

  @BeforeAll
  static void standIn() {
    StandIn.require();
  }

  @Override
  Device device() {
    return CudaDevices.open(Weights.STORED, true);
  }
}
