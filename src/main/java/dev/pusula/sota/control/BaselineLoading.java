package dev.pusula.sota.control;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.Initialized;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;

/** Keeps the bundled baselines in the history from the start on. */
@ApplicationScoped
public class BaselineLoading {

  private static final System.Logger LOG = System.getLogger(BaselineLoading.class.getName());

  @Inject
  @SuppressWarnings("NullAway.Init")
  private BaselineStore store;

  void load(@Observes @Initialized(ApplicationScoped.class) Object start) {
    try {
      store.load(BaselineFile.bundled());
    } catch (IllegalStateException e) {
      // Serving does not need the history; its own health check tells that it is away.
      LOG.log(System.Logger.Level.WARNING, "no baselines: {0}", e.getMessage());
    }
  }
}
