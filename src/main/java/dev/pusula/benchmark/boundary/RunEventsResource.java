package dev.pusula.benchmark.boundary;

import dev.pusula.benchmark.control.RunProgress;
import dev.pusula.benchmark.control.SampleStore;
import dev.pusula.benchmark.entity.RunStatus;
import dev.pusula.platform.Problem;
import dev.pusula.platform.ProblemException;
import jakarta.annotation.Resource;
import jakarta.enterprise.concurrent.ManagedScheduledExecutorService;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.sse.Sse;
import jakarta.ws.rs.sse.SseEventSink;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** A run's progress as it comes. No thread waits for a viewer: each event plans the next. */
@Path("api/runs/{id}/events")
@ApplicationScoped
@Tag(name = "runs")
public class RunEventsResource {

  @Resource
  @SuppressWarnings("NullAway.Init")
  private ManagedScheduledExecutorService scheduler;

  @Inject
  @SuppressWarnings("NullAway.Init")
  private SampleStore samples;

  /** Opens the stream. */
  @GET
  @Produces(MediaType.SERVER_SENT_EVENTS)
  @Operation(
      summary = "Progress of a run, an event each second until it has ended",
      description = "Events are named progress; the last one carries the final status.")
  @APIResponse(
      responseCode = "200",
      description = "server-sent events",
      content = @Content(schema = @Schema(implementation = ProgressResponse.class)))
  @APIResponse(
      responseCode = "404",
      description = "no such run",
      content =
          @Content(
              mediaType = Problem.MEDIA_TYPE,
              schema = @Schema(implementation = Problem.class)))
  public void events(@PathParam("id") UUID id, @Context SseEventSink sink, @Context Sse sse) {
    RunProgress now = samples.progress(id);
    if (now == null) {
      throw ProblemException.notFound("no run " + id);
    }
    send(id, now, sink, sse);
  }

  private void send(UUID id, @Nullable RunProgress now, SseEventSink sink, Sse sse) {
    if (now == null || sink.isClosed()) {
      sink.close(); // the run was deleted, or nobody looks any more
      return;
    }
    sink.send(
            sse.newEventBuilder()
                .name("progress")
                .mediaType(MediaType.APPLICATION_JSON_TYPE)
                .data(ProgressResponse.class, ProgressResponse.of(now))
                .build())
        .whenComplete(
            (sent, failure) -> {
              if (failure != null || now.status() != RunStatus.RUNNING) {
                sink.close();
              } else {
                scheduler.schedule(() -> next(id, sink, sse), 1, TimeUnit.SECONDS);
              }
            });
  }

  private void next(UUID id, SseEventSink sink, Sse sse) {
    RunProgress now = null;
    try {
      now = samples.progress(id);
    } finally {
      send(id, now, sink, sse); // without an answer of the database the stream ends
    }
  }
}
