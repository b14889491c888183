package dev.pusula.load;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.StringJoiner;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The local file of a run's samples, one JSON object a line in the history's wire format, written
 * by one thread. {@link #accept} never blocks; a sample that finds the queue full is counted lost.
 */
final class SampleLog implements AutoCloseable {
  private static final int QUEUE = 65_536; // a minute of a thousand requests a second
  private static final ObjectMapper JSON = new ObjectMapper();

  private final BlockingQueue<Exchange> queue = new ArrayBlockingQueue<>(QUEUE);
  private final AtomicLong lost = new AtomicLong();
  private final RunClock clock;
  private final Thread writer;
  private volatile boolean closing;
  private volatile @Nullable IOException failure;

  SampleLog(Path file, @Nullable Path csv, RunClock clock) throws IOException {
    this.clock = clock;
    BufferedWriter lines = Files.newBufferedWriter(file);
    BufferedWriter table = csv == null ? null : Files.newBufferedWriter(csv);
    this.writer = new Thread(() -> write(lines, table), "sample-log");
    writer.setDaemon(true);
    writer.start();
  }

  void accept(Exchange exchange) {
    if (!queue.offer(exchange)) {
      lost.incrementAndGet();
    }
  }

  long lost() {
    return lost.get();
  }

  private void write(BufferedWriter lines, @Nullable BufferedWriter table) {
    try (lines;
        table) {
      boolean header = false;
      while (!closing || !queue.isEmpty()) {
        Exchange exchange = queue.poll(100, TimeUnit.MILLISECONDS);
        if (exchange == null) {
          lines.flush();
          continue;
        }
        ObjectNode row = row(exchange, clock);
        lines.write(JSON.writeValueAsString(row));
        lines.write('\n');
        if (queue.isEmpty()) {
          lines.flush();
        }
        if (table != null) {
          if (!header) {
            StringJoiner names = new StringJoiner(",");
            row.fieldNames().forEachRemaining(names::add);
            table.write(names + "\n");
            header = true;
          }
          table.write(csv(row) + "\n");
        }
      }
    } catch (IOException e) {
      failure = e;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static String csv(ObjectNode row) {
    StringJoiner cells = new StringJoiner(",");
    for (JsonNode value : row) {
      String text = value.isNull() ? "" : value.isValueNode() ? value.asText() : value.toString();
      cells.add(text.matches("[^,\"\r\n]*") ? text : '"' + text.replace("\"", "\"\"") + '"');
    }
    return cells.toString();
  }

  static ObjectNode row(Exchange x, RunClock clock) {
    Function<Long, @Nullable Long> micros = t -> t == 0 ? null : clock.micros(t);
    ObjectNode row = JSON.createObjectNode();
    Query query = x.planned.query();
    long due = x.sent == 0 ? x.end : x.sent; // closed loop: due equals sent
    row.put("seq", x.planned.index());
    row.put("kind", x.planned.kind().name().toLowerCase(Locale.ROOT));
    row.put("phase", clock.phase(due)).put("sector", query.sector());
    query.also().forEach(row.putArray("also")::add);
    row.put("query", query.id()).put("style", query.style()).put("user", x.user);
    row.put("due_us", micros.apply(due)).put("sent_us", micros.apply(x.sent));
    row.put("headers_us", micros.apply(x.headers)).put("first_text_us", micros.apply(x.firstText));
    row.put("first_answer_us", micros.apply(x.firstAnswer));
    row.put("last_text_us", micros.apply(x.lastText)).put("end_us", micros.apply(x.end));
    var gaps = row.putArray("chunk_gaps_us");
    for (int i = 0; i < x.chunks - 1; i++) {
      gaps.add(x.gaps[i] / 1_000);
    }
    row.put("prompt_tokens", x.promptTokens < 0 ? null : (Integer) x.promptTokens);
    row.put("output_tokens", x.outputTokens < 0 ? null : (Integer) x.outputTokens);
    row.putNull("recounted_tokens");
    row.put("status", x.status == 0 ? null : (Integer) x.status);
    Exchange.Outcome outcome = x.outcome();
    row.put("outcome", outcome == null ? null : outcome.name().toLowerCase(Locale.ROOT));
    row.put("error", x.error).put("routed_sector", x.routedSector);
    row.put("routed_score", x.routedScore).put("adapters", x.adapters);
    row.put("backend", x.backend).put("router_us", x.routerMicros);
    return row;
  }

  /** Writes what is queued; throws what kept the file from being complete. */
  @Override
  public void close() throws IOException {
    closing = true;
    try {
      writer.join(5_000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    IOException why = failure;
    if (why != null) {
      throw new IOException("the sample file is incomplete", why);
    }
  }
}
