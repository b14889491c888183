package dev.pusula.benchmark.control;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pusula.benchmark.Samples;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class SilenceTest {

  @Test
  void abortSilentRuns_oneFails_theOthersAreAbortedAllTheSame() {
    UUID broken = new UUID(0, 1);
    UUID silent = new UUID(0, 2);
    List<String> calls = new ArrayList<>();
    Silence silence =
        new Silence(
            since -> {
              calls.add("since " + since);
              return List.of(broken, silent);
            },
            (run, since) -> {
              if (run.equals(broken)) {
                throw new IllegalStateException("database gone");
              }
              calls.add("abort " + run);
            });

    silence.abortSilentRuns(Samples.START.plusSeconds(30));

    assertThat(calls).containsExactly("since " + Samples.START, "abort " + silent);
  }
}
