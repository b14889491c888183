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

/** One number of a run with its uncertainty. Never changed. */
@Entity
@Table(name = "measurement")
@SuppressWarnings("NullAway.Init") // JPA fills the fields after the no-arg constructor
public class Measurement {

  @Id
  @GeneratedValue(strategy = GenerationType.IDENTITY)
  private @Nullable Long id;

  @Column(name = "run_id")
  @Convert(converter = Converters.OfUuid.class)
  private UUID runId;

  private String metric;

  @Convert(converter = Converters.OfStatistic.class)
  private Statistic statistic;

  @Convert(converter = Converters.OfScope.class)
  private Scope scope;

  @Column(name = "scope_id")
  private String scopeId;

  @Column(name = "value")
  private double value;

  @Column(name = "interval_low")
  private @Nullable Double intervalLow;

  @Column(name = "interval_high")
  private @Nullable Double intervalHigh;

  @Column(name = "interval_only")
  private boolean intervalOnly;

  private long n;

  @Column(name = "n_failed")
  private long failed;

  private String unit;

  /** For JPA. */
  protected Measurement() {}

  /**
   * A measurement.
   *
   * @param metric name as in {@code RunCompletion}
   * @param scopeId the sector or adapter, empty for {@link Scope#ALL}
   * @param value finite, in {@code unit}
   * @param intervalLow lower end of the 95 % interval, null where none is claimed
   * @param intervalHigh upper end, null where none is claimed
   * @param intervalOnly whether n is too small to show the value without its interval
   * @param n observations
   * @param failed requests of the scope that gave none
   */
  public Measurement(
      UUID runId,
      String metric,
      Statistic statistic,
      Scope scope,
      String scopeId,
      double value,
      @Nullable Double intervalLow,
      @Nullable Double intervalHigh,
      boolean intervalOnly,
      long n,
      long failed,
      String unit) {
    if (!Double.isFinite(value)) {
      throw new IllegalArgumentException(metric + " is not finite: " + value);
    }
    if ((scope == Scope.ALL) != scopeId.isEmpty()) {
      throw new IllegalArgumentException("scope id " + scopeId + " does not fit scope " + scope);
    }
    this.runId = runId;
    this.metric = metric;
    this.statistic = statistic;
    this.scope = scope;
    this.scopeId = scopeId;
    this.value = value;
    this.intervalLow = intervalLow;
    this.intervalHigh = intervalHigh;
    this.intervalOnly = intervalOnly;
    this.n = n;
    this.failed = failed;
    this.unit = unit;
  }

  public UUID runId() {
    return runId;
  }

  public String metric() {
    return metric;
  }

  public Statistic statistic() {
    return statistic;
  }

  public Scope scope() {
    return scope;
  }

  /** The sector or adapter; empty for {@link Scope#ALL}. */
  public String scopeId() {
    return scopeId;
  }

  public double value() {
    return value;
  }

  /** Lower end of the 95 % interval; null where none is claimed. */
  public @Nullable Double intervalLow() {
    return intervalLow;
  }

  /** Upper end of the 95 % interval; null where none is claimed. */
  public @Nullable Double intervalHigh() {
    return intervalHigh;
  }

  /** True where n is too small for the value to be shown without its interval. */
  public boolean intervalOnly() {
    return intervalOnly;
  }

  /** Observations that the value rests on. */
  public long n() {
    return n;
  }

  /** Requests of the same scope that failed and so gave no observation. */
  public long failed() {
    return failed;
  }

  public String unit() {
    return unit;
  }
}
