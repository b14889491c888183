package dev.pusula.load;

import dev.pusula.load.PlannedRequest.Kind;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * An endless sequence of requests fixed by one seed: the same index always gives the same request,
 * whatever was asked before and on whichever thread. Thread-safe.
 */
final class Schedule {
  static final double SECTOR_SHARE = 0.75;
  static final double ROUTE_SHARE = 0.10;
  // Weyl step of SplitMix64 (Steele, Lea, Flood 2014): spreads neighbouring indices over the seeds.
  private static final long STEP = 0x9E3779B97F4A7C15L;

  private final QuerySet queries;
  private final List<String> sectors;
  private final double generalShare;
  private final double routeShare;
  private final long seed;

  /**
   * @param sector the only sector to ask, or null for all sectors and the general queries
   * @throws IllegalArgumentException if the sector has no query
   */
  Schedule(QuerySet queries, @Nullable String sector, double routeShare, long seed) {
    this.queries = queries;
    this.sectors = sector == null ? queries.sectors() : List.of(sector);
    if (sectors.isEmpty() || !queries.bySector().keySet().containsAll(sectors)) {
      throw new IllegalArgumentException("no query for the sector " + sector);
    }
    boolean general = sector == null && queries.bySector().containsKey(Query.GENERAL);
    this.generalShare = general ? 1 - SECTOR_SHARE : 0;
    this.routeShare = routeShare;
    this.seed = seed;
  }

  List<String> sectors() {
    return sectors;
  }

  PlannedRequest at(long index) {
    SplittableRandom random =
        new SplittableRandom(new SplittableRandom(seed + index * STEP).nextLong());
    Kind kind = random.nextDouble() < routeShare ? Kind.ROUTE : Kind.CHAT;
    String sector =
        random.nextDouble() < generalShare
            ? Query.GENERAL
            : sectors.get(random.nextInt(sectors.size()));
    List<Query> choices = queries.bySector().getOrDefault(sector, List.of());
    return new PlannedRequest(index, kind, choices.get(random.nextInt(choices.size())));
  }
}
