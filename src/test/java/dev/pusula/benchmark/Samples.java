package dev.pusula.benchmark;

import dev.pusula.benchmark.control.SampleReader;
import dev.pusula.benchmark.entity.Environment;
import dev.pusula.benchmark.entity.LoadModel;
import dev.pusula.benchmark.entity.RequestSample;
import dev.pusula.benchmark.entity.Run;
import dev.pusula.benchmark.entity.Served;
import dev.pusula.benchmark.entity.Target;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Matcher;

/** Samples and runs for tests, written as the load generator writes them. */
public final class Samples {

  public static final Instant START = Instant.parse("2026-11-24T10:00:00.123456Z");

  private Samples() {}

  /**
   * One sample line: what differs from a good answer of 100 ms at due 0, and its sequence number.
   */
  public static RequestSample sample(long seq, String... changes) {
    String line =
        """
        {"seq":%d,"kind":"chat","phase":"measure","sector":"insurance","also":["legal"],"query":"insurance-03",\
        "style":"angry","user":3,"due_us":0,"sent_us":0,"headers_us":10000,"first_text_us":20000,\
        "first_answer_us":20000,"last_text_us":90000,"end_us":100000,"chunk_gaps_us":[],"prompt_tokens":12,\
        "output_tokens":8,"recounted_tokens":null,"status":200,"outcome":"completed","error":null,\
        "routed_sector":"insurance","routed_score":0.81,"adapters":"insurance_adapter,general_adapter",\
        "backend":"engine-cpu-vector","router_us":12}"""
            .formatted(seq);
    for (String change : changes) {
      int colon = change.indexOf(':');
      String field = change.substring(0, colon);
      String changed =
          line.replaceFirst(
              "\"" + field + "\":(\"[^\"]*\"|\\[[^\\]]*\\]|[^,}]+)",
              Matcher.quoteReplacement("\"" + field + "\":" + change.substring(colon + 1)));
      if (changed.equals(line)) {
        throw new IllegalArgumentException("no such change: " + change);
      }
      line = changed;
    }
    return read(line).get(0);
  }

  /** Reads NDJSON. */
  public static List<RequestSample> read(String ndjson) {
    try {
      return SampleReader.read(
          new ByteArrayInputStream(ndjson.getBytes(StandardCharsets.UTF_8)), null);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A running run over the sectors. */
  public static Run run(String... sectors) {
    return new Run(
        UUID.fromString("5d3c1d0e-9e1c-4a55-8a0e-0c1d5f0e7b11"),
        "quick",
        null,
        "light",
        new LoadModel("closed", 10, 5.0, null, 30, 10, 42),
        new Target("http://127.0.0.1:8080", "auto", "pusula"),
        new Served("tiny", "0f1e", true, Map.of("insurance_adapter", "88"), "engine", "float32"),
        "9f86d081884c7d65",
        new Environment(null, null, "17.0.15", "Linux", "AMD", 4, 1L << 34, null, "AMD, 4, 16"),
        List.of(sectors),
        START);
  }
}
