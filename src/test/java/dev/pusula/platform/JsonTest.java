package dev.pusula.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import org.junit.jupiter.api.Test;

class JsonTest {

  record Sample(int seqNo, String text) {}

  @Test
  void names_areSnakeCase_bothWays() throws Exception {
    assertThat(Json.mapper().writeValueAsString(new Sample(7, "ı")))
        .isEqualTo("{\"seq_no\":7,\"text\":\"ı\"}");
    assertThat(Json.mapper().readValue("{\"seq_no\":7,\"text\":\"ı\"}", Sample.class))
        .isEqualTo(new Sample(7, "ı"));
  }

  @Test
  void misspeltTrailingMissingAndOfAnotherType_areRefused() {
    for (String bad :
        new String[] {
          "{\"seq\":7,\"text\":\"x\"}",
          "{\"seq_no\":7,\"text\":\"x\"} {}",
          "{\"text\":\"x\"}",
          "{\"seq_no\":1.5,\"text\":\"x\"}",
          "{\"seq_no\":\"7\",\"text\":\"x\"}",
          "{\"seq_no\":7,\"text\":7}",
          "{\"seq_no\":7,\"text\":true}",
          "{\"seq_no\":7,\"text\":\"x\""
        }) {
      assertThatThrownBy(() -> Json.mapper().readValue(bad, Sample.class))
          .as(bad)
          .isInstanceOf(JsonProcessingException.class);
    }
  }

  @Test
  void reason_tellsNeitherAdviceNorPackage() {
    for (String bad : new String[] {"{\"seq_no\":\"7\"}", "{\"seq_no\":7,\"text\":7}"}) {
      assertThatThrownBy(() -> Json.mapper().readValue(bad, Sample.class))
          .isInstanceOfSatisfying(
              JsonProcessingException.class,
              refused ->
                  assertThat(Json.reason(refused))
                      .startsWith("Cannot coerce ")
                      .endsWith(" value")
                      .doesNotContain("oercion", "`", "java.lang"));
    }
  }

  @Test
  void lenient_skipsTheUnknown() throws Exception {
    assertThat(
            Json.lenientMapper()
                .readValue("{\"seq_no\":7,\"new\":1,\"text\":\"x\"}", Sample.class)
                .seqNo())
        .isEqualTo(7);
  }
}
