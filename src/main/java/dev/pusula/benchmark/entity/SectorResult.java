package dev.pusula.benchmark.entity;

import jakarta.persistence.Column;
import jakarta.persistence.Convert;
import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** How one labelled sector fared in the measurement phase of a run. Never changed. */
@Entity
@Table(name = "sector_result")
@SuppressWarnings("NullAway.Init") // JPA fills the fields after the no-arg constructor
public class SectorResult {

  @Id
  @GeneratedValue(strategy = GenerationType.IDENTITY)
  private @Nullable Long id;

  @Column(name = "run_id")
  @Convert(converter = Converters.OfUuid.class)
  private UUID runId;

  private String sector;

  @Column(name = "request_count")
  private long requests;

  @Column(name = "failed_count")
  private long failed;

  @Column(name = "routed_count")
  private long routed;

  @Column(name = "correct_count")
  private long correct;

  @Column(name = "correct_also_count")
  private long correctAlso;

  private @Nullable Double f1;

  @Column(name = "e2e_p50_us")
  private @Nullable Double e2eP50Us;

  @Column(name = "e2e_p95_us")
  private @Nullable Double e2eP95Us;

  @Column(name = "e2e_p99_us")
  private @Nullable Double e2eP99Us;

  @Column(name = "ttft_p50_us")
  private @Nullable Double ttftP50Us;

  @Column(name = "ttft_p95_us")
  private @Nullable Double ttftP95Us;

  @Column(name = "ttft_p99_us")
  private @Nullable Double ttftP99Us;

  @Column(name = "output_tokens")
  private long outputTokens;

  /** For JPA. */
  protected SectorResult() {}

  /**
   * A result.
   *
   * @param counts requests and routing
   * @param f1 of the routing to this sector, null where nothing was routed
   * @param e2e end-to-end latency from due, null without a success
   * @param ttft time to first text from due, null without a success
   * @param outputTokens of the successes
   */
  public SectorResult(
      UUID runId,
      String sector,
      Counts counts,
      @Nullable Double f1,
      @Nullable Latency e2e,
      @Nullable Latency ttft,
      long outputTokens) {
    this.runId = runId;
    this.sector = sector;
    this.requests = counts.requests();
    this.failed = counts.failed();
    this.routed = counts.routed();
    this.correct = counts.correct();
    this.correctAlso = counts.correctAlso();
    this.f1 = f1;
    if (e2e != null) {
      this.e2eP50Us = e2e.p50Us();
      this.e2eP95Us = e2e.p95Us();
      this.e2eP99Us = e2e.p99Us();
    }
    if (ttft != null) {
      this.ttftP50Us = ttft.p50Us();
      this.ttftP95Us = ttft.p95Us();
      this.ttftP99Us = ttft.p99Us();
    }
    this.outputTokens = outputTokens;
  }

  public UUID runId() {
    return runId;
  }

  /** The label; {@code general} for queries of no sector. */
  public String sector() {
    return sector;
  }

  public Counts counts() {
    return new Counts(requests, failed, routed, correct, correctAlso);
  }

  /** Strict accuracy of the routing in 0…1; null where nothing was routed. */
  public @Nullable Double accuracy() {
    return routed == 0 ? null : (double) correct / routed;
  }

  /** F1 of the routing to this sector; null where nothing was routed. */
  public @Nullable Double f1() {
    return f1;
  }

  /** End-to-end latency from due; null without a success. */
  public @Nullable Latency e2e() {
    return Latency.ofNullable(e2eP50Us, e2eP95Us, e2eP99Us);
  }

  /** Time to first text from due; null without a success. */
  public @Nullable Latency ttft() {
    return Latency.ofNullable(ttftP50Us, ttftP95Us, ttftP99Us);
  }

  /** Of the successes. */
  public long outputTokens() {
    return outputTokens;
  }

  /**
   * Requests of one sector.
   *
   * @param requests due in the measurement phase
   * @param failed those without success
   * @param routed those whose response names a sector
   * @param correct routed to the label
   * @param correctAlso routed to the label or to one that is also right
   */
  public record Counts(long requests, long failed, long routed, long correct, long correctAlso) {}

  /**
   * Percentiles of a latency, type 7, microseconds.
   *
   * @param p50Us median
   * @param p95Us 95th
   * @param p99Us 99th
   */
  public record Latency(double p50Us, double p95Us, double p99Us) {

    private static @Nullable Latency ofNullable(
        @Nullable Double p50, @Nullable Double p95, @Nullable Double p99) {
      return p50 == null || p95 == null || p99 == null ? null : new Latency(p50, p95, p99);
    }
  }
}
