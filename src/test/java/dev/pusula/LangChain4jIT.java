package dev.pusula;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.exception.InvalidRequestException;
import dev.langchain4j.exception.ModelNotFoundException;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.openai.OpenAiChatModel;
import dev.langchain4j.model.openai.OpenAiStreamingChatModel;
import dev.langchain4j.model.output.FinishReason;
import java.net.URI;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.container.test.api.RunAsClient;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.arquillian.test.api.ArquillianResource;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** LangChain4j's OpenAI models against {@code /v1}, without a special case. */
@ExtendWith(ArquillianExtension.class)
@RunAsClient
class LangChain4jIT {

  private static final String QUESTION = "Kasko poliçem hasarı karşılar mı?";

  @ArquillianResource private URI deployed;

  @Deployment(testable = false)
  static WebArchive war() {
    return BuiltWar.archive();
  }

  @Test
  void chat_answersWithCounts() {
    ChatResponse response = chat("auto").build().chat(UserMessage.from(QUESTION));
    assertThat(response.aiMessage().text()).isNotEmpty();
    assertThat(response.finishReason()).isEqualTo(FinishReason.LENGTH);
    assertThat(response.tokenUsage().outputTokenCount()).isEqualTo(12);
    assertThat(response.tokenUsage().inputTokenCount()).isPositive();
  }

  @Test
  void chat_streamed_isTheSameAnswerWithCounts() throws Exception {
    OpenAiStreamingChatModel model =
        OpenAiStreamingChatModel.builder()
            .baseUrl(BuiltWar.loopback(deployed) + "/v1")
            .apiKey("none")
            .modelName("auto")
            .temperature(0.0)
            .maxTokens(12)
            .build();
    List<String> pieces = new CopyOnWriteArrayList<>();
    CompletableFuture<ChatResponse> ended = new CompletableFuture<>();
    model.chat(
        QUESTION,
        new StreamingChatResponseHandler() {
          @Override
          public void onPartialResponse(String piece) {
            pieces.add(piece);
          }

          @Override
          public void onCompleteResponse(ChatResponse response) {
            ended.complete(response);
          }

          @Override
          public void onError(Throwable error) {
            ended.completeExceptionally(error);
          }
        });
    ChatResponse response = ended.get(60, TimeUnit.SECONDS);
    assertThat(response.aiMessage().text())
        .isEqualTo(chat("auto").build().chat(QUESTION))
        .isEqualTo(String.join("", pieces));
    assertThat(pieces).hasSizeGreaterThan(2);
    assertThat(response.tokenUsage().outputTokenCount()).isEqualTo(12);
  }

  @Test
  void seed_repeatsTheAnswer() {
    OpenAiChatModel model = chat("insurance").temperature(1.5).seed(11).build();
    assertThat(model.chat(QUESTION)).isEqualTo(model.chat(QUESTION));
  }

  @Test
  void stop_endsTheAnswer() {
    String whole = chat("auto").build().chat(QUESTION);
    String stop = whole.substring(whole.length() / 2, whole.length() / 2 + 1);
    assertThat(
            chat("auto")
                .stop(List.of(stop))
                .build()
                .chat(UserMessage.from(QUESTION))
                .finishReason())
        .isEqualTo(FinishReason.STOP);
  }

  @Test
  void errors_areOfTheirKind() {
    assertThatThrownBy(() -> chat("gpt-4").build().chat(QUESTION))
        .isInstanceOf(ModelNotFoundException.class)
        .hasMessageContaining("gpt-4");
    assertThatThrownBy(() -> chat("auto").temperature(9.0).build().chat(QUESTION))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("temperature");
  }

  private OpenAiChatModel.OpenAiChatModelBuilder chat(String model) {
    return OpenAiChatModel.builder()
        .baseUrl(BuiltWar.loopback(deployed) + "/v1")
        .apiKey("none")
        .modelName(model)
        .temperature(0.0)
        .maxTokens(12)
        .maxRetries(0);
  }
}
