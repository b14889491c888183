package dev.pusula.inference.remote;

import dev.pusula.inference.control.GenerationListener;
import dev.pusula.inference.control.InferenceBackend;
import dev.pusula.inference.entity.AdapterChange;
import dev.pusula.inference.entity.AdapterWeight;
import dev.pusula.inference.entity.BackendStatistics;
import dev.pusula.inference.entity.GenerationRequest;
import dev.pusula.inference.entity.Outcome;
import dev.pusula.inference.entity.ServedAdapter;
import dev.pusula.inference.entity.ServedModel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;

/**
 * OpenAI-compatible servers as a backend: an adapter's name is the request's {@code model}, the
 * base model's own id stands for none. Servers that are equal replicas share the load; a request
 * goes to one that lists its model.
 *
 * <p>Usage is the server's own count. One that sends none is counted by chunks, one token each,
 * which is the best that a client can know and too low where a chunk carries several tokens; its
 * prompt tokens are 0, and {@link #health} says that this happened. Of the timings, the queue is
 * the time until the request went to the replica that answered; the server's own queue is part of
 * the prefill.
 */
public final class RemoteBackend implements InferenceBackend {

  private static final Duration RETRY_AFTER = Duration.ofSeconds(1);
  private static final String BASE = "base";
  private static final Generation OVER = () -> {};

  private final RemoteSettings settings;
  private final String remark;
  private final LongSupplier nanoClock;
  private final Transport transport;
  private final Fleet fleet;
  private final RemoteAdapters changes;
  private final Tally tally = new Tally();
  private final AtomicInteger inFlight = new AtomicInteger();
  private final Set<RemoteGeneration> generations = ConcurrentHashMap.newKeySet();
  private volatile boolean closed;

  /**
   * Asks the servers what they serve, and waits a few seconds at most; those that do not answer are
   * asked again in the background.
   *
   * @param remark worth showing with the health; empty for none
   * @param nanoClock monotonic nanoseconds
   */
  public RemoteBackend(RemoteSettings settings, String remark, LongSupplier nanoClock) {
    this.settings = settings;
    this.remark = remark;
    this.nanoClock = nanoClock;
    this.transport = new Transport(settings);
    this.fleet = new Fleet(settings, transport, nanoClock);
    this.changes = new RemoteAdapters(fleet, transport);
    fleet.poll().join();
  }

  @Override
  public String name() {
    return "remote";
  }

  @Override
  public ServedModel model() {
    return fleet.catalogue().model();
  }

  @Override
  public List<ServedAdapter> adapters() {
    return fleet.catalogue().adapters();
  }

  @Override
  public int adaptersPerRequest() {
    return 1;
  }

  @Override
  public Generation submit(GenerationRequest request, GenerationListener listener) {
    List<AdapterWeight> adapters = request.adapters();
    if (adapters.size() > 1 || adapters.stream().anyMatch(adapter -> adapter.weight() != 1)) {
      return over(
          listener,
          new Outcome.Invalid(
              Outcome.Fault.VALUE,
              "model",
              "a remote server applies one adapter at its own scale; it neither mixes nor weighs"));
    }
    if (request.scoresPrompt()) {
      return over(
          listener,
          new Outcome.Invalid(
              Outcome.Fault.VALUE,
              "prompt_logprobs",
              "is told by the engine alone; ask the remote server itself"));
    }
    Fleet.Catalogue now = fleet.catalogue();
    String adapter = adapters.isEmpty() ? BASE : adapters.get(0).adapter();
    if (!adapters.isEmpty() && !now.serves(adapter)) {
      fleet.pollSoon();
      return over(listener, now.known() ? Fleet.missing(adapter) : fleet.unavailable(adapter));
    }
    if (closed) {
      return over(listener, new Outcome.Refused("the backend is stopping", RETRY_AFTER));
    }
    if (inFlight.incrementAndGet() > settings.maxInFlight()) {
      inFlight.decrementAndGet();
      tally.refused.increment();
      return over(
          listener,
          new Outcome.Refused(settings.maxInFlight() + " requests are under way", RETRY_AFTER));
    }
    RemoteGeneration generation =
        new RemoteGeneration(
            request,
            listener,
            adapters.isEmpty() ? now.model().id() : adapter,
            adapter,
            settings,
            fleet,
            transport,
            tally,
            nanoClock,
            this::ended);
    generations.add(generation);
    generation.begin();
    if (closed) {
      // It may have come in after those under way were stopped.
      generation.stop();
    }
    return generation;
  }

  private void ended(RemoteGeneration generation) {
    generations.remove(generation);
    inFlight.decrementAndGet();
  }

  private static Generation over(GenerationListener listener, Outcome outcome) {
    listener.ended(outcome);
    return OVER;
  }

  @Override
  public AdapterChange loadAdapter(String name, Path folder) {
    return changes.load(name, folder);
  }

  @Override
  public AdapterChange unloadAdapter(String name) {
    return changes.unload(name);
  }

  @Override
  public BackendStatistics statistics() {
    return tally.snapshot();
  }

  /** Up while a server answered lately and is trusted; the reason tells of those that are not. */
  @Override
  public BackendHealth health() {
    long retries = tally.retries.sum();
    long uncounted = tally.uncounted.sum();
    return new BackendHealth(
        !closed && fleet.servers().stream().anyMatch(fleet::up),
        fleet.state()
            + (remark.isEmpty() ? "" : "; " + remark)
            + (retries == 0 ? "" : "; requests sent on to another server: " + retries)
            + (uncounted == 0
                ? ""
                : "; answers whose server counts no tokens, counted by chunks: " + uncounted));
  }

  @Override
  public void close() {
    closed = true;
    fleet.close();
    generations.forEach(RemoteGeneration::stop);
    transport.close();
  }
}
