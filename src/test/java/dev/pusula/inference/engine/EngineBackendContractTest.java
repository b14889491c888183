package dev.pusula.inference.engine;

import dev.pusula.inference.checkpoint.SyntheticCheckpoint;
import dev.pusula.inference.control.ChatTemplate;
import dev.pusula.inference.control.InferenceBackend;
import dev.pusula.inference.control.InferenceBackendContract;
import dev.pusula.inference.cpu.CpuDevices;
import dev.pusula.platform.Clocks;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

class EngineBackendContractTest extends InferenceBackendContract {

  private static final int CONTEXT = 2048;

  @TempDir static Path home;

  @BeforeAll
  static void writeCheckpoint() throws IOException {
    SyntheticCheckpoint.write(
        home.resolve("tiny"),
        new SyntheticCheckpoint.Options(
            32, 48, 2, 4, 2, CONTEXT, 64, 4, 7, List.of("a_adapter", "b_adapter")));
  }

  @Override
  protected InferenceBackend open() {
    Path folder = home.resolve("tiny");
    return new EngineBackend(
        folder,
        CpuDevices.best(Weights.STORED),
        ChatTemplate.of(folder, Clocks.WALL)::render,
        new Capacity(2, 64, 16, 4, 1 << 26, 1 << 26),
        System::nanoTime);
  }

  @Override
  protected int longest() {
    return CONTEXT - 32;
  }
}
