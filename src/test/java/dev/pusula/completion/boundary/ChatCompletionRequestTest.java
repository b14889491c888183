package dev.pusula.completion.boundary;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pusula.inference.entity.Prompt.ChatMessage;
import dev.pusula.platform.Json;
import dev.pusula.platform.ProblemException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ChatCompletionRequestTest {

  @Test
  void prompt_ofStringAndParts_isTheSameText() throws Exception {
    ChatCompletionRequest request =
        read(
            """
            {"model": "auto", "user": "42", "messages": [
              {"role": "developer", "content": "Kısa yanıtla."},
              {"role": "user", "content": [{"type": "text", "text": "Kasko "}, {"type": "text", "text": "nedir?"}]},
              {"role": "assistant", "content": "…"}]}
            """);
    assertThat(request.prompt().messages())
        .containsExactly(
            new ChatMessage("system", "Kısa yanıtla."),
            new ChatMessage("user", "Kasko nedir?"),
            new ChatMessage("assistant", "…"));
    assertThat(ChatCompletionRequest.routedText(request.prompt())).isEqualTo("Kasko nedir?");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {"messages": []}                                                    | messages
          {}                                                                  | messages
          {"messages": [{"role": "user"}]}                                    | messages[0].content
          {"messages": [{"role": "boss", "content": "x"}]}                    | messages[0].role
          {"messages": [null]}                                                | messages[0].role
          {"messages": [{"role": "assistant", "content": "", "tool_calls": [{}]}]} | messages[0].tool_calls
          {"messages": [{"role": "user", "content": 3}]}                      | messages[0].content
          {"messages": [{"role": "user", "content": [{"type": "image_url"}]}]} | messages[0].content[0]
          """)
  void prompt_malformed_namesTheField(String body, String field) throws Exception {
    ChatCompletionRequest request = read(body);
    assertThatThrownBy(request::prompt)
        .isInstanceOfSatisfying(
            ProblemException.class,
            problem ->
                assertThat(problem.problem().errors()).extracting("field").containsExactly(field));
  }

  private static ChatCompletionRequest read(String json) throws Exception {
    return Json.mapper().readValue(json, ChatCompletionRequest.class);
  }
}
