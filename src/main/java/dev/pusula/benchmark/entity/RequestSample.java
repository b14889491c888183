package dev.pusula.benchmark.entity;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import com.fasterxml.jackson.databind.annotation.JsonSerialize;
import com.fasterxml.jackson.databind.util.StdConverter;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One request of a run in raw stamps, which are whole microseconds from the run's start, null where
 * the moment never came, and never earlier than the moment before. A broken rule is an {@link
 * IllegalArgumentException} whose message starts with the field's name on the wire.
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
 * @param generalScore the router's score of {@code general} in 0…1
 */
public record RequestSample(
    @JsonProperty(required = true) long seq,
    RequestKind kind,
    Phase phase,
    String sector,
    List<String> also,
    String query,
    @Nullable String style,
    @Nullable Integer user,
    @JsonProperty(required = true) long dueUs,
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
    @JsonSerialize(converter = JoinedByComma.class) @JsonDeserialize(converter = SplitAtComma.class)
        List<String> adapters,
    @Nullable String backend,
    @Nullable Double routerUs,
    @Nullable Double generalScore) {

  /** Checks the rules and copies the lists; a null list is an empty one. */
  public RequestSample {
    also = copy("also", also);
    adapters = copy("adapters", adapters);
    chunkGapsUs = chunkGapsUs == null ? List.of() : List.copyOf(chunkGapsUs);
    given("kind", kind);
    given("phase", phase);
    given("outcome", outcome);
    text("sector", given("sector", sector));
    text("query", given("query", query));
    text("style", style);
    text("error", error);
    text("routed_sector", routedSector);
    text("backend", backend);
    rule(seq >= 0, "seq must be at least 0");
    rule(dueUs >= 0, "due_us must be at least 0");
    ordered("due_us", dueUs, "sent_us", sentUs);
    ordered("sent_us", sentUs, "headers_us", headersUs);
    ordered("headers_us", headersUs, "first_text_us", firstTextUs);
    ordered("first_text_us", firstTextUs, "first_answer_us", firstAnswerUs);
    ordered("first_text_us", firstTextUs, "last_text_us", lastTextUs);
    ordered("last_text_us", lastTextUs, "end_us", endUs);
    ordered("sent_us", sentUs, "end_us", endUs);
    rule(chunkGapsUs.stream().allMatch(gap -> gap >= 0), "chunk_gaps_us must be at least 0");
    atLeastZero("prompt_tokens", promptTokens);
    atLeastZero("output_tokens", outputTokens);
    atLeastZero("recounted_tokens", recountedTokens);
    atLeastZero("router_us", routerUs);
    rule(status == null || (status >= 100 && status <= 599), "status must be in 100…599");
    rule(
        routedScore == null || (routedScore >= 0 && routedScore <= 1),
        "routed_score must be in 0…1");
    rule(
        generalScore == null || (generalScore >= 0 && generalScore <= 1),
        "general_score must be in 0…1");
    rule(
        outcome != RequestOutcome.COMPLETED || (sentUs != null && endUs != null),
        "end_us and sent_us must be given for a completed request");
    rule(
        outcome != RequestOutcome.DROPPED || sentUs == null,
        "sent_us must be null for a dropped request");
  }

  /**
   * True when it was answered as it should be: completed with a 2xx, and a completion with at least
   * one text. An empty 200 is a failure whatever the generator calls it.
   */
  @JsonIgnore
  public boolean succeeded() {
    return outcome == RequestOutcome.COMPLETED
        && (status == null || status / 100 == 2)
        && (kind == RequestKind.ROUTE || firstTextUs != null);
  }

  /** True when the router chose the label. */
  @JsonIgnore
  public boolean routedStrictly() {
    return sector.equals(routedSector);
  }

  /** True when the router chose the label or a sector that is also right. */
  @JsonIgnore
  public boolean routedRightly() {
    return routedStrictly() || (routedSector != null && also.contains(routedSector));
  }

  private static <T> T given(String field, @Nullable T value) {
    if (value == null) {
      throw new IllegalArgumentException(field + " must be given");
    }
    return value;
  }

  private static List<String> copy(String field, @Nullable List<String> values) {
    List<String> copy = values == null ? List.of() : List.copyOf(values);
    copy.forEach(value -> text(field, value));
    return copy;
  }

  /** PostgreSQL cannot hold the character U+0000 in a text. */
  private static void text(String field, @Nullable String value) {
    rule(value == null || value.indexOf('\0') < 0, field + " must not hold U+0000");
  }

  private static void ordered(
      String before, @Nullable Long earlier, String field, @Nullable Long later) {
    rule(
        earlier == null || later == null || earlier <= later,
        field + " must not be less than " + before);
  }

  private static void atLeastZero(String field, @Nullable Number value) {
    rule(value == null || value.doubleValue() >= 0, field + " must be at least 0");
  }

  private static void rule(boolean holds, String message) {
    if (!holds) {
      throw new IllegalArgumentException(message);
    }
  }

  /** The wire names adapters as the response header does: one text, comma separated. */
  private static final class JoinedByComma extends StdConverter<List<String>, @Nullable String> {
    @Override
    public @Nullable String convert(List<String> adapters) {
      return adapters.isEmpty() ? null : String.join(",", adapters);
    }
  }

  private static final class SplitAtComma extends StdConverter<String, List<String>> {
    @Override
    public List<String> convert(String adapters) {
      return Arrays.stream(adapters.split(",", -1))
          .map(String::strip)
          .filter(adapter -> !adapter.isEmpty())
          .toList();
    }
  }
}
