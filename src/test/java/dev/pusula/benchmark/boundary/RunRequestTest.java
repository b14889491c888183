package dev.pusula.benchmark.boundary;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.pusula.benchmark.Samples;
import dev.pusula.benchmark.control.RunCursor;
import dev.pusula.benchmark.control.SampleReader;
import dev.pusula.benchmark.entity.ResourceSample;
import dev.pusula.benchmark.entity.Run;
import dev.pusula.platform.Json;
import dev.pusula.platform.Problem;
import dev.pusula.platform.ProblemException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class RunRequestTest {

  private static final UUID ID = new UUID(1, 2);

  @Test
  void toRun_theDocumentedExample_isARun() throws IOException {
    Run run = read(Examples.RUN).toRun(ID, Samples.START);

    assertThat(run.loadModel().users()).isEqualTo(10);
    assertThat(run.served().adapters()).containsEntry("insurance_adapter", "8899aabbccddeeff");
    assertThat(run.sectors()).containsExactly("insurance", "legal");
  }

  @Test
  void otherDocumentedExamples_areRead() throws IOException {
    assertThat(
            SampleReader.read(
                new ByteArrayInputStream(Examples.SAMPLE.getBytes(StandardCharsets.UTF_8)), null))
        .hasSize(1);
    assertThat(Json.mapper().readValue(Examples.RESOURCES, ResourceSample[].class)).hasSize(1);
    assertThat(Json.mapper().readValue(Examples.COMPLETION, CompletionRequest.class).checked())
        .isNotNull();
  }

  @Test
  void toRun_emptyObject_namesEveryMissingField() throws IOException {
    RunRequest empty = read("{}");

    assertThat(
            catchThrowableOfType(ProblemException.class, () -> empty.toRun(ID, Samples.START))
                .problem()
                .errors())
        .extracting(Problem.FieldError::field)
        .containsExactly("suite", "label", "prompt_set", "load_model", "target", "environment");
  }

  @Test
  void fingerprint_changesWithTheSeedAndNotWithTheCommitOrTheUrl() throws IOException {
    String same =
        Examples.RUN.replace("4f9d6cd", "0000000").replace("127.0.0.1:8080", "127.0.0.1:9090");
    String other = Examples.RUN.replace("\"seed\":42", "\"seed\":43");

    assertThat(fingerprint(same)).isEqualTo(fingerprint(Examples.RUN));
    assertThat(fingerprint(other)).isNotEqualTo(fingerprint(Examples.RUN));
  }

  @Test
  void cursor_readBack_isTheSamePlace() {
    RunCursor cursor = RunCursor.after(Samples.run("insurance"));

    assertThat(RunCursor.parse(cursor.text())).isEqualTo(cursor);
    assertThat(
            catchThrowableOfType(
                IllegalArgumentException.class, () -> RunCursor.parse("bm90IGEgY3Vyc29y")))
        .isNotNull();
  }

  private static String fingerprint(String json) throws IOException {
    return read(json).toRun(ID, Samples.START).fingerprint().hex();
  }

  private static RunRequest read(String json) throws IOException {
    return Json.mapper().readValue(json, RunRequest.class);
  }
}
