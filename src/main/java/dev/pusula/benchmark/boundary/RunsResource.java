package dev.pusula.benchmark.boundary;

import com.fasterxml.jackson.databind.ObjectWriter;
import dev.pusula.benchmark.control.RunCursor;
import dev.pusula.benchmark.control.RunStore;
import dev.pusula.benchmark.control.SampleReader;
import dev.pusula.benchmark.control.SampleStore;
import dev.pusula.benchmark.entity.AnswerScore;
import dev.pusula.benchmark.entity.RequestSample;
import dev.pusula.benchmark.entity.ResourceSample;
import dev.pusula.benchmark.entity.Run;
import dev.pusula.benchmark.entity.RunStatus;
import dev.pusula.platform.Json;
import dev.pusula.platform.Problem;
import dev.pusula.platform.ProblemException;
import dev.pusula.routing.control.Router;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.PATCH;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.StreamingOutput;
import jakarta.ws.rs.core.UriInfo;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PushbackInputStream;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.function.Supplier;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.ExampleObject;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** Runs, from the load generator's first word to the numbers. */
@Path("api/runs")
@RequestScoped
@Tag(name = "runs")
@Produces(MediaType.APPLICATION_JSON)
@APIResponse(
    responseCode = "404",
    description = "no such run",
    content =
        @Content(
            mediaType = Problem.MEDIA_TYPE,
            schema = @Schema(implementation = Problem.class),
            examples =
                @ExampleObject(
                    name = "unknown",
                    value =
                        "{\"type\":\"about:blank\",\"title\":\"Not Found\",\"status\":404,\"detail\":\"no run"
                            + " 5d3c1d0e-9e1c-4a55-8a0e-0c1d5f0e7b11\"}")))
public class RunsResource {

  private static final String NDJSON = "application/x-ndjson";
  private static final int MAX_PAGE = 200;

  /** Bound on the elements of one call's list. */
  private static final int MAX_ELEMENTS = 10_000;

  @Inject
  @SuppressWarnings("NullAway.Init")
  private RunStore runs;

  @Inject
  @SuppressWarnings("NullAway.Init")
  private SampleStore samples;

  @Inject
  @SuppressWarnings("NullAway.Init")
  private Clock clock;

  @Inject
  @SuppressWarnings("NullAway.Init")
  private Router router;

  /** Starts a run. */
  @POST
  @Consumes(MediaType.APPLICATION_JSON)
  @Operation(
      summary = "Start a run",
      description =
          "The run is RUNNING until it is completed, or ABORTED after 30 s without a sign of life.")
  @RequestBody(
      required = true,
      content =
          @Content(
              schema = @Schema(implementation = RunRequest.class),
              examples = @ExampleObject(name = "closed load", value = Examples.RUN)))
  @APIResponse(
      responseCode = "201",
      description = "started; Location names it",
      content = @Content(schema = @Schema(implementation = RunResponse.class)))
  @APIResponse(
      responseCode = "400",
      description = "not JSON, an unknown field or a wrong type",
      content =
          @Content(
              mediaType = Problem.MEDIA_TYPE,
              schema = @Schema(implementation = Problem.class)))
  @APIResponse(
      responseCode = "422",
      description = "a field is missing or out of range",
      content =
          @Content(
              mediaType = Problem.MEDIA_TYPE,
              schema = @Schema(implementation = Problem.class),
              examples = @ExampleObject(name = "no suite", value = Examples.UNPROCESSABLE)))
  public Response start(@Nullable RunRequest request, @Context UriInfo uri) {
    Run run = runs.start(given(request).toRun(UUID.randomUUID(), clock.instant()));
    return Response.created(uri.getBaseUriBuilder().path("api/runs/{id}").build(run.id()))
        .entity(RunResponse.of(run))
        .build();
  }

  /** Lists runs. */
  @GET
  @Operation(summary = "List runs, newest first")
  @APIResponse(
      responseCode = "200",
      description = "a page",
      content = @Content(schema = @Schema(implementation = RunListResponse.class)))
  @APIResponse(
      responseCode = "400",
      description = "a parameter is wrong",
      content =
          @Content(
              mediaType = Problem.MEDIA_TYPE,
              schema = @Schema(implementation = Problem.class)))
  public RunListResponse list(
      @Parameter(description = "runs on a page, 1 to 200") @QueryParam("limit") @DefaultValue("50")
          String limit,
      @Parameter(description = "the next of the page before") @QueryParam("before")
          @Nullable String before,
      @Parameter(description = "only this suite", example = "quick") @QueryParam("suite")
          @Nullable String suite,
      @Parameter(description = "RUNNING, COMPLETED, ABORTED or FAILED") @QueryParam("status")
          @Nullable String status) {
    int size = parsed("limit", "a number from 1 to " + MAX_PAGE, () -> Integer.parseInt(limit));
    if (size < 1 || size > MAX_PAGE) {
      throw ProblemException.badRequest("must be a number from 1 to " + MAX_PAGE, "limit");
    }
    List<Run> page =
        runs.list(
            size + 1,
            before == null
                ? null
                : parsed("before", "the next of an earlier page", () -> RunCursor.parse(before)),
            suite,
            status == null
                ? null
                : parsed(
                    "status",
                    "RUNNING, COMPLETED, ABORTED or FAILED",
                    () -> RunStatus.valueOf(status.toUpperCase(Locale.ROOT))));
    List<Run> shown = page.subList(0, Math.min(size, page.size()));
    return new RunListResponse(
        shown.stream().map(RunResponse::of).toList(),
        page.size() > size ? RunCursor.after(shown.get(size - 1)).text() : null);
  }

  /** One run. */
  @GET
  @Path("{id}")
  @Operation(summary = "One run")
  @APIResponse(
      responseCode = "200",
      description = "as it stands",
      content = @Content(schema = @Schema(implementation = RunResponse.class)))
  public RunResponse get(@PathParam("id") UUID id) {
    return RunResponse.of(runs.get(id));
  }

  /** Changes the note. */
  @PATCH
  @Path("{id}")
  @Consumes(MediaType.APPLICATION_JSON)
  @Operation(summary = "Replace the note of a run")
  @APIResponse(
      responseCode = "200",
      description = "the run with its note",
      content = @Content(schema = @Schema(implementation = RunResponse.class)))
  @APIResponse(
      responseCode = "422",
      description = "the note is too long",
      content =
          @Content(
              mediaType = Problem.MEDIA_TYPE,
              schema = @Schema(implementation = Problem.class)))
  public RunResponse annotate(@PathParam("id") UUID id, @Nullable NoteRequest request) {
    String note = given(request).note();
    if (note != null && (note.length() > 10_000 || note.indexOf('\0') >= 0)) {
      String rule = "must be at most 10000 characters, none of them U+0000";
      throw ProblemException.unprocessable(
          "note: " + rule, List.of(new Problem.FieldError("note", rule)));
    }
    return RunResponse.of(runs.annotate(id, note));
  }

  /** Removes a run. */
  @DELETE
  @Path("{id}")
  @Operation(summary = "Remove a run with its samples and results")
  @APIResponse(responseCode = "204", description = "removed")
  public void delete(@PathParam("id") UUID id) {
    runs.delete(id);
  }

  /** Takes a batch of samples. */
  @POST
  @Path("{id}/samples")
  @Consumes(NDJSON)
  @Operation(
      summary = "Store a batch of samples",
      description =
          "One sample a line, at most 10000 lines and 8 MiB when decompressed. A batch is stored whole"
              + " or not at all; a number that is stored already changes nothing. Without a number and"
              + " a body it is a sign of life.")
  @RequestBody(
      content =
          @Content(
              mediaType = NDJSON,
              schema = @Schema(implementation = RequestSample.class),
              examples = @ExampleObject(name = "one line", value = Examples.SAMPLE)))
  @APIResponse(
      responseCode = "200",
      description = "durable",
      content =
          @Content(
              schema = @Schema(implementation = SamplesResponse.class),
              examples =
                  @ExampleObject(
                      name = "stored",
                      value = "{\"accepted\":500,\"batch\":3,\"duplicate\":false}")))
  @APIResponse(
      responseCode = "409",
      description = "the run has ended, or a seq is stored already",
      content =
          @Content(
              mediaType = Problem.MEDIA_TYPE,
              schema = @Schema(implementation = Problem.class)))
  @APIResponse(
      responseCode = "413",
      description = "too many lines or bytes",
      content =
          @Content(
              mediaType = Problem.MEDIA_TYPE,
              schema = @Schema(implementation = Problem.class)))
  @APIResponse(
      responseCode = "415",
      description = "neither NDJSON nor gzip of it",
      content =
          @Content(
              mediaType = Problem.MEDIA_TYPE,
              schema = @Schema(implementation = Problem.class)))
  @APIResponse(
      responseCode = "422",
      description = "a bad line; nothing of the batch is stored",
      content =
          @Content(
              mediaType = Problem.MEDIA_TYPE,
              schema = @Schema(implementation = Problem.class),
              examples = @ExampleObject(name = "bad line", value = Examples.BAD_LINE)))
  public SamplesResponse store(
      @PathParam("id") UUID id,
      @Parameter(description = "0, 1, 2, …: the batch's number in this run") @QueryParam("batch")
          @Nullable String batch,
      @HeaderParam(HttpHeaders.CONTENT_ENCODING) @Nullable String encoding,
      @Nullable InputStream body)
      throws IOException {
    List<RequestSample> read =
        body == null || isEmpty(body = new PushbackInputStream(body))
            ? List.of()
            : SampleReader.read(body, encoding);
    if (batch == null) {
      if (!read.isEmpty()) {
        throw ProblemException.badRequest("must be given with samples", "batch");
      }
      samples.heartbeat(id);
      return new SamplesResponse(0, null, false);
    }
    int number = parsed("batch", "a number of at least 0", () -> Integer.parseInt(batch));
    if (number < 0) {
      throw ProblemException.badRequest("must be a number of at least 0", "batch");
    }
    boolean stored = samples.store(id, number, read);
    return new SamplesResponse(stored ? read.size() : 0, number, !stored);
  }

  /** The raw samples. */
  @GET
  @Path("{id}/samples")
  @Produces(NDJSON)
  @Operation(summary = "The raw samples of a run, one a line, in the form in which they came")
  @APIResponse(
      responseCode = "200",
      description = "in the order of the schedule, a JSON object a line",
      content =
          @Content(
              mediaType = "application/x-ndjson",
              schema = @Schema(implementation = RequestSample.class)))
  public StreamingOutput samples(@PathParam("id") UUID id) {
    runs.get(id);
    return out -> write(id, out);
  }

  /** Takes resource samples. */
  @POST
  @Path("{id}/resources")
  @Consumes(MediaType.APPLICATION_JSON)
  @Operation(
      summary = "Store resource samples",
      description = "A moment of a source that is stored already is left as it is.")
  @RequestBody(
      required = true,
      content =
          @Content(
              schema = @Schema(implementation = ResourceSample[].class),
              examples = @ExampleObject(name = "one second", value = Examples.RESOURCES)))
  @APIResponse(
      responseCode = "200",
      description = "durable",
      content = @Content(schema = @Schema(implementation = SamplesResponse.class)))
  @APIResponse(
      responseCode = "400",
      description = "not JSON, or a value out of range",
      content =
          @Content(
              mediaType = Problem.MEDIA_TYPE,
              schema = @Schema(implementation = Problem.class)))
  @APIResponse(
      responseCode = "409",
      description = "the run has ended",
      content =
          @Content(
              mediaType = Problem.MEDIA_TYPE,
              schema = @Schema(implementation = Problem.class)))
  @APIResponse(
      responseCode = "413",
      description = "more than 10000 samples",
      content =
          @Content(
              mediaType = Problem.MEDIA_TYPE,
              schema = @Schema(implementation = Problem.class)))
  public SamplesResponse storeResources(
      @PathParam("id") UUID id, @Nullable List<@Nullable ResourceSample> body) {
    List<ResourceSample> resources = several(body);
    samples.storeResources(id, resources);
    return new SamplesResponse(resources.size(), null, false);
  }

  /** Takes scores of reference answers. */
  @POST
  @Path("{id}/answers")
  @Consumes(MediaType.APPLICATION_JSON)
  @Operation(
      summary = "Store scores of reference answers",
      description =
          "What the served model thinks of answers that were written beforehand. A question that is stored already for a"
              + " model is left as it is.")
  @RequestBody(
      required = true,
      content =
          @Content(
              schema = @Schema(implementation = AnswerScore[].class),
              examples = @ExampleObject(name = "one answer", value = Examples.ANSWERS)))
  @APIResponse(
      responseCode = "200",
      description = "durable",
      content = @Content(schema = @Schema(implementation = SamplesResponse.class)))
  @APIResponse(
      responseCode = "400",
      description = "not JSON, or a value out of range",
      content =
          @Content(
              mediaType = Problem.MEDIA_TYPE,
              schema = @Schema(implementation = Problem.class)))
  @APIResponse(
      responseCode = "409",
      description = "the run has ended",
      content =
          @Content(
              mediaType = Problem.MEDIA_TYPE,
              schema = @Schema(implementation = Problem.class)))
  @APIResponse(
      responseCode = "413",
      description = "more than 10000 scores",
      content =
          @Content(
              mediaType = Problem.MEDIA_TYPE,
              schema = @Schema(implementation = Problem.class)))
  public SamplesResponse storeAnswers(
      @PathParam("id") UUID id, @Nullable List<@Nullable AnswerScore> body) {
    List<AnswerScore> scores = several(body);
    samples.storeAnswers(id, scores);
    return new SamplesResponse(scores.size(), null, false);
  }

  /** The scores of reference answers. */
  @GET
  @Path("{id}/answers")
  @Operation(summary = "The scores of a run's reference answers")
  @APIResponse(
      responseCode = "200",
      description = "by model and question",
      content = @Content(schema = @Schema(implementation = AnswerScore[].class)))
  public List<AnswerScore> answers(@PathParam("id") UUID id) {
    runs.get(id);
    return samples.answers(id);
  }

  /** Ends a run. */
  @POST
  @Path("{id}/completion")
  @Consumes(MediaType.APPLICATION_JSON)
  @Operation(
      summary = "End a run",
      description =
          "Computes its measurements and sector results from the samples that are stored, and says"
              + " whether it is valid. A second completion with the same status changes nothing.")
  @RequestBody(
      required = true,
      content =
          @Content(
              schema = @Schema(implementation = CompletionRequest.class),
              examples = @ExampleObject(name = "completed", value = Examples.COMPLETION)))
  @APIResponse(
      responseCode = "200",
      description = "the run with its verdict",
      content = @Content(schema = @Schema(implementation = RunResponse.class)))
  @APIResponse(
      responseCode = "409",
      description = "the run has ended in another status, such as ABORTED for silence",
      content =
          @Content(
              mediaType = Problem.MEDIA_TYPE,
              schema = @Schema(implementation = Problem.class)))
  @APIResponse(
      responseCode = "422",
      description = "a field is out of range",
      content =
          @Content(
              mediaType = Problem.MEDIA_TYPE,
              schema = @Schema(implementation = Problem.class)))
  public RunResponse complete(@PathParam("id") UUID id, @Nullable CompletionRequest request) {
    CompletionRequest checked = given(request).checked();
    return RunResponse.of(
        runs.end(
            id,
            run -> checked.applyTo(run, clock.instant()),
            router.configuration().targets().latencyMicros()));
  }

  /** Results by sector. */
  @GET
  @Path("{id}/sectors")
  @Operation(summary = "Results by labelled sector; empty until the run has ended")
  @APIResponse(
      responseCode = "200",
      description = "by sector id",
      content = @Content(schema = @Schema(implementation = SectorResultResponse[].class)))
  public List<SectorResultResponse> sectors(@PathParam("id") UUID id) {
    runs.get(id);
    return runs.sectors(id).stream().map(SectorResultResponse::of).toList();
  }

  /** Every number. */
  @GET
  @Path("{id}/measurements")
  @Operation(summary = "Every number of a run; empty until it has ended")
  @APIResponse(
      responseCode = "200",
      description = "by metric, scope and statistic",
      content = @Content(schema = @Schema(implementation = MeasurementResponse[].class)))
  public List<MeasurementResponse> measurements(@PathParam("id") UUID id) {
    runs.get(id);
    return runs.measurements(id).stream().map(MeasurementResponse::of).toList();
  }

  private void write(UUID id, OutputStream out) {
    ObjectWriter line = Json.mapper().writerFor(RequestSample.class);
    samples.forEachRequest(
        id,
        sample -> {
          try {
            out.write(line.writeValueAsBytes(sample));
            out.write('\n');
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
  }

  private static boolean isEmpty(InputStream body) throws IOException {
    int first = body.read();
    if (first >= 0 && body instanceof PushbackInputStream pushback) {
      pushback.unread(first);
    }
    return first < 0;
  }

  private static <T> List<T> several(@Nullable List<@Nullable T> body) {
    List<@Nullable T> elements = given(body);
    if (elements.size() > MAX_ELEMENTS) {
      throw ProblemException.tooLarge("at most " + MAX_ELEMENTS + " a call");
    }
    if (elements.contains(null)) {
      throw ProblemException.badRequest("must not be null", "[" + elements.indexOf(null) + "]");
    }
    return List.copyOf(elements);
  }

  private static <T> T given(@Nullable T body) {
    if (body == null) {
      throw ProblemException.badRequest("must be given", "body");
    }
    return body;
  }

  private static <T> T parsed(String field, String rule, Supplier<T> parse) {
    try {
      return parse.get();
    } catch (IllegalArgumentException e) {
      throw ProblemException.badRequest("must be " + rule, field);
    }
  }
}
