package dev.pusula.routing.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.pusula.routing.entity.RouteDecision;
import dev.pusula.routing.entity.RouteDecision.AdapterChoice;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("locale")
class SectorRouterTest {

  private final SectorRouter router = SectorRouter.ofKeywords(Fixtures.configuration());

  /** Evidence 3 (kredi, faiz, banka): 3 / 3.5; the companion gets the rest. */
  @Test
  void clearText_takesItsAdapter_withTheDefaultAsCompanion() {
    RouteDecision decision = router.route("Banka kredisi almak istiyorum, faiz oranları nedir?");
    assertThat(decision.sector()).isEqualTo("finance_banking");
    assertThat(decision.fallback()).isFalse();
    assertThat(decision.adapters())
        .extracting(AdapterChoice::adapter)
        .containsExactly("finance_banking_adapter", "general_adapter");
    assertThat(decision.adapters().get(0).weight()).isCloseTo(3 / 3.5, within(1e-6));
    assertThat(decision.adapters().get(1).weight()).isCloseTo(0.5 / 3.5, within(1e-6));
    assertThat(router.explain("Banka kredisi, faiz", decision).line())
        .isEqualTo("finance_banking, not general: banka +0.29, faiz +0.29, kredi +0.29");
    assertThat(decision.configuration()).matches("[0-9a-f]{12}");
  }

  @Test
  void threeSectorsAtTheThreshold_leaveNoRoomForTheCompanion_andShareOne() {
    RouteDecision decision = router.route("ilaç, kasko, faiz");
    assertThat(decision.adapters())
        .extracting(AdapterChoice::adapter)
        .containsExactly("finance_banking_adapter", "healthcare_adapter", "insurance_adapter");
    assertThat(decision.adapters())
        .allSatisfy(a -> assertThat(a.weight()).isCloseTo(1.0 / 3, within(1e-6)));
    assertThat(decision.margin()).isZero();
  }

  @Test
  void textOutsideAllSectors_fallsBackToTheDefaultAlone() {
    RouteDecision decision = router.route("Bugün hava nasıl?");
    assertThat(decision.sector()).isEqualTo(RouteDecision.GENERAL);
    assertThat(decision.fallback()).isTrue();
    assertThat(decision.adapters())
        .containsExactly(new AdapterChoice("general_adapter", "general_adapter", 1));
    assertThat(router.explain("Bugün hava nasıl?", decision).line())
        .endsWith(": nothing in it is known");
  }

  /** İlaç and kasko 1 each of 2.5: 0.4 and 0.4 on one adapter; the rest is the companion's. */
  @Test
  void sectorsThatShareAnAdapter_nameItOnce_withTheSumOfTheirWeights() {
    SectorRouter sharing =
        SectorRouter.ofKeywords(
            SectorsFile.parse(
                "sectors.yaml",
                Fixtures.yaml().replace("healthcare_adapter", "insurance_adapter")));
    RouteDecision decision = sharing.route("ilaç ve kasko");
    assertThat(decision.adapters())
        .extracting(AdapterChoice::adapter)
        .containsExactly("insurance_adapter", "general_adapter");
    assertThat(decision.adapters().get(0).weight()).isCloseTo(0.8, within(1e-6));
    assertThat(decision.adapters().get(1).weight()).isCloseTo(0.2, within(1e-6));
  }

  @Test
  void replicas_takeTurns_eachAdapterItsOwn() {
    assertThat(java.util.stream.IntStream.range(0, 4).mapToObj(i -> router.route("kasko")))
        .extracting(decision -> decision.adapters().get(0).replica())
        .containsExactly("gpu-a", "gpu-b", "gpu-a", "gpu-b");
  }
}
