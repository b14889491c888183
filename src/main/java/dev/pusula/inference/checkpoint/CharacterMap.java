package dev.pusula.inference.checkpoint;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * SentencePiece's compiled replacements of characters: T5's and XLM-R's {@code Precompiled}
 * normalizer.
 *
 * <p>How it works. A double-array trie over UTF-8 leads from what is replaced to where its
 * replacement starts in a list of zero-terminated texts. Each unit of the array holds the byte that
 * leads to it, the exclusive-or distance to its children, and whether a text ends there. A grapheme
 * is looked up as one where it is short, and else character by character; as in the library, what
 * is found for its start stands for all of it. [1] Aoe 1989, An Efficient Digital Search Algorithm
 * by Using a Double-Array Structure; [2] darts-clone; [3] huggingface/spm_precompiled.
 */
final class CharacterMap {

  private static final Pattern GRAPHEME = Pattern.compile("\\X");

  /** Bytes from which on the library takes a grapheme apart. */
  private static final int LONG_GRAPHEME = 6;

  private final int[] units;
  private final byte[] replacements;

  private CharacterMap(int[] units, byte[] replacements) {
    this.units = units;
    this.replacements = replacements;
  }

  /** Reads the map from its base 64: the trie's size in bytes, the trie, the replacements. */
  static CharacterMap read(JsonField field) {
    ByteBuffer bytes;
    try {
      bytes =
          ByteBuffer.wrap(Base64.getDecoder().decode(field.text())).order(ByteOrder.LITTLE_ENDIAN);
    } catch (IllegalArgumentException e) {
      throw field.refusal("is not base 64: " + e.getMessage());
    }
    int size = bytes.remaining() < Integer.BYTES ? -1 : bytes.getInt();
    if (size < Integer.BYTES || size % Integer.BYTES != 0 || size > bytes.remaining()) {
      throw field.refusal("is cut off, or no map of characters");
    }
    int[] units = new int[size / Integer.BYTES];
    bytes.asIntBuffer().get(units);
    byte[] replacements = new byte[bytes.remaining() - size];
    bytes.position(bytes.position() + size).get(replacements);
    return new CharacterMap(units, replacements);
  }

  String apply(String text) {
    StringBuilder mapped = new StringBuilder(text.length());
    Matcher graphemes = GRAPHEME.matcher(text);
    while (graphemes.find()) {
      String grapheme = graphemes.group();
      String whole = replacement(grapheme.getBytes(StandardCharsets.UTF_8));
      if (whole != null) {
        mapped.append(whole);
      } else {
        grapheme.codePoints().mapToObj(Character::toString).forEach(c -> append(c, mapped));
      }
    }
    return mapped.toString();
  }

  private void append(String character, StringBuilder mapped) {
    String other = replacement(character.getBytes(StandardCharsets.UTF_8));
    mapped.append(other == null ? character : other);
  }

  /** What stands for the shortest start of a key that the map knows; null for none. */
  private @Nullable String replacement(byte[] key) {
    if (key.length >= LONG_GRAPHEME) {
      return null;
    }
    int at = distance(units[0]);
    for (byte b : key) {
      at ^= b & 0xFF;
      if (b == 0 || at >= units.length || (units[at] & 0x8000_00FF) != (b & 0xFF)) {
        return null;
      }
      int unit = units[at];
      at ^= distance(unit);
      if ((unit >>> 8 & 1) != 0 && at < units.length) {
        return textAt(units[at] & Integer.MAX_VALUE);
      }
    }
    return null;
  }

  private static int distance(int unit) {
    return unit >>> 10 << ((unit & 1 << 9) >>> 6);
  }

  private String textAt(int from) {
    int to = from;
    while (to < replacements.length && replacements[to] != 0) {
      to++;
    }
    return to == from ? "" : new String(replacements, from, to - from, StandardCharsets.UTF_8);
  }
}
