package dev.pusula.load;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;

/** What the generator itself uses. */
final class ResourceSampler {
  private ResourceSampler() {}

  /** Fills one wire sample; CPU is percent of all cores, absent where the platform has none. */
  static void generator(ObjectNode sample, long atMicros) {
    var system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
    double cpu = system.getProcessCpuLoad();
    sample.put("source", "generator").put("at_us", atMicros);
    sample.put("cpu_percent", cpu < 0 ? null : (Double) (cpu * 100)).putNull("rss_bytes");
    sample.put("heap_bytes", ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
    sample
        .putNull("gc_pause_ms")
        .putNull("gpu_utilisation")
        .putNull("gpu_memory_bytes")
        .putNull("power_w");
  }
}
