package dev.pusula.routing.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.pusula.routing.entity.SectorScore;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("locale")
class KeywordClassifierTest {

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
    assertThat(classifier.classify(text).ranked())
        .first()
        .extracting(SectorScore::sector)
        .isEqualTo(sector);
  }

  @ParameterizedTest
  @CsvSource({"eftelya bitkisi", "dişi kedi", "hasar yok", "sağ ol", "'Merhaba, nasılsın?'", "''"})
  void wordThatOnlyLooksAlike_isNotMet(String text) {
    assertThat(classifier.classify(text).ranked()).isEmpty();
  }

  /** E = 1 for one plain keyword, and half a keyword is held back: 1 / (0.5 + 1). */
  @Test
  void score_ofOneKeyword_isTwoThirds_howeverOftenItStands() {
    assertThat(classifier.classify("faiz").ranked())
        .singleElement()
        .satisfies(score -> assertThat(score.score()).isCloseTo(2.0 / 3, within(1e-12)));
    assertThat(classifier.classify("faiz faizi faizler").ranked().get(0).score())
        .isCloseTo(2.0 / 3, within(1e-12));
  }

  /**
   * "kredi" 1 + "kredi kartı" 2 = 3 for banking; "ödeme" is shared by two: 0.5 for each. Σ = 4, λ =
   * 0.5.
   */
  @Test
  void score_ofPhrasesAndSharedKeywords_isTheirShare() {
    assertThat(classifier.classify("kredi kartımla ödemeyi yaptım").ranked())
        .satisfiesExactly(
            first -> {
              assertThat(first.sector()).isEqualTo("finance_banking");
              assertThat(first.score()).isCloseTo(3.5 / 4.5, within(1e-12));
            },
            second -> {
              assertThat(second.sector()).isEqualTo("ecommerce");
              assertThat(second.score()).isCloseTo(0.5 / 4.5, within(1e-12));
            });
  }

  @Test
  void phrase_isMetOnlyInOrder() {
    assertThat(classifier.classify("hasar dosyasını açın").evidence())
        .containsExactly("hasar dosyası");
    assertThat(classifier.classify("dosyası hasar").ranked()).isEmpty();
  }

  @Test
  void evidence_isStrongestFirst() {
    assertThat(classifier.classify("sağlık sigortası için sigorta primi").evidence())
        .containsExactly("sağlık sigortası", "sigorta");
  }

  /**
   * Insurance and healthcare have equal evidence and equal priority: the id decides; banking's
   * priority is smaller.
   */
  @Test
  void equalScores_areOrderedByPriorityThenId() {
    assertThat(classifier.classify("ilaç, kasko, faiz").ranked())
        .extracting(SectorScore::sector)
        .containsExactly("finance_banking", "healthcare", "insurance");
  }

  @Test
  void hugeText_isScored() {
    assertThat(classifier.classify("kasko " + "x ".repeat(500_000)).ranked()).hasSize(1);
  }
}
