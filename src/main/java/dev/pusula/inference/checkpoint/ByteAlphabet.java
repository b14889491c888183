package dev.pusula.inference.checkpoint;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The characters that stand for bytes in a byte-level vocabulary: printable Latin-1 stands for
 * itself, the others for those from U+0100 on (GPT-2's bytes_to_unicode).
 */
final class ByteAlphabet {

  private static final char[] CHARACTERS = characters();
  private static final short[] BYTES = bytes();
  private static final short NO_BYTE = -1;

  private ByteAlphabet() {}

  /** The character of each byte. */
  static char[] characters() {
    char[] alphabet = new char[256];
    int other = 0x100;
    for (int b = 0; b < alphabet.length; b++) {
      boolean printable = b >= '!' && b <= '~' || b >= 0xA1 && b <= 0xAC || b >= 0xAE;
      alphabet[b] = (char) (printable ? b : other++);
    }
    return alphabet;
  }

  /** A text's UTF-8, written in the alphabet. */
  static String write(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    char[] written = new char[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      written[i] = CHARACTERS[bytes[i] & 0xFF];
    }
    return new String(written);
  }

  /** What a token written in the alphabet stands for; any other token for its own UTF-8. */
  static byte[] read(String token) {
    byte[] bytes = new byte[token.length()];
    for (int i = 0; i < bytes.length; i++) {
      char c = token.charAt(i);
      if (c >= BYTES.length || BYTES[c] == NO_BYTE) {
        return token.getBytes(StandardCharsets.UTF_8);
      }
      bytes[i] = (byte) BYTES[c];
    }
    return bytes;
  }

  private static short[] bytes() {
    short[] bytes = new short[CHARACTERS[0xAD] + 1];
    Arrays.fill(bytes, (short) -1);
    for (int b = 0; b < CHARACTERS.length; b++) {
      bytes[CHARACTERS[b]] = (short) b;
    }
    return bytes;
  }
}
