package dev.pusula.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.text.Normalizer;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("locale")
class SkeletonTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      ignoreLeadingAndTrailingWhitespace = true,
      textBlock =
          """
          İSTANBUL              | istanbul
          IŞIK                  | isik
          ışık                  | isik
          Iğdır                 | igdir
          KREDI                 | kredi
          SİGORTA               | sigorta
          kâr hâlâ              | kar hala
          çĞüÖş                 | cguos
          Ankara'da             | ankara
          Akbank’tan para       | akbank para
          TÜRKİYE'NİN           | turkiye
          Elazığ'da iş          | elazig is
          Ankara''da            | ankara
          API'den key           | api key
          e-ticaret             | eticaret
          E-Devlet şifresi      | edevlet sifresi
          evde e - posta        | evde e posta
          ev-iş                 | ev is
          5G 2024'te            | 5g 2024
          'tırnak içinde'       | tirnak icinde
          """)
  void tokens_ofOneSpelling_areTheSkeleton(String text, String expected) {
    assertThat(String.join(" ", Skeleton.tokens(text))).isEqualTo(expected);
  }

  /**
   * However it is typed: composed, decomposed, upper case by Turkish or English rules, with a stray
   * dot.
   */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "Sağlık sigortası poliçemi yenilettim",
        "İhracat için gümrük işi",
        "ılık çığ ürünü",
        "Elazığ'da ve Iğdır’ç'dan"
      })
  void tokens_ofEverySpelling_areEqual(String text) {
    List<String> tokens = Skeleton.tokens(text);
    assertThat(Skeleton.tokens(Normalizer.normalize(text, Normalizer.Form.NFD))).isEqualTo(tokens);
    assertThat(Skeleton.tokens(text.toUpperCase(Locale.forLanguageTag("tr")))).isEqualTo(tokens);
    assertThat(Skeleton.tokens(text.toUpperCase(Locale.ENGLISH))).isEqualTo(tokens);
    assertThat(Skeleton.tokens(text.toLowerCase(Locale.ROOT))).isEqualTo(tokens);
    assertThat(Skeleton.tokens(text.replace("i", "i\u0307"))).isEqualTo(tokens);
  }

  @Test
  void tokens_ofNothingToRead_areNone() {
    assertThat(Skeleton.tokens("")).isEmpty();
    assertThat(Skeleton.tokens(" \t\n…—'’` \u0301\u0000")).isEmpty();
    assertThat(Skeleton.tokens("😀🏦👩‍👩‍👧")).isEmpty();
  }

  @Test
  void tokens_ofHostileText_areBounded() {
    assertThat(Skeleton.tokens("a".repeat(10_000))).containsExactly("a".repeat(Skeleton.MAX_TOKEN));
    assertThat(Skeleton.tokens("\uD800kredi\uDC00\uDC00 faiz\uD83D"))
        .containsExactly("kredi", "faiz");
    assertThat(Skeleton.tokens("\u202Eنص kredi\u202C")).containsExactly("نص", "kredi");
    assertThat(Skeleton.tokens("k\u0336r\u0336e\u200Bdi")).containsExactly("kredi");
    assertThat(Skeleton.tokens("k\u20D2re\uFE20di")).containsExactly("kredi");
    assertThat(Skeleton.tokens("kredi ".repeat(200_000))).hasSize(200_000);
    assertThat(Skeleton.tokens("a" + "\u0301".repeat(1_000_000))).containsExactly("a");
  }
}
