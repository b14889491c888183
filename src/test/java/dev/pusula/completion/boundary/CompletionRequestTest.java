package dev.pusula.completion.boundary;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pusula.inference.entity.GenerationRequest;
import dev.pusula.inference.entity.Prompt;
import dev.pusula.platform.Json;
import dev.pusula.platform.Problem;
import dev.pusula.platform.ProblemException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CompletionRequestTest {

  @Test
  void prompt_inEachOfItsForms_isRead() throws Exception {
    assertThat(read("\"prompt\": \"Kasko\"").prompts()).containsExactly(new Prompt.Text("Kasko"));
    assertThat(read("\"prompt\": [\"a\", \"b\"]").prompts())
        .containsExactly(new Prompt.Text("a"), new Prompt.Text("b"));
    assertThat(read("\"prompt\": [5, 0, 7]").prompts())
        .containsExactly(new Prompt.Tokens(List.of(5, 0, 7)));
    assertThat(read("\"prompt\": [[5], [6, 7]]").prompts())
        .containsExactly(new Prompt.Tokens(List.of(5)), new Prompt.Tokens(List.of(6, 7)));
  }

  @Test
  void routedText_isThatOfOneTextOnly() throws Exception {
    assertThat(CompletionRequest.routedText(read("\"prompt\": [\"a\"]").prompts())).contains("a");
    assertThat(CompletionRequest.routedText(read("\"prompt\": [\"a\", \"b\"]").prompts()))
        .isEmpty();
    assertThat(CompletionRequest.routedText(read("\"prompt\": [3]").prompts())).isEmpty();
  }

  @Test
  void generations_ofSeveralPrompts_areInTheOrderOfTheChoices() throws Exception {
    CompletionRequest request = read("\"prompt\": [\"a\", \"b\"], \"n\": 2, \"seed\": 1");
    List<GenerationRequest> generations = request.generations(request.prompts());
    assertThat(generations)
        .extracting(GenerationRequest::prompt)
        .containsExactly(
            new Prompt.Text("a"), new Prompt.Text("a"), new Prompt.Text("b"), new Prompt.Text("b"));
    assertThat(generations)
        .extracting(generation -> generation.sampling().seed())
        .containsExactly(1L, 2L, 1L, 2L);
    assertThat(generations).extracting(GenerationRequest::maxTokens).containsOnly(16);
  }

  @Test
  void echoes_areOneForEachChoice() throws Exception {
    CompletionRequest request = read("\"prompt\": [\"a\", \"b\"], \"n\": 2, \"echo\": true");
    assertThat(request.echoes(request.prompts())).containsExactly("a", "a", "b", "b");
    assertThat(read("\"prompt\": \"a\"").echoes(request.prompts())).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          "prompt": null                             | prompt
          "prompt": 5                                | prompt
          "prompt": []                               | prompt
          "prompt": ["a", 5]                         | prompt[1]
          "prompt": [[1], []]                        | prompt[1]
          "prompt": [1, -1]                          | prompt[1]
          "prompt": [1, 99999999999]                 | prompt[1]
          "prompt": ["a","a","a","a","a","a","a","a","a","a","a","a","a","a","a","a","a"] | prompt
          "prompt": "a", "suffix": "b"               | suffix
          "prompt": "a", "best_of": 2                | best_of
          "prompt": "a", "logprobs": 6               | logprobs
          "prompt": "a", "logprobs": 0, "echo": true | logprobs
          "prompt": [5], "echo": true                | echo
          "prompt": "a", "max_tokens": 0             | max_tokens
          """)
  void field_outOfRangeOrNotSupported_isRefusedByName(String fields, String field)
      throws Exception {
    CompletionRequest request = read(fields);
    assertThatThrownBy(
            () -> {
              List<Prompt> prompts = request.prompts();
              request.generations(prompts);
              request.echoes(prompts);
            })
        .isInstanceOfSatisfying(
            ProblemException.class,
            problem ->
                assertThat(problem.problem().errors())
                    .extracting(Problem.FieldError::field)
                    .containsExactly(field));
  }

  @Test
  void bestOf_thatEqualsN_isAccepted() throws Exception {
    CompletionRequest request =
        read("\"prompt\": \"a\", \"n\": 2, \"best_of\": 2, \"logprobs\": 5");
    assertThat(request.generations(request.prompts()))
        .hasSize(2)
        .extracting(GenerationRequest::topLogprobs)
        .containsOnly(5);
  }

  @Test
  void prompts_longerTogetherThanIsRead_areTooLarge() {
    String half = "a".repeat(260_000);
    assertThatThrownBy(() -> read("\"prompt\": [\"" + half + "\", \"" + half + "\"]").prompts())
        .isInstanceOfSatisfying(
            ProblemException.class,
            problem -> assertThat(problem.problem().status()).isEqualTo(413));
  }

  private static CompletionRequest read(String fields) throws Exception {
    return Json.mapper()
        .readValue("{\"model\": \"base\", " + fields + "}", CompletionRequest.class);
  }
}
