package dev.pusula;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pusula.benchmark.Samples;
import dev.pusula.benchmark.control.RunStore;
import dev.pusula.benchmark.control.SampleStore;
import dev.pusula.benchmark.entity.Completion;
import dev.pusula.benchmark.entity.Measurement;
import dev.pusula.benchmark.entity.RequestSample;
import dev.pusula.benchmark.entity.Run;
import dev.pusula.benchmark.entity.RunStatus;
import dev.pusula.benchmark.entity.SectorResult;
import dev.pusula.benchmark.entity.Validity;
import dev.pusula.platform.ProblemException;
import jakarta.inject.Inject;
import java.io.File;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.assertj.core.api.Assertions;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The stores inside the server: its CDI, its transactions, its pool and JPA over PostgreSQL. */
@ExtendWith(ArquillianExtension.class)
class HistoryIT {

  private static final long TARGET_US = 150_000;

  @Inject private RunStore runs;
  @Inject private SampleStore samples;

  private final Run run = Samples.run("insurance", "legal");

  @Deployment
  static WebArchive war() throws URISyntaxException {
    return BuiltWar.archive()
        .addClasses(Samples.class, BuiltWar.class)
        .addAsLibraries(
            new File(Assertions.class.getProtectionDomain().getCodeSource().getLocation().toURI()));
  }

  @BeforeEach
  void startedRun() {
    runs.start(run);
  }

  @AfterEach
  void deletedRun() {
    runs.find(run.id()).ifPresent(found -> runs.delete(found.id()));
  }

  @Test
  void start_everyField_readsBackEqual() {
    Run read = runs.get(run.id());

    assertThat(read).isNotSameAs(run);
    assertThat(read.status()).isEqualTo(RunStatus.RUNNING);
    assertThat(read.loadModel()).isEqualTo(run.loadModel());
    assertThat(read.target()).isEqualTo(run.target());
    assertThat(read.served()).isEqualTo(run.served());
    assertThat(read.environment()).isEqualTo(run.environment());
    assertThat(read.sectors()).containsExactly("insurance", "legal");
    assertThat(read.fingerprint()).isEqualTo(run.fingerprint());
    assertThat(read.startedAt()).isEqualTo(run.startedAt());
  }

  @Test
  void end_completedRun_keepsItsNumbersWithIt() {
    // Ends 100.001 … 139.001 ms after due, a millisecond apart: the median lies between the middle
    // two.
    List<RequestSample> forty =
        IntStream.range(0, 40)
            .mapToObj(i -> Samples.sample(i, "end_us:" + (100_001 + i * 1_000)))
            .toList();
    assertThat(samples.store(run.id(), 0, forty)).isTrue();
    assertThat(samples.store(run.id(), 0, forty)).isFalse();

    runs.end(
        run.id(),
        held ->
            held.complete(
                new Completion(0L, 40_000_000L, 40L, 0L, 5.0, false),
                Samples.START.plusSeconds(40)),
        TARGET_US);

    assertThat(runs.get(run.id()).status()).isEqualTo(RunStatus.COMPLETED);
    Validity verdict = runs.get(run.id()).validity();
    assertThat(verdict).isNotNull();
    assertThat(verdict.reasons()).isEmpty();
    assertThat(runs.measurements(run.id()))
        .filteredOn(m -> m.metric().equals("e2e") && m.statistic().wireName().equals("p50"))
        .filteredOn(m -> m.scopeId().isEmpty())
        .extracting(Measurement::value)
        .containsExactly(119_501.0);
    assertThat(runs.sectors(run.id()))
        .extracting(SectorResult::sector, s -> s.counts().requests())
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple("insurance", 40L),
            org.assertj.core.groups.Tuple.tuple("legal", 0L));
  }

  @Test
  void end_failingTransition_changesNothing() {
    samples.store(run.id(), 0, List.of(Samples.sample(0)));

    assertThatThrownBy(
            () ->
                runs.end(
                    run.id(),
                    held -> {
                      held.abort("midway", Completion.SILENT, Samples.START.plusSeconds(1));
                      throw ProblemException.conflict("no");
                    },
                    TARGET_US))
        .isInstanceOf(ProblemException.class);

    assertThat(runs.get(run.id()).status()).isEqualTo(RunStatus.RUNNING);
    assertThat(runs.measurements(run.id())).isEmpty();
    assertThat(samples.requests(run.id())).hasSize(1);
  }

  @Test
  void abandon_silentRun_isAbortedWithItsSamples_andAHeardOneIsNot() {
    samples.store(run.id(), 0, List.of(Samples.sample(0)));
    Run heard = runs.get(run.id());

    runs.abandon(run.id(), heard.lastSeenAt(), TARGET_US);
    assertThat(runs.get(run.id()).status()).isEqualTo(RunStatus.RUNNING);

    runs.abandon(run.id(), heard.lastSeenAt().plus(Duration.ofSeconds(1)), TARGET_US);
    Run aborted = runs.get(run.id());
    assertThat(aborted.status()).isEqualTo(RunStatus.ABORTED);
    assertThat(aborted.endReason()).contains("last heard of");
    assertThat(samples.requests(run.id())).hasSize(1);
    assertThat(runs.measurements(run.id())).isNotEmpty();
  }

  @Test
  void list_aPageAndWhatFollows_isNewestFirst() {
    assertThat(runs.list(1, null, "quick", RunStatus.RUNNING))
        .extracting(Run::status)
        .containsExactly(RunStatus.RUNNING);
    assertThat(runs.list(10, null, "no such suite", null)).isEmpty();
  }

  @Test
  void delete_run_takesItsSamples() {
    samples.store(run.id(), 0, List.of(Samples.sample(0)));

    runs.delete(run.id());

    assertThat(runs.find(run.id())).isEmpty();
    assertThat(samples.requests(run.id())).isEmpty();
  }
}
