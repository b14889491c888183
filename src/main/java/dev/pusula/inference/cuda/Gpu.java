package dev.pusula.inference.cuda;

import static jcuda.driver.JCudaDriver.cuCtxSetCurrent;
import static jcuda.driver.JCudaDriver.cuDeviceGet;
import static jcuda.driver.JCudaDriver.cuDeviceGetAttribute;
import static jcuda.driver.JCudaDriver.cuDeviceGetName;
import static jcuda.driver.JCudaDriver.cuDeviceGetPCIBusId;
import static jcuda.driver.JCudaDriver.cuDevicePrimaryCtxRelease;
import static jcuda.driver.JCudaDriver.cuDevicePrimaryCtxRetain;
import static jcuda.driver.JCudaDriver.cuDriverGetVersion;
import static jcuda.driver.JCudaDriver.cuGetErrorName;
import static jcuda.driver.JCudaDriver.cuGetErrorString;
import static jcuda.driver.JCudaDriver.cuGraphDestroy;
import static jcuda.driver.JCudaDriver.cuGraphExecDestroy;
import static jcuda.driver.JCudaDriver.cuGraphInstantiate;
import static jcuda.driver.JCudaDriver.cuGraphLaunch;
import static jcuda.driver.JCudaDriver.cuInit;
import static jcuda.driver.JCudaDriver.cuLaunchKernel;
import static jcuda.driver.JCudaDriver.cuMemAlloc;
import static jcuda.driver.JCudaDriver.cuMemFree;
import static jcuda.driver.JCudaDriver.cuMemFreeHost;
import static jcuda.driver.JCudaDriver.cuMemGetInfo;
import static jcuda.driver.JCudaDriver.cuMemHostAlloc;
import static jcuda.driver.JCudaDriver.cuMemcpyDtoDAsync;
import static jcuda.driver.JCudaDriver.cuMemcpyDtoH;
import static jcuda.driver.JCudaDriver.cuMemcpyDtoHAsync;
import static jcuda.driver.JCudaDriver.cuMemcpyHtoD;
import static jcuda.driver.JCudaDriver.cuMemcpyHtoDAsync;
import static jcuda.driver.JCudaDriver.cuMemsetD8;
import static jcuda.driver.JCudaDriver.cuModuleGetFunction;
import static jcuda.driver.JCudaDriver.cuModuleLoadData;
import static jcuda.driver.JCudaDriver.cuModuleUnload;
import static jcuda.driver.JCudaDriver.cuStreamBeginCapture;
import static jcuda.driver.JCudaDriver.cuStreamCreate;
import static jcuda.driver.JCudaDriver.cuStreamDestroy;
import static jcuda.driver.JCudaDriver.cuStreamEndCapture;
import static jcuda.driver.JCudaDriver.cuStreamSynchronize;

import dev.pusula.platform.Clocks;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import jcuda.Pointer;
import jcuda.driver.CUcontext;
import jcuda.driver.CUdevice;
import jcuda.driver.CUdevice_attribute;
import jcuda.driver.CUfunction;
import jcuda.driver.CUgraph;
import jcuda.driver.CUgraphExec;
import jcuda.driver.CUmodule;
import jcuda.driver.CUstream;
import jcuda.driver.CUstreamCaptureMode;

/**
 * One GPU with the product's kernels: every call of the driver that the product makes is in this
 * class. Each is checked, and a failure names call, code and what the driver says of it.
 *
 * <p>Memory may be taken and filled by any thread; all else belongs to one.
 */
final class Gpu implements AutoCloseable {

  /** Machine code for sm_80 and sm_90, PTX for later ones; see src/main/cuda/build.py. */
  private static final String KERNELS = "/cuda/pusula.fatbin";

  /** CUDA 12.0, which the kernels were compiled with. */
  private static final int LEAST_DRIVER = 12000;

  /** Where bfloat16 matrix instructions begin. */
  private static final int LEAST_CAPABILITY = 80;

  private static final int NON_BLOCKING = 1;

  /** Far more than any cache. */
  private static final long COPIED = 1L << 30;

  private static final int COPIES = 10;
  private static final int BUS_CHARACTERS = 32;
  private static final int OUT_OF_MEMORY = 2;

  private final CUdevice device = new CUdevice();
  private final CUcontext context = new CUcontext();
  private final CUmodule module = new CUmodule();
  private final CUstream stream = new CUstream();
  private final Map<String, CUfunction> functions = new HashMap<>();
  private final String description;

  /**
   * Opens the first GPU.
   *
   * @throws CudaException if a call fails, or driver or GPU are too old
   * @throws LinkageError if there is no driver
   */
  Gpu() {
    check("cuInit", cuInit(0));
    int[] value = new int[1];
    check("cuDriverGetVersion", cuDriverGetVersion(value));
    if (value[0] < LEAST_DRIVER) {
      throw new CudaException(
          "the driver is for CUDA " + version(value[0]) + "; 12.0 is the least");
    }
    check("cuDeviceGet", cuDeviceGet(device, 0));
    int capability =
        10 * attribute(CUdevice_attribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR)
            + attribute(CUdevice_attribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR);
    byte[] text = new byte[128];
    check("cuDeviceGetName", cuDeviceGetName(text, text.length, device));
    String name = new String(text, StandardCharsets.UTF_8).replace("\0", "").strip();
    if (capability < LEAST_CAPABILITY) {
      throw new CudaException(
          name + " has compute capability " + tenths(capability) + "; 8.0 is the least");
    }
    check("cuDevicePrimaryCtxRetain", cuDevicePrimaryCtxRetain(context, device));
    use();
    check("cuModuleLoadData", cuModuleLoadData(module, kernels()));
    check("cuStreamCreate", cuStreamCreate(stream, NON_BLOCKING));
    long[] memory = new long[1];
    check("cuMemGetInfo", cuMemGetInfo(new long[1], memory));
    this.description =
        String.format(
            Locale.ROOT,
            "%s, %d multiprocessors, compute capability %s, %.1f GiB, driver for CUDA %s",
            name,
            attribute(CUdevice_attribute.CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT),
            tenths(capability),
            memory[0] / (double) (1 << 30),
            version(value[0]));
  }

  private static String version(int number) {
    return number / 1000 + "." + number % 1000 / 10;
  }

  private static String tenths(int number) {
    return number / 10 + "." + number % 10;
  }

  private static byte[] kernels() {
    try (InputStream in = Gpu.class.getResourceAsStream(KERNELS)) {
      if (in == null) {
        throw new IllegalStateException("the kernels are not among the resources: " + KERNELS);
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Its place, by which NVML knows it. */
  String bus() {
    byte[] text = new byte[BUS_CHARACTERS];
    String[] id = new String[1];
    check("cuDeviceGetPCIBusId", cuDeviceGetPCIBusId(id, text.length, device));
    return id[0].replace("\0", "").strip();
  }

  /** Name, size and driver, for people. */
  String description() {
    return description;
  }

  private int attribute(int which) {
    int[] value = new int[1];
    check("cuDeviceGetAttribute", cuDeviceGetAttribute(value, which, device));
    return value[0];
  }

  /** Makes the calling thread one that may call. */
  void use() {
    check("cuCtxSetCurrent", cuCtxSetCurrent(context));
  }

  /** Bytes that are free. */
  long free() {
    use();
    long[] free = new long[1];
    check("cuMemGetInfo", cuMemGetInfo(free, new long[1]));
    return free[0];
  }

  /** Memory with anything in it. */
  Memory allocate(long bytes) {
    use();
    Memory memory = new Memory(bytes);
    check("cuMemAlloc of " + bytes + " bytes", cuMemAlloc(memory, Math.max(bytes, 1)));
    return memory;
  }

  /** Memory of zeros. */
  Memory zeros(long bytes) {
    Memory memory = allocate(bytes);
    check("cuMemsetD8", cuMemsetD8(memory, (byte) 0, Math.max(bytes, 1)));
    return memory;
  }

  void release(Memory memory) {
    use();
    check("cuMemFree", cuMemFree(memory));
  }

  /** From a direct buffer's position to its limit. */
  void upload(Memory to, long offset, ByteBuffer from) {
    use();
    check(
        "cuMemcpyHtoD",
        cuMemcpyHtoD(to.withByteOffset(offset), Pointer.toBuffer(from), from.remaining()));
  }

  /** Memory with what a direct buffer holds from its position to its limit. */
  Memory uploaded(ByteBuffer from) {
    Memory memory = allocate(from.remaining());
    upload(memory, 0, from);
    return memory;
  }

  void download(float[] to, Memory from, long offset, int values) {
    check(
        "cuMemcpyDtoH",
        cuMemcpyDtoH(Pointer.to(to), from.withByteOffset(offset), (long) Float.BYTES * values));
  }

  /** Memory of the host that copies need not stage. */
  Pointer pinned(long bytes) {
    Pointer pointer = new Pointer();
    check("cuMemHostAlloc", cuMemHostAlloc(pointer, bytes, 0));
    return pointer;
  }

  static ByteBuffer bytes(Pointer pinned, long bytes) {
    return pinned.getByteBuffer(0, bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  void releasePinned(Pointer pinned) {
    check("cuMemFreeHost", cuMemFreeHost(pinned));
  }

  void uploadAsync(Memory to, Pointer pinned, long bytes) {
    check("cuMemcpyHtoDAsync", cuMemcpyHtoDAsync(to, pinned, bytes, stream));
  }

  void downloadAsync(Pointer pinned, Memory from, long bytes) {
    check("cuMemcpyDtoHAsync", cuMemcpyDtoHAsync(pinned, from, bytes, stream));
  }

  /** Bytes read and written in a second by copies within the memory, the best of several. */
  double copyBandwidth() {
    long bytes = Math.min(COPIED, free() / 4);
    Memory from = zeros(bytes);
    Memory to = zeros(bytes);
    double best = 0;
    for (int i = 0; i < COPIES; i++) {
      long start = Clocks.NANO.getAsLong();
      for (int j = 0; j < COPIES; j++) {
        check("cuMemcpyDtoDAsync", cuMemcpyDtoDAsync(to, from, bytes, stream));
      }
      await();
      best = Math.max(best, 2.0 * COPIES * bytes / ((Clocks.NANO.getAsLong() - start) / 1e9));
    }
    release(from);
    release(to);
    return best;
  }

  /** A kernel by its name. */
  CUfunction function(String kernel) {
    return functions.computeIfAbsent(
        kernel,
        wanted -> {
          CUfunction function = new CUfunction();
          check("cuModuleGetFunction of " + wanted, cuModuleGetFunction(function, module, wanted));
          return function;
        });
  }

  void launch(String kernel, int x, int y, int z, int threads, int sharedBytes, Pointer arguments) {
    check(
        "cuLaunchKernel of " + kernel,
        cuLaunchKernel(
            function(kernel), x, y, z, threads, 1, 1, sharedBytes, stream, arguments, null));
  }

  /** Waits for what was asked for. */
  void await() {
    check("cuStreamSynchronize", cuStreamSynchronize(stream));
  }

  /** Records what is launched instead of running it. */
  CUgraphExec record(Runnable launches) {
    check(
        "cuStreamBeginCapture",
        cuStreamBeginCapture(stream, CUstreamCaptureMode.CU_STREAM_CAPTURE_MODE_THREAD_LOCAL));
    CUgraph graph = new CUgraph();
    try {
      launches.run();
    } catch (RuntimeException e) {
      // What went wrong first is told; the recording is over either way.
      cuStreamEndCapture(stream, graph);
      throw e;
    }
    check("cuStreamEndCapture", cuStreamEndCapture(stream, graph));
    CUgraphExec recorded = new CUgraphExec();
    check("cuGraphInstantiate", cuGraphInstantiate(recorded, graph, 0L));
    check("cuGraphDestroy", cuGraphDestroy(graph));
    return recorded;
  }

  void replay(CUgraphExec recorded) {
    check("cuGraphLaunch", cuGraphLaunch(recorded, stream));
  }

  void release(CUgraphExec recorded) {
    check("cuGraphExecDestroy", cuGraphExecDestroy(recorded));
  }

  @Override
  public void close() {
    use();
    check("cuStreamDestroy", cuStreamDestroy(stream));
    check("cuModuleUnload", cuModuleUnload(module));
    check("cuDevicePrimaryCtxRelease", cuDevicePrimaryCtxRelease(device));
  }

  private static void check(String call, int code) {
    if (code != 0) {
      String[] name = new String[1];
      String[] text = new String[1];
      cuGetErrorName(code, name);
      cuGetErrorString(code, text);
      throw new CudaException(call, code, name[0] + ": " + text[0], code == OUT_OF_MEMORY);
    }
  }
}
