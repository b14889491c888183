package dev.pusula.launch;

import dev.pusula.inference.control.Backends;
import dev.pusula.inference.control.DeviceChoice;
import dev.pusula.inference.engine.EngineBackend;
import dev.pusula.inference.engine.Weights;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;

/** The engine in this process, on the device that {@code PUSULA_DEVICE} asks for. */
final class OfflineEngine {

  private OfflineEngine() {}

  static EngineBackend open(Path folder) {
    return open(folder, Weights.STORED, Runtime.getRuntime().availableProcessors());
  }

  static EngineBackend open(Path folder, Weights weights, int threads) {
    return Backends.open(folder, weights, device(), threads, gpu -> {});
  }

  private static DeviceChoice device() {
    String named = System.getenv().getOrDefault("PUSULA_DEVICE", DeviceChoice.AUTO.name());
    return Arrays.stream(DeviceChoice.values())
        .filter(choice -> choice.name().equals(named.toUpperCase(Locale.ROOT)))
        .findFirst()
        .orElseThrow(() -> new Failure("PUSULA_DEVICE must be auto, cpu or cuda: " + named));
  }
}
