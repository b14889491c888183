package dev.pusula.load;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Asks the target what it thinks of reference answers: the conversation goes out whole with {@code
 * prompt_logprobs}, and the router sees the question alone, as with any conversation. The tokens of
 * the answer are those after the question's, whose number a request without the answer tells.
 *
 * <p>Runs after the load, one request at a time, and within a bound of time: what is left over is
 * not scored, and n tells how many were.
 */
final class AnswerScorer {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration BUDGET = Duration.ofSeconds(30);

  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(3))
          .build();
  private final URI url;
  private final @Nullable String apiKey;
  private final Set<String> models;

  /**
   * For a target.
   *
   * @param model what the load's requests name
   * @param base whether the target knows a model {@code base} to compare with
   */
  AnswerScorer(URI host, @Nullable String apiKey, String model, boolean base) {
    String path = host.getPath() == null ? "" : host.getPath().replaceAll("/$", "");
    this.url = host.resolve(path + "/v1/chat/completions");
    this.apiKey = apiKey;
    this.models = new LinkedHashSet<>(List.of(model));
    if (base) {
      models.add("base");
    }
  }

  /**
   * The scores in their wire form.
   *
   * @throws IOException if the target does not answer or does not tell
   */
  ArrayNode score(List<ReferenceAnswer> answers) throws IOException, InterruptedException {
    ArrayNode scores = JSON.createArrayNode();
    long until = System.nanoTime() + BUDGET.toNanos();
    for (ReferenceAnswer answer : answers) {
      if (System.nanoTime() > until) {
        break;
      }
      int asked = -1;
      for (String model : models) {
        if (asked < 0) {
          asked = ask(answer, model, false).body().path("usage").path("prompt_tokens").asInt();
        }
        scores.add(score(answer, model, asked));
      }
    }
    return scores;
  }

  private ObjectNode score(ReferenceAnswer answer, String model, int asked)
      throws IOException, InterruptedException {
    Answered answered = ask(answer, model, true);
    JsonNode tokens = answered.body().path("prompt_logprobs");
    if (tokens.size() <= asked) {
      throw new IOException("the server does not tell prompt_logprobs");
    }
    double logprob = 0;
    for (int i = asked; i < tokens.size(); i++) {
      logprob += tokens.get(i).elements().next().path("logprob").asDouble();
    }
    return JSON.createObjectNode()
        .put("question", answer.id())
        .put("model", model)
        .put("sector", answer.sector())
        .put("routed_sector", answered.sector())
        .put("tokens", tokens.size() - asked)
        .put("logprob", logprob);
  }

  private Answered ask(ReferenceAnswer answer, String model, boolean answered)
      throws IOException, InterruptedException {
    ObjectNode body = JSON.createObjectNode();
    body.put("model", model).put("max_tokens", 1).put("temperature", 0);
    ArrayNode messages = body.putArray("messages");
    messages.addObject().put("role", "user").put("content", answer.question());
    if (answered) {
      messages.addObject().put("role", "assistant").put("content", answer.answer());
      body.put("prompt_logprobs", 0).put("add_generation_prompt", false);
    }
    HttpRequest.Builder request =
        HttpRequest.newBuilder(url)
            .timeout(Duration.ofSeconds(30))
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofByteArray(JSON.writeValueAsBytes(body)));
    if (apiKey != null) {
      request.header("Authorization", "Bearer " + apiKey);
    }
    HttpResponse<byte[]> response =
        http.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
    JsonNode json = JSON.readTree(response.body());
    if (response.statusCode() != 200) {
      throw new IOException(
          "the server answered "
              + response.statusCode()
              + ": "
              + json.at("/error/message").asText());
    }
    return new Answered(json, response.headers().firstValue("Pusula-Sector").orElse(null));
  }

  private record Answered(JsonNode body, @Nullable String sector) {}
}
