package dev.pusula.inference.cuda;

import dev.pusula.inference.engine.Weights;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import jcuda.driver.JCudaDriver;

/**
 * Opens the GPU of this machine, or says why there is none: JCuda's library and the driver must
 * load, the driver have every function that is called, be of CUDA 12.0 at least, and know a GPU of
 * compute capability 8.0 at least, on which a kernel gives the right answer.
 */
public final class CudaDevices {

  private CudaDevices() {}

  /**
   * The first GPU.
   *
   * @param graphs whether passes are recorded and replayed
   * @throws NoGpuException with the reason if it cannot be used
   */
  public static CudaDevice open(Weights weights, boolean graphs) {
    requireDriver();
    try {
      Gpu gpu = new Gpu();
      SelfTest.run(gpu);
      return new CudaDevice(gpu, weights, graphs);
    } catch (CudaException e) {
      throw new NoGpuException(String.valueOf(e.getMessage()));
    }
  }

  private static void requireDriver() {
    try {
      // Codes are looked at by ourselves; this call loads the libraries.
      JCudaDriver.setExceptionsEnabled(false);
    } catch (LinkageError e) {
      throw new NoGpuException(unloadable(e));
    }
    Optional<Path> library = DriverSymbols.loaded();
    if (library.isPresent()) {
      Set<String> missing = DriverSymbols.missing(library.get());
      if (!missing.isEmpty()) {
        throw new NoGpuException("the driver " + library.get() + " lacks " + missing);
      }
    }
  }

  /** JCuda's message is a page; what matters is in one line of it, or in its first. */
  private static String unloadable(LinkageError error) {
    String text = String.valueOf(error.getMessage());
    if (error instanceof NoClassDefFoundError) {
      return "JCuda is not on the class path, or its library could not be loaded before";
    }
    return text.lines()
        .filter(line -> line.contains("libcuda"))
        .findFirst()
        .map(line -> "no NVIDIA driver: " + line.strip())
        .orElse("JCuda's library cannot be loaded: " + text.lines().findFirst().orElse("").strip());
  }
}
