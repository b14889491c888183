package dev.pusula.benchmark.entity;

import org.jspecify.annotations.Nullable;

/**
 * Where a load generator ran.
 *
 * @param gitCommit of the product; null outside a checkout
 * @param gitDirty whether tracked files differed from it
 * @param java version
 * @param os name, version, architecture
 * @param cpu model name
 * @param cores logical processors, at least 1
 * @param memoryBytes of the machine, greater than 0
 * @param gpu name; null without one
 * @param hostClass one line that is equal for equal hardware: CPU, cores, memory in GiB
 */
public record Environment(
    @Nullable String gitCommit,
    @Nullable Boolean gitDirty,
    String java,
    String os,
    String cpu,
    int cores,
    long memoryBytes,
    @Nullable String gpu,
    String hostClass) {

  /** Checks the ranges. */
  public Environment {
    if (cores < 1 || memoryBytes < 1) {
      throw new IllegalArgumentException("cores and memory_bytes must be at least 1");
    }
    if (hostClass == null || hostClass.isBlank()) {
      throw new IllegalArgumentException("host_class must be given");
    }
  }
}
