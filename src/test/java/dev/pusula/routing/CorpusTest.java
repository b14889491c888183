package dev.pusula.routing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pusula.routing.control.SectorsFile;
import dev.pusula.routing.entity.RouteDecision;
import dev.pusula.routing.entity.Sector;
import dev.pusula.routing.training.LabelledFile;
import dev.pusula.routing.training.LabelledText;
import dev.pusula.text.Skeleton;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What the data card of the corpus promises. */
class CorpusTest {

  private static final Path CORPUS = Path.of("src/main/corpus");
  private static final int SHINGLE = 5;

  /** Of their shingles; the data card's measure of a near duplicate. */
  private static final double NEAR_DUPLICATE = 0.7;

  /** Shingles that stand in more rows tell little and cost much. */
  private static final int COMMON = 400;

  private static final Set<String> STYLES =
      Set.of(
          "search",
          "polite",
          "angry",
          "jargon",
          "ascii",
          "noisy",
          "task",
          "indirect",
          "long",
          "mixed");

  private static Set<String> labels;
  private static List<LabelledText> queries;
  private static List<LabelledText> terms;

  @BeforeAll
  static void read() {
    labels =
        Stream.concat(
                SectorsFile.load(null).sectors().stream().map(Sector::id),
                Stream.of(RouteDecision.GENERAL))
            .collect(Collectors.toSet());
    queries = LabelledFile.read(CORPUS.resolve("queries"), labels);
    terms = LabelledFile.read(CORPUS.resolve("lexicon"), labels);
  }

  @Test
  void everyLabel_hasEnoughQueries_inEveryStyleAndSplit() {
    for (String label : labels) {
      List<LabelledText> its = queries.stream().filter(q -> q.sector().equals(label)).toList();
      assertThat(its)
          .as(label)
          .hasSizeGreaterThanOrEqualTo(label.equals(RouteDecision.GENERAL) ? 1_500 : 300);
      Map<String, Long> styles =
          its.stream().collect(Collectors.groupingBy(LabelledText::style, Collectors.counting()));
      assertThat(styles.keySet()).as(label).isEqualTo(STYLES);
      assertThat(styles.values()).as(label).allMatch(n -> n >= 25);
      assertThat(its)
          .extracting(LabelledText::split)
          .as(label)
          .contains("train", "validation", "test", "hard")
          .isSubsetOf("train", "validation", "test", "hard");
      assertThat(terms.stream().filter(t -> t.sector().equals(label)).count())
          .as(label)
          .isGreaterThan(1_000);
    }
  }

  @Test
  void styles_keepTheirForm() {
    assertThat(queries)
        .filteredOn(q -> q.style().equals("ascii"))
        .allMatch(q -> q.text().chars().allMatch(c -> c < 127));
    assertThat(queries)
        .filteredOn(q -> q.style().equals("long"))
        .allMatch(q -> q.text().split("\\s+").length >= 23);
    assertThat(queries).noneMatch(q -> q.also().contains(q.sector()));
  }

  @Test
  void noTerm_standsInTwoSectors() {
    Map<List<String>, String> sectors = new HashMap<>();
    for (LabelledText term : terms) {
      String earlier = sectors.put(Skeleton.tokens(term.text()), term.sector());
      assertThat(earlier).as(term.text()).isNull();
    }
  }

  /** Neither inside a split nor across. */
  @Test
  void noTwoQueries_areNearDuplicates() {
    Map<String, List<Integer>> rowsWith = new HashMap<>();
    List<Set<String>> shingles = new ArrayList<>();
    for (int row = 0; row < queries.size(); row++) {
      Set<String> its = shingles(queries.get(row).text());
      shingles.add(its);
      Map<Integer, Integer> shared = new HashMap<>();
      for (String shingle : its) {
        List<Integer> rows = rowsWith.computeIfAbsent(shingle, s -> new ArrayList<>());
        if (rows.size() < COMMON) {
          rows.forEach(other -> shared.merge(other, 1, Integer::sum));
        }
        rows.add(row);
      }
      for (Map.Entry<Integer, Integer> other : shared.entrySet()) {
        int both = other.getValue();
        double jaccard = (double) both / (its.size() + shingles.get(other.getKey()).size() - both);
        assertThat(jaccard)
            .as("%s / %s", queries.get(row).text(), queries.get(other.getKey()).text())
            .isLessThan(NEAR_DUPLICATE);
      }
    }
  }

  private static Set<String> shingles(String text) {
    String skeleton = String.join(" ", Skeleton.tokens(text));
    Set<String> shingles = new HashSet<>();
    for (int i = 0; i <= Math.max(0, skeleton.length() - SHINGLE); i++) {
      shingles.add(skeleton.substring(i, Math.min(i + SHINGLE, skeleton.length())));
    }
    return shingles;
  }
}
