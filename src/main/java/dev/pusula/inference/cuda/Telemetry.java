package dev.pusula.inference.cuda;

import com.sun.jna.Function;
import com.sun.jna.Memory;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.IntByReference;
import com.sun.jna.ptr.LongByReference;
import com.sun.jna.ptr.PointerByReference;
import dev.pusula.inference.entity.GpuLoad;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Utilisation, memory, power and energy of a GPU: from NVML, or from {@code nvidia-smi} where its
 * library is absent, or nothing. Thread-safe.
 */
final class Telemetry {

  private static final String NVML = "libnvidia-ml.so.1";
  private static final int SUCCESS = 0;
  private static final double MILLI = 1e-3;
  private static final double PERCENT = 1e-2;
  private static final long SMI_SECONDS = 5;

  private final String device;
  private final String bus;
  private final @Nullable NativeLibrary library;
  private final @Nullable Pointer handle;

  private Telemetry(
      String device, String bus, @Nullable NativeLibrary library, @Nullable Pointer handle) {
    this.device = device;
    this.bus = bus;
    this.library = library;
    this.handle = handle;
  }

  /**
   * Of one GPU.
   *
   * @param device for people
   * @param bus its place, by which NVML knows it
   */
  static Telemetry of(String device, String bus) {
    try {
      NativeLibrary library = NativeLibrary.getInstance(NVML);
      PointerByReference handle = new PointerByReference();
      if (library.getFunction("nvmlInit_v2").invokeInt(new Object[0]) == SUCCESS
          && library
                  .getFunction("nvmlDeviceGetHandleByPciBusId_v2")
                  .invokeInt(new Object[] {bus, handle})
              == SUCCESS) {
        return new Telemetry(device, bus, library, handle.getValue());
      }
    } catch (LinkageError e) {
      // No NVML, no function of that name, or no JNA.
    }
    return new Telemetry(device, bus, null, null);
  }

  GpuLoad read() {
    return library == null ? bySmi() : byNvml(library);
  }

  private GpuLoad byNvml(NativeLibrary nvml) {
    Memory utilisation = new Memory(2L * Integer.BYTES);
    Memory memory = new Memory(3L * Long.BYTES);
    IntByReference power = new IntByReference();
    LongByReference energy = new LongByReference();
    return new GpuLoad(
        device,
        tells(nvml, "nvmlDeviceGetUtilizationRates", utilisation)
            ? utilisation.getInt(0) * PERCENT
            : null,
        tells(nvml, "nvmlDeviceGetMemoryInfo", memory) ? memory.getLong(2L * Long.BYTES) : null,
        tells(nvml, "nvmlDeviceGetPowerUsage", power) ? power.getValue() * MILLI : null,
        tells(nvml, "nvmlDeviceGetTotalEnergyConsumption", energy)
            ? energy.getValue() * MILLI
            : null);
  }

  private boolean tells(NativeLibrary nvml, String question, Object into) {
    try {
      Function function = nvml.getFunction(question);
      return function.invokeInt(new Object[] {handle, into}) == SUCCESS;
    } catch (UnsatisfiedLinkError e) {
      return false;
    }
  }

  private GpuLoad bySmi() {
    List<@Nullable Double> told = smi();
    Double utilisation = told.get(0);
    Double memory = told.get(1);
    return new GpuLoad(
        device,
        utilisation == null ? null : utilisation * PERCENT,
        memory == null ? null : (long) (memory * (1 << 20)),
        told.get(2),
        null);
  }

  private List<@Nullable Double> smi() {
    List<@Nullable Double> nothing = Arrays.asList(null, null, null);
    try {
      Process smi =
          new ProcessBuilder(
                  "nvidia-smi",
                  "--id=" + bus,
                  "--query-gpu=utilization.gpu,memory.used,power.draw",
                  "--format=csv,noheader,nounits")
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      String line = new String(smi.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
      if (!smi.waitFor(SMI_SECONDS, TimeUnit.SECONDS) || smi.exitValue() != 0) {
        smi.destroyForcibly();
        return nothing;
      }
      List<@Nullable Double> told =
          Arrays.stream(line.split(",")).map(String::strip).map(Telemetry::number).toList();
      return told.size() == nothing.size() ? told : nothing;
    } catch (IOException e) {
      return nothing;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return nothing;
    }
  }

  private static @Nullable Double number(String text) {
    return text.matches("\\d+(\\.\\d+)?") ? Double.valueOf(text) : null;
  }
}
