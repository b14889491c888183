package dev.pusula;

import jakarta.ws.rs.ApplicationPath;
import jakarta.ws.rs.core.Application;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.OpenAPIDefinition;
import org.eclipse.microprofile.openapi.annotations.info.Info;
import org.eclipse.microprofile.openapi.annotations.info.License;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/**
 * The REST application: {@code /api} is the product's own, {@code /v1} the OpenAI-compatible part.
 */
@ApplicationPath("/")
@OpenAPIDefinition(
    info =
        @Info(
            title = "Pusula",
            version = "0.1.0",
            description =
                "Routes Turkish text to sector adapters, serves inference with them, measures that under load and"
                    + " keeps the history.",
            license =
                @License(name = "Apache-2.0", url = "https://www.apache.org/licenses/LICENSE-2.0")),
    tags = {
      @Tag(name = "completions", description = "OpenAI-compatible inference"),
      @Tag(name = "routes", description = "Which sector and which adapters a text belongs to"),
      @Tag(name = "sectors", description = "The configured sectors"),
      @Tag(name = "router", description = "State and statistics of the router"),
      @Tag(name = "adapters", description = "What the inference backend can apply"),
      @Tag(name = "runs", description = "Benchmark runs, their samples and results"),
      @Tag(name = "reports", description = "What a run says"),
      @Tag(name = "baselines", description = "Published figures and comparisons with them")
    })
public class Api extends Application {

  @Override
  public Map<String, Object> getProperties() {
    return Map.of(
        // The JSON provider of this application is Jackson; the server's own would be found first
        // otherwise.
        "jersey.config.jsonFeature",
        "JacksonFeature",
        // An event of a stream leaves when it is flushed, not when 8 KiB have gathered.
        "jersey.config.server.contentLength.buffer",
        0);
  }
}
