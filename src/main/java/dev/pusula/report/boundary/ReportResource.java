package dev.pusula.report.boundary;

import dev.pusula.benchmark.control.RunStore;
import dev.pusula.benchmark.control.SampleStore;
import dev.pusula.benchmark.entity.Measurement;
import dev.pusula.benchmark.entity.Run;
import dev.pusula.platform.Problem;
import dev.pusula.report.control.CsvReport;
import dev.pusula.report.control.HtmlReport;
import dev.pusula.report.control.ReportBuilder;
import dev.pusula.report.control.TextReport;
import dev.pusula.report.entity.RunReport;
import dev.pusula.sota.control.BaselineStore;
import dev.pusula.sota.control.Comparer;
import dev.pusula.sota.control.RunComparisons;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.UUID;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** The report of a run, in the form that Accept asks for; 406 for any other. */
@Path("api/runs/{id}/report")
@RequestScoped
@Tag(name = "reports")
@APIResponse(
    responseCode = "404",
    description = "no such run",
    content =
        @Content(mediaType = Problem.MEDIA_TYPE, schema = @Schema(implementation = Problem.class)))
@APIResponse(
    responseCode = "406",
    description = "none of text, HTML, JSON and CSV is accepted",
    content =
        @Content(mediaType = Problem.MEDIA_TYPE, schema = @Schema(implementation = Problem.class)))
public class ReportResource {

  @Inject
  @SuppressWarnings("NullAway.Init")
  private RunStore runs;

  @Inject
  @SuppressWarnings("NullAway.Init")
  private SampleStore samples;

  @Inject
  @SuppressWarnings("NullAway.Init")
  private BaselineStore baselines;

  @Inject
  @SuppressWarnings("NullAway.Init")
  private Clock clock;

  @Inject
  @ConfigProperty(name = "pusula.price_per_hour")
  @SuppressWarnings("NullAway.Init")
  private Optional<Double> pricePerHour;

  /** In fixed width. */
  @GET
  @Produces("text/plain;charset=utf-8")
  @Operation(summary = "Report as text of at most 100 columns")
  @APIResponse(responseCode = "200", description = "the report")
  public String text(@PathParam("id") UUID id) {
    return TextReport.render(report(id));
  }

  /** As one page. */
  @GET
  @Produces("text/html;charset=utf-8")
  @Operation(summary = "Report as one self-contained page")
  @APIResponse(responseCode = "200", description = "the report")
  public String html(@PathParam("id") UUID id) {
    return HtmlReport.render(report(id));
  }

  /** As rows. */
  @GET
  @Produces("text/csv;charset=utf-8")
  @Operation(summary = "Report as CSV, one row a measurement")
  @APIResponse(responseCode = "200", description = "the report")
  public String csv(@PathParam("id") UUID id) {
    return CsvReport.render(report(id));
  }

  /** As values. */
  @GET
  @Produces(MediaType.APPLICATION_JSON)
  @Operation(summary = "Report as a tree of values")
  @APIResponse(
      responseCode = "200",
      description = "the report",
      content = @Content(schema = @Schema(implementation = RunReport.class)))
  public RunReport json(@PathParam("id") UUID id) {
    return report(id);
  }

  private RunReport report(UUID id) {
    Run run = runs.get(id);
    List<Measurement> measurements = runs.measurements(id);
    return new ReportBuilder(pricePerHour.map(OptionalDouble::of).orElseGet(OptionalDouble::empty))
        .build(
            run,
            measurements,
            runs.sectors(id),
            samples.requests(id),
            samples.resources(id),
            new RunComparisons(new Comparer(clock))
                .compare(run, measurements, baselines.find(null, null)));
  }
}
