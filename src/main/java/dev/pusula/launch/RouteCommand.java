package dev.pusula.launch;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.pusula.platform.Clocks;
import dev.pusula.platform.Json;
import dev.pusula.routing.control.SectorRouter;
import dev.pusula.routing.entity.RouteDecision;
import dev.pusula.routing.entity.RouteDecision.AdapterChoice;
import dev.pusula.routing.entity.RouteExplanation;
import dev.pusula.routing.entity.SectorScore;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code pusula route}: decides for a text, or for each row of a file, without a server. */
@Command(
    name = "route",
    mixinStandardHelpOptions = true,
    description = "Show which sector and adapters a text is routed to, and why. Needs no server.")
public final class RouteCommand implements Callable<Integer> {

  private static final String HEADER = "text";
  private static final int NEXT = 3;

  private final LongSupplier nanoClock;

  @Spec private CommandSpec spec;

  @ArgGroup(multiplicity = "1")
  private Input input = new Input();

  @Option(names = "--json", description = "one JSON object a line instead of text for people")
  private boolean json;

  @Mixin private RouterOptions options;

  /** On the process's clock. */
  public RouteCommand() {
    this(Clocks.NANO);
  }

  /** On a given monotonic clock in nanoseconds. */
  public RouteCommand(LongSupplier nanoClock) {
    this.nanoClock = nanoClock;
  }

  @Override
  public Integer call() {
    SectorRouter router = options.router();
    PrintWriter out = spec.commandLine().getOut();
    if (input.text != null) {
      write(out, router, input.text);
    } else if (input.file != null) {
      rows(out, router, input.file);
    }
    out.flush();
    return 0;
  }

  private void rows(PrintWriter out, SectorRouter router, Path file) {
    try (BufferedReader rows = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
      boolean first = true;
      for (String row = rows.readLine(); row != null; row = rows.readLine()) {
        String line = first && row.startsWith("\uFEFF") ? row.substring(1) : row;
        int tab = line.indexOf('\t');
        String text = tab < 0 ? line : line.substring(0, tab);
        boolean skipped = line.isBlank() || (first && text.equals(HEADER));
        first = false;
        if (!skipped) {
          write(out, router, text);
        }
      }
    } catch (IOException e) {
      throw unreadable(file.toString(), e);
    }
  }

  private static Failure unreadable(String name, IOException e) {
    if (e instanceof NoSuchFileException) {
      return new Failure("there is no file " + name);
    }
    if (e instanceof CharacterCodingException) {
      return new Failure(name + " is not UTF-8");
    }
    return new Failure("cannot read " + name, e);
  }

  private void write(PrintWriter out, SectorRouter router, String text) {
    long start = nanoClock.getAsLong();
    RouteDecision decision = router.route(text);
    double micros = (nanoClock.getAsLong() - start) / 1e3;
    if (json) {
      out.println(line(text, decision, micros));
    } else if (input.file != null) {
      out.printf(Locale.ROOT, "%-26s %.2f  %s%n", decision.sector(), decision.score(), text);
    } else {
      out.print(people(decision, router.explain(text, decision), micros));
    }
  }

  private static String people(
      RouteDecision decision, RouteExplanation explanation, double micros) {
    List<SectorScore> next =
        decision.ranked().stream()
            .filter(score -> !score.sector().equals(decision.sector()))
            .toList();
    String adapters =
        decision.adapters().stream()
            .map(choice -> scored(choice.adapter(), choice.weight()))
            .collect(Collectors.joining(", "));
    String others =
        next.stream()
            .limit(NEXT)
            .map(score -> scored(score.sector(), score.score()))
            .collect(Collectors.joining(", "));
    return String.format(
        Locale.ROOT,
        "sector    %s%nadapters  %s%nreason    %s%nnext      %s%ntime      %.1f µs, configuration %s, model %s%n",
        scored(decision.sector(), decision.score()),
        adapters,
        explanation.line(),
        others.isEmpty() ? "none" : others,
        micros,
        decision.configuration(),
        decision.model());
  }

  private static String scored(String name, double score) {
    return String.format(Locale.ROOT, "%s %.2f", name, score);
  }

  private static ObjectNode line(String text, RouteDecision decision, double micros) {
    ObjectNode line = Json.mapper().createObjectNode();
    line.put("text", text);
    line.put("sector", decision.sector());
    line.put("score", decision.score());
    ArrayNode candidates = line.putArray("candidates");
    for (SectorScore score : decision.ranked()) {
      candidates.addObject().put("sector", score.sector()).put("score", score.score());
    }
    ArrayNode adapters = line.putArray("adapters");
    for (AdapterChoice choice : decision.adapters()) {
      adapters.addObject().put("adapter", choice.adapter()).put("weight", choice.weight());
    }
    line.put("fallback", decision.fallback());
    line.put("micros", micros);
    return line;
  }

  /** Exactly one of the two. */
  private static final class Input {
    @Parameters(paramLabel = "TEXT", description = "Turkish text, quoted")
    private @Nullable String text;

    @Option(
        names = "--file",
        paramLabel = "F.tsv",
        description = "UTF-8, a text in the first column of each row; a header 'text' is skipped")
    private @Nullable Path file;
  }
}
