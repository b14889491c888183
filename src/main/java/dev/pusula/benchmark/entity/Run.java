package dev.pusula.benchmark.entity;

import jakarta.persistence.Column;
import jakarta.persistence.Convert;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One load of one suite against one target, from its start to its verdict. It moves from {@link
 * RunStatus#RUNNING} to one of the ended states, once.
 */
@Entity
@Table(name = "run")
@SuppressWarnings("NullAway.Init") // JPA fills the fields after the no-arg constructor
public class Run {

  @Id
  @Convert(converter = Converters.OfUuid.class)
  private UUID id;

  private String suite;

  @Column(name = "campaign_id")
  @Convert(converter = Converters.OfUuid.class)
  private @Nullable UUID campaign;

  private String label;

  @Column(name = "load_model")
  @Convert(converter = Converters.OfLoadModel.class)
  private LoadModel loadModel;

  @Column(name = "target_url")
  private String targetUrl;

  @Column(name = "target_model")
  private String targetModel;

  @Column(name = "target_server")
  private String targetServer;

  @Convert(converter = Converters.OfServed.class)
  private Served served;

  @Convert(converter = Converters.OfEnvironment.class)
  private Environment environment;

  @Convert(converter = Converters.OfStrings.class)
  private List<String> sectors;

  @Column(name = "prompt_set")
  private String promptSet;

  private String fingerprint;

  @Enumerated(EnumType.STRING)
  private RunStatus status;

  @Column(name = "started_at")
  @Convert(converter = Converters.OfInstant.class)
  private Instant startedAt;

  @Column(name = "last_seen_at")
  @Convert(converter = Converters.OfInstant.class)
  private Instant lastSeenAt;

  @Column(name = "ended_at")
  @Convert(converter = Converters.OfInstant.class)
  private @Nullable Instant endedAt;

  @Column(name = "end_reason")
  private @Nullable String endReason;

  private @Nullable String validity;

  @Column(name = "invalid_reasons")
  @Convert(converter = Converters.OfStrings.class)
  private List<String> invalidReasons;

  @Column(name = "measure_from_us")
  private @Nullable Long measureFromUs;

  @Column(name = "measure_to_us")
  private @Nullable Long measureToUs;

  @Column(name = "issued_count")
  private @Nullable Long issued;

  @Column(name = "dropped_count")
  private @Nullable Long dropped;

  @Column(name = "generator_cpu_percent")
  private @Nullable Double generatorCpuPercent;

  @Column(name = "clock_step")
  private @Nullable Boolean clockStep;

  @Column(name = "target_latency_us")
  private @Nullable Long targetLatencyUs;

  private @Nullable String note;

  /** For JPA. */
  protected Run() {}

  /** A run that starts now, with its fingerprint. */
  public Run(
      UUID id,
      String suite,
      @Nullable UUID campaign,
      String label,
      LoadModel loadModel,
      Target target,
      Served served,
      String promptSet,
      Environment environment,
      List<String> sectors,
      Instant startedAt) {
    this.id = Objects.requireNonNull(id);
    this.suite = Objects.requireNonNull(suite);
    this.campaign = campaign;
    this.label = Objects.requireNonNull(label);
    this.loadModel = Objects.requireNonNull(loadModel);
    this.targetUrl = target.url();
    this.targetModel = target.model();
    this.targetServer = target.server();
    this.served = Objects.requireNonNull(served);
    this.promptSet = Objects.requireNonNull(promptSet);
    this.environment = Objects.requireNonNull(environment);
    this.sectors = List.copyOf(sectors);
    // As exact as PostgreSQL keeps it, so that the run is equal to itself when it is read back.
    this.startedAt = startedAt.truncatedTo(ChronoUnit.MICROS);
    this.lastSeenAt = this.startedAt;
    this.status = RunStatus.RUNNING;
    this.invalidReasons = List.of();
    this.fingerprint =
        Fingerprint.of(
                suite, label, loadModel, target.model(), served, promptSet, environment.hostClass())
            .hex();
  }

  /**
   * The generator has sent everything and says so.
   *
   * @throws IllegalStateException if it has ended already
   */
  public void complete(Completion completion, Instant at) {
    end(RunStatus.COMPLETED, null, completion, at);
  }

  /**
   * Given up by its user, or by the server when the generator fell silent.
   *
   * @throws IllegalStateException if it has ended already
   */
  public void abort(String reason, Completion completion, Instant at) {
    end(RunStatus.ABORTED, reason, completion, at);
  }

  /**
   * The generator could not go on.
   *
   * @throws IllegalStateException if it has ended already
   */
  public void fail(String reason, Completion completion, Instant at) {
    end(RunStatus.FAILED, reason, completion, at);
  }

  /** Records the verdict over an ended run and the latency target that its goodput was held to. */
  public void judge(Validity verdict, long targetLatencyUs) {
    if (status == RunStatus.RUNNING) {
      throw new IllegalStateException("run " + id + " has not ended");
    }
    this.validity = verdict.valid() ? "VALID" : "INVALID";
    this.invalidReasons = verdict.reasons();
    this.targetLatencyUs = targetLatencyUs;
  }

  /** Replaces the note; null or blank takes it away. */
  public void annotate(@Nullable String note) {
    this.note = note == null || note.isBlank() ? null : note.strip();
  }

  private void end(RunStatus to, @Nullable String reason, Completion completion, Instant at) {
    if (status != RunStatus.RUNNING) {
      throw new IllegalStateException("run " + id + " is " + status + " already");
    }
    status = to;
    endReason = reason;
    endedAt = at.isBefore(startedAt) ? startedAt : at;
    measureFromUs = completion.measureFromUs();
    measureToUs = completion.measureToUs();
    issued = completion.issued();
    dropped = completion.dropped();
    generatorCpuPercent = completion.generatorCpuPercent();
    clockStep = completion.clockStep();
  }

  public UUID id() {
    return id;
  }

  public String suite() {
    return suite;
  }

  /** Groups the loads of one comprehensive bench. */
  public @Nullable UUID campaign() {
    return campaign;
  }

  public String label() {
    return label;
  }

  public LoadModel loadModel() {
    return loadModel;
  }

  public Target target() {
    return new Target(targetUrl, targetModel, targetServer);
  }

  public Served served() {
    return served;
  }

  public Environment environment() {
    return environment;
  }

  /** Ids of the sectors that the load asks about. */
  public List<String> sectors() {
    return sectors;
  }

  /** First 16 hexadecimal digits of the SHA-256 of the query file. */
  public String promptSet() {
    return promptSet;
  }

  public Fingerprint fingerprint() {
    return new Fingerprint(fingerprint);
  }

  public RunStatus status() {
    return status;
  }

  public Instant startedAt() {
    return startedAt;
  }

  /** Last sign of life of the generator. */
  public Instant lastSeenAt() {
    return lastSeenAt;
  }

  public @Nullable Instant endedAt() {
    return endedAt;
  }

  /** Why it did not complete; null where it did or still runs. */
  public @Nullable String endReason() {
    return endReason;
  }

  /** The verdict; null until it has ended. */
  public @Nullable Validity validity() {
    return validity == null ? null : new Validity(invalidReasons);
  }

  /** What the generator said at the end; {@link Completion#SILENT} until then. */
  public Completion completion() {
    return new Completion(
        measureFromUs, measureToUs, issued, dropped, generatorCpuPercent, clockStep);
  }

  /** The end-to-end latency that goodput was held to, in microseconds; null until ended. */
  public @Nullable Long targetLatencyUs() {
    return targetLatencyUs;
  }

  public @Nullable String note() {
    return note;
  }
}
