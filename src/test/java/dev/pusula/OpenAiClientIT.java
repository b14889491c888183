package dev.pusula;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.http.StreamResponse;
import com.openai.errors.BadRequestException;
import com.openai.errors.NotFoundException;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.chat.completions.ChatCompletionStreamOptions;
import com.openai.models.completions.Completion;
import com.openai.models.completions.CompletionCreateParams;
import com.openai.models.models.Model;
import java.net.URI;
import java.util.List;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.container.test.api.RunAsClient;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.arquillian.test.api.ArquillianResource;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** OpenAI's own Java client against {@code /v1}, without a special case. */
@ExtendWith(ArquillianExtension.class)
@RunAsClient
class OpenAiClientIT {

  @ArquillianResource private URI deployed;
  private OpenAIClient client;

  @Deployment(testable = false)
  static WebArchive war() {
    return BuiltWar.archive();
  }

  @BeforeEach
  void connect() {
    client =
        OpenAIOkHttpClient.builder()
            .baseUrl(BuiltWar.loopback(deployed) + "/v1")
            .apiKey("none")
            .maxRetries(0)
            .build();
  }

  @AfterEach
  void close() {
    client.close();
  }

  @Test
  void models_holdAutoBaseSectorsAndAdapters() {
    assertThat(client.models().list().items())
        .extracting(Model::id)
        .contains("auto", "base", "insurance", "insurance_adapter", "general_adapter");
    assertThat(client.models().retrieve("insurance").id()).isEqualTo("insurance");
  }

  @Test
  void chat_greedyTwice_isTheSameAnswerWithCounts() {
    ChatCompletion first = client.chat().completions().create(kasko().build());
    ChatCompletion second = client.chat().completions().create(kasko().build());
    String answer = first.choices().get(0).message().content().orElseThrow();
    assertThat(answer).isNotEmpty();
    assertThat(second.choices().get(0).message().content()).contains(answer);
    assertThat(first.choices().get(0).finishReason())
        .isEqualTo(ChatCompletion.Choice.FinishReason.LENGTH);
    assertThat(first.usage().orElseThrow().completionTokens()).isEqualTo(12);
    assertThat(first.usage().orElseThrow().promptTokens()).isPositive();
  }

  @Test
  void chat_streamed_isTheAnswerInPieces() {
    String whole =
        client
            .chat()
            .completions()
            .create(kasko().build())
            .choices()
            .get(0)
            .message()
            .content()
            .orElseThrow();
    ChatCompletionCreateParams params =
        kasko()
            .streamOptions(ChatCompletionStreamOptions.builder().includeUsage(true).build())
            .build();
    List<ChatCompletionChunk> chunks;
    try (StreamResponse<ChatCompletionChunk> stream =
        client.chat().completions().createStreaming(params)) {
      chunks = stream.stream().toList();
    }
    StringBuilder text = new StringBuilder();
    chunks.forEach(
        chunk ->
            chunk.choices().forEach(choice -> choice.delta().content().ifPresent(text::append)));
    assertThat(text).hasToString(whole);
    assertThat(chunks.get(0).choices().get(0).delta().role())
        .contains(ChatCompletionChunk.Choice.Delta.Role.ASSISTANT);
    assertThat(chunks.get(chunks.size() - 1).usage().orElseThrow().completionTokens())
        .isEqualTo(12);
    assertThat(chunks).hasSizeGreaterThan(4);
  }

  @Test
  void adapters_changeTheAnswer() {
    String base = answer("base");
    assertThat(answer("insurance")).isEqualTo(answer("insurance_adapter")).isNotEqualTo(base);
    assertThat(answer("agriculture")).isNotEqualTo(answer("insurance"));
  }

  @Test
  void completion_ofText_continuesIt() {
    Completion completion =
        client
            .completions()
            .create(
                CompletionCreateParams.builder()
                    .model("insurance")
                    .prompt("Kasko poliçesi")
                    .maxTokens(8)
                    .temperature(0.0)
                    .build());
    assertThat(completion.choices().get(0).text()).isNotEmpty();
    assertThat(completion.usage().orElseThrow().completionTokens()).isEqualTo(8);
  }

  @Test
  void unknownModel_isNotFound_andBadTemperature_isBadRequest() {
    assertThatThrownBy(() -> client.chat().completions().create(kasko().model("gpt-4").build()))
        .isInstanceOfSatisfying(
            NotFoundException.class,
            missing -> assertThat(missing.code()).contains("model_not_found"))
        .hasMessageContaining("gpt-4");
    assertThatThrownBy(() -> client.chat().completions().create(kasko().temperature(9.0).build()))
        .isInstanceOf(BadRequestException.class)
        .hasMessageContaining("temperature");
  }

  @Test
  void choices_ofOneRequest_areTwoAndRepeatWithTheSeed() {
    ChatCompletionCreateParams params = kasko().n(2).temperature(1.5).seed(7).build();
    ChatCompletion first = client.chat().completions().create(params);
    assertThat(first.choices()).extracting(ChatCompletion.Choice::index).containsExactly(0L, 1L);
    assertThat(contents(first)).doesNotHaveDuplicates();
    assertThat(contents(client.chat().completions().create(params))).isEqualTo(contents(first));
    assertThat(first.usage().orElseThrow().completionTokens()).isBetween(2L, 24L);
    assertThat(first.usage().orElseThrow().promptTokens())
        .isEqualTo(
            client
                .chat()
                .completions()
                .create(kasko().build())
                .usage()
                .orElseThrow()
                .promptTokens());
  }

  @Test
  void choices_streamed_areTheAnswersOfTheWhole() {
    ChatCompletionCreateParams params = kasko().n(2).temperature(1.5).seed(7).build();
    List<StringBuilder> texts = List.of(new StringBuilder(), new StringBuilder());
    try (StreamResponse<ChatCompletionChunk> stream =
        client.chat().completions().createStreaming(params)) {
      stream.stream()
          .flatMap(chunk -> chunk.choices().stream())
          .forEach(
              choice ->
                  choice
                      .delta()
                      .content()
                      .ifPresent(text -> texts.get((int) choice.index()).append(text)));
    }
    assertThat(texts)
        .extracting(StringBuilder::toString)
        .isEqualTo(contents(client.chat().completions().create(params)));
  }

  @Test
  void stop_endsTheAnswerBeforeItself() {
    String whole = answer("auto");
    String stop = whole.substring(whole.length() / 2, whole.length() / 2 + 1);
    ChatCompletion.Choice stopped =
        client.chat().completions().create(kasko().stop(stop).build()).choices().get(0);
    assertThat(stopped.message().content()).contains(whole.substring(0, whole.indexOf(stop)));
    assertThat(stopped.finishReason()).isEqualTo(ChatCompletion.Choice.FinishReason.STOP);
  }

  @Test
  void prompts_ofOneRequest_areAnsweredInTheirOrderAndEchoed() {
    Completion completion =
        client
            .completions()
            .create(
                CompletionCreateParams.builder()
                    .model("insurance")
                    .promptOfArrayOfStrings(List.of("Kasko", "Trafik"))
                    .n(2)
                    .maxTokens(4)
                    .echo(true)
                    .build());
    assertThat(completion.choices())
        .extracting(choice -> choice.text().substring(0, 5))
        .containsExactly("Kasko", "Kasko", "Trafi", "Trafi");
  }

  @Test
  void conversation_longerThanTheContext_isBadRequestWithItsCode() {
    assertThatThrownBy(
            () ->
                client
                    .chat()
                    .completions()
                    .create(kasko().addUserMessage("kasko ".repeat(20_000)).build()))
        .isInstanceOfSatisfying(
            BadRequestException.class,
            refused -> {
              assertThat(refused.code()).contains("context_length_exceeded");
              assertThat(refused.param()).contains("messages");
              assertThat(refused.type()).contains("invalid_request_error");
            });
  }

  private String answer(String model) {
    return client
        .chat()
        .completions()
        .create(kasko().model(model).build())
        .choices()
        .get(0)
        .message()
        .content()
        .orElseThrow();
  }

  private static List<String> contents(ChatCompletion completion) {
    return completion.choices().stream()
        .map(choice -> choice.message().content().orElseThrow())
        .toList();
  }

  private static ChatCompletionCreateParams.Builder kasko() {
    return ChatCompletionCreateParams.builder()
        .model("auto")
        .addUserMessage("Kasko poliçem hasarı karşılar mı?")
        .maxCompletionTokens(12)
        .temperature(0.0);
  }
}
