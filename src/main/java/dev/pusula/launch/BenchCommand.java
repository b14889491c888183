package dev.pusula.launch;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** {@code pusula bench}. */
@Command(
    name = "bench",
    mixinStandardHelpOptions = true,
    description = "Run load and report what it measured.")
final class BenchCommand implements Callable<Integer> {
  @Override
  public Integer call() {
    return 1;
  }
}
