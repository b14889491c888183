package dev.pusula.platform;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;
import java.time.Clock;
import java.util.function.LongSupplier;

/** The only place that reads a clock; everything else is given one. */
@ApplicationScoped
public class Clocks {

  /** Monotonic nanoseconds, for durations inside one process. */
  public static final LongSupplier NANO = System::nanoTime;

  /** Wall time in UTC. */
  public static final Clock WALL = Clock.systemUTC();

  /** Wall time in UTC, for instants that are stored. */
  @Produces
  @ApplicationScoped
  public Clock wall() {
    return WALL;
  }
}
