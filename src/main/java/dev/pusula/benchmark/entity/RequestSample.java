package dev.pusula.benchmark.entity;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One request of a run in raw stamps. All stamps are whole microseconds from the run's start, null
 * where the moment never came.
 *
 * @param seq number in the schedule, at least 0, once a run
 * @param kind a completion or a bare route
 * @param phase where {@code dueUs} lies
 * @param sector the query's label; {@code general} for none
 * @param also sectors that would be right too
 * @param query id of the query
 * @param style of the query, such as {@code angry}
 * @param user simulated user
 * @param dueUs when the schedule said it should start
 * @param sentUs first byte handed to the socket
 * @param headersUs response headers complete
 * @param firstTextUs first text that is not empty, reasoning included
 * @param firstAnswerUs first answer text that is not empty
 * @param lastTextUs last text that is not empty
 * @param endUs body complete, or the moment it was given up
 * @param chunkGapsUs times between consecutive text chunks
 * @param promptTokens as the server counts
 * @param outputTokens as the server counts
 * @param recountedTokens output tokens as the generator counts
 * @param status HTTP status
 * @param outcome how it ended
 * @param error what went wrong, in a few words
 * @param routedSector what the router chose
 * @param routedScore its score in 0…1
 * @param adapters that answered, by falling weight
 * @param backend that answered
 * @param routerUs time in the router
 */
public record RequestSample(
    long seq,
    RequestKind kind,
    Phase phase,
    String sector,
    List<String> also,
    String query,
    @Nullable String style,
    @Nullable Integer user,
    long dueUs,
    @Nullable Long sentUs,
    @Nullable Long headersUs,
    @Nullable Long firstTextUs,
    @Nullable Long firstAnswerUs,
    @Nullable Long lastTextUs,
    @Nullable Long endUs,
    List<Long> chunkGapsUs,
    @Nullable Integer promptTokens,
    @Nullable Integer outputTokens,
    @Nullable Integer recountedTokens,
    @Nullable Integer status,
    RequestOutcome outcome,
    @Nullable String error,
    @Nullable String routedSector,
    @Nullable Double routedScore,
    List<String> adapters,
    @Nullable String backend,
    @Nullable Double routerUs) {

  /** Copies the lists. */
  public RequestSample {
    also = List.copyOf(also);
    chunkGapsUs = List.copyOf(chunkGapsUs);
    adapters = List.copyOf(adapters);
  }

  /** True when it was answered as it should be. */
  public boolean succeeded() {
    return outcome == RequestOutcome.COMPLETED;
  }

  /** The router chose the label. */
  public boolean routedStrictly() {
    return sector.equals(routedSector);
  }

  /** The router chose the label or a sector that is also right. */
  public boolean routedRightly() {
    return routedStrictly() || (routedSector != null && also.contains(routedSector));
  }
}
