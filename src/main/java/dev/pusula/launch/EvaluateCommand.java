package dev.pusula.launch;

import dev.pusula.platform.Clocks;
import dev.pusula.routing.control.SectorRouter;
import dev.pusula.routing.entity.RouteDecision;
import dev.pusula.routing.training.Evaluation;
import dev.pusula.routing.training.LabelledFile;
import dev.pusula.routing.training.LabelledText;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code pusula evaluate}: how well the router decides on labelled texts, without a server. */
@Command(
    name = "evaluate",
    mixinStandardHelpOptions = true,
    description = {
      "Measure the router on labelled texts: accuracy strict and with also-right labels, macro-F1, by sector and style,"
          + " confusion, calibration, out of scope."
    })
final class EvaluateCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Option(
      names = "--file",
      required = true,
      paramLabel = "F.tsv",
      description =
          "UTF-8 with a header that names the columns text, sector and, where known, also, style, split, or without one in"
              + " this order; or a folder of such files")
  private Path file = Path.of("");

  @Option(
      names = "--split",
      paramLabel = "NAME",
      description = "only rows of this split, such as test")
  private @Nullable String split;

  @Mixin private RouterOptions options;

  @Option(
      names = "--history",
      paramLabel = "URL",
      description = "a running Pusula that keeps the evaluation as a run, so that trends show it")
  private @Nullable URI history;

  @Option(names = "--json", description = "one JSON object instead of the report")
  private boolean json;

  @Override
  public Integer call() {
    SectorRouter router = options.router();
    List<String> labels = router.classifier().labels();
    List<LabelledText> rows =
        LabelledFile.read(file, Set.copyOf(labels)).stream()
            .filter(row -> split == null || row.split().equals(split))
            .toList();
    if (rows.isEmpty()) {
      throw new Failure(file + " has no row" + (split == null ? "" : " of the split " + split));
    }
    Evaluation evaluation = new Evaluation(labels);
    EvaluationRun run =
        history == null ? null : new EvaluationRun(history, Clocks.NANO.getAsLong());
    if (run != null) {
      run.open(label(), rows, Home.ofEnvironment().root());
    }
    for (LabelledText row : rows) {
      long from = Clocks.NANO.getAsLong();
      RouteDecision decision = router.route(row.text());
      long to = Clocks.NANO.getAsLong();
      evaluation.add(
          row, decision.sector(), decision.score(), decision.scoreOf(RouteDecision.GENERAL));
      if (run != null) {
        run.add(row, decision, from, to);
      }
    }
    PrintWriter out = spec.commandLine().getOut();
    EvaluationReport report = new EvaluationReport(evaluation, router.classifier().version());
    out.print(json ? report.json() + System.lineSeparator() : report.text());
    if (run != null) {
      String id = run.complete();
      spec.commandLine().getErr().println("run " + id);
    }
    out.flush();
    return 0;
  }

  private String label() {
    return file.getFileName() + (split == null ? "" : " " + split);
  }
}
