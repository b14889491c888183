package dev.pusula.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class LoadTest {
  private static final String QUERIES =
      "id\tsector\talso\tstyle\ttext\na-1\tinsurance\tlegal\tplain\tKasko nedir?\n"
          + "b-1\tenergy\t\tplain\tFaturam geldi.\ng-1\tgeneral\t\tplain\tMerhaba\n";

  @TempDir Path directory;

  @Test
  void accuracy_knownPacing_isReportedWithinTheStatedError() throws IOException {
    try (var server = new ScriptedServer(200, 200, 20, 20)) { // 0.58 s a request: 12 users ≈ 20/s
      assertThat(run(server, "12", "2s", "12s")).isZero();
    }
    List<Double> first = new ArrayList<>();
    List<Double> gaps = new ArrayList<>();
    for (JsonNode row : rows()) {
      assertThat(row.path("outcome").asText()).isEqualTo("completed");
      if (row.path("phase").asText().equals("measure")) {
        first.add((row.path("first_text_us").asLong() - row.path("sent_us").asLong()) / 1000.0);
        row.path("chunk_gaps_us").forEach(g -> gaps.add(g.asLong() / 1000.0));
      }
    }
    assertThat(first).hasSizeBetween(200, 260);
    assertThat(at(first, 0.5)).isCloseTo(200, within(2.0));
    assertThat(at(first, 0.99)).isCloseTo(200, within(10.0));
    assertThat(at(gaps, 0.5)).isCloseTo(20, within(2.0));
    assertThat(at(gaps, 0.99)).isCloseTo(20, within(10.0));
  }

  @Test
  void emptyStream_isAFailure() throws IOException {
    try (var server = new ScriptedServer(200, 20, 20, 0)) {
      assertThat(run(server, "1", "0s", "500ms")).isEqualTo(1);
    }
    assertThat(rows()).isNotEmpty().allMatch(r -> r.path("outcome").asText().equals("failed"));
  }

  @Test
  void tooManyRequests_isRefused() throws IOException {
    try (var server = new ScriptedServer(429, 20, 20, 1)) {
      assertThat(run(server, "1", "0s", "500ms")).isEqualTo(1);
    }
    assertThat(rows()).isNotEmpty().allMatch(r -> r.path("outcome").asText().equals("refused"));
  }

  @Test
  void parser_anySplit_givesTheSameEvents() {
    byte[] stream =
        ": hi\r\ndata: şu\r\ndata:iki\r\n\r\ndata: üç\n\n".getBytes(StandardCharsets.UTF_8);
    for (int cut = 0; cut <= stream.length; cut++) {
      List<String> events = new ArrayList<>();
      var parser =
          new EventStreamParser((d, n) -> events.add(new String(d, 0, n, StandardCharsets.UTF_8)));
      parser.feed(Unpooled.wrappedBuffer(stream, 0, cut));
      parser.feed(Unpooled.wrappedBuffer(stream, cut, stream.length - cut));
      assertThat(events).containsExactly("şu\niki", "üç");
    }
  }

  @Test
  void schedule_sameSeed_givesTheSameRequestAtAnIndex() throws IOException {
    QuerySet set = QuerySet.parse(QUERIES.getBytes(StandardCharsets.UTF_8));
    assertThat(new Schedule(set, null, 0.1, 7).at(900))
        .isEqualTo(new Schedule(set, null, 0.1, 7).at(900));
  }

  private int run(ScriptedServer server, String users, String warmUp, String time)
      throws IOException {
    Path queries = Files.writeString(directory.resolve("q.tsv"), QUERIES);
    return new CommandLine(new LoadMain())
        .execute(
            "--host",
            server.uri().toString(),
            "--users",
            users,
            "--warm-up",
            warmUp,
            "--run-time",
            time,
            "--queries",
            queries.toString(),
            "--output-dir",
            directory.toString(),
            "--headless");
  }

  private List<JsonNode> rows() throws IOException {
    List<JsonNode> rows = new ArrayList<>();
    for (String line : Files.readAllLines(directory.resolve("samples.ndjson"))) {
      rows.add(new ObjectMapper().readTree(line));
    }
    return rows;
  }

  private static double at(List<Double> values, double p) {
    List<Double> sorted = values.stream().sorted().toList();
    return sorted.get((int) (p * (sorted.size() - 1)));
  }
}
