package dev.pusula.completion.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pusula.balancing.Balancer;
import dev.pusula.balancing.LoadBalancing;
import dev.pusula.balancing.Replica;
import dev.pusula.balancing.ReplicaSnapshot;
import dev.pusula.completion.ScriptedBackend;
import dev.pusula.completion.control.LiveAnswer.Event;
import dev.pusula.inference.entity.GenerationRequest;
import dev.pusula.inference.entity.Outcome;
import dev.pusula.inference.entity.Outcome.FinishReason;
import dev.pusula.inference.entity.Piece;
import dev.pusula.inference.entity.Prompt;
import dev.pusula.inference.entity.Sampling;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class LiveAnswerTest {

  private static final Duration SOON = Duration.ofMillis(5);

  private final Balancer balancer =
      new Balancer(
          Map.of("a", List.of(Replica.of("r"))), LoadBalancing.ROUND_ROBIN, () -> 1_000, null);

  private final ScriptedBackend backend = new ScriptedBackend();

  @Test
  void events_tellWhichChoiceTheyAreAbout() throws Exception {
    LiveAnswer live = begin(2);
    assertThat(live.next(SOON)).isEmpty();
    backend.listeners.get(1).text(Piece.of("b", 1));
    backend.listeners.get(0).text(Piece.of("a", 1));
    assertThat(live.first()).isEqualTo(new Event.Text(1, Piece.of("b", 1)));
    assertThat(live.next(SOON)).contains(new Event.Text(0, Piece.of("a", 1)));
  }

  @Test
  void first_ofAnAnswerThatFailedMeanwhile_isTheFailure() throws Exception {
    LiveAnswer live = begin(2);
    backend.listeners.get(0).text(Piece.of("a", 1));
    backend.listeners.get(1).ended(new Outcome.Failed("x"));
    assertThat(live.first()).isEqualTo(new Event.End(1, new Outcome.Failed("x")));
  }

  @Test
  void queued_isTheLongestWaitOfThoseBegun() {
    LiveAnswer live = begin(3);
    assertThat(live.queued()).isEmpty();
    backend.listeners.get(0).started(Duration.ofMillis(7));
    backend.listeners.get(1).started(Duration.ofMillis(3));
    assertThat(live.queued()).contains(Duration.ofMillis(7));
  }

  @Test
  void replica_isGivenBackWhenTheLastChoiceHasEnded() {
    begin(2);
    backend.listeners.get(0).ended(ScriptedBackend.completed(FinishReason.STOP, 1));
    assertThat(replica().inFlight()).isEqualTo(1);
    backend.listeners.get(1).ended(ScriptedBackend.completed(FinishReason.STOP, 1));
    assertThat(replica().inFlight()).isZero();
    assertThat(replica().errors()).isZero();
  }

  @Test
  void replica_ofWhichOneChoiceFails_isBlamedAtOnce() {
    begin(2);
    backend.listeners.get(1).ended(new Outcome.Failed("x"));
    backend.listeners.get(0).ended(ScriptedBackend.completed(FinishReason.STOP, 1));
    assertThat(replica().inFlight()).isZero();
    assertThat(replica().errors()).isEqualTo(1);
  }

  @Test
  void closed_cancelsEveryChoiceAndBlamesNobody() {
    LiveAnswer live = begin(2);
    live.close();
    backend.listeners.get(0).ended(new Outcome.Cancelled());
    assertThat(backend.cancelled).containsExactly(0, 1);
    assertThat(replica().inFlight()).isZero();
    assertThat(replica().errors()).isZero();
  }

  @Test
  void backend_thatRefusesToTakeAChoice_leavesNothingBehind() {
    backend.broken = true;
    assertThatThrownBy(() -> begin(2)).isInstanceOf(IllegalStateException.class);
    assertThat(backend.cancelled).containsExactly(0);
    assertThat(replica().inFlight()).isZero();
  }

  private LiveAnswer begin(int choices) {
    GenerationRequest request =
        new GenerationRequest(
            new Prompt.Text("x"),
            List.of(),
            8,
            Sampling.GREEDY,
            List.of(),
            GenerationRequest.NO_LOGPROBS,
            Duration.ofMinutes(1));
    return LiveAnswer.begin(
        backend,
        Collections.nCopies(choices, request),
        new AnswerLease(
            new Attribution(null, null, List.of(), null),
            List.of(balancer.acquire("a").orElseThrow())));
  }

  private ReplicaSnapshot replica() {
    return balancer.snapshot().get("a").get("r");
  }
}
