package dev.pusula.inference.cpu;

import dev.pusula.inference.engine.Device;
import dev.pusula.inference.engine.Weights;
import java.lang.reflect.InvocationTargetException;

/** Chooses among the CPU devices. */
public final class CpuDevices {

  private static final String MODULE = "jdk.incubator.vector";
  private static final String VECTOR = "dev.pusula.inference.cpu.VectorDevice";

  private CpuDevices() {}

  /**
   * The Vector API on all processors where this JVM has it; otherwise the scalar device, whose
   * remark says why.
   */
  public static Device best(Weights weights) {
    return best(weights, Runtime.getRuntime().availableProcessors());
  }

  /** The same on so many threads. */
  public static Device best(Weights weights, int threads) {
    if (ModuleLayer.boot().findModule(MODULE).isEmpty()) {
      return new ScalarDevice(
          "scalar, because the JVM was started without --add-modules " + MODULE, weights);
    }
    try {
      return (Device)
          Class.forName(VECTOR)
              .getDeclaredConstructor(Weights.class, int.class)
              .newInstance(weights, threads);
    } catch (InvocationTargetException e) {
      return new ScalarDevice("scalar, because the Vector API failed: " + e.getCause(), weights);
    } catch (ReflectiveOperationException | LinkageError e) {
      return new ScalarDevice("scalar, because the Vector API cannot be used: " + e, weights);
    }
  }

  /** The reference. */
  public static Device scalar(Weights weights) {
    return new ScalarDevice("scalar, as asked for", weights);
  }
}
