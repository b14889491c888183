package dev.pusula.routing.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.text.Normalizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("locale")
class FeaturesTest {

  private final Features features = new Features();

  /** "<mi>": the word, mi at both edges, and the whole with its edges. */
  @Test
  void shortWord_hasItsFeatures() {
    assertThat(features.read("mı")).isEqualTo(4);
    assertThat(spelled()).containsExactly("mi", "mi", "mi", "mi");
  }

  /** Two words of 2 letters: 4 features each, and the pair. */
  @Test
  void twoWords_haveTheirPair() {
    assertThat(features.read("su mu")).isEqualTo(9);
    assertThat(spelled()).endsWith("su mu");
  }

  /** "<kredi>" has 7 characters: 5 + 4 + 3 + 2 n-grams of 3…6, and the word. */
  @Test
  void word_hasAllNGrams_andSpellingsMeetTheirIds() {
    assertThat(features.read("Kredi")).isEqualTo(15);
    assertThat(features.gramCount()).isEqualTo(14);
    List<Integer> spelt = new ArrayList<>();
    features.spell((id, value, words) -> spelt.add(id));
    assertThat(spelt).containsExactlyInAnyOrderElementsOf(ids("kredi"));
    assertThat(spelt).allMatch(id -> id >= 0 && id < 1 << Features.BITS);
  }

  /** Stems of long words pair with up to four before them, in either order alike. */
  @Test
  void stems_pairWithTheNearOnes_inEitherOrder() {
    features.read("poliçemi ve kaskoyu");
    assertThat(spelled()).endsWith("policemi … kaskoyu");
    int pair = features.word(features.wordCount() - 1);
    features.read("kaskoda poliçe");
    assertThat(features.word(features.wordCount() - 1)).isEqualTo(pair);
    int alone = features.read("aaaa");
    assertThat(features.read("aaaa ".repeat(6).strip()))
        .isEqualTo(6 * alone + 5 + (1 + 2 + 3 + 4 + 4));
  }

  @ParameterizedTest
  @ValueSource(strings = {"Sağlık sigortası IĞDIR'da", "E-ticaret İADE süreci", "kâr/zarar"})
  void anySpelling_hasTheSameFeatures(String text) {
    List<Integer> expected = ids(text);
    assertThat(ids(Normalizer.normalize(text, Normalizer.Form.NFD))).isEqualTo(expected);
    assertThat(ids(text.toUpperCase(Locale.forLanguageTag("tr")))).isEqualTo(expected);
    assertThat(ids(text.toUpperCase(Locale.ENGLISH))).isEqualTo(expected);
  }

  @Test
  void hostileText_isBounded() {
    assertThat(features.read("")).isZero();
    assertThat(Features.scale(0)).isZero();
    assertThat(Features.scale(4)).isEqualTo(0.5f);
    assertThat(features.read("😀 \u202E\uD800 \u0000…")).isZero();
    assertThat(features.read("kredi ".repeat(200_000))).isPositive().isLessThan(25_000);
    assertThat(features.read("x".repeat(10_000))).isPositive().isLessThan(300);
  }

  private List<Integer> ids(String text) {
    features.read(text);
    List<Integer> ids = new ArrayList<>();
    for (int i = 0; i < features.gramCount(); i++) {
      ids.add(features.gram(i));
    }
    for (int i = 0; i < features.wordCount(); i++) {
      ids.add(features.word(i));
    }
    return ids;
  }

  private List<String> spelled() {
    List<String> all = new ArrayList<>();
    features.spell((id, value, words) -> all.add(words));
    return all;
  }
}
