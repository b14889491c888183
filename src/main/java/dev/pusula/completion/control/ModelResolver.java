package dev.pusula.completion.control;

import dev.pusula.inference.entity.AdapterWeight;
import dev.pusula.inference.entity.ServedAdapter;
import dev.pusula.inference.entity.ServedModel;
import dev.pusula.routing.entity.RouteDecision;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;

/**
 * Finds out which adapters a {@code model} name stands for: {@code auto} asks the router, {@code
 * base} or the base model's own id takes no adapter, a sector's id takes its adapter, an adapter's
 * name takes itself. Thread-safe.
 */
public final class ModelResolver {

  /** The router decides. */
  public static final String AUTO = "auto";

  /** The base model without an adapter. */
  public static final String BASE = "base";

  private final Function<String, RouteDecision> router;
  private final Map<String, String> adapterOfSector;
  private final LongSupplier nanoClock;

  /**
   * Over a router and the configured sectors.
   *
   * @param adapterOfSector sector id to adapter name
   */
  public ModelResolver(
      Function<String, RouteDecision> router,
      Map<String, String> adapterOfSector,
      LongSupplier nanoClock) {
    this.router = router;
    this.adapterOfSector = Map.copyOf(adapterOfSector);
    this.nanoClock = nanoClock;
  }

  /** The names that {@link #resolve} knows, in the order of {@code /v1/models}. */
  public List<String> names(ServedModel base, List<ServedAdapter> served) {
    Set<String> adapters = names(served);
    Set<String> names = new LinkedHashSet<>(List.of(AUTO, BASE, base.id()));
    adapterOfSector.entrySet().stream()
        .filter(sector -> adapters.contains(sector.getValue()))
        .map(Map.Entry::getKey)
        .sorted()
        .forEach(names::add);
    names.addAll(adapters);
    return new ArrayList<>(names);
  }

  /** Whether a name stands for something else than the adapter of that name. */
  public boolean reserved(String name, ServedModel base) {
    return name.equals(AUTO)
        || name.equals(BASE)
        || name.equals(base.id())
        || adapterOfSector.containsKey(name);
  }

  /**
   * Resolves a name; empty if there is no such model.
   *
   * @param text what is routed for {@code auto}
   */
  public Optional<Attribution> resolve(
      String model, String text, ServedModel base, List<ServedAdapter> served) {
    Set<String> adapters = names(served);
    if (model.equals(AUTO)) {
      long start = nanoClock.getAsLong();
      RouteDecision decision = router.apply(text);
      long nanos = nanoClock.getAsLong() - start;
      // An adapter that the configuration names and the backend does not hold is left out; the
      // headers tell.
      List<AdapterWeight> chosen =
          decision.adapters().stream()
              .filter(choice -> adapters.contains(choice.adapter()))
              .map(choice -> new AdapterWeight(choice.adapter(), choice.weight()))
              .toList();
      return Optional.of(new Attribution(decision.sector(), decision.score(), chosen, nanos));
    }
    if (model.equals(BASE) || model.equals(base.id())) {
      return Optional.of(new Attribution(null, null, List.of(), null));
    }
    String ofSector = adapterOfSector.get(model);
    if (ofSector != null && adapters.contains(ofSector)) {
      return Optional.of(
          new Attribution(model, null, List.of(new AdapterWeight(ofSector, 1)), null));
    }
    return adapters.contains(model)
        ? Optional.of(new Attribution(null, null, List.of(new AdapterWeight(model, 1)), null))
        : Optional.empty();
  }

  private static Set<String> names(List<ServedAdapter> served) {
    return served.stream()
        .map(ServedAdapter::name)
        .collect(Collectors.toCollection(LinkedHashSet::new));
  }
}
