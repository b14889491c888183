package dev.pusula.benchmark.control;

import dev.pusula.benchmark.entity.Run;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Base64;
import java.util.UUID;

/**
 * A place in the list of runs, newest first: just after one run. Stays right while runs are added.
 *
 * @param startedAt of that run
 * @param id of that run
 */
public record RunCursor(Instant startedAt, UUID id) {

  /** Just after a run. */
  public static RunCursor after(Run run) {
    return new RunCursor(run.startedAt(), run.id());
  }

  /**
   * Reads {@link #text()} back.
   *
   * @throws IllegalArgumentException for anything else
   */
  public static RunCursor parse(String text) {
    String[] parts =
        new String(Base64.getUrlDecoder().decode(text), StandardCharsets.UTF_8).split("~", -1);
    try {
      return new RunCursor(Instant.parse(parts[0]), UUID.fromString(parts[parts.length - 1]));
    } catch (DateTimeException e) {
      throw new IllegalArgumentException("not a cursor", e);
    }
  }

  /** Opaque text for a query parameter. */
  public String text() {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString((startedAt + "~" + id).getBytes(StandardCharsets.UTF_8));
  }
}
