package dev.pusula.completion.boundary;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import dev.pusula.inference.entity.GenerationRequest;
import dev.pusula.inference.entity.Prompt;
import dev.pusula.inference.entity.Sampling;
import dev.pusula.platform.Json;
import dev.pusula.platform.Problem;
import dev.pusula.platform.ProblemException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CompletionOptionsTest {

  @Test
  void sampling_ofEveryField_reachesTheBackend() throws Exception {
    List<GenerationRequest> generations =
        generations(
            """
            "temperature": 0.7, "top_k": 40, "top_p": 0.9, "min_p": 0.05, "repetition_penalty": 1.1,
            "presence_penalty": 0.5, "frequency_penalty": -0.5, "logit_bias": {"42": -100, "7": 1.5},
            "seed": 9, "stop": "\\n", "max_tokens": 5""");
    assertThat(generations).hasSize(1);
    assertThat(generations.get(0).sampling())
        .isEqualTo(new Sampling(0.7, 40, 0.9, 0.05, 1.1, 0.5, -0.5, Map.of(42, -100.0, 7, 1.5), 9));
    assertThat(generations.get(0).stop()).containsExactly("\n");
    assertThat(generations.get(0).maxTokens()).isEqualTo(5);
    assertThat(generations.get(0).topLogprobs()).isEqualTo(GenerationRequest.NO_LOGPROBS);
  }

  @Test
  void sampling_ofNoField_isOpenAisDefault() throws Exception {
    GenerationRequest request = generations("\"top_k\": -1").get(0);
    assertThat(request.sampling().withSeed(0)).isEqualTo(Sampling.of(1, 1, 0));
    assertThat(request.maxTokens()).isEqualTo(128);
    assertThat(request.stop()).isEmpty();
  }

  @Test
  void choices_withASeed_haveSeedsThatFollow() throws Exception {
    assertThat(generations("\"n\": 3, \"seed\": 5"))
        .extracting(request -> request.sampling().seed())
        .containsExactly(5L, 6L, 7L);
  }

  @Test
  void choices_withoutASeed_haveDifferentOnes() throws Exception {
    assertThat(generations("\"n\": 8"))
        .extracting(request -> request.sampling().seed())
        .doesNotHaveDuplicates();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          "n": 0                                  | n
          "n": 9                                  | n
          "temperature": 2.1                      | temperature
          "top_p": 0                              | top_p
          "top_k": -2                             | top_k
          "min_p": 1                              | min_p
          "repetition_penalty": 0                 | repetition_penalty
          "presence_penalty": 2.5                 | presence_penalty
          "frequency_penalty": -3                 | frequency_penalty
          "logit_bias": {"kasko": 1}              | logit_bias.kasko
          "logit_bias": {"5": 101}                | logit_bias.5
          "stop": ["a", "b", "c", "d", "e"]       | stop
          "stop": ""                              | stop
          "stop": [null]                          | stop
          "max_tokens": 0                         | max_tokens
          "max_completion_tokens": -1             | max_completion_tokens
          "top_logprobs": 3                       | top_logprobs
          "logprobs": true, "top_logprobs": 21    | top_logprobs
          "tools": [{"type": "function"}]         | tools
          "functions": [{"name": "f"}]            | functions
          "tool_choice": "required"               | tool_choice
          "response_format": {"type": "json_object"} | response_format
          "response_format": {"type": "json_schema", "json_schema": {}} | response_format
          "modalities": ["text", "audio"]         | modalities
          "audio": {"voice": "x"}                 | audio
          "prediction": {"type": "content"}       | prediction
          "guided_json": {"type": "object"}       | guided_json
          "min_tokens": 3                         | min_tokens
          "ignore_eos": true                      | ignore_eos
          "skip_special_tokens": false            | skip_special_tokens
          """)
  void field_outOfRangeOrNotSupported_isRefusedByName(String fields, String field)
      throws Exception {
    assertThatThrownBy(() -> generations(fields))
        .isInstanceOfSatisfying(
            ProblemException.class,
            problem -> {
              assertThat(problem.problem().status()).isEqualTo(400);
              assertThat(problem.problem().errors())
                  .extracting(Problem.FieldError::field)
                  .containsExactly(field);
            });
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"user\": \"42\", \"metadata\": {\"a\": \"b\"}, \"store\": true, \"service_tier\": \"auto\"",
        "\"parallel_tool_calls\": false, \"safety_identifier\": \"x\", \"prompt_cache_key\": \"y\"",
        "\"tools\": [], \"tool_choice\": \"none\", \"response_format\": {\"type\": \"text\"}",
        "\"modalities\": [\"text\"], \"guided_json\": null, \"ignore_eos\": false, \"min_tokens\": 0",
        "\"n\": null, \"stop\": null, \"logit_bias\": {}, \"logprobs\": false, \"top_logprobs\": 0"
      })
  void field_thatChangesNothing_isSkipped(String fields) throws Exception {
    assertThat(generations(fields)).hasSize(1);
  }

  @Test
  void field_thatNobodyKnows_isRefusedInOpenAisWords() {
    assertThatThrownBy(() -> generations("\"temprature\": 0"))
        .hasMessage("Unrecognized request argument supplied: temprature");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"temperature\": \"0.5\"",
        "\"n\": 1.5",
        "\"seed\": \"x\"",
        "\"stop\": 3",
        "\"stream\": \"true\"",
        "\"logit_bias\": []",
        "\"max_tokens\": [1]"
      })
  void field_ofTheWrongType_isNotRead(String fields) {
    String name = fields.substring(1, fields.indexOf('"', 1));
    assertThatThrownBy(() -> generations(fields))
        .isInstanceOfSatisfying(
            MismatchedInputException.class,
            wrong -> assertThat(wrong.getPath().get(0).getFieldName()).isEqualTo(name));
  }

  @Test
  void logprobs_ofAChat_areAsManyAsAsked() throws Exception {
    assertThat(generations("\"logprobs\": true").get(0).topLogprobs()).isZero();
    assertThat(generations("\"logprobs\": true, \"top_logprobs\": 20").get(0).topLogprobs())
        .isEqualTo(20);
  }

  private static List<GenerationRequest> generations(String fields) throws Exception {
    ChatCompletionRequest request =
        Json.mapper()
            .readValue(
                "{\"model\": \"auto\", \"messages\": [{\"role\": \"user\", \"content\": \"x\"}], "
                    + fields
                    + "}",
                ChatCompletionRequest.class);
    Prompt.Chat prompt = request.prompt();
    return request.generations(prompt, 128);
  }
}
