package dev.pusula.routing.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.pusula.balancing.Replica;
import dev.pusula.routing.control.InvalidConfigurationException.Fault;
import dev.pusula.routing.entity.RoutingConfiguration;
import dev.pusula.routing.entity.RoutingConfiguration.BenchmarkTargets;
import dev.pusula.routing.entity.Sector;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SectorsFileTest {

  @Test
  void goodFile_isReadWhole() {
    RoutingConfiguration configuration = Fixtures.configuration();
    assertThat(configuration.settings().defaultAdapter()).isEqualTo("general_adapter");
    assertThat(configuration.settings().maxExperts()).isEqualTo(3);
    assertThat(configuration.targets()).isEqualTo(new BenchmarkTargets(100, 50, 8, 0.8));
    assertThat(configuration.sectors())
        .extracting(Sector::id)
        .containsExactly("finance_banking", "insurance", "healthcare", "ecommerce");
    assertThat(configuration.sector("insurance").orElseThrow().replicas())
        .containsExactly(Replica.of("gpu-a"), Replica.of("gpu-b"));
    assertThat(configuration.sector("healthcare").orElseThrow().replicas())
        .containsExactly(Replica.of("healthcare_adapter"));
  }

  /** One line of the good file is replaced; the fault names its line and field. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          fallback_threshold: 0.2    | fallback_threshold: 1.2       | 3  | router.fallback_threshold   | must be a number in 0…1
          fallback_threshold: 0.2    | fallback_treshold: 0.2        | 3  | router.fallback_treshold    | is not a field here
          fallback_threshold: 0.2    | fallback_threshold: high      | 3  | router.fallback_threshold   | must be a number in 0…1, not high
          max_experts_per_token: 3   | max_experts_per_token: 4      | 4  | router.max_experts_per_token | an integer in 1…3
          load_balancing: round_robin | load_balancing: random       | 5  | router.load_balancing       | must be one of [round_robin, weighted, least_in_flight, performance_weighted]
          target_latency_ms: 100     | target_latency_ms: 0          | 7  | benchmarks.target_latency_ms | above 0
          id: healthcare             | id: insurance                 | 25 | sectors[2].id               | taken already by the sector in line 18
          id: healthcare             | id: Health-Care               | 25 | sectors[2].id               | must match
          id: healthcare             | id: general                   | 25 | sectors[2].id               | general is not a sector
          priority: 1                | priority: one                 | 16 | sectors[0].priority         | an integer of at least 1, not one
          priority: 1                | priority: 1.5                 | 16 | sectors[0].priority         | an integer of at least 1
          name: Sağlık               | title: Sağlık                 | 25 | sectors[2].name             | is missing
          "keywords: [kasko, poliçe" | "keywords: [kasko, POLİÇE, police" | 24 | sectors[1].keywords    | stands there twice
          "keywords: [kasko, poliçe" | "keywords: [kasko, '…', x"    | 24 | sectors[1].keywords         | neither letter nor digit
          replicas: [gpu-a, gpu-b]   | replicas: []                  | 23 | sectors[1].replicas         | at least one entry
          description: Kasko, poliçe, hasar. | "description: ''"     | 20 | sectors[1].description      | not blank
          name: Sağlık               | name: null                    | 26 | sectors[2].name             | not blank
          name: Sağlık               | name: [Sağlık]                | 26 | sectors[2].name             | a text
          priority: 1                | "priority: '1'"               | 16 | sectors[0].priority         | an integer of at least 1
          priority: 1                | priority: 1d                  | 16 | sectors[0].priority         | not 1d
          target_latency_ms: 100     | target_latency_ms: .inf       | 7  | benchmarks.target_latency_ms | a number above 0, not .inf
          target_latency_ms: 100     | target_latency_ms: 1e999      | 7  | benchmarks.target_latency_ms | a number above 0
          """)
  void fault_namesItsLineAndField(String good, String bad, int line, String field, String detail) {
    String yaml = Fixtures.yaml();
    assertThat(yaml).contains(good);
    assertThat(faults(yaml.replace(good, bad)))
        .anySatisfy(
            fault -> {
              assertThat(fault.field()).isEqualTo(field);
              assertThat(fault.line()).isEqualTo(line);
              assertThat(fault.detail()).contains(detail);
            });
  }

  @Test
  void fault_isDescribedWithFieldLineColumnAndRule() {
    assertThat(faults(Fixtures.yaml().replace("priority: 1", "priority: 0")))
        .singleElement()
        .satisfies(
            fault -> {
              assertThat(fault.describe())
                  .isEqualTo(
                      "sectors[0].priority (line 16, column 15): must be an integer of at least 1, not 0");
              assertThat(fault.located())
                  .isEqualTo("line 16, column 15: must be an integer of at least 1, not 0");
            });
  }

  @Test
  void fieldWhoseNameIsNoText_isRefused() {
    assertThat(faults(Fixtures.yaml().replace("benchmarks:", "benchmarks:\n  ? [a]\n  : 1")))
        .singleElement()
        .satisfies(
            fault -> assertThat(fault.detail()).isEqualTo("a field's name must be a plain text"));
  }

  @Test
  void numbersAmongKeywords_areTexts() {
    RoutingConfiguration configuration =
        SectorsFile.parse("sectors.yaml", Fixtures.yaml().replace("[kasko,", "[112, kasko,"));
    assertThat(configuration.sector("insurance").orElseThrow().keywords()).startsWith("112");
  }

  @Test
  void severalFaults_areToldTogether() {
    String yaml =
        Fixtures.yaml().replace("priority: 2", "priority: 0").replace("max_memory_gb: 8", "");
    assertThat(faults(yaml))
        .extracting(Fault::field)
        .containsExactly("benchmarks.max_memory_gb", "sectors[1].priority", "sectors[2].priority");
  }

  @Test
  void noYamlAtAll_isToldWithItsLine() {
    assertThat(faults("router:\n  a: [1,\n"))
        .singleElement()
        .satisfies(f -> assertThat(f.detail()).contains("YAML"));
    assertThat(faults("")).extracting(Fault::detail).containsExactly("the file is empty");
    assertThat(faults("just text")).isNotEmpty();
    assertThat(faults("router: [1]\nbenchmarks: 3\nsectors: {}"))
        .extracting(Fault::field)
        .contains("router", "benchmarks", "sectors");
  }

  private static List<Fault> faults(String yaml) {
    InvalidConfigurationException invalid =
        catchThrowableOfType(
            InvalidConfigurationException.class, () -> SectorsFile.parse("sectors.yaml", yaml));
    assertThat(invalid).as("refused").isNotNull();
    assertThat(invalid).hasMessageStartingWith("sectors.yaml cannot be used:");
    return invalid.faults();
  }
}
