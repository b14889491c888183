package dev.pusula.launch;

import dev.pusula.routing.entity.Sector;
import dev.pusula.routing.model.Card;
import dev.pusula.routing.model.ModelFile;
import dev.pusula.routing.model.SectorModel;
import dev.pusula.routing.training.Training;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code pusula router}: makes the router's model and shows what it is. */
@Command(
    name = "router",
    mixinStandardHelpOptions = true,
    description = "Make the router's model, or show what it was made from.",
    subcommands = {RouterCommand.Train.class, RouterCommand.ShowCard.class})
final class RouterCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    spec.commandLine().usage(spec.commandLine().getErr());
    return 2;
  }

  private static void print(PrintWriter out, SectorModel model) {
    Card card = model.card();
    out.printf("model     %s, %,d features%n", card.version(), model.rows());
    out.printf("corpus    %s, %,d rows%n", card.corpus().substring(0, 12), card.rows());
    out.printf("labels    %s%n", String.join(", ", card.labels()));
    out.printf(
        "settings  seed %d, %s%n",
        card.seed(),
        card.settings().entrySet().stream()
            .map(s -> s.getKey() + " " + number(s.getValue()))
            .collect(Collectors.joining(", ")));
    card.scores()
        .forEach(
            (name, score) ->
                out.printf(
                    Locale.ROOT,
                    "  %-26s %.4f  (%.4f … %.4f, n %d)%n",
                    name,
                    score.value(),
                    score.low(),
                    score.high(),
                    score.n()));
  }

  private static String number(double value) {
    return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
  }

  @Command(
      name = "train",
      mixinStandardHelpOptions = true,
      description = {
        "Train the router's model from a corpus: queries/*.tsv (text, sector, also, style, split) and lexicon/*.tsv"
            + " (text, sector).",
        "The split validation calibrates; every split but train and validation is used for the card only."
            + " Deterministic: equal corpora and seeds give equal files."
      })
  static final class Train implements Callable<Integer> {

    private static final double[] COSTS = {1, 3, 10, 30};

    @Spec private CommandSpec spec;

    @Option(
        names = "--corpus",
        paramLabel = "DIR",
        description = "folder of the corpus (default src/main/corpus of the checkout)")
    private @Nullable Path corpus;

    @Mixin private RouterOptions.OfSectors sectors;

    @Option(
        names = "--output",
        paramLabel = "FILE",
        required = true,
        description = "where the model is written; replaced only when the training is done")
    private Path output = Path.of("model.bin");

    @Option(
        names = "--tune",
        description = "compare costs by cross-validation first, which takes many times as long")
    private boolean tune;

    @Option(names = "--seed", paramLabel = "N", defaultValue = "1", description = "default 1")
    private long seed;

    @Override
    public Integer call() throws IOException {
      PrintWriter err = spec.commandLine().getErr();
      Set<String> ids =
          sectors.load().sectors().stream()
              .map(Sector::id)
              .collect(Collectors.toCollection(TreeSet::new));
      Path folder =
          corpus == null ? Home.ofEnvironment().root().resolve("src/main/corpus") : corpus;
      Training training =
          new Training(
              Training.Corpus.read(folder, ids), Training.Options.chosen(seed), err::println);
      if (tune) {
        training.tune(COSTS);
      }
      SectorModel model = training.run();
      Path target = output.toAbsolutePath();
      Path half = target.resolveSibling(target.getFileName() + ".part");
      try (OutputStream out = Files.newOutputStream(half)) {
        ModelFile.write(model, out);
      }
      Files.move(half, target, StandardCopyOption.REPLACE_EXISTING);
      print(spec.commandLine().getOut(), model);
      return 0;
    }
  }

  @Command(
      name = "card",
      mixinStandardHelpOptions = true,
      description = "Show what a model was made from and its scores on the test splits.")
  static final class ShowCard implements Callable<Integer> {

    @Spec private CommandSpec spec;

    @Mixin private RouterOptions.OfModel model;

    @Override
    public Integer call() {
      print(spec.commandLine().getOut(), model.load());
      return 0;
    }
  }
}
