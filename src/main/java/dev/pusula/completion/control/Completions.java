package dev.pusula.completion.control;

import dev.pusula.inference.control.Backends;
import dev.pusula.inference.control.InferenceBackend;
import dev.pusula.inference.entity.AdapterWeight;
import dev.pusula.platform.Clocks;
import dev.pusula.routing.control.Router;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** What the completion resources need: the backend, and who answers a request for a model. */
@ApplicationScoped
public class Completions {

  @Inject private Router router;
  @Inject private Backends backends;

  /** The backend that serves now. */
  public InferenceBackend backend() {
    return backends.backend();
  }

  /** The names that a request's {@code model} can take now. */
  public List<String> models() {
    return resolver().names(backend().model(), backend().adapters());
  }

  /**
   * Who answers; empty if there is no such model.
   *
   * @param text what is routed where the model is {@code auto}
   */
  public Optional<Attribution> resolve(String model, String text) {
    return resolver().resolve(model, text, backend().model(), backend().adapters());
  }

  /** Whether a name stands for something else than an adapter, so that no adapter may take it. */
  public boolean reserved(String name) {
    return resolver().reserved(name, backend().model());
  }

  /**
   * The adapter that a model's name stands for; empty where there is none or the router decides.
   */
  public Optional<String> adapterOf(String model) {
    return model.equals(ModelResolver.AUTO)
        ? Optional.empty()
        : resolve(model, "")
            .flatMap(named -> named.adapters().stream().findFirst())
            .map(AdapterWeight::adapter);
  }

  /**
   * Takes a replica for each adapter of an answer, as many as the backend applies at once.
   *
   * @return empty while nothing of what is owed has a healthy replica
   */
  public Optional<AnswerLease> begin(Attribution wanted) {
    return AnswerLease.take(wanted, backend().adaptersPerRequest(), router::acquire);
  }

  /** Made for each request, because a reload may have changed the sectors. */
  private ModelResolver resolver() {
    Map<String, String> adapterOfSector =
        router.configuration().sectors().stream()
            .collect(Collectors.toMap(sector -> sector.id(), sector -> sector.adapter()));
    return new ModelResolver(router::route, adapterOfSector, Clocks.NANO);
  }
}
