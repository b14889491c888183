package dev.pusula.launch;

import static java.util.stream.Collectors.toMap;

import dev.pusula.inference.checkpoint.CheckpointException;
import dev.pusula.inference.control.GenerationListener;
import dev.pusula.inference.cuda.CudaException;
import dev.pusula.inference.engine.EngineBackend;
import dev.pusula.inference.entity.AdapterWeight;
import dev.pusula.inference.entity.GenerationRequest;
import dev.pusula.inference.entity.Outcome;
import dev.pusula.inference.entity.Piece;
import dev.pusula.inference.entity.Prompt;
import dev.pusula.inference.entity.Prompt.ChatMessage;
import dev.pusula.inference.entity.ServedAdapter;
import dev.pusula.inference.entity.TokenLogprob;
import dev.pusula.routing.control.SectorsFile;
import dev.pusula.routing.entity.RoutingConfiguration;
import dev.pusula.routing.entity.Sector;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * {@code pusula model perplexity}: how well a checkpoint and each of its adapters expect reference
 * answers, sector by sector.
 */
@Command(
    name = "perplexity",
    mixinStandardHelpOptions = true,
    description =
        "Measure how well the base and every adapter expect reference answers: a table of sectors by adapters, and what a"
            + " sector's own adapter gains over the base.")
final class ModelPerplexity implements Callable<Integer> {

  private static final List<String> COLUMNS = List.of("id", "sector", "question", "answer");

  /** Requests under way: below what the engine queues. */
  private static final int AT_ONCE = 128;

  @Spec private CommandSpec spec;

  @Parameters(
      paramLabel = "DIR",
      arity = "0..1",
      description = "checkpoint (default: PUSULA_MODEL, or the demonstration model)")
  private @Nullable Path folder;

  @Option(
      names = "--answers",
      paramLabel = "F.tsv",
      description =
          "UTF-8 with the columns id, sector, question, answer (default: the demonstration model's held-out ones)")
  private @Nullable Path answers;

  @Option(names = "--json", description = "one JSON object with the whole table")
  private boolean json;

  /** One reference answer. */
  private record Reference(String sector, String question, String answer) {}

  @Override
  public Integer call() {
    Home home = Home.ofEnvironment();
    List<Reference> references =
        read(answers == null ? home.root().resolve("jmeter/data/answers.tsv") : answers);
    Path checkpoint = folder == null ? DefaultModel.directory(home) : folder;
    try (EngineBackend backend = OfflineEngine.open(checkpoint)) {
      PerplexityTable table = new PerplexityTable(backend.model().id());
      List<String> models = new ArrayList<>(List.of(PerplexityTable.BASE));
      backend.adapters().stream().map(ServedAdapter::name).forEach(models::add);
      // The question ends where the answer begins, whoever is asked.
      List<Outcome.Completed> asked = complete(backend, references, PerplexityTable.BASE, false);
      for (String model : models) {
        spec.commandLine().getErr().println("scoring with " + model + " …");
        List<Outcome.Completed> answered = complete(backend, references, model, true);
        for (int i = 0; i < references.size(); i++) {
          table.add(
              references.get(i).sector(),
              model,
              score(answered.get(i).prompt(), asked.get(i).usage().promptTokens()));
        }
      }
      RoutingConfiguration sectors = SectorsFile.load(System.getenv("PUSULA_SECTORS"));
      Map<String, String> adapters =
          sectors.sectors().stream().collect(toMap(Sector::id, Sector::adapter));
      PrintWriter out = spec.commandLine().getOut();
      out.print(
          json
              ? table.json() + System.lineSeparator()
              : table.text(
                  sector -> adapters.getOrDefault(sector, sectors.settings().defaultAdapter()),
                  adapters.keySet()));
      out.flush();
      return 0;
    } catch (CheckpointException | CudaException | UncheckedIOException e) {
      throw new Failure(String.valueOf(e.getMessage()));
    }
  }

  /** Of the tokens after the question; a prompt's first token has no probability. */
  private static PerplexityTable.Score score(List<TokenLogprob> prompt, int asked) {
    List<TokenLogprob> answer = prompt.subList(asked - 1, prompt.size());
    return new PerplexityTable.Score(
        -answer.stream().mapToDouble(TokenLogprob::logprob).sum(), answer.size());
  }

  /** Sends every conversation, with or without its answer, and waits for all. */
  private static List<Outcome.Completed> complete(
      EngineBackend backend, List<Reference> references, String model, boolean answered) {
    List<AdapterWeight> applied =
        model.equals(PerplexityTable.BASE) ? List.of() : List.of(new AdapterWeight(model, 1));
    List<CompletableFuture<Outcome>> ends = new ArrayList<>(references.size());
    for (int i = 0; i < references.size(); i++) {
      if (i >= AT_ONCE) {
        ends.get(i - AT_ONCE).join();
      }
      Reference reference = references.get(i);
      List<ChatMessage> messages =
          new ArrayList<>(List.of(new ChatMessage("user", reference.question())));
      if (answered) {
        messages.add(new ChatMessage("assistant", reference.answer()));
      }
      GenerationRequest request = Generate.greedy(new Prompt.Chat(messages, !answered), applied, 1);
      CompletableFuture<Outcome> end = new CompletableFuture<>();
      ends.add(end);
      backend.submit(
          answered ? request.withPromptLogprobs(0) : request,
          new GenerationListener() {
            @Override
            public void text(Piece piece) {}

            @Override
            public void ended(Outcome outcome) {
              end.complete(outcome);
            }
          });
    }
    return ends.stream().map(CompletableFuture::join).map(ModelPerplexity::completed).toList();
  }

  private static Outcome.Completed completed(Outcome outcome) {
    if (outcome instanceof Outcome.Completed completed) {
      return completed;
    }
    throw new Failure("an answer could not be scored: " + outcome);
  }

  private static List<Reference> read(Path file) {
    List<String> lines;
    try {
      lines = Files.readAllLines(file);
    } catch (IOException e) {
      throw new Failure("cannot read " + file, e);
    }
    List<Reference> references = new ArrayList<>();
    for (int i = 0; i < lines.size(); i++) {
      List<String> cells = List.of(lines.get(i).split("\t", -1));
      if (i == 0 ? !cells.equals(COLUMNS) : cells.size() != COLUMNS.size()) {
        throw new Failure(file + ", line " + (i + 1) + ": the columns must be " + COLUMNS);
      }
      if (i > 0) {
        references.add(new Reference(cells.get(1), cells.get(2), cells.get(3)));
      }
    }
    return references;
  }
}
