package dev.pusula.report.entity;

import dev.pusula.benchmark.entity.Environment;
import dev.pusula.benchmark.entity.LoadModel;
import dev.pusula.benchmark.entity.Served;
import dev.pusula.benchmark.entity.Target;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Everything that is told of a run, ready to be rendered.
 *
 * @param identity which run
 * @param warnings what a reader must know first: an invalid run, an untrained model
 * @param sections latency, throughput, quality, answer quality, router, resources, cost
 * @param sectors by falling number of requests
 * @param comparisons beside other models
 * @param charts what the charts draw
 * @param definitions what the numbers mean
 */
public record RunReport(
    Identity identity,
    List<String> warnings,
    List<Section> sections,
    List<SectorRow> sectors,
    List<ComparisonRow> comparisons,
    Charts charts,
    List<String> definitions) {

  /** Copies the lists. */
  public RunReport {
    warnings = List.copyOf(warnings);
    sections = List.copyOf(sections);
    sectors = List.copyOf(sectors);
    comparisons = List.copyOf(comparisons);
    definitions = List.copyOf(definitions);
  }

  /** Which run, where, under what load; {@code verdict} is null until it has ended. */
  public record Identity(
      UUID id,
      String suite,
      String label,
      String status,
      @Nullable String verdict,
      Instant startedAt,
      @Nullable Instant endedAt,
      String fingerprint,
      LoadModel loadModel,
      Target target,
      Served served,
      Environment environment,
      @Nullable String note) {}

  /**
   * One part of the report.
   *
   * @param remark why it is empty or what limits it; null for nothing
   */
  public record Section(String title, List<Figure> figures, @Nullable String remark) {

    /** Copies the list. */
    public Section {
      figures = List.copyOf(figures);
    }
  }

  /**
   * One number with its uncertainty.
   *
   * @param low lower end of the 95 % interval; null where none is claimed
   * @param high upper end
   * @param intervalOnly whether n is too small for the value to be printed
   * @param failed requests that gave no observation
   */
  public record Figure(
      String metric,
      String statistic,
      double value,
      String unit,
      @Nullable Double low,
      @Nullable Double high,
      boolean intervalOnly,
      long n,
      long failed) {}

  /**
   * One sector.
   *
   * @param accuracy strict, 0…1; null when nothing was routed
   * @param low lower end of its Wilson interval
   * @param high upper end
   */
  public record SectorRow(
      String sector,
      long requests,
      long failed,
      long routed,
      @Nullable Double accuracy,
      @Nullable Double low,
      @Nullable Double high,
      @Nullable Double e2eP50Ms,
      @Nullable Double ttftP50Ms,
      long outputTokens) {}

  /**
   * One line of the comparison.
   *
   * @param verdict an improvement, the differing fields, or that the figure has no source
   * @param greyed whether nothing may be concluded from it
   */
  public record ComparisonRow(
      String model,
      String metric,
      double ours,
      double theirs,
      String unit,
      String verdict,
      boolean greyed,
      boolean stale,
      String source,
      String confidence) {}

  /** What the charts draw: each point is {x, y}. */
  public record Charts(
      List<Series> latency,
      List<Series> requestRate,
      List<Series> tokenRate,
      List<Series> cpu,
      List<Series> memory) {}

  /** A named line. */
  public record Series(String name, List<double[]> points) {

    /** Copies the list. */
    public Series {
      points = List.copyOf(points);
    }
  }
}
