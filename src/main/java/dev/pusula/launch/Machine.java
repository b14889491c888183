package dev.pusula.launch;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.management.OperatingSystemMXBean;
import dev.pusula.platform.Json;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** This machine, as a run's environment names it. */
final class Machine {

  private static final long GIBIBYTE = 1L << 30;

  private Machine() {}

  static ObjectNode describe(Checkout checkout) {
    OperatingSystemMXBean system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
    long memory = system.getTotalMemorySize();
    String cpu = cpu();
    int cores = system.getAvailableProcessors();
    ObjectNode node = Json.mapper().createObjectNode();
    node.put("git_commit", checkout.commit());
    node.put("git_dirty", checkout.dirty());
    node.put("java", System.getProperty("java.version"));
    node.put("os", system.getName() + " " + system.getVersion() + " " + system.getArch());
    node.put("cpu", cpu);
    node.put("cores", cores);
    node.put("memory_bytes", memory);
    node.putNull("gpu");
    node.put(
        "host_class",
        cpu + ", " + cores + " cores, " + Math.round((double) memory / GIBIBYTE) + " GiB");
    return node;
  }

  private static String cpu() {
    try (Stream<String> lines = Files.lines(Path.of("/proc/cpuinfo"))) {
      return lines
          .filter(line -> line.startsWith("model name"))
          .map(line -> line.substring(line.indexOf(':') + 1).strip())
          .findFirst()
          .orElse("unknown");
    } catch (IOException e) {
      return System.getProperty("os.arch", "unknown");
    }
  }
}
