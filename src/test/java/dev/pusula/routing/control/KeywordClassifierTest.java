package dev.pusula.routing.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.pusula.routing.entity.RouteDecision;
import dev.pusula.routing.entity.RouteExplanation;
import dev.pusula.routing.entity.SectorScore;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("locale")
class KeywordClassifierTest {

  /** Scores are single precision. */
  private static final double PRECISION = 1e-6;

  private final SectorRouter router = SectorRouter.ofKeywords(Fixtures.configuration());
  private final KeywordClassifier classifier =
      new KeywordClassifier(Fixtures.configuration().sectors());

  @ParameterizedTest
  @CsvSource({
    "krediden vazgeçtim, finance_banking",
    "KREDİLERİMİZDEN, finance_banking",
    "kredı notum, finance_banking",
    "EFT'yi iptal et, finance_banking",
    "policemi bulamıyorum, insurance",
    "hastanelerimizdeki kuyruk, healthcare",
    "ilacın yan etkisi, healthcare",
    "kitabım nerede, healthcare",
    "sağlığım bozuldu, healthcare",
    "E-TİCARET sitem, ecommerce",
    "sepetimde ne var, ecommerce"
  })
  void keyword_inAnyFormAndSpelling_isMet(String text, String sector) {
    assertThat(sectors(text)).first().extracting(SectorScore::sector).isEqualTo(sector);
  }

  @ParameterizedTest
  @CsvSource({"eftelya bitkisi", "dişi kedi", "hasar yok", "sağ ol", "'Merhaba, nasılsın?'", "''"})
  void wordThatOnlyLooksAlike_isNotMet(String text) {
    assertThat(sectors(text)).isEmpty();
  }

  /** E = 1 for one plain keyword, and half a keyword is held back: 1 / (0.5 + 1). */
  @Test
  void score_ofOneKeyword_isTwoThirds_howeverOftenItStands() {
    assertThat(sectors("faiz"))
        .singleElement()
        .satisfies(score -> assertThat(score.score()).isCloseTo(2.0 / 3, within(PRECISION)));
    assertThat(sectors("faiz faizi faizler").get(0).score()).isCloseTo(2.0 / 3, within(PRECISION));
  }

  /**
   * "kredi" 1 + "kredi kartı" 2 = 3 for banking; "ödeme" is shared by two: 0.5 for each. Σ = 4, λ =
   * 0.5.
   */
  @Test
  void score_ofPhrasesAndSharedKeywords_isTheirShare() {
    assertThat(sectors("kredi kartımla ödemeyi yaptım"))
        .satisfiesExactly(
            first -> {
              assertThat(first.sector()).isEqualTo("finance_banking");
              assertThat(first.score()).isCloseTo(3.5 / 4.5, within(PRECISION));
            },
            second -> {
              assertThat(second.sector()).isEqualTo("ecommerce");
              assertThat(second.score()).isCloseTo(0.5 / 4.5, within(PRECISION));
            });
  }

  @Test
  void phrase_isMetOnlyInOrder() {
    assertThat(evidence("hasar dosyasını açın")).containsExactly("hasar dosyası");
    assertThat(sectors("dosyası hasar")).isEmpty();
  }

  @Test
  void evidence_isStrongestFirst() {
    assertThat(evidence("sağlık sigortası için sigorta primi"))
        .containsExactly("sağlık sigortası", "sigorta");
  }

  /**
   * Insurance and healthcare have equal evidence and equal priority: the id decides; banking's
   * priority is smaller.
   */
  @Test
  void equalScores_areOrderedByPriorityThenId() {
    assertThat(sectors("ilaç, kasko, faiz"))
        .extracting(SectorScore::sector)
        .containsExactly("finance_banking", "healthcare", "insurance");
  }

  @Test
  void hugeText_isScored() {
    assertThat(sectors("kasko " + "x ".repeat(500_000))).hasSize(1);
  }

  /** The sectors with a score, without what is left for {@code general}. */
  private List<SectorScore> sectors(String text) {
    return router.route(text).ranked().stream()
        .filter(score -> !score.sector().equals(RouteDecision.GENERAL))
        .toList();
  }

  /** What speaks for insurance, which healthcare has nothing against. */
  private List<String> evidence(String text) {
    int insurance = classifier.labels().indexOf("insurance");
    int ecommerce = classifier.labels().indexOf("ecommerce");
    return classifier.explain(text, insurance, ecommerce, 5).stream()
        .map(RouteExplanation.Evidence::feature)
        .toList();
  }
}
