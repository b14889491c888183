package dev.pusula.load;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What generator and server use. CPU is the share of all cores, in percent, since the sample
 * before. The server is seen from outside, by its process: its heap and collector are its own
 * affair and null here. A figure that the platform does not tell is null, never 0. Not thread-safe.
 */
final class ResourceSampler {
  private static final OperatingSystemMXBean SYSTEM =
      ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);

  private final Used generator = new Used(ProcessHandle.current());
  private final @Nullable Used server;
  private final EngineProbe engine;
  private long collectedMillis = collectionMillis();

  /**
   * @param serverPid a process on this machine, or null where the server's process is elsewhere
   * @param engine what the server says of its inference
   */
  ResourceSampler(@Nullable Long serverPid, EngineProbe engine) {
    this.engine = engine;
    this.server =
        serverPid == null ? null : ProcessHandle.of(serverPid).map(Used::new).orElse(null);
  }

  /** Appends one wire sample for each of the two. */
  void sample(ArrayNode samples, long atMicros) throws InterruptedException {
    ObjectNode own = generator.fill(samples.addObject(), "generator", atMicros);
    own.put("heap_bytes", ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
    long collected = collectionMillis();
    own.put("gc_pause_ms", (double) (collected - collectedMillis));
    collectedMillis = collected;
    ObjectNode load = engine.load();
    if (server != null || load != null) {
      ObjectNode sample = samples.addObject().put("source", "server").put("at_us", atMicros);
      if (server != null) {
        server.fill(sample, "server", atMicros);
      }
      sample.set("engine", load);
      sample.set("gpu_utilisation", engine.gpu().get("utilisation"));
      sample.set("gpu_memory_bytes", engine.gpu().get("memory_bytes"));
      sample.set("power_w", engine.gpu().get("power_w"));
    }
  }

  private static long collectionMillis() {
    return ManagementFactory.getGarbageCollectorMXBeans().stream()
        .mapToLong(GarbageCollectorMXBean::getCollectionTime)
        .filter(millis -> millis > 0)
        .sum();
  }

  /** One process, and its CPU time at the sample before. */
  private static final class Used {
    private final ProcessHandle process;
    private long cpuNanos;
    private long atNanos = System.nanoTime();

    Used(ProcessHandle process) {
      this.process = process;
      this.cpuNanos = cpuTime().orElse(0L);
    }

    ObjectNode fill(ObjectNode sample, String source, long atMicros) {
      long now = System.nanoTime();
      Optional<Long> cpu = cpuTime();
      Double percent =
          cpu.map(
                  nanos ->
                      100.0
                          * (nanos - cpuNanos)
                          / (now - atNanos)
                          / SYSTEM.getAvailableProcessors())
              .map(share -> Math.min(100, Math.max(0, share)))
              .orElse(null);
      cpu.ifPresent(nanos -> cpuNanos = nanos);
      atNanos = now;
      return sample
          .put("source", source)
          .put("at_us", atMicros)
          .put("cpu_percent", percent)
          .put("rss_bytes", residentBytes())
          .putNull("gpu_utilisation")
          .putNull("gpu_memory_bytes")
          .putNull("power_w");
    }

    private Optional<Long> cpuTime() {
      return process.info().totalCpuDuration().map(Duration::toNanos);
    }

    /** From /proc, so null where there is none. */
    private @Nullable Long residentBytes() {
      try (Stream<String> lines =
          Files.lines(Path.of("/proc", Long.toString(process.pid()), "status"))) {
        return lines
            .filter(line -> line.startsWith("VmRSS:"))
            .findFirst()
            .map(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
            .orElse(null);
      } catch (IOException | java.io.UncheckedIOException e) {
        return null;
      }
    }
  }
}
