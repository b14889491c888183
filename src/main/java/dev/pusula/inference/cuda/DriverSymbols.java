package dev.pusula.inference.cuda;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * What the loaded driver exports, from its file. JCuda binds lazily, and calling a function that
 * the driver lacks ends the JVM: so it is looked up before.
 */
final class DriverSymbols {

  /** The functions behind the calls of {@link Gpu}, by their names in the library. */
  static final List<String> NEEDED =
      List.of(
          "cuCtxSetCurrent",
          "cuDeviceGet",
          "cuDeviceGetAttribute",
          "cuDeviceGetName",
          "cuDeviceGetPCIBusId",
          "cuDevicePrimaryCtxRelease_v2",
          "cuDevicePrimaryCtxRetain",
          "cuDriverGetVersion",
          "cuGetErrorName",
          "cuGetErrorString",
          "cuGraphDestroy",
          "cuGraphExecDestroy",
          "cuGraphInstantiateWithFlags",
          "cuGraphLaunch",
          "cuInit",
          "cuLaunchKernel",
          "cuMemAlloc_v2",
          "cuMemFree_v2",
          "cuMemFreeHost",
          "cuMemGetInfo_v2",
          "cuMemHostAlloc",
          "cuMemcpyDtoDAsync_v2",
          "cuMemcpyDtoHAsync_v2",
          "cuMemcpyDtoH_v2",
          "cuMemcpyHtoDAsync_v2",
          "cuMemcpyHtoD_v2",
          "cuMemsetD8_v2",
          "cuModuleGetFunction",
          "cuModuleLoadData",
          "cuModuleUnload",
          "cuStreamBeginCapture_v2",
          "cuStreamCreate",
          "cuStreamDestroy_v2",
          "cuStreamEndCapture",
          "cuStreamSynchronize");

  private static final Path MAPS = Path.of("/proc/self/maps");
  private static final int DYNAMIC_SYMBOLS = 11;
  private static final int SYMBOL_BYTES = 24;

  private DriverSymbols() {}

  /** The file that this process has loaded as the driver; empty where it cannot be told. */
  static Optional<Path> loaded() {
    try (Stream<String> lines = Files.lines(MAPS)) {
      return lines
          .filter(line -> line.contains("/libcuda.so"))
          .map(line -> Path.of(line.substring(line.indexOf('/'))))
          .findFirst();
    } catch (IOException | UncheckedIOException e) {
      return Optional.empty();
    }
  }

  /** Those of {@link #NEEDED} that a library does not define. */
  static Set<String> missing(Path library) {
    Set<String> missing = new TreeSet<>(NEEDED);
    try (FileChannel file = FileChannel.open(library, StandardOpenOption.READ)) {
      ByteBuffer elf =
          file.map(FileChannel.MapMode.READ_ONLY, 0, file.size()).order(ByteOrder.LITTLE_ENDIAN);
      int sections = (int) elf.getLong(0x28);
      int size = elf.getShort(0x3A);
      int count = elf.getShort(0x3C);
      for (int i = 0; i < count; i++) {
        int section = sections + i * size;
        if (elf.getInt(section + 4) == DYNAMIC_SYMBOLS) {
          int names = (int) elf.getLong(sections + elf.getInt(section + 0x28) * size + 0x18);
          remove(
              elf, (int) elf.getLong(section + 0x18), elf.getLong(section + 0x20), names, missing);
        }
      }
      return missing;
    } catch (IOException e) {
      throw new UncheckedIOException("the driver's library cannot be read", e);
    }
  }

  /** Takes the defined symbols of a table out. */
  private static void remove(ByteBuffer elf, int table, long bytes, int names, Set<String> from) {
    for (int symbol = table; symbol < table + bytes; symbol += SYMBOL_BYTES) {
      boolean defined = elf.getShort(symbol + 6) != 0;
      if (defined) {
        from.remove(text(elf, names + elf.getInt(symbol)));
      }
    }
  }

  private static String text(ByteBuffer elf, int at) {
    int end = at;
    while (elf.get(end) != 0) {
      end++;
    }
    byte[] bytes = new byte[end - at];
    elf.get(at, bytes);
    return new String(bytes, StandardCharsets.US_ASCII);
  }
}
