package dev.pusula.load;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pusula.routing.control.SectorsFile;
import dev.pusula.routing.entity.Sector;
import java.io.IOException;
import java.io.InputStream;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class QuerySetTest {

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

  @Test
  void bundled_everyConfiguredSector_hasQueriesOfEveryStyle() throws IOException {
    QuerySet set = QuerySet.bundled();
    Set<String> configured = configured();

    assertThat(set.sectors()).containsExactlyInAnyOrderElementsOf(configured).hasSize(22);
    set.bySector()
        .forEach(
            (sector, queries) -> {
              assertThat(queries)
                  .as(sector)
                  .hasSizeGreaterThanOrEqualTo(sector.equals(Query.GENERAL) ? 60 : 12);
              assertThat(queries.stream().map(Query::style).collect(Collectors.toSet()))
                  .as(sector)
                  .isEqualTo(STYLES);
              assertThat(queries)
                  .flatExtracting(Query::also)
                  .as(sector)
                  .isSubsetOf(configured)
                  .doesNotContain(sector);
            });
  }

  @Test
  void bundled_idsAndTexts_areUnique() throws IOException {
    List<Query> all =
        QuerySet.bundled().bySector().values().stream().flatMap(List::stream).toList();

    assertThat(new HashSet<>(all.stream().map(Query::id).toList())).hasSameSizeAs(all);
    assertThat(new HashSet<>(all.stream().map(Query::text).toList())).hasSameSizeAs(all);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "sector\ttext\n", "id\tsector\talso\tstyle\ttext\n1\tlegal\tx\n"})
  void parse_otherForm_isRefusedByName(String file) {
    assertThatThrownBy(() -> QuerySet.parse(file.getBytes(UTF_8)))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith("queries.tsv");
  }

  private static Set<String> configured() throws IOException {
    try (InputStream in = QuerySetTest.class.getResourceAsStream("/sectors.yaml")) {
      return SectorsFile.parse("sectors.yaml", new String(in.readAllBytes(), UTF_8))
          .sectors()
          .stream()
          .map(Sector::id)
          .collect(Collectors.toSet());
    }
  }
}
