package dev.pusula.launch;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.pusula.platform.Json;
import dev.pusula.routing.training.Evaluation;
import dev.pusula.statistics.Confusion;
import dev.pusula.statistics.Interval;
import dev.pusula.statistics.Proportion;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** An evaluation for people and for programs. Shares carry n and their 95 % Wilson interval. */
final class EvaluationReport {

  private static final int MOST_CONFUSED = 20;

  private final Evaluation evaluation;
  private final String model;

  EvaluationReport(Evaluation evaluation, String model) {
    this.evaluation = evaluation;
    this.model = model;
  }

  private record Mistake(String labelled, String decided, long times) {}

  String text() {
    StringBuilder out = new StringBuilder();
    line(out, "model %s", model);
    share(out, "accuracy", evaluation.accuracy());
    share(out, "accuracy with also-right", evaluation.accuracyWithAlso());
    line(out, "%-26s %.4f", "macro-F1", evaluation.confusion().macroF1());
    line(out, "%-26s %.4f", "calibration error (ECE)", evaluation.calibrationError());
    share(out, "general recall", evaluation.generalRecall());
    share(out, "in-scope rejected", evaluation.rejected());
    line(out, "%-26s %.4f", "out-of-scope AUROC", evaluation.outOfScopeAuroc());
    line(out, "");
    line(out, "by style");
    evaluation.accuracyByStyle().forEach((style, accuracy) -> share(out, "  " + style, accuracy));
    line(out, "");
    line(out, "%-26s %9s %9s %9s %9s %6s", "by sector", "recall", "also", "precision", "F1", "n");
    for (int c = 0; c < evaluation.labels().size(); c++) {
      Confusion confusion = evaluation.confusion();
      String label = evaluation.labels().get(c);
      if (confusion.recall(c).n() > 0) {
        line(
            out,
            "  %-24s %9.4f %9.4f %9.4f %9.4f %6d",
            label,
            confusion.recall(c).share(),
            evaluation.accuracyWithAlso(label).share(),
            confusion.precision(c).share(),
            confusion.f1(c),
            confusion.recall(c).n());
      }
    }
    line(out, "");
    line(out, "most often confused (labelled, decided)");
    mistakes().stream()
        .limit(MOST_CONFUSED)
        .forEach(m -> line(out, "  %-24s %-24s %4d", m.labelled, m.decided, m.times));
    line(out, "");
    line(out, "risk and coverage");
    for (Evaluation.Coverage point : evaluation.riskCoverage()) {
      line(
          out,
          "  the surest %3.0f %%          accuracy %.4f, score from %.3f",
          100 * point.coverage(),
          point.accuracy().share(),
          point.threshold());
    }
    return out.toString();
  }

  String json() {
    ObjectNode json = Json.mapper().createObjectNode();
    json.put("model", model);
    share(json, "accuracy", evaluation.accuracy());
    share(json, "accuracy_with_also", evaluation.accuracyWithAlso());
    number(json, "macro_f1", evaluation.confusion().macroF1());
    number(json, "calibration_error", evaluation.calibrationError());
    share(json, "general_recall", evaluation.generalRecall());
    share(json, "in_scope_rejected", evaluation.rejected());
    number(json, "out_of_scope_auroc", evaluation.outOfScopeAuroc());
    ObjectNode styles = json.putObject("styles");
    evaluation.accuracyByStyle().forEach((style, accuracy) -> share(styles, style, accuracy));
    ObjectNode sectors = json.putObject("sectors");
    for (int c = 0; c < evaluation.labels().size(); c++) {
      Confusion confusion = evaluation.confusion();
      ObjectNode sector = sectors.putObject(evaluation.labels().get(c));
      share(sector, "recall", confusion.recall(c));
      share(sector, "accuracy_with_also", evaluation.accuracyWithAlso(evaluation.labels().get(c)));
      share(sector, "precision", confusion.precision(c));
      number(sector, "f1", confusion.f1(c));
    }
    ArrayNode confused = json.putArray("confused");
    mistakes()
        .forEach(
            m ->
                confused
                    .addObject()
                    .put("labelled", m.labelled)
                    .put("decided", m.decided)
                    .put("times", m.times));
    ArrayNode coverage = json.putArray("risk_coverage");
    for (Evaluation.Coverage point : evaluation.riskCoverage()) {
      ObjectNode node = coverage.addObject().put("coverage", point.coverage());
      node.put("threshold", point.threshold());
      share(node, "accuracy", point.accuracy());
    }
    return json.toString();
  }

  private List<Mistake> mistakes() {
    List<String> labels = evaluation.labels();
    List<Mistake> all = new ArrayList<>();
    for (int l = 0; l < labels.size(); l++) {
      for (int d = 0; d < labels.size(); d++) {
        long times = evaluation.confusion().count(l, d);
        if (l != d && times > 0) {
          all.add(new Mistake(labels.get(l), labels.get(d), times));
        }
      }
    }
    all.sort(Comparator.comparingLong(m -> -m.times));
    return all;
  }

  private static void share(StringBuilder out, String name, Proportion share) {
    if (share.n() > 0) {
      Interval interval = share.interval();
      line(
          out,
          "%-26s %.4f  (%.4f … %.4f, n %d)",
          name,
          share.share(),
          interval.low(),
          interval.high(),
          share.n());
    }
  }

  private static void share(ObjectNode node, String name, Proportion share) {
    ObjectNode of = node.putObject(name);
    of.put("n", share.n());
    number(of, "value", share.share());
    number(of, "low", share.interval().low());
    number(of, "high", share.interval().high());
  }

  /** JSON has no NaN. */
  private static void number(ObjectNode node, String name, double value) {
    if (Double.isNaN(value)) {
      node.putNull(name);
    } else {
      node.put(name, value);
    }
  }

  private static void line(StringBuilder out, String format, Object... values) {
    out.append(String.format(Locale.ROOT, format, values)).append(System.lineSeparator());
  }
}
