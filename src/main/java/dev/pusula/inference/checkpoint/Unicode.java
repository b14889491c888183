package dev.pusula.inference.checkpoint;

/** Classes of characters as Rust's standard library and the Unicode standard define them. */
final class Unicode {

  private static final int SPACES =
      1 << Character.SPACE_SEPARATOR
          | 1 << Character.LINE_SEPARATOR
          | 1 << Character.PARAGRAPH_SEPARATOR;

  private static final int MARKS =
      1 << Character.NON_SPACING_MARK
          | 1 << Character.ENCLOSING_MARK
          | 1 << Character.COMBINING_SPACING_MARK;

  private static final int NEXT_LINE = 0x85;
  private static final int ZERO_WIDTH_NON_JOINER = 0x200C;
  private static final int ZERO_WIDTH_JOINER = 0x200D;

  private Unicode() {}

  /** White_Space; Java's own isWhitespace leaves out the no-break spaces. */
  static boolean isWhite(int c) {
    return in(SPACES, c) || c >= '\t' && c <= '\r' || c == NEXT_LINE;
  }

  /** General category M. */
  static boolean isMark(int c) {
    return in(MARKS, c);
  }

  /** A character of a word: {@code \w} of UTS #18. */
  static boolean isWord(int c) {
    return Character.isAlphabetic(c)
        || in(MARKS | 1 << Character.DECIMAL_DIGIT_NUMBER | 1 << Character.CONNECTOR_PUNCTUATION, c)
        || c == ZERO_WIDTH_NON_JOINER
        || c == ZERO_WIDTH_JOINER;
  }

  private static boolean in(int types, int c) {
    return (types >>> Character.getType(c) & 1) != 0;
  }
}
