package dev.pusula.completion;

import dev.pusula.inference.control.GenerationListener;
import dev.pusula.inference.control.InferenceBackend;
import dev.pusula.inference.entity.AdapterChange;
import dev.pusula.inference.entity.BackendStatistics;
import dev.pusula.inference.entity.GenerationRequest;
import dev.pusula.inference.entity.Outcome;
import dev.pusula.inference.entity.Outcome.FinishReason;
import dev.pusula.inference.entity.Outcome.Timings;
import dev.pusula.inference.entity.ServedAdapter;
import dev.pusula.inference.entity.ServedModel;
import dev.pusula.inference.entity.Usage;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;

/** A backend that does what a test tells its listeners, and remembers what it was asked. */
public final class ScriptedBackend implements InferenceBackend {

  public final List<GenerationRequest> requests = new ArrayList<>();
  public final List<GenerationListener> listeners = new ArrayList<>();
  public final Set<Integer> cancelled = new ConcurrentSkipListSet<>();

  /** Takes one request and breaks at the second. */
  public boolean broken;

  /** Ten tokens of a prompt, four of them kept from before. */
  public static Outcome.Completed completed(FinishReason reason, int tokens) {
    return new Outcome.Completed(
        reason,
        new Usage(10, tokens, 4),
        new Timings(Duration.ofMillis(1), Duration.ofMillis(2), Duration.ofMillis(tokens)));
  }

  @Override
  public Generation submit(GenerationRequest request, GenerationListener listener) {
    int index = requests.size();
    if (broken && index == 1) {
      throw new IllegalStateException("broken");
    }
    requests.add(request);
    listeners.add(listener);
    return () -> cancelled.add(index);
  }

  @Override
  public String name() {
    return "scripted";
  }

  @Override
  public ServedModel model() {
    return new ServedModel("tiny", "none", true, 128, "float32", "0".repeat(16));
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
  public AdapterChange loadAdapter(String name, Path folder) {
    return new AdapterChange.Unsupported("scripted");
  }

  @Override
  public AdapterChange unloadAdapter(String name) {
    return new AdapterChange.Unsupported("scripted");
  }

  @Override
  public BackendStatistics statistics() {
    return BackendStatistics.NONE;
  }

  @Override
  public BackendHealth health() {
    return new BackendHealth(true, "scripted");
  }

  @Override
  public void close() {
    // Holds nothing.
  }
}
