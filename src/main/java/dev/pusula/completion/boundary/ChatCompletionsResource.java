package dev.pusula.completion.boundary;

import dev.pusula.completion.control.Completions;
import dev.pusula.inference.entity.Prompt;
import jakarta.inject.Inject;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.time.Clock;
import java.util.Optional;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.headers.Header;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** Chat completions in the shape of the OpenAI API. */
@Path("v1/chat/completions")
@Consumes(MediaType.APPLICATION_JSON)
@Tag(name = "completions")
public class ChatCompletionsResource {

  @Inject private Completions completions;
  @Inject private Clock clock;

  /** Answers at once, or as server-sent events where the request asks for a stream. */
  @POST
  @Produces({MediaType.APPLICATION_JSON, MediaType.SERVER_SENT_EVENTS})
  @Operation(
      summary = "Complete a conversation",
      description =
          "OpenAI's shape. With model auto the router chooses the adapters; the headers tell which, why and how long it"
              + " took. A parameter that is not supported is refused by name.")
  @APIResponse(
      responseCode = "200",
      description = "the answer, or with stream: true its chunks and [DONE]",
      content =
          @Content(
              mediaType = MediaType.APPLICATION_JSON,
              schema = @Schema(implementation = CompletionShape.Chat.Whole.class)),
      headers = {
        @Header(name = "Pusula-Sector", description = "the decided or named sector"),
        @Header(name = "Pusula-Score", description = "the router's score, 0…1"),
        @Header(name = "Pusula-Adapters", description = "the adapters applied, by weight"),
        @Header(name = "Pusula-Backend", description = "what computed the answer"),
        @Header(
            name = "Server-Timing",
            description =
                "router, queue, prefill and decode in milliseconds, where known when the headers leave"),
        @Header(name = "x-request-id", description = "the caller's, or one made here")
      })
  @APIResponse(
      responseCode = "400",
      description =
          "malformed, unknown, out of range or not supported, where param names the field; code"
              + " context_length_exceeded where prompt and answer do not fit",
      content = @Content(schema = @Schema(implementation = OpenAiErrorResponse.class)))
  @APIResponse(
      responseCode = "404",
      description = "no such model: code model_not_found",
      content = @Content(schema = @Schema(implementation = OpenAiErrorResponse.class)))
  @APIResponse(
      responseCode = "413",
      description = "the body or the prompt is too large",
      content = @Content(schema = @Schema(implementation = OpenAiErrorResponse.class)))
  @APIResponse(
      responseCode = "500",
      description = "the backend failed",
      content = @Content(schema = @Schema(implementation = OpenAiErrorResponse.class)))
  @APIResponse(
      responseCode = "503",
      description = "the queue is full or the backend is down; Retry-After tells when to try again",
      content = @Content(schema = @Schema(implementation = OpenAiErrorResponse.class)))
  @APIResponse(
      responseCode = "504",
      description = "not complete within five minutes",
      content = @Content(schema = @Schema(implementation = OpenAiErrorResponse.class)))
  public Response complete(@Nullable ChatCompletionRequest body) {
    ChatCompletionRequest request = CompletionOptions.requireBody(body);
    Prompt.Chat prompt = request.prompt();
    return CompletionResponder.respond(
        completions,
        request,
        Optional.of(ChatCompletionRequest.routedText(prompt)),
        request.generations(prompt, completions.backend().model().contextLength()),
        new CompletionShape.Chat(
            "chatcmpl-" + UUID.randomUUID(),
            clock.instant().getEpochSecond(),
            request.requireModel(),
            request.usageWanted()));
  }
}
