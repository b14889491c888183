package dev.pusula.routing.training;

import java.util.SplittableRandom;

/**
 * Writes a text as a hurried hand does: one or two slips in words of at least four letters. Case
 * and diacritics are left alone, because the router's skeleton has neither.
 */
final class Typos {

  private static final String VOWELS = "aeıioöuüAEIİOÖUÜ";
  private static final int SHORTEST_WORD = 4;

  /** A slip for about every third long word, as in the corpus' own noisy rows. */
  private static final double SHARE = 0.35;

  private Typos() {}

  static String in(String text, SplittableRandom random) {
    StringBuilder out = new StringBuilder(text.length() + 8);
    for (String word : text.split(" ", -1)) {
      if (!out.isEmpty()) {
        out.append(' ');
      }
      boolean slips = word.length() >= SHORTEST_WORD && random.nextDouble() < SHARE;
      out.append(slips ? slip(word, random) : word);
    }
    return out.toString();
  }

  /** The first letter is rarely wrong. */
  private static String slip(String word, SplittableRandom random) {
    int at = 1 + random.nextInt(word.length() - 1);
    StringBuilder slipped = new StringBuilder(word);
    switch (random.nextInt(4)) {
      case 0 -> slipped.deleteCharAt(at);
      case 1 -> slipped.insert(at, word.charAt(at));
      case 2 -> {
        if (at + 1 < word.length()) {
          slipped.setCharAt(at, word.charAt(at + 1));
          slipped.setCharAt(at + 1, word.charAt(at));
        }
      }
      default -> {
        // As in text messages: "gelmiyor" becomes "glmyor".
        for (int i = slipped.length() - 2; i > 0; i--) {
          if (VOWELS.indexOf(slipped.charAt(i)) >= 0 && random.nextBoolean()) {
            slipped.deleteCharAt(i);
          }
        }
      }
    }
    return slipped.toString();
  }
}
