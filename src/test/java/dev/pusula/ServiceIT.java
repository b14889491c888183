package dev.pusula;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.container.test.api.RunAsClient;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.arquillian.test.api.ArquillianResource;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The built WAR on Payara Micro, seen from outside. */
@ExtendWith(ArquillianExtension.class)
@RunAsClient
class ServiceIT {

  private static final HttpClient CLIENT = HttpClient.newHttpClient();
  private static final ObjectMapper JSON = new ObjectMapper();

  @ArquillianResource private URI deployed;

  @Deployment(testable = false)
  static WebArchive war() {
    return BuiltWar.archive();
  }

  @Test
  void health_ofAWholeService_isUpInEveryPart() throws Exception {
    HttpResponse<String> answer = get("/health");
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    List<String> up = new ArrayList<>();
    JSON.readTree(answer.body())
        .path("checks")
        .forEach(
            check -> up.add(check.path("name").asText() + " " + check.path("status").asText()));
    assertThat(up).contains("pusula UP", "router UP", "inference UP", "history UP");
  }

  @Test
  void wrongPath_withALongBody_isAnsweredOverHttp2Too() throws Exception {
    HttpResponse<String> answer =
        CLIENT.send(
            request("/api/nothing")
                .timeout(Duration.ofSeconds(10))
                .header("Content-Type", "application/x-ndjson")
                .POST(HttpRequest.BodyPublishers.ofString("x".repeat(300_000)))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    assertThat(answer.statusCode()).isEqualTo(404);
  }

  @Test
  void openapi_describesEveryOperationAndItsErrors() throws Exception {
    HttpResponse<String> answer =
        CLIENT.send(
            request("/openapi").header("Accept", "application/json").build(),
            HttpResponse.BodyHandlers.ofString());
    JsonNode paths = JSON.readTree(answer.body()).path("paths");
    assertThat(paths.fieldNames())
        .toIterable()
        .contains(
            "/api/routes",
            "/api/routes/batch",
            "/api/sectors",
            "/api/sectors/{id}",
            "/api/router",
            "/api/router/reload",
            "/api/router/statistics",
            "/v1/models",
            "/v1/chat/completions",
            "/v1/completions",
            "/v1/load_lora_adapter",
            "/v1/unload_lora_adapter",
            "/api/adapters",
            "/api/adapters/{name}",
            "/api/inference",
            "/api/runs",
            "/api/runs/{id}",
            "/api/runs/{id}/samples",
            "/api/runs/{id}/resources",
            "/api/runs/{id}/answers",
            "/api/runs/{id}/completion",
            "/api/runs/{id}/report",
            "/api/runs/{id}/events",
            "/api/baselines",
            "/api/runs/{id}/comparisons");
    paths
        .fields()
        .forEachRemaining(
            path ->
                path.getValue()
                    .fields()
                    .forEachRemaining(
                        operation -> {
                          String name = operation.getKey() + " " + path.getKey();
                          assertThat(operation.getValue().path("summary").asText())
                              .as(name)
                              .isNotBlank();
                          assertThat(operation.getValue().path("responses")).as(name).isNotEmpty();
                          if (path.getKey().contains("{") || operation.getKey().equals("post")) {
                            assertThat(operation.getValue().path("responses").fieldNames())
                                .toIterable()
                                .as(name + " tells its errors")
                                .anyMatch(status -> status.startsWith("4"));
                          }
                        }));
  }

  @Test
  void inference_tellsWhatItDid_hereAndInTheMetrics() throws Exception {
    JsonNode before = JSON.readTree(get("/api/inference").body());
    post(
        "/v1/completions",
        "application/json",
        "{\"model\":\"insurance\",\"prompt\":\"Kasko\",\"max_tokens\":5,\"temperature\":0}");
    JsonNode after = JSON.readTree(get("/api/inference").body());
    assertThat(after.path("up").asBoolean()).isTrue();
    assertThat(after.at("/statistics/pages_used").asInt()).isZero();
    assertThat(after.at("/statistics/steps").asLong())
        .isGreaterThan(before.at("/statistics/steps").asLong());
    String adapter = "/statistics/by_adapter/insurance_adapter/generated_tokens";
    assertThat(after.at(adapter).asLong() - before.at(adapter).asLong()).isEqualTo(5);
    assertThat(get("/metrics").body())
        .contains(
            "pusula_inference_pages{backend=\"" + after.path("backend").asText(),
            "pusula_inference_adapter_generated_tokens_total{adapter=\"insurance_adapter\"");
  }

  @Test
  void metrics_afterARoute_countIt() throws Exception {
    post("/api/routes", "application/json", "{\"text\":\"Kasko poliçem ne zaman bitiyor?\"}");
    assertThat(get("/metrics").body()).contains("insurance");
  }

  @Test
  void route_ofABankingQuestion_namesTheSectorAndItsCompanion() throws Exception {
    HttpResponse<String> answer =
        post(
            "/api/routes",
            "application/json",
            "{\"text\":\"Banka kredisi almak istiyorum, faiz oranları nedir?\"}");
    JsonNode route = JSON.readTree(answer.body());
    assertThat(route.path("sector").asText()).isEqualTo("finance_banking");
    assertThat(route.path("adapters").findValuesAsText("adapter"))
        .startsWith("finance_banking_adapter")
        .contains("general_adapter");
  }

  @Test
  void route_explained_tellsWhatSpokeForIt() throws Exception {
    JsonNode route =
        JSON.readTree(
            post(
                    "/api/routes",
                    "application/json",
                    "{\"text\":\"Kasko poliçemi yenileyeceğim\",\"explain\":true}")
                .body());
    JsonNode why = route.path("explanation");
    assertThat(why.path("sector").asText()).isEqualTo("insurance");
    assertThat(why.path("against").asText()).isNotEqualTo("insurance").isNotBlank();
    assertThat(why.path("evidence").findValuesAsText("feature")).contains("kasko", "policemi");
    assertThat(route.path("candidates").findValuesAsText("sector")).contains("general");
    assertThat(route.path("model").asText()).matches("[0-9a-f]{12}");
  }

  @Test
  void completion_tellsWhereTheTimeWentAndKeepsTheRequestsId() throws Exception {
    HttpResponse<String> chat =
        CLIENT.send(
            request("/v1/chat/completions")
                .header("Content-Type", "application/json")
                .header("X-Request-Id", "trace-17")
                .POST(
                    HttpRequest.BodyPublishers.ofString(
                        "{\"model\":\"auto\",\"max_tokens\":2,\"messages\":"
                            + "[{\"role\":\"user\",\"content\":\"kasko\"}]}"))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    assertThat(chat.statusCode()).as(chat.body()).isEqualTo(200);
    assertThat(chat.headers().firstValue("Server-Timing").orElseThrow())
        .matches("router;dur=[0-9.]+, queue;dur=[0-9.]+, prefill;dur=[0-9.]+, decode;dur=[0-9.]+");
    assertThat(chat.headers().allValues("x-request-id")).containsExactly("trace-17");
    assertThat(JSON.readTree(chat.body()).at("/usage/prompt_tokens_details/cached_tokens").isInt())
        .isTrue();
    assertThat(get("/v1/nothing").headers().firstValue("x-request-id").orElseThrow())
        .startsWith("req_");
  }

  @Test
  void models_tellTheirBaseAndTheContext() throws Exception {
    JsonNode models = JSON.readTree(get("/v1/models").body()).path("data");
    String base = JSON.readTree(get("/api/adapters").body()).at("/model/id").asText();
    JsonNode sector = JSON.readTree(get("/v1/models/insurance").body());
    assertThat(sector.path("root").asText()).isEqualTo("insurance_adapter");
    assertThat(sector.path("parent").asText()).isEqualTo(base);
    assertThat(JSON.readTree(get("/v1/models/base").body()).path("parent").isNull()).isTrue();
    assertThat(models)
        .allSatisfy(model -> assertThat(model.path("max_model_len").asInt()).isPositive());
  }

  @Test
  void adapter_loadedWhileRunning_canBeNamedUntilUnloaded() throws Exception {
    HttpResponse<String> loaded =
        post(
            "/api/adapters",
            "application/json",
            "{\"name\":\"spare_adapter\",\"path\":\"insurance_adapter\"}");
    assertThat(loaded.statusCode()).as(loaded.body()).isEqualTo(201);
    String location = loaded.headers().firstValue("Location").orElseThrow();
    assertThat(location).endsWith("/api/adapters/spare_adapter");
    assertThat(get("/v1/models/spare_adapter").statusCode()).isEqualTo(200);
    HttpResponse<String> again =
        post(
            "/v1/load_lora_adapter",
            "application/json",
            "{\"lora_name\":\"spare_adapter\",\"lora_path\":\"insurance_adapter\"}");
    assertThat(again.statusCode()).as(again.body()).isEqualTo(200);
    assertThat(
            CLIENT
                .send(
                    request("/api/adapters/spare_adapter").DELETE().build(),
                    HttpResponse.BodyHandlers.ofString())
                .statusCode())
        .isEqualTo(204);
    assertThat(get("/v1/models/spare_adapter").statusCode()).isEqualTo(404);
    assertThat(
            post("/v1/unload_lora_adapter", "application/json", "{\"lora_name\":\"spare_adapter\"}")
                .statusCode())
        .isEqualTo(404);
  }

  /** A completion leases the replicas of its adapters, and gives them back. */
  @Test
  void statistics_afterACompletion_tellWhatItsReplicaDid() throws Exception {
    HttpResponse<String> chat =
        post(
            "/v1/chat/completions",
            "application/json",
            "{\"model\":\"tourism_hospitality\",\"max_tokens\":2,\"messages\":"
                + "[{\"role\":\"user\",\"content\":\"otel\"}]}");
    assertThat(chat.statusCode()).as(chat.body()).isEqualTo(200);
    JsonNode replica =
        JSON.readTree(get("/api/router/statistics").body())
            .path("replicas")
            .path("tourism_hospitality_adapter")
            .path("tourism_hospitality_adapter");
    assertThat(replica.path("requests").asInt()).isPositive();
    assertThat(replica.path("errors").asInt()).isZero();
    assertThat(replica.path("in_flight").asInt()).isZero();
    assertThat(replica.path("healthy").asBoolean()).isTrue();
    assertThat(replica.path("p95_micros").asDouble()).isPositive();
    assertThat(get("/metrics").body())
        .contains("pusula_replica_requests", "adapter=\"tourism_hospitality_adapter\"");
  }

  @Test
  void reload_ofGoodFiles_keepsVersionsAndSaysSo() throws Exception {
    JsonNode before = JSON.readTree(get("/api/router").body());
    JsonNode after = JSON.readTree(post("/api/router/reload", "application/json", "").body());
    assertThat(after.path("configuration")).isEqualTo(before.path("configuration"));
    assertThat(after.path("model")).isEqualTo(before.path("model"));
    assertThat(after.path("loaded_at").asText()).isGreaterThan(before.path("loaded_at").asText());
    assertThat(after.path("failed_reload").isNull()).isTrue();
  }

  /** Each bad request gets its status and names the field, and none of our classes. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\'',
      textBlock =
          """
          POST | /api/routes           | application/json | {"text":                      | 400 |
          POST | /api/routes           | application/json | {}                            | 400 | text
          POST | /api/routes           | application/json | {"text": 5, "x": 1}           | 400 |
          POST | /api/routes           | application/json | {"txet": "kasko"}             | 400 | txet
          POST | /api/routes           | text/plain       | kasko                         | 415 |
          GET  | /api/sectors/nowhere  |                  |                               | 404 | nowhere
          GET  | /api/nothing          |                  |                               | 404 |
          DELETE | /api/sectors        |                  |                               | 405 |
          GET  | /api/runs/00000000-0000-0000-0000-000000000000 | | | 404 | 00000000-0000-0000-0000-000000000000
          GET  | /api/runs/not-a-uuid  |                  |                               | 404 |
          GET  | /api/runs?limit=-3    |                  |                               | 400 | limit
          POST | /api/runs             | application/json | {"suite": "quick"}            | 422 | label
          POST | /api/runs/00000000-0000-0000-0000-000000000000/samples?batch=0 | application/x-ndjson | {} | 422 | seq: must be given
          POST | /api/runs/00000000-0000-0000-0000-000000000000/completion | application/json | {"status": "COMPLETED"} | 404 | 00000000-0000-0000-0000-000000000000
          POST | /v1/chat/completions  | application/json | {"model": "auto"}             | 400 | messages
          POST | /v1/chat/completions  | application/json | {"messages": [{"role":"user","content":"x"}]} | 400 | model
          POST | /v1/chat/completions  | application/json | {"model":"auto","messages":[{"role":"user","content":"x"}],"max_tokens":0} | 400 | max_tokens
          POST | /v1/chat/completions  | application/json | not json                      | 400 |
          POST | /v1/chat/completions  | text/plain       | x                             | 415 |
          POST | /v1/chat/completions  | application/json | {"model":"auto","messages":[{"role":"user","content":"x"}],"temprature":0} | 400 | Unrecognized request argument supplied: temprature
          POST | /v1/chat/completions  | application/json | {"model":"auto","messages":[{"role":"user","content":"x"}],"n":"2"} | 400 | "param":"n"
          POST | /v1/chat/completions  | application/json | {"model":"x-1","messages":[{"role":"user","content":"x"}]} | 404 | "code":"model_not_found"
          POST | /v1/completions       | application/json | {"model":"auto","prompt":["a","b"]} | 400 | "param":"model"
          GET  | /v1/nothing           |                  |                               | 404 |
          GET  | /v1/models/x-1        |                  |                               | 404 | model_not_found
          DELETE | /v1/models          |                  |                               | 405 |
          POST | /v1/load_lora_adapter | application/json | {"lora_name":"x","lora_path":"../.."} | 403 | "param":"lora_path"
          POST | /v1/load_lora_adapter | application/json | {"lora_name":"auto","lora_path":"x"} | 400 | "param":"lora_name"
          POST | /v1/unload_lora_adapter | application/json | {}                          | 400 | "param":"lora_name"
          POST | /api/adapters         | application/json | {"name":"x","path":"/etc"}    | 403 | path
          POST | /api/adapters         | application/json | {"name":"x","path":"nowhere"} | 422 | nowhere
          POST | /api/adapters         | application/json | {"name":"insurance","path":"insurance_adapter"} | 400 | name
          POST | /api/adapters         | application/json | {"name":"a/b","path":"insurance_adapter"} | 400 | name
          POST | /api/adapters         | application/json | {"name":"x"}                  | 400 | path
          GET  | /api/adapters/nowhere |                  |                               | 404 | nowhere
          """)
  void badRequest_isAClearProblem(
      String method, String path, String type, String body, int status, String mention)
      throws Exception {
    HttpRequest.Builder request =
        request(path)
            .method(
                method,
                body == null
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofString(body));
    if (type != null) {
      request.header("Content-Type", type);
    }
    HttpResponse<String> answer =
        CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofString());
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
    assertThat(answer.body())
        .doesNotContain("dev.pusula", "jackson", "Coercion", "Exception", "\tat ");
    JsonNode error = JSON.readTree(answer.body());
    if (path.startsWith("/v1")) {
      assertThat(error.path("error").path("message").asText()).isNotBlank();
    } else {
      assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/problem+json");
      assertThat(error.path("status").asInt()).isEqualTo(status);
    }
    if (mention != null) {
      assertThat(answer.body()).contains(mention);
    }
  }

  @Test
  void promptOfAMegabyte_isRefused_andTheServiceGoesOn() throws Exception {
    String text = "kasko ".repeat(180_000);
    HttpResponse<String> chat =
        post(
            "/v1/chat/completions",
            "application/json",
            "{\"model\":\"auto\",\"messages\":[{\"role\":\"user\",\"content\":\"" + text + "\"}]}");
    assertThat(chat.statusCode()).as(chat.body()).isEqualTo(413);
    HttpResponse<String> route =
        post("/api/routes", "application/json", "{\"text\":\"" + text + "\"}");
    assertThat(route.statusCode()).as(route.body()).isIn(413, 422);
    assertThat(get("/health").statusCode()).isEqualTo(200);
  }

  private HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return CLIENT.send(request(path).build(), HttpResponse.BodyHandlers.ofString());
  }

  private HttpResponse<String> post(String path, String type, String body)
      throws IOException, InterruptedException {
    return CLIENT.send(
        request(path)
            .header("Content-Type", type)
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(BuiltWar.loopback(deployed).resolve(path));
  }
}
