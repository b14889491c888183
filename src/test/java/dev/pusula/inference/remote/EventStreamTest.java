package dev.pusula.inference.remote;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class EventStreamTest {

  private final List<String> events = new ArrayList<>();
  private final EventStream stream = new EventStream(events::add);

  @Test
  void events_endAtAnEmptyLine() {
    lines("data: a", "", "data:b", "", "", "data: [DONE]", "");
    assertThat(events).containsExactly("a", "b", "[DONE]");
  }

  @Test
  void dataOfSeveralLines_isJoined_andOneSpaceIsTheSeparators() {
    lines("data:  two spaces", "data", "data: last", "");
    assertThat(events).containsExactly(" two spaces\n\nlast");
  }

  @Test
  void commentsAndOtherFields_areSkipped() {
    lines(": ping", "", "event: message", "id: 7", "retry: 10", "data: a", ": in between", "", "x");
    assertThat(events).containsExactly("a");
  }

  @Test
  void byteOrderMark_atTheBeginningOnly() {
    lines("\uFEFFdata: a", "", "\uFEFFdata: not a field", "", "data: \uFEFFkept", "");
    assertThat(events).containsExactly("a", "\uFEFFkept");
  }

  @Test
  void eventWithoutItsEmptyLine_isTakenAtTheEnd_once() {
    lines("data: a");
    assertThat(events).isEmpty();
    stream.end();
    stream.end();
    assertThat(events).containsExactly("a");
  }

  private void lines(String... lines) {
    for (String line : lines) {
      stream.line(line);
    }
  }
}
