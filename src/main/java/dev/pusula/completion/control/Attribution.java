package dev.pusula.completion.control;

import dev.pusula.inference.entity.AdapterWeight;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Who answers a request, and why.
 *
 * @param sector the decided or named sector, {@code general} on fallback, null where the request
 *     bypassed the router and named no sector
 * @param score the router's score for the sector; null where the router was not asked
 * @param adapters what is applied to the base model, empty for the base alone
 * @param routerNanos time in the router; null where it was not asked
 */
public record Attribution(
    @Nullable String sector,
    @Nullable Double score,
    List<AdapterWeight> adapters,
    @Nullable Long routerNanos) {

  /** Copies the list. */
  public Attribution {
    adapters = List.copyOf(adapters);
  }

  /** With one of its adapters as it was trained, or none. */
  Attribution alone(List<AdapterWeight> one) {
    return new Attribution(
        sector,
        score,
        one.stream().map(adapter -> new AdapterWeight(adapter.adapter(), 1)).toList(),
        routerNanos);
  }

  /** With some of its adapters only; their weights keep their proportions and their sum. */
  Attribution with(List<AdapterWeight> some) {
    double before = adapters.stream().mapToDouble(AdapterWeight::weight).sum();
    double after = some.stream().mapToDouble(AdapterWeight::weight).sum();
    return some.size() == adapters.size()
        ? this
        : new Attribution(
            sector,
            score,
            some.stream()
                .map(a -> new AdapterWeight(a.adapter(), a.weight() * before / after))
                .toList(),
            routerNanos);
  }
}
