package dev.pusula.inference.remote;

import com.sun.management.ThreadMXBean;
import dev.pusula.inference.control.RecordedAnswer;
import dev.pusula.inference.entity.GenerationRequest;
import dev.pusula.inference.entity.Outcome;
import dev.pusula.inference.entity.Prompt;
import dev.pusula.inference.entity.Sampling;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.locks.LockSupport;

/**
 * What a streamed token costs the node that passes it on: processor time and allocation of the
 * backend's threads alone, beside a server that sends each token as an event of its own. Run by
 * hand; arguments: streams at once, tokens each, rounds.
 */
final class StreamCost {

  private StreamCost() {}

  public static void main(String[] args) throws Exception {
    int streams = Integer.parseInt(args[0]);
    int tokens = Integer.parseInt(args[1]);
    int rounds = Integer.parseInt(args[2]);
    try (FakeServer server = new FakeServer()) {
      server.script =
          (request, reply) -> {
            reply.stream();
            for (int i = 0; i < tokens; i++) {
              reply.event(FakeServer.text(request, " kelime", i == tokens - 1 ? "length" : null));
              Thread.sleep(1);
            }
            reply.event(FakeServer.usage(100, tokens, 0));
            reply.done();
          };
      try (RemoteBackend backend =
          new RemoteBackend(RemoteSettings.of(List.of(server.url())), "", System::nanoTime)) {
        for (int round = 0; round < rounds; round++) {
          long[] before = spent();
          long start = System.nanoTime();
          run(backend, streams, tokens);
          long[] after = spent();
          double all = (double) streams * tokens;
          System.out.printf(
              Locale.ROOT,
              "round %d: %.1f µs processor and %.0f bytes a token, %.0f tokens/s%n",
              round,
              (after[0] - before[0]) / 1e3 / all,
              (after[1] - before[1]) / all,
              all / ((System.nanoTime() - start) / 1e9));
        }
      }
    }
  }

  private static void run(RemoteBackend backend, int streams, int tokens) {
    GenerationRequest request =
        new GenerationRequest(
            new Prompt.Text("kredi faizi"),
            List.of(),
            tokens,
            Sampling.GREEDY,
            List.of(),
            GenerationRequest.NO_LOGPROBS,
            Duration.ofMinutes(5));
    List<RecordedAnswer> answers = new ArrayList<>();
    for (int i = 0; i < streams; i++) {
      RecordedAnswer answer = new RecordedAnswer();
      backend.submit(request, answer);
      answers.add(answer);
    }
    for (RecordedAnswer answer : answers) {
      while (answer.ends() == 0) {
        LockSupport.parkNanos(1_000_000);
      }
      if (!(answer.outcome() instanceof Outcome.Completed)) {
        throw new AssertionError(answer.outcome());
      }
    }
  }

  /** Nanoseconds of processor time and bytes allocated by the backend's own threads so far. */
  private static long[] spent() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long nanos = 0;
    long bytes = 0;
    for (Thread thread : Thread.getAllStackTraces().keySet()) {
      if (thread.getName().startsWith("remote") || thread.getName().startsWith("HttpClient")) {
        nanos += threads.getThreadCpuTime(thread.getId());
        bytes += threads.getThreadAllocatedBytes(thread.getId());
      }
    }
    return new long[] {nanos, bytes};
  }
}
