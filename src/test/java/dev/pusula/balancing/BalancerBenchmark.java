package dev.pusula.balancing;

import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What choosing a replica and telling how it went costs a request. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class BalancerBenchmark {

  @Param({"1", "10", "100"})
  public int replicas;

  @Param({"ROUND_ROBIN", "LEAST_IN_FLIGHT", "PERFORMANCE_WEIGHTED"})
  public LoadBalancing policy;

  private Balancer balancer;

  @Setup
  public void setUp() {
    balancer =
        new Balancer(
            Map.of(
                "remote",
                IntStream.range(0, replicas)
                    .mapToObj(i -> Replica.of("http://10.0.0." + i + ":8000/v1"))
                    .toList()),
            policy,
            System::nanoTime,
            null);
  }

  @Benchmark
  public void leaseAndVerdict() {
    balancer.acquire("remote").orElseThrow().succeeded();
  }
}
