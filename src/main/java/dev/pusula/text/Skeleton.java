package dev.pusula.text;

import java.text.Normalizer;
import java.util.ArrayList;
import java.util.List;

/**
 * The diacritic-free, lower-case form in which words are compared: {@code SİGORTA}, {@code sıgorta}
 * and {@code sigorta} are one. Independent of the default locale. Takes any string: NFC or NFD,
 * lone surrogates, control characters; the cost is linear in its length.
 *
 * <p>A token is a run of letters and digits. An apostrophe ends the word and cuts the suffix behind
 * it ({@code Ankara'da} → {@code ankara}); {@code e-} stays with its word ({@code e-ticaret} →
 * {@code eticaret}). I, İ, ı and i are one symbol.
 */
public final class Skeleton {

  /** Longer tokens are no words; what is behind is dropped, so that a token's cost is bounded. */
  public static final int MAX_TOKEN = 64;

  private static final char DROP = 0;
  private static final char SEPARATOR = ' ';
  private static final char APOSTROPHE = '\'';

  /**
   * One symbol for each character below this, which holds Latin with all its extensions, Greek,
   * Cyrillic, Arabic.
   */
  private static final int TABLE = 0x2000;

  private static final char[] FOLD = table();

  private Skeleton() {}

  /** The tokens in order; empty for a text without letters and digits. */
  public static List<String> tokens(String text) {
    char[] skeleton = new char[text.length() + 2];
    int length = write(text, skeleton);
    List<String> tokens = new ArrayList<>();
    int from = 1;
    for (int i = 1; i < length; i++) {
      if (skeleton[i] == SEPARATOR) {
        tokens.add(new String(skeleton, from, i - from));
        from = i + 1;
      }
    }
    return tokens;
  }

  /**
   * Writes a space, and each token with a space behind it. Allocates nothing.
   *
   * @param into overwritten; tokens that do not fit whole are left out, with all that follow.
   *     {@code text.length() + 2} characters hold every text
   * @return the number of characters written; 1 for a text without letters and digits, 0 where
   *     there is no room
   */
  public static int write(String text, char[] into) {
    if (into.length == 0) {
      return 0;
    }
    into[0] = SEPARATOR;
    int start = 1; // of the token under way
    int length = 0;
    boolean suffix = false;
    int end = text.length();
    for (int i = 0; i <= end; i++) {
      char symbol = i == end ? SEPARATOR : fold(text.charAt(i));
      if (symbol == DROP) {
        continue;
      }
      boolean letter = symbol != SEPARATOR && symbol != APOSTROPHE;
      if (letter && !suffix && length < MAX_TOKEN) {
        if (start + length + 1 >= into.length) {
          return start;
        }
        into[start + length++] = symbol;
      } else if (!letter) {
        boolean compound =
            length == 1
                && into[start] == 'e'
                && !suffix
                && isHyphen(text, i)
                && i + 1 < end
                && isLetter(text.charAt(i + 1));
        if (compound) {
          continue;
        }
        boolean word = length > 0;
        if (word) {
          into[start + length] = SEPARATOR;
          start += length + 1;
          length = 0;
        }
        // What follows an apostrophe inside a word is a suffix, up to the next separator.
        suffix = symbol == APOSTROPHE && (suffix || word);
      }
    }
    return start;
  }

  private static boolean isHyphen(String text, int i) {
    return i < text.length()
        && (text.charAt(i) == '-' || text.charAt(i) == '\u2010' || text.charAt(i) == '\u2011');
  }

  private static boolean isLetter(char c) {
    char symbol = fold(c);
    return symbol != DROP && symbol != SEPARATOR && symbol != APOSTROPHE;
  }

  private static char fold(char c) {
    if (c < TABLE) {
      return FOLD[c];
    }
    return switch (c) {
      case '\u2018', '\u2019', '\u201B', '\u2032' -> APOSTROPHE;
      case '\u200B', '\u200C', '\u200D', '\u2060', '\uFE0F', '\uFEFF' -> DROP;
      default ->
          Character.isLetterOrDigit(c) ? Character.toLowerCase(c) : isMark(c) ? DROP : SEPARATOR;
    };
  }

  private static boolean isMark(char c) {
    int type = Character.getType(c);
    return type == Character.NON_SPACING_MARK || type == Character.ENCLOSING_MARK;
  }

  private static char[] table() {
    char[] table = new char[TABLE];
    for (char c = 0; c < TABLE; c++) {
      if (isMark(c) || c == '\u00AD') {
        table[c] = DROP;
      } else if (c == '\'' || c == '`' || c == '\u00B4' || c == '\u02BC') {
        table[c] = APOSTROPHE;
      } else if (Character.isLetterOrDigit(c)) {
        // The base letter of the decomposition, lower case by code point and not by locale.
        char base = Normalizer.normalize(String.valueOf(c), Normalizer.Form.NFD).charAt(0);
        table[c] = base == '\u0131' ? 'i' : Character.toLowerCase(base);
      } else {
        table[c] = SEPARATOR;
      }
    }
    return table;
  }
}
