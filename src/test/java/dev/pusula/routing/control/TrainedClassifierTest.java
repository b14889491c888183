package dev.pusula.routing.control;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pusula.routing.entity.RouteDecision;
import dev.pusula.routing.entity.RouteDecision.AdapterChoice;
import dev.pusula.routing.entity.RouteExplanation;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A model that knows insurance by one word and general; the other sectors have keywords only. */
@Tag("locale")
class TrainedClassifierTest {

  private final SectorRouter router =
      SectorRouter.ofModel(Fixtures.configuration(), Fixtures.model("insurance", "kasko"), null);

  @Test
  void knownSector_isScoredByTheModel() {
    RouteDecision decision = router.route("KASKOMU yenilet");
    assertThat(decision.sector()).isEqualTo("insurance");
    assertThat(decision.score()).isGreaterThan(0.9);
    assertThat(decision.model()).isEqualTo("fixture");
    assertThat(decision.ranked()).extracting("sector").contains(RouteDecision.GENERAL);
  }

  @Test
  void unknownText_isGeneral() {
    RouteDecision decision = router.route("qqqq zzzz");
    assertThat(decision.sector()).isEqualTo(RouteDecision.GENERAL);
    assertThat(decision.adapters())
        .containsExactly(new AdapterChoice("general_adapter", "general_adapter", 1));
  }

  /** Banking is not in the model; its keywords win where the model sees nothing of its own. */
  @Test
  void sectorWithoutTraining_worksByItsKeywords() {
    RouteDecision decision = router.route("krediden vazgeçtim");
    assertThat(decision.sector()).isEqualTo("finance_banking");
    RouteExplanation why = router.explain("krediden vazgeçtim", decision);
    assertThat(why.against()).isEqualTo(RouteDecision.GENERAL);
    assertThat(why.evidence()).extracting(RouteExplanation.Evidence::feature).contains("kredi");
  }

  /** One keyword does not outbid a model that is sure. */
  @Test
  void keywordBesideASureModel_staysBehind() {
    RouteDecision decision = router.route("kasko kasko kasko kredi");
    assertThat(decision.sector()).isEqualTo("insurance");
    assertThat(decision.scoreOf("finance_banking")).isPositive();
  }

  @Test
  void explanation_isContrastive_andNamesWordsOfTheText() {
    RouteDecision decision = router.route("kasko nedir");
    RouteExplanation why = router.explain("kasko nedir", decision);
    assertThat(why.sector()).isEqualTo("insurance");
    assertThat(why.against()).isEqualTo(RouteDecision.GENERAL);
    assertThat(why.evidence()).first().extracting("weight").asString().doesNotStartWith("-");
    assertThat(why.line()).startsWith("insurance, not general: ").contains("kask");
  }

  @Test
  void scores_sumToOne_whateverTheText() {
    float[] scores = new float[router.classifier().labels().size()];
    for (String text : new String[] {"", "kasko", "kredi ilaç sepet", "\uD800\u0000", "x"}) {
      router.classifier().score(text, scores);
      float sum = 0;
      for (float score : scores) {
        assertThat(score).isBetween(0f, 1f);
        sum += score;
      }
      assertThat(sum).as(text).isBetween(0.9999f, 1.0001f);
    }
  }
}
