package dev.pusula.inference.control;

import dev.pusula.inference.entity.AdapterChange;
import dev.pusula.inference.entity.BackendStatistics;
import dev.pusula.inference.entity.GenerationRequest;
import dev.pusula.inference.entity.Outcome;
import dev.pusula.inference.entity.ServedAdapter;
import dev.pusula.inference.entity.ServedModel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * Stands where no backend could be opened: is down with the reason, and refuses every request with
 * it.
 */
final class UnavailableBackend implements InferenceBackend {

  private static final Duration RETRY_AFTER = Duration.ofSeconds(30);

  private final String reason;

  UnavailableBackend(String reason) {
    this.reason = reason;
  }

  @Override
  public String name() {
    return "none";
  }

  @Override
  public ServedModel model() {
    return new ServedModel("none", reason, false, 1, "none", "");
  }

  @Override
  public List<ServedAdapter> adapters() {
    return List.of();
  }

  @Override
  public int adaptersPerRequest() {
    return GenerationRequest.MAX_ADAPTERS;
  }

  @Override
  public Generation submit(GenerationRequest request, GenerationListener listener) {
    listener.ended(
        new Outcome.Refused(
            "there is no model to serve; GET /health/ready tells why", RETRY_AFTER));
    return () -> {};
  }

  @Override
  public AdapterChange loadAdapter(String name, Path folder) {
    return new AdapterChange.Unsupported(reason);
  }

  @Override
  public AdapterChange unloadAdapter(String name) {
    return new AdapterChange.Unsupported(reason);
  }

  @Override
  public BackendStatistics statistics() {
    return BackendStatistics.NONE;
  }

  @Override
  public BackendHealth health() {
    return new BackendHealth(false, reason);
  }

  @Override
  public void close() {
    // Holds nothing.
  }
}
