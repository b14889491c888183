package dev.pusula.completion.control;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pusula.inference.entity.AdapterWeight;
import dev.pusula.inference.entity.ServedAdapter;
import dev.pusula.inference.entity.ServedModel;
import dev.pusula.routing.entity.RouteDecision;
import dev.pusula.routing.entity.RouteDecision.AdapterChoice;
import dev.pusula.routing.entity.SectorScore;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ModelResolverTest {

  private static final ServedModel BASE =
      new ServedModel("tiny", "two layers", true, 128, "float32", "0".repeat(16));
  private static final List<ServedAdapter> SERVED =
      List.of(
          new ServedAdapter("general_adapter", 4, 1, "a", true),
          new ServedAdapter("insurance_adapter", 4, 1, "b", true),
          new ServedAdapter("spare_adapter", 4, 1, "c", true));

  /** Each reading of the clock is 5 µs after the one before. */
  private final AtomicLong clock = new AtomicLong();

  private final ModelResolver resolver =
      new ModelResolver(
          text ->
              new RouteDecision(
                  "insurance",
                  0.8,
                  List.of(new SectorScore("insurance", 0.8), new SectorScore("legal", 0.3)),
                  List.of(
                      new AdapterChoice("insurance_adapter", "insurance_adapter", 0.6),
                      new AdapterChoice("legal_adapter", "legal_adapter", 0.2),
                      new AdapterChoice("general_adapter", "general_adapter", 0.2)),
                  0.5,
                  "abc",
                  "keywords"),
          Map.of("insurance", "insurance_adapter", "legal", "legal_adapter"),
          () -> clock.getAndAdd(5_000));

  @Test
  void auto_asksTheRouter_andLeavesOutWhatIsNotServed() {
    assertThat(resolver.resolve("auto", "kasko", BASE, SERVED))
        .contains(
            new Attribution(
                "insurance",
                0.8,
                List.of(
                    new AdapterWeight("insurance_adapter", 0.6),
                    new AdapterWeight("general_adapter", 0.2)),
                5_000L));
  }

  @Test
  void base_byEitherName_takesNoAdapterAndNoRouter() {
    Attribution bare = new Attribution(null, null, List.of(), null);
    assertThat(resolver.resolve("base", "kasko", BASE, SERVED)).contains(bare);
    assertThat(resolver.resolve("tiny", "kasko", BASE, SERVED)).contains(bare);
    assertThat(clock).hasValue(0);
  }

  @Test
  void sector_takesItsAdapterWhole() {
    assertThat(resolver.resolve("insurance", "x", BASE, SERVED))
        .contains(
            new Attribution(
                "insurance", null, List.of(new AdapterWeight("insurance_adapter", 1)), null));
  }

  @Test
  void adapter_takesItself() {
    assertThat(resolver.resolve("spare_adapter", "x", BASE, SERVED))
        .contains(
            new Attribution(null, null, List.of(new AdapterWeight("spare_adapter", 1)), null));
  }

  @Test
  void sectorWithoutServedAdapter_andUnknownName_areNoModels() {
    assertThat(resolver.resolve("legal", "x", BASE, SERVED)).isEmpty();
    assertThat(resolver.resolve("gpt-4", "x", BASE, SERVED)).isEmpty();
  }

  @Test
  void names_areWhatResolves() {
    assertThat(resolver.names(BASE, SERVED))
        .containsExactly(
            "auto",
            "base",
            "tiny",
            "insurance",
            "general_adapter",
            "insurance_adapter",
            "spare_adapter")
        .allSatisfy(name -> assertThat(resolver.resolve(name, "x", BASE, SERVED)).isPresent());
  }

  @Test
  void reserved_isWhatStandsForSomethingElse() {
    assertThat(List.of("auto", "base", "tiny", "legal"))
        .allSatisfy(name -> assertThat(resolver.reserved(name, BASE)).isTrue());
    assertThat(resolver.reserved("legal_adapter", BASE)).isFalse();
  }
}
