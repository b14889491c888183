package dev.pusula.inference.control;

import dev.pusula.inference.entity.BackendStatistics;
import dev.pusula.inference.entity.BackendStatistics.AdapterShare;
import dev.pusula.inference.entity.GpuLoad;
import dev.pusula.inference.entity.ServedAdapter;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;
import org.eclipse.microprofile.metrics.MetricRegistry;
import org.eclipse.microprofile.metrics.Tag;
import org.jspecify.annotations.Nullable;

/**
 * The backend for monitoring: {@code pusula_inference_…} with the backend's name, and tokens and
 * requests of each adapter. Totals are gauges over the backend's own counters and never go back.
 */
@ApplicationScoped
public class InferenceMetrics {

  private static final double NANOS = 1e-9;

  private static final Map<String, ToDoubleFunction<BackendStatistics>> GAUGES =
      Map.ofEntries(
          Map.entry("waiting", BackendStatistics::waiting),
          Map.entry("running", BackendStatistics::running),
          Map.entry("pages", BackendStatistics::pages),
          Map.entry("pages.used", BackendStatistics::pagesUsed),
          Map.entry("pages.cached", BackendStatistics::pagesCached),
          Map.entry("requests.total", BackendStatistics::requests),
          Map.entry("refused.total", BackendStatistics::refused),
          Map.entry("preemptions.total", BackendStatistics::preemptions),
          Map.entry("prompt.tokens.total", BackendStatistics::promptTokens),
          Map.entry("cached.tokens.total", BackendStatistics::cachedTokens),
          Map.entry("generated.tokens.total", BackendStatistics::generatedTokens),
          Map.entry("steps.total", BackendStatistics::steps),
          Map.entry("rows.total", BackendStatistics::rows),
          Map.entry("queue.seconds.total", s -> s.queueNanos() * NANOS),
          Map.entry("prefill.seconds.total", s -> s.prefillNanos() * NANOS),
          Map.entry("decode.seconds.total", s -> s.decodeNanos() * NANOS),
          Map.entry("adapter.loads.total", BackendStatistics::adapterLoads),
          Map.entry("adapter.evictions.total", BackendStatistics::adapterEvictions),
          Map.entry("adapter.switches.total", BackendStatistics::adapterSwitches));

  private static final Map<String, ToDoubleFunction<AdapterShare>> ADAPTER_GAUGES =
      Map.of(
          "requests.total", AdapterShare::requests,
          "prompt.tokens.total", AdapterShare::promptTokens,
          "generated.tokens.total", AdapterShare::generatedTokens);

  private static final Map<String, Function<GpuLoad, @Nullable Number>> GPU_GAUGES =
      Map.of(
          "utilisation", GpuLoad::utilisation,
          "memory.bytes", GpuLoad::memoryBytes,
          "power.watts", GpuLoad::powerW,
          "energy.joules.total", GpuLoad::energyJ);

  private static final AdapterShare NOTHING = new AdapterShare(0, 0, 0);

  @Inject private MetricRegistry registry;

  private final Set<String> watched = ConcurrentHashMap.newKeySet();

  /** Shows a backend; called once. */
  void watch(InferenceBackend backend) {
    Tag name = new Tag("backend", backend.name());
    GAUGES.forEach(
        (gauge, value) ->
            registry.gauge(
                "pusula.inference." + gauge,
                () -> value.applyAsDouble(backend.statistics()),
                name));
    watchAdapters(backend);
    // A gauge of something that the driver does not tell would say 0.
    backend
        .gpu()
        .ifPresent(
            gpu ->
                GPU_GAUGES.forEach(
                    (gauge, value) -> {
                      if (value.apply(gpu) != null) {
                        registry.gauge(
                            "pusula.gpu." + gauge,
                            () -> backend.gpu().map(value).orElse(Double.NaN),
                            name);
                      }
                    }));
  }

  /** Shows the adapters that were loaded since. */
  void watchAdapters(InferenceBackend backend) {
    Stream.concat(Stream.of("base"), backend.adapters().stream().map(ServedAdapter::name))
        .filter(watched::add)
        .forEach(
            adapter ->
                ADAPTER_GAUGES.forEach(
                    (gauge, value) ->
                        registry.gauge(
                            "pusula.inference.adapter." + gauge,
                            () ->
                                value.applyAsDouble(
                                    backend
                                        .statistics()
                                        .byAdapter()
                                        .getOrDefault(adapter, NOTHING)),
                            new Tag("backend", backend.name()),
                            new Tag("adapter", adapter))));
  }
}
