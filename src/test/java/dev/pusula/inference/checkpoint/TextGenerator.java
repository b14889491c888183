package dev.pusula.inference.checkpoint;

import java.text.Normalizer;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Texts that find out where two tokenizers differ: Turkish sentences, made-up words, and what is
 * awkward in Unicode. The same seed gives the same texts.
 *
 * <p>Left out: lone surrogates, which UTF-8 cannot hold, and code points that this Java's Unicode
 * has not assigned, since their classes differ between Unicode versions. For the same reason most
 * combining marks beyond Arabic: the library strips accents by the tables of Unicode 9.
 */
final class TextGenerator {

  /** Up to here no combining mark came after Unicode 9. */
  private static final int LAST_OLD_MARK = 0x07F3;

  /** Marks before Unicode 12, letters since. */
  private static final Set<Integer> FORMER_MARKS = Set.of(0x1CF2, 0x1CF3);

  private static final Locale TURKISH = Locale.forLanguageTag("tr");

  private static final List<String> STEMS =
      List.of(
          "ev",
          "kredi",
          "şehir",
          "ağaç",
          "göz",
          "İzmir",
          "ıslak",
          "öğretmen",
          "çocuk",
          "Iğdır",
          "kitap",
          "banka",
          "su",
          "yağmur",
          "hâkim",
          "rüzgâr",
          "İstanbul",
          "dönüş");

  private static final List<String> SUFFIXES =
      List.of(
          "ler", "lar", "de", "da", "den", "'in", "'ın", "’a", "'dır", "ım", "iniz", "siz", "lık",
          "çi", "mek", "iyor", "acak", "mış", "se", "ki", "'TÜR", "LERİ");

  private static final List<String> CODE =
      List.of(
          "def f(a, b):\n    return a + b",
          "for (int i = 0; i < n; i++) {\n\t\tx[i] += 1;\n}",
          "https://ornek.example/yol?x=1&y=%C4%B0#parça",
          "{\"ad\": \"Ali\", \"yaş\": 42}",
          "SELECT * FROM t WHERE a >= 1.5e-3;",
          "e-posta@ornek.example, +90 (212) 555 00 00",
          "<div class='a'>&nbsp;</div>",
          "I'll can't WE'RE they'Ve 'S \u017Fen'\u017F d'accord",
          "C:\\yol\\dosya.txt",
          "3,75 TL'lik 1.234.567,89 ½ ² Ⅳ ١٢٣ 〇");

  private static final List<String> AWKWARD =
      List.of(
          "👨\u200D👩\u200D👧\u200D👦",
          "🇹🇷",
          "🏳️\u200D🌈",
          "👍🏽",
          "1️⃣",
          "🏴\uDB40\uDC67\uDB40\uDC62\uDB40\uDC7F",
          "\u0301",
          "\u0307",
          "\u200B",
          "\uFEFF",
          "\u00A0",
          "\u3000",
          "\u2028",
          "\u0085",
          "\u0000",
          "\u0001",
          "\u007F",
          "\u00AD",
          "\u200E",
          "\r\n",
          "\r",
          "\n\n",
          "\n\n\n\n",
          "\t",
          "\u000B",
          "\f",
          "▁",
          "▁▁",
          "İ",
          "ı",
          "I",
          "i",
          "i\u0307",
          "ﬁ",
          "ß",
          "ẞ",
          "Ω",
          "Å",
          "가",
          "가",
          "ΑΣ",
          "ﷺ",
          "ｆｕｌｌ",
          "…",
          "…\u0301",
          "ﬁ\u0307",
          "①",
          "𝐀𝔾𝕠",
          "𐍈",
          "\uFFFD",
          "\uFFFF",
          "\uE000",
          "中文",
          "日本語",
          "한국어",
          "Здравствуй",
          "مرحبا",
          "שלום",
          "नमस्ते",
          "สวัสดี",
          "ქართული",
          "ğ",
          "g\u0306",
          "C\u0327",
          "<0x41>",
          "<0xE2>",
          "Ġ",
          "Ċ",
          "_",
          "$1",
          "\\",
          "'");

  private final SplittableRandom random;
  private final List<String> sentences;
  private final List<String> added;
  private final List<Supplier<String>> kinds =
      List.of(
          this::sentence,
          this::sentence,
          this::words,
          this::words,
          this::words,
          this::code,
          this::awkward,
          this::awkward,
          this::codePoints,
          this::repeats,
          this::cut,
          this::upper,
          this::lower,
          this::decomposed,
          this::withAdded,
          this::withAdded,
          this::spaced);

  TextGenerator(long seed, List<String> sentences, List<String> added) {
    this.random = new SplittableRandom(seed);
    this.sentences = sentences;
    this.added = added;
  }

  Stream<String> texts() {
    return Stream.generate(() -> any());
  }

  private String any() {
    return of(kinds).get();
  }

  private String sentence() {
    return of(sentences);
  }

  private String words() {
    return joined(6, " ", this::word);
  }

  private String word() {
    return of(STEMS) + joined(4, "", () -> of(SUFFIXES));
  }

  private String code() {
    return joined(2, "\n", () -> of(CODE));
  }

  private String awkward() {
    return joined(
        6,
        "",
        () -> random.nextInt(3) == 0 ? word() : of(AWKWARD) + (random.nextBoolean() ? " " : ""));
  }

  private String codePoints() {
    return joined(12, "", () -> Character.toString(codePoint()));
  }

  private int codePoint() {
    int limit = of(List.of(0x80, 0x250, 0x3000, 0x10000, 0x20000, 0x110000));
    for (int tries = 0; tries < 1000; tries++) {
      int c = random.nextInt(limit);
      int type = Character.getType(c);
      boolean newMark = Unicode.isMark(c) && c > LAST_OLD_MARK || FORMER_MARKS.contains(c);
      if (type != Character.UNASSIGNED && type != Character.SURROGATE && !newMark) {
        return c;
      }
    }
    return 'a';
  }

  private String repeats() {
    String part =
        random.nextBoolean()
            ? of(AWKWARD)
            : of(List.of("a", " ", "ab", "\n", "ş", "9", "!", " a", "''"));
    return part.repeat(1 + random.nextInt(random.nextInt(20) == 0 ? 400 : 20)) + word();
  }

  private String cut() {
    String text = sentence();
    int middle =
        text.offsetByCodePoints(0, random.nextInt(1 + text.codePointCount(0, text.length())));
    return random.nextBoolean() ? text.substring(middle) : text.substring(0, middle);
  }

  private String upper() {
    return sentence().toUpperCase(random.nextBoolean() ? TURKISH : Locale.ROOT);
  }

  private String lower() {
    return sentence().toLowerCase(random.nextBoolean() ? TURKISH : Locale.ROOT);
  }

  private String decomposed() {
    return Normalizer.normalize(random.nextBoolean() ? words() : sentence(), Normalizer.Form.NFD);
  }

  private String withAdded() {
    return joined(
        5,
        "",
        () ->
            of(List.of("", " ", "  ", "\n", "a", "\u00A0", "▁"))
                + (random.nextBoolean() ? of(added) : word())
                + of(List.of("", " ", "  ", "ş", "\t", ".")));
  }

  private String spaced() {
    return joined(
            8,
            "",
            () -> " ".repeat(random.nextInt(6)) + (random.nextBoolean() ? word() : of(AWKWARD)))
        + " ".repeat(random.nextInt(4));
  }

  private String joined(int most, String between, Supplier<String> part) {
    return String.join(between, Stream.generate(part).limit(random.nextInt(most + 1)).toList());
  }

  private <T> T of(List<T> choices) {
    return choices.get(random.nextInt(choices.size()));
  }
}
