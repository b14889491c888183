package dev.pusula.inference.engine;

import dev.pusula.inference.checkpoint.Checkpoint;
import dev.pusula.inference.checkpoint.ModelConfig;
import dev.pusula.inference.checkpoint.Tokenizer;
import dev.pusula.inference.control.GenerationListener;
import dev.pusula.inference.control.InferenceBackend;
import dev.pusula.inference.engine.Transformer.Applied;
import dev.pusula.inference.entity.AdapterChange;
import dev.pusula.inference.entity.AdapterWeight;
import dev.pusula.inference.entity.BackendStatistics;
import dev.pusula.inference.entity.GenerationRequest;
import dev.pusula.inference.entity.Outcome;
import dev.pusula.inference.entity.Piece;
import dev.pusula.inference.entity.Prompt;
import dev.pusula.inference.entity.ServedAdapter;
import dev.pusula.inference.entity.ServedModel;
import dev.pusula.inference.entity.Usage;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.LongSupplier;

/**
 * The engine as a backend: a bounded queue before a few workers, each with a sequence of its own,
 * so that a request's tokens do not depend on what else is running.
 */
public final class EngineBackend implements InferenceBackend {

  private static final System.Logger LOG = System.getLogger(EngineBackend.class.getName());
  private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

  private final Transformer transformer;
  private final Device device;
  private final Tokenizer tokenizer;
  private final Map<String, LoraAdapter> adapters = new TreeMap<>();
  private final ServedModel model;
  private final List<ServedAdapter> served = new ArrayList<>();
  private final Function<Prompt.Chat, Optional<String>> chatTemplate;
  private final LongSupplier nanoClock;
  private final BlockingQueue<Job> queue;
  private final List<Thread> workers = new ArrayList<>();
  private volatile boolean closed;

  /**
   * How much a backend takes on.
   *
   * @param workers requests computed at once, at least 1
   * @param queue requests that wait, at least 1; one more is refused
   */
  public record Capacity(int workers, int queue) {
    /**
     * A worker for each processor up to four, since more only share the memory's bandwidth, and a
     * queue for 256.
     */
    public static Capacity ofMachine() {
      return new Capacity(Math.min(4, Runtime.getRuntime().availableProcessors()), 256);
    }
  }

  /**
   * Loads a checkpoint with its adapters and starts the workers.
   *
   * @param chatTemplate renders a conversation as the model was trained; empty where the checkpoint
   *     has no template
   * @param nanoClock monotonic nanoseconds
   * @throws CheckpointException if a file cannot be used
   */
  public EngineBackend(
      Path folder,
      Device device,
      Function<Prompt.Chat, Optional<String>> chatTemplate,
      Capacity capacity,
      LongSupplier nanoClock) {
    Checkpoint checkpoint = Checkpoint.read(folder);
    this.device = device;
    this.tokenizer = checkpoint.tokenizer();
    this.transformer = new Transformer(checkpoint, device);
    this.chatTemplate = chatTemplate;
    this.nanoClock = nanoClock;
    ModelConfig config = checkpoint.config();
    this.model =
        new ServedModel(
            config.id(),
            String.format(
                java.util.Locale.ROOT,
                "Llama, %d layers, %d wide, vocabulary of %d%s",
                config.layers(),
                config.hidden(),
                config.vocabulary(),
                config.untrained() ? ", untrained: its answers are noise" : ""),
            config.untrained(),
            config.context(),
            checkpoint.precision(),
            Checkpoint.fingerprint(folder));
    checkpoint
        .adapterFolders()
        .forEach(
            (name, adapterFolder) -> {
              LoraAdapter adapter = transformer.adapter(adapterFolder);
              adapters.put(name, adapter);
              served.add(
                  new ServedAdapter(
                      name,
                      adapter.rank(),
                      adapter.bytes(),
                      Checkpoint.fingerprint(adapterFolder),
                      true));
            });
    this.queue = new ArrayBlockingQueue<>(capacity.queue());
    for (int i = 0; i < capacity.workers(); i++) {
      Thread worker = new Thread(this::work, "engine-" + i);
      worker.setDaemon(true);
      workers.add(worker);
      worker.start();
    }
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
    return List.copyOf(served);
  }

  @Override
  public int adaptersPerRequest() {
    return GenerationRequest.MAX_ADAPTERS;
  }

  @Override
  public AdapterChange loadAdapter(String name, Path adapterFolder) {
    return new AdapterChange.Unsupported("adapters are read at the start");
  }

  @Override
  public AdapterChange unloadAdapter(String name) {
    return new AdapterChange.Unsupported("adapters are read at the start");
  }

  @Override
  public BackendStatistics statistics() {
    return BackendStatistics.NONE;
  }

  @Override
  public BackendHealth health() {
    long alive = workers.stream().filter(Thread::isAlive).count();
    return new BackendHealth(
        !closed && alive == workers.size(),
        device.remark()
            + (model.untrained() ? "; the checkpoint is untrained and its answers are noise" : "")
            + (alive == workers.size()
                ? ""
                : "; " + alive + " of " + workers.size() + " workers live"));
  }

  @Override
  public Generation submit(GenerationRequest request, GenerationListener listener) {
    Job job = new Job(request, listener, nanoClock.getAsLong());
    List<Applied> applied = new ArrayList<>();
    for (AdapterWeight wanted : request.adapters()) {
      LoraAdapter adapter = adapters.get(wanted.adapter());
      if (adapter == null) {
        job.end(
            new Outcome.Invalid(
                Outcome.Fault.NO_SUCH_MODEL, "model", "there is no adapter " + wanted.adapter()));
        return job;
      }
      applied.add(new Applied(adapter, (float) wanted.weight()));
    }
    job.applied = applied;
    if (closed) {
      job.end(new Outcome.Refused("the backend is stopping", RETRY_AFTER));
    } else if (!queue.offer(job)) {
      job.end(new Outcome.Refused(queue.size() + " requests are waiting already", RETRY_AFTER));
    }
    return job;
  }

  private void work() {
    Transformer.Sequence sequence = new Transformer.Sequence(transformer.config());
    try {
      while (!closed) {
        Job job = queue.take();
        try {
          job.end(generate(job, sequence));
        } catch (RuntimeException e) {
          LOG.log(Level.ERROR, "a generation failed", e);
          job.end(new Outcome.Failed("the engine failed; see the server's log"));
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private Outcome generate(Job job, Transformer.Sequence sequence) {
    long start = nanoClock.getAsLong();
    GenerationRequest request = job.request;
    Optional<int[]> prompt = tokens(request.prompt());
    if (prompt.isEmpty()) {
      return new Outcome.Invalid(
          Outcome.Fault.VALUE,
          "messages",
          "the checkpoint has no chat template; use /v1/completions");
    }
    int[] ids = prompt.get();
    if (ids.length == 0) {
      return new Outcome.Invalid(Outcome.Fault.VALUE, "prompt", "is empty");
    }
    if (ids.length >= model.contextLength()) {
      return new Outcome.Invalid(
          Outcome.Fault.CONTEXT_LENGTH,
          request.prompt() instanceof Prompt.Chat ? "messages" : "prompt",
          "has "
              + ids.length
              + " tokens; the context of "
              + model.contextLength()
              + " must leave room for an answer");
    }
    sequence.restart(job.applied);
    float[] logits = new float[0];
    for (int i = 0; i < ids.length; i++) {
      Optional<Outcome> ended = job.interrupted(nanoClock.getAsLong());
      if (ended.isPresent()) {
        return ended.get();
      }
      logits = transformer.append(sequence, ids[i], i == ids.length - 1);
    }
    return decode(job, sequence, logits, ids.length, start);
  }

  private Outcome decode(
      Job job, Transformer.Sequence sequence, float[] promptLogits, int promptTokens, long start) {
    GenerationRequest request = job.request;
    Sampler sampler = new Sampler(request.sampling());
    AnswerText text = new AnswerText(request.stop());
    float[] logits = promptLogits;
    int generated = 0;
    int unsent = 0;
    long firstToken = 0;
    Outcome.FinishReason reason = Outcome.FinishReason.LENGTH;
    while (generated < request.maxTokens()) {
      int token = sampler.draw(logits);
      if (firstToken == 0) {
        firstToken = nanoClock.getAsLong();
      }
      if (transformer.config().endTokens().contains(token)) {
        reason = Outcome.FinishReason.STOP;
        break;
      }
      generated++;
      unsent++;
      String delta = text.append(tokenizer.bytes(token));
      if (!delta.isEmpty()) {
        job.listener.text(Piece.of(delta, unsent));
        unsent = 0;
      }
      if (text.stopped()) {
        reason = Outcome.FinishReason.STOP;
        break;
      }
      Optional<Outcome> ended = job.interrupted(nanoClock.getAsLong());
      if (ended.isPresent()) {
        return ended.get();
      }
      if (generated == request.maxTokens() || sequence.length() >= model.contextLength()) {
        break;
      }
      logits = transformer.append(sequence, token, true);
    }
    String rest = text.end();
    if (!rest.isEmpty()) {
      job.listener.text(Piece.of(rest, Math.max(1, unsent)));
    }
    long end = nanoClock.getAsLong();
    return new Outcome.Completed(
        reason,
        new Usage(promptTokens, generated, 0),
        new Outcome.Timings(
            Duration.ofNanos(start - job.submitted),
            Duration.ofNanos(firstToken - start),
            Duration.ofNanos(end - firstToken)));
  }

  private Optional<int[]> tokens(Prompt prompt) {
    if (prompt instanceof Prompt.Text text) {
      return Optional.of(tokenizer.encode(text.text(), true));
    }
    if (prompt instanceof Prompt.Tokens tokens) {
      return Optional.of(tokens.ids().stream().mapToInt(Integer::intValue).toArray());
    }
    // A template writes the begin token itself.
    return chatTemplate.apply((Prompt.Chat) prompt).map(text -> tokenizer.encode(text, false));
  }

  @Override
  public void close() {
    closed = true;
    workers.forEach(Thread::interrupt);
    for (Job job = queue.poll(); job != null; job = queue.poll()) {
      job.end(new Outcome.Failed("the backend was stopped"));
    }
    device.close();
  }

  /** One request, from submission to its one end. */
  private static final class Job implements Generation {
    private final GenerationRequest request;
    private final GenerationListener listener;
    private final long submitted;
    private final AtomicBoolean ended = new AtomicBoolean();
    private volatile boolean cancelled;
    private List<Applied> applied = List.of();

    Job(GenerationRequest request, GenerationListener listener, long submitted) {
      this.request = request;
      this.listener = listener;
      this.submitted = submitted;
    }

    @Override
    public void cancel() {
      cancelled = true;
    }

    Optional<Outcome> interrupted(long now) {
      if (cancelled) {
        return Optional.of(new Outcome.Cancelled());
      }
      return now - submitted > request.timeout().toNanos()
          ? Optional.of(new Outcome.TimedOut())
          : Optional.empty();
    }

    void end(Outcome outcome) {
      if (ended.compareAndSet(false, true)) {
        listener.ended(outcome);
      }
    }
  }
}
