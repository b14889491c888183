package dev.pusula.inference.engine;

import dev.pusula.inference.checkpoint.Checkpoint;
import dev.pusula.inference.checkpoint.CheckpointException;
import dev.pusula.inference.checkpoint.ModelConfig;
import dev.pusula.inference.checkpoint.Tokenizer;
import dev.pusula.inference.control.ChatRefusedException;
import dev.pusula.inference.control.GenerationListener;
import dev.pusula.inference.control.InferenceBackend;
import dev.pusula.inference.engine.AdapterRegistry.Use;
import dev.pusula.inference.engine.Batch.Applied;
import dev.pusula.inference.entity.AdapterChange;
import dev.pusula.inference.entity.AdapterWeight;
import dev.pusula.inference.entity.BackendStatistics;
import dev.pusula.inference.entity.GenerationRequest;
import dev.pusula.inference.entity.GpuLoad;
import dev.pusula.inference.entity.Outcome;
import dev.pusula.inference.entity.Outcome.Fault;
import dev.pusula.inference.entity.Prompt;
import dev.pusula.inference.entity.ServedAdapter;
import dev.pusula.inference.entity.ServedModel;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.LongSupplier;

/**
 * The engine as a backend. A request is checked, rendered and cut into tokens by the thread that
 * submits it; from then on the scheduler's one thread computes it together with all others.
 */
public final class EngineBackend implements InferenceBackend {

  private static final System.Logger LOG = System.getLogger(EngineBackend.class.getName());
  private static final Duration RETRY_AFTER = Duration.ofSeconds(1);
  private static final Applied[] BASE = {};

  /** A context that the memory cuts below this serves nobody. */
  private static final int LEAST_CONTEXT = 64;

  private final Device device;
  private final Tokenizer tokenizer;
  private final AdapterRegistry adapters;
  private final ServedModel model;
  private final int pages;
  private final int vocabulary;
  private final long bytesPerStep;
  private final Function<Prompt.Chat, Optional<String>> chatTemplate;
  private final LongSupplier nanoClock;
  private final Scheduler scheduler;
  private volatile boolean closed;

  /**
   * Loads a checkpoint with its adapters and starts.
   *
   * @param device owned from now on
   * @param chatTemplate renders a conversation as the model was trained; empty where the checkpoint
   *     has no template
   * @param nanoClock monotonic nanoseconds
   * @throws CheckpointException if a file cannot be used, or the memory does not suffice
   */
  public EngineBackend(
      Path folder,
      Device device,
      Function<Prompt.Chat, Optional<String>> chatTemplate,
      Capacity capacity,
      LongSupplier nanoClock) {
    Checkpoint checkpoint = Checkpoint.read(folder);
    ModelConfig config = checkpoint.config();
    this.device = device;
    this.tokenizer = checkpoint.tokenizer();
    this.chatTemplate = chatTemplate;
    this.nanoClock = nanoClock;
    Transformer transformer =
        new Transformer(checkpoint, device, capacity.rows(), capacity.wantedRows());
    Device.Cache cache = transformer.cache(capacity.cacheBytes(), capacity.running());
    this.pages = cache.pages();
    this.vocabulary = config.vocabulary();
    this.bytesPerStep = transformer.bytesPerStep();
    int context = (int) Math.min(config.context(), (long) pages * Device.PAGE);
    if (context < Math.min(LEAST_CONTEXT, config.context())) {
      throw new CheckpointException(
          folder,
          "needs "
              + cache.pageBytes()
              + " bytes for each "
              + Device.PAGE
              + " positions of keys and values; "
              + capacity.cacheBytes()
              + " bytes are set aside for them: give the JVM more heap");
    }
    this.model =
        new ServedModel(
            config.id(),
            String.format(
                Locale.ROOT,
                "%s, %d layers, %d wide, vocabulary of %d%s",
                config.familyName(),
                config.layers(),
                config.hidden(),
                config.vocabulary(),
                config.untrained() ? ", untrained: its answers are noise" : ""),
            config.untrained(),
            context,
            checkpoint.precision(),
            Checkpoint.fingerprint(folder));
    this.adapters =
        new AdapterRegistry(
            adapterFolder -> LoraAdapter.read(adapterFolder, config, device),
            capacity.adapterBytes());
    try {
      checkpoint.adapterFolders().forEach(adapters::load);
    } catch (AdapterRegistry.NoRoomException e) {
      throw new CheckpointException(folder, String.valueOf(e.getMessage()), e);
    }
    this.scheduler =
        new Scheduler(transformer, device, cache, capacity, context, tokenizer::bytes, nanoClock);
  }

  @Override
  public String name() {
    return "engine-" + device.name();
  }

  @Override
  public ServedModel model() {
    return model;
  }

  @Override
  public List<ServedAdapter> adapters() {
    return adapters.served();
  }

  @Override
  public int adaptersPerRequest() {
    return GenerationRequest.MAX_ADAPTERS;
  }

  @Override
  public AdapterChange loadAdapter(String name, Path folder) {
    return adapters.tryLoad(name, folder);
  }

  @Override
  public AdapterChange unloadAdapter(String name) {
    return adapters.unload(name);
  }

  @Override
  public BackendStatistics statistics() {
    return scheduler.counters().snapshot(pages, adapters.loads(), adapters.evictions());
  }

  @Override
  public Optional<GpuLoad> gpu() {
    return device.gpu();
  }

  /** Bytes of weights that a forward pass reads, adapters not counted. */
  public long bytesPerStep() {
    return bytesPerStep;
  }

  @Override
  public BackendHealth health() {
    Optional<String> failure = device.failure();
    boolean up = !closed && scheduler.alive() && failure.isEmpty();
    return new BackendHealth(
        up,
        device.remark()
            + failure.map(reason -> "; lost: " + reason).orElse("")
            + (model.untrained() ? "; the checkpoint is untrained and its answers are noise" : "")
            + (up || failure.isPresent() ? "" : "; the engine has stopped"));
  }

  @Override
  public Generation submit(GenerationRequest request, GenerationListener listener) {
    long submitted = nanoClock.getAsLong();
    List<Use> uses = new ArrayList<>(request.adapters().size());
    Runnable giveBack = () -> uses.forEach(Use::close);
    Sequence sequence;
    try {
      int[] prompt = tokens(request.prompt());
      sequence =
          new Sequence(request, listener, prompt, applied(request, uses), submitted, giveBack);
    } catch (RuntimeException e) {
      giveBack.run();
      listener.ended(unprepared(e));
      return () -> {};
    }
    if (closed) {
      sequence.end(new Outcome.Refused("the backend is stopping", RETRY_AFTER));
    } else if (device.failure().isPresent()) {
      sequence.end(new Outcome.Failed("the device was lost; see /health"));
    } else if (!scheduler.offer(sequence)) {
      scheduler.counters().refused();
      sequence.end(
          new Outcome.Refused(scheduler.waiting() + " requests are waiting already", RETRY_AFTER));
    }
    return sequence;
  }

  private static Outcome unprepared(RuntimeException e) {
    if (e instanceof Rejection rejection) {
      return rejection.outcome;
    }
    if (e instanceof ChatRefusedException) {
      return new Outcome.Invalid(Fault.VALUE, "messages", String.valueOf(e.getMessage()));
    }
    LOG.log(Level.ERROR, "a request could not be prepared", e);
    return new Outcome.Failed("the engine failed; see the server's log");
  }

  private Applied[] applied(GenerationRequest request, List<Use> uses) {
    List<AdapterWeight> wanted = request.adapters();
    if (wanted.isEmpty()) {
      return BASE;
    }
    for (AdapterWeight adapter : wanted) {
      try {
        uses.add(
            adapters
                .use(adapter.adapter())
                .orElseThrow(
                    () ->
                        new Rejection(
                            new Outcome.Invalid(
                                Fault.NO_SUCH_MODEL,
                                "model",
                                "there is no adapter " + adapter.adapter()))));
      } catch (AdapterRegistry.NoRoomException e) {
        throw new Rejection(new Outcome.Refused(String.valueOf(e.getMessage()), RETRY_AFTER));
      } catch (CheckpointException e) {
        LOG.log(Level.ERROR, "an adapter cannot be read again", e);
        throw new Rejection(
            new Outcome.Failed("the adapter " + adapter.adapter() + " cannot be read any more"));
      }
    }
    if (wanted.size() == 1 && wanted.get(0).weight() == 1) {
      return uses.get(0).adapter().alone();
    }
    Applied[] applied = new Applied[wanted.size()];
    for (int i = 0; i < applied.length; i++) {
      applied[i] = new Applied(uses.get(i).adapter(), (float) wanted.get(i).weight());
    }
    return applied;
  }

  private int[] tokens(Prompt prompt) {
    String field = prompt instanceof Prompt.Chat ? "messages" : "prompt";
    int[] ids;
    if (prompt instanceof Prompt.Tokens tokens) {
      ids = tokens.ids().stream().mapToInt(Integer::intValue).toArray();
    } else if (prompt instanceof Prompt.Chat chat) {
      // A template writes the begin token itself.
      ids =
          tokenizer.encode(
              chatTemplate
                  .apply(chat)
                  .orElseThrow(
                      () ->
                          new Rejection(
                              new Outcome.Invalid(
                                  Fault.VALUE,
                                  field,
                                  "the checkpoint has no chat template; use /v1/completions"))),
              false);
    } else {
      ids = tokenizer.encode(((Prompt.Text) prompt).text(), true);
    }
    for (int id : ids) {
      if (id < 0 || id >= vocabulary) {
        throw new Rejection(
            new Outcome.Invalid(
                Fault.VALUE, field, "holds token " + id + ", which the model does not know"));
      }
    }
    if (ids.length == 0) {
      throw new Rejection(new Outcome.Invalid(Fault.VALUE, field, "is empty"));
    }
    if (ids.length >= model.contextLength()) {
      throw new Rejection(
          new Outcome.Invalid(
              Fault.CONTEXT_LENGTH,
              field,
              "has "
                  + ids.length
                  + " tokens; the context of "
                  + model.contextLength()
                  + " must leave room for an answer"));
    }
    return ids;
  }

  @Override
  public void close() {
    closed = true;
    scheduler.close();
    device.close();
  }

  /** A request that is over before it was queued. */
  private static final class Rejection extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient Outcome outcome;

    Rejection(Outcome outcome) {
      super(null, null, false, false);
      this.outcome = outcome;
    }
  }
}
