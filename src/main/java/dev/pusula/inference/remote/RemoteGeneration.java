package dev.pusula.inference.remote;

import com.fasterxml.jackson.databind.JsonNode;
import dev.pusula.balancing.Lease;
import dev.pusula.inference.control.GenerationListener;
import dev.pusula.inference.control.InferenceBackend;
import dev.pusula.inference.entity.GenerationRequest;
import dev.pusula.inference.entity.Outcome;
import dev.pusula.inference.entity.Outcome.FinishReason;
import dev.pusula.inference.entity.Piece;
import dev.pusula.inference.entity.Usage;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One request from submission to its one end, over as many replicas as it takes to begin.
 *
 * <p>How it works. Events come from the client's threads, the timer, and whoever cancels. All of
 * them take this object's lock, and the first that ends it wins; a listener does not block, so
 * calling it under the lock costs nobody time. An attempt that is over is no longer {@link
 * #attempt}, and what still arrives for it is dropped.
 */
final class RemoteGeneration implements InferenceBackend.Generation {

  private static final System.Logger LOG = System.getLogger(RemoteGeneration.class.getName());
  private static final String DONE = "[DONE]";

  /** What a server may take to end its stream after its last word; then the connection is cut. */
  private static final Duration LINGER = Duration.ofSeconds(1);

  /** An error's body is a sentence; what is longer is not read. */
  private static final int MOST_COMPLAINT = 16_384;

  private final GenerationRequest request;
  private final GenerationListener listener;
  private final String model;
  private final String adapter;
  private final RemoteSettings settings;
  private final Fleet fleet;
  private final Transport transport;
  private final Tally tally;
  private final LongSupplier nanoClock;
  private final Consumer<RemoteGeneration> atEnd;
  private final long submitted;
  private final byte[] body;
  private final Set<String> tried = new HashSet<>();
  private @Nullable Setback setback;
  private @Nullable Attempt attempt;
  private @Nullable Future<?> deadline;
  private boolean started;
  private boolean answering;
  private boolean ended;

  /**
   * For one request.
   *
   * @param model id at the servers
   * @param adapter the same, or {@code base}
   * @param atEnd told once, before the listener is
   */
  RemoteGeneration(
      GenerationRequest request,
      GenerationListener listener,
      String model,
      String adapter,
      RemoteSettings settings,
      Fleet fleet,
      Transport transport,
      Tally tally,
      LongSupplier nanoClock,
      Consumer<RemoteGeneration> atEnd) {
    this.request = request;
    this.listener = listener;
    this.model = model;
    this.adapter = adapter;
    this.settings = settings;
    this.fleet = fleet;
    this.transport = transport;
    this.tally = tally;
    this.nanoClock = nanoClock;
    this.atEnd = atEnd;
    this.submitted = nanoClock.getAsLong();
    this.body = RequestBody.of(request, model, fleet.catalogue().model().contextLength());
  }

  synchronized void begin() {
    tally.taken(adapter);
    tally.waiting.incrementAndGet();
    deadline = transport.after(request.timeout(), this::late);
    next();
  }

  @Override
  public synchronized void cancel() {
    end(new Outcome.Cancelled());
  }

  /** The backend stops. */
  synchronized void stop() {
    end(new Outcome.Failed("the backend was stopped"));
  }

  private synchronized void late() {
    if (!ended && attempt != null) {
      blame(attempt, "did not end an answer in time");
    }
    end(new Outcome.TimedOut());
  }

  private void next() {
    Lease lease = fleet.lease(model, tried).orElse(null);
    if (lease == null) {
      Setback last = setback;
      end(last == null ? fleet.unavailable(model) : last.outcome());
      return;
    }
    if (!tried.isEmpty()) {
      tally.retries.increment();
    }
    tried.add(lease.replica());
    Attempt now = new Attempt(lease, fleet.server(lease.replica()));
    attempt = now;
    now.send();
  }

  private void blame(Attempt failed, String reason) {
    failed.lease.failed();
    fleet.trouble(failed.server, reason);
  }

  private void lost(Attempt failed, Setback why) {
    attempt = null;
    failed.over();
    if (why.blame()) {
      blame(failed, why.reason());
    } else {
      failed.lease.close();
    }
    if (why.outcome() instanceof Outcome.Invalid invalid
        && invalid.fault() == Outcome.Fault.NO_SUCH_MODEL) {
      fleet.forget(failed.server, model);
    }
    setback = setback == null ? why : setback.or(why);
    if (why.elsewhere() && !answering) {
      next();
    } else {
      tally.ended(adapter, failed.usage(), failed.timings());
      end(why.outcome());
    }
  }

  private void end(Outcome outcome) {
    if (ended) {
      return;
    }
    ended = true;
    Future<?> watched = deadline;
    if (watched != null) {
      watched.cancel(false);
    }
    Attempt last = attempt;
    if (last != null) {
      // Those with a verdict have it by now.
      last.lease.close();
      if (!(outcome instanceof Outcome.Completed)) {
        last.over();
        tally.ended(adapter, last.usage(), last.timings());
      }
    }
    (answering ? tally.running : tally.waiting).decrementAndGet();
    if (outcome instanceof Outcome.Refused) {
      tally.refused.increment();
    }
    atEnd.accept(this);
    listener.ended(outcome);
  }

  /** One try at one replica. */
  private final class Attempt implements HttpResponse.BodyHandler<Void> {
    private final Lease lease;
    private final Server server;
    private final long sent = nanoClock.getAsLong();
    private final EventStream events = new EventStream(this::event);
    private final StringBuilder complaint = new StringBuilder();
    private @Nullable CompletableFuture<HttpResponse<Void>> exchange;
    private Flow.@Nullable Subscription lines;
    private @Nullable Future<?> firstByte;
    private long firstToken;
    private long lastToken;
    private int tokens;
    private @Nullable String finish;
    private @Nullable Usage told;

    Attempt(Lease lease, Server server) {
      this.lease = lease;
      this.server = server;
    }

    void send() {
      HttpRequest post =
          transport
              .post(server.url, RequestBody.path(request.prompt()), body)
              .header("Accept", "text/event-stream")
              .build();
      firstByte = transport.after(settings.firstByteTimeout(), this::silent);
      CompletableFuture<HttpResponse<Void>> sending = transport.client().sendAsync(post, this);
      exchange = sending;
      sending.whenComplete(this::settle);
    }

    /** Lets go of the connection; harmless where it is done. */
    void over() {
      Future<?> watched = firstByte;
      if (watched != null) {
        watched.cancel(false);
      }
      if (lines != null) {
        lines.cancel();
      }
      if (exchange != null) {
        exchange.cancel(true);
      }
    }

    private boolean current() {
      return attempt == this && !ended;
    }

    private void silent() {
      synchronized (RemoteGeneration.this) {
        if (current()) {
          blame(this, "did not begin an answer in time");
          end(new Outcome.TimedOut());
        }
      }
    }

    @Override
    public HttpResponse.BodySubscriber<Void> apply(HttpResponse.ResponseInfo response) {
      boolean ok = response.statusCode() == 200;
      if (ok) {
        synchronized (RemoteGeneration.this) {
          if (current() && !started) {
            started = true;
            listener.started(Duration.ofNanos(sent - submitted));
          }
        }
      }
      return HttpResponse.BodySubscribers.<Lines, Void>fromLineSubscriber(
          new Lines(ok ? events::line : this::complain),
          done -> null,
          StandardCharsets.UTF_8,
          null);
    }

    private void complain(String line) {
      if (complaint.length() < MOST_COMPLAINT) {
        complaint.append(line, 0, Math.min(line.length(), MOST_COMPLAINT)).append('\n');
      }
    }

    private void settle(@Nullable HttpResponse<Void> response, @Nullable Throwable error) {
      synchronized (RemoteGeneration.this) {
        if (response != null && response.statusCode() == 200) {
          events.end();
        }
        if (!current()) {
          return;
        }
        if (response == null) {
          Throwable cause = Fleet.cause(error == null ? new IOException() : error);
          if (!(cause instanceof IOException)) {
            LOG.log(Level.ERROR, "a request to " + server.name() + " failed", cause);
          }
          lost(this, Setback.ofError(cause));
        } else if (response.statusCode() != 200) {
          lost(
              this,
              Setback.ofStatus(
                  response.statusCode(),
                  response.headers().firstValue("Retry-After"),
                  complaint.toString()));
        } else {
          lost(this, Setback.failure(true, "broke an answer off"));
        }
      }
    }

    private void event(String data) {
      synchronized (RemoteGeneration.this) {
        if (!current()) {
          return;
        }
        Future<?> watched = firstByte;
        if (watched != null) {
          watched.cancel(false);
        }
        if (data.equals(DONE)) {
          done();
          return;
        }
        try {
          JsonNode event = Chunk.parse(data);
          if (event.hasNonNull("error") || event.path("object").asText().equals("error")) {
            lost(this, Setback.ofEvent(event));
          } else {
            take(Chunk.of(event));
          }
        } catch (IOException e) {
          lost(this, Setback.failure(false, "sent an event that is not JSON"));
        }
      }
    }

    private void take(Chunk chunk) {
      finish = chunk.finish() == null ? finish : chunk.finish();
      told = chunk.usage() == null ? told : chunk.usage();
      if (chunk.text().isEmpty() && chunk.logprobs().isEmpty()) {
        return;
      }
      lastToken = nanoClock.getAsLong();
      if (!answering) {
        answering = true;
        firstToken = lastToken;
        tally.waiting.decrementAndGet();
        tally.running.incrementAndGet();
      }
      int some = Math.max(1, chunk.logprobs().size());
      tokens += some;
      listener.text(new Piece(chunk.text(), some, chunk.logprobs()));
    }

    private void done() {
      FinishReason reason = reason();
      if (reason == null) {
        lost(
            this,
            Setback.failure(
                false,
                finish == null
                    ? "ended an answer without a reason"
                    : "ended an answer with " + Setback.shortened(finish)));
        return;
      }
      lease.succeeded();
      server.answered(nanoClock.getAsLong());
      if (told == null) {
        tally.uncounted.increment();
      }
      tally.ended(adapter, usage(), timings());
      // What follows is the end of the body, after which the connection serves the next request.
      CompletableFuture<?> open = exchange;
      if (open != null && !open.isDone()) {
        Future<?> cut = transport.after(LINGER, this::over);
        open.whenComplete((response, error) -> cut.cancel(false));
      }
      end(new Outcome.Completed(reason, usage(), timings()));
    }

    private @Nullable FinishReason reason() {
      return "stop".equals(finish)
          ? FinishReason.STOP
          : "length".equals(finish) ? FinishReason.LENGTH : null;
    }

    /** As the server counted; without its word a token for each chunk that carried text. */
    private Usage usage() {
      Usage counted = told;
      return counted == null ? new Usage(0, tokens, 0) : counted;
    }

    /** The server's own queue is part of the prefill: from here they are one. */
    private Outcome.Timings timings() {
      long now = nanoClock.getAsLong();
      long first = firstToken == 0 ? now : firstToken;
      long last = firstToken == 0 ? now : lastToken;
      return new Outcome.Timings(
          Duration.ofNanos(sent - submitted),
          Duration.ofNanos(first - sent),
          Duration.ofNanos(last - first));
    }

    /** Hands lines on as they come; the listener does not block, so all are asked for. */
    private final class Lines implements Flow.Subscriber<String> {
      private final Consumer<String> sink;

      Lines(Consumer<String> sink) {
        this.sink = sink;
      }

      @Override
      public void onSubscribe(Flow.Subscription subscription) {
        synchronized (RemoteGeneration.this) {
          lines = subscription;
          if (current()) {
            subscription.request(Long.MAX_VALUE);
          } else {
            subscription.cancel();
          }
        }
      }

      @Override
      public void onNext(String line) {
        sink.accept(line);
      }

      @Override
      public void onError(Throwable error) {
        // The exchange ends with it too.
      }

      @Override
      public void onComplete() {
        // So does the exchange.
      }
    }
  }
}
