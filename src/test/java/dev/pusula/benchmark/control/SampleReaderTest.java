package dev.pusula.benchmark.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.pusula.benchmark.Samples;
import dev.pusula.benchmark.entity.RequestSample;
import dev.pusula.platform.Json;
import dev.pusula.platform.ProblemException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("locale")
class SampleReaderTest {

  private static final String LINE =
      "{\"seq\":1,\"kind\":\"chat\",\"phase\":\"warm_up\",\"sector\":\"public_law\",\"query\":\"q\","
          + "\"due_us\":5,\"sent_us\":6,\"outcome\":\"timed_out\"}";

  @Test
  void read_plain_keepsLinesInOrderAndSkipsBlankOnes() {
    List<RequestSample> samples =
        Samples.read(LINE + "\n\n" + LINE.replace("\"seq\":1", "\"seq\":2") + "\n");

    assertThat(samples).extracting(RequestSample::seq).containsExactly(1L, 2L);
    assertThat(samples.get(0).also()).isEmpty();
    assertThat(samples.get(0).endUs()).isNull();
  }

  @Test
  void read_gzip_unfolds() throws IOException {
    assertThat(SampleReader.read(gzip(LINE), "gzip")).hasSize(1);
  }

  @Test
  void write_ofWhatWasRead_readsBackEqual() throws IOException {
    RequestSample sample =
        Samples.sample(3, "error:\"İstanbul \\\"ıssız\\\"\\n\"", "chunk_gaps_us:[20010,7]");

    assertThat(Samples.read(Json.mapper().writeValueAsString(sample))).containsExactly(sample);
    assertThat(Json.mapper().writeValueAsString(sample))
        .contains("\"adapters\":\"insurance_adapter,general_adapter\"");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "\"due_us\":5|\"due_us\":7|line 2.sent_us|must not be less than due_us",
        "\"due_us\":5,| |line 2.due_us|must be given",
        "\"due_us\":5|\"due_us\":\"x\"|line 2.due_us|to long value",
        "\"due_us\":5|\"due_us\":5,\"due\":5|line 2.due|unknown field",
        "\"kind\":\"chat\"|\"kind\":\"talk\"|line 2.kind|not one of the values accepted",
        "\"kind\":\"chat\",| |line 2.kind|must be given",
        "\"query\":\"q\"|\"query\":\"\\u0000\"|line 2.query|U+0000",
        "\"timed_out\"|\"completed\"|line 2.end_us|must be given",
        "\"due_us\":5|\"due_us\":-1|line 2.due_us|at least 0",
        "}|,|line 2|Unexpected end",
      })
  void read_badSecondLine_namesLineAndField(
      String part, String replacement, String field, String detail) {
    String bad = LINE.replace(part, replacement == null ? "" : replacement);

    ProblemException problem =
        catchThrowableOfType(ProblemException.class, () -> Samples.read(LINE + "\n" + bad));

    assertThat(problem.problem().status()).isEqualTo(422);
    assertThat(problem.problem().errors()).hasSize(1);
    assertThat(problem.problem().errors().get(0).field()).isEqualTo(field);
    assertThat(problem.problem().errors().get(0).detail()).contains(detail);
    assertThat(problem.problem().detail()).doesNotContain("dev.pusula", "CoercionConfig");
  }

  @Test
  void read_tenThousandLines_isTheMost() {
    String full = (LINE + "\n").repeat(10_000);

    assertThat(Samples.read(full)).hasSize(10_000);
    assertStatus(413, full + LINE);
  }

  @Test
  void read_bombOfOneLine_isRefusedBeforeItIsHeld() throws IOException {
    // 64 MiB of blanks pack into 64 KiB.
    var bomb = gzip(" ".repeat(64 << 20));

    assertThatThrownBy(() -> SampleReader.read(bomb, "gzip"))
        .isInstanceOfSatisfying(
            ProblemException.class, e -> assertThat(e.problem().status()).isEqualTo(413));
  }

  @Test
  void read_otherEncodingOrBrokenBytes_isRefused() {
    assertThatThrownBy(() -> SampleReader.read(bytes(LINE), "br"))
        .isInstanceOfSatisfying(
            ProblemException.class, e -> assertThat(e.problem().status()).isEqualTo(415));
    assertThatThrownBy(() -> SampleReader.read(bytes(LINE), "gzip"))
        .isInstanceOfSatisfying(
            ProblemException.class, e -> assertThat(e.problem().status()).isEqualTo(422));
    assertThatThrownBy(
            () -> SampleReader.read(new ByteArrayInputStream(new byte[] {'{', (byte) 0xff}), null))
        .isInstanceOfSatisfying(
            ProblemException.class, e -> assertThat(e.problem().detail()).contains("UTF-8"));
  }

  private static void assertStatus(int status, String body) {
    assertThatThrownBy(() -> Samples.read(body))
        .isInstanceOfSatisfying(
            ProblemException.class, e -> assertThat(e.problem().status()).isEqualTo(status));
  }

  private static ByteArrayInputStream bytes(String text) {
    return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
  }

  private static ByteArrayInputStream gzip(String text) throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
      out.write(text.getBytes(StandardCharsets.UTF_8));
    }
    return new ByteArrayInputStream(packed.toByteArray());
  }
}
