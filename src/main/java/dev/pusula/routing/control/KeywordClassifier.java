package dev.pusula.routing.control;

import dev.pusula.routing.entity.Sector;
import dev.pusula.routing.entity.SectorScore;
import dev.pusula.text.Skeleton;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Scores sectors by their keywords.
 *
 * <p>How it works. Keywords and text are tokens of {@link Skeleton}. The first word of each keyword
 * is a path in a trie; a text's token walks it once, and each keyword that ends on the way is a
 * candidate whose further words must meet the tokens that follow. A word meets a token that starts
 * with it, because Turkish adds its suffixes behind ({@code kredi} meets {@code krediden}); words
 * of up to three letters must be the whole token, because they start too many others. A final p, t
 * or k also meets b, d, g ({@code sağlık}, {@code sağlığı}).
 *
 * <p>A keyword found weighs {@code words / sectors that share it}, once however often it stands
 * there. With E_s the weights found for sector s, its score is {@code E_s / (λ + Σ E)}: the share
 * of all evidence, with λ of it held back for "none of these". One plain keyword alone gives 1 /
 * 1.5 = 0.67, two sectors with one each 0.4.
 */
public final class KeywordClassifier implements SectorClassifier {

  /**
   * λ: half a keyword, so that one is convincing and one among five is below the default threshold
   * of 0.2.
   */
  private static final double NONE_OF_THESE = 0.5;

  /** Words up to this length must be the whole token. */
  private static final int SHORT_WORD = 3;

  /**
   * A text is judged by its beginning; what is behind this many tokens adds nothing that a person
   * would read for.
   */
  private static final int MAX_TOKENS = 2_000;

  private static final int MAX_EVIDENCE = 5;

  private final List<Sector> sectors;
  private final Node root = new Node();

  /**
   * Over the sectors of a configuration.
   *
   * @param sectors in any order
   */
  public KeywordClassifier(List<Sector> sectors) {
    this.sectors = List.copyOf(sectors);
    Map<List<String>, Integer> sharing = new HashMap<>();
    sectors.forEach(
        sector ->
            sector
                .keywords()
                .forEach(word -> sharing.merge(Skeleton.tokens(word), 1, Integer::sum)));
    for (int s = 0; s < this.sectors.size(); s++) {
      for (String text : this.sectors.get(s).keywords()) {
        List<String> words = Skeleton.tokens(text);
        Keyword keyword =
            new Keyword(s, text, words, (double) words.size() / sharing.getOrDefault(words, 1));
        forms(words.get(0)).forEach(form -> root.at(form).ending.add(keyword));
      }
    }
  }

  @Override
  public Classification classify(String text) {
    List<String> tokens = Skeleton.tokens(text);
    int count = Math.min(tokens.size(), MAX_TOKENS);
    double[] weight = new double[sectors.size()];
    double total = 0;
    Set<Keyword> found = new HashSet<>();
    for (int i = 0; i < count; i++) {
      String token = tokens.get(i);
      Node node = root;
      for (int c = 0; c < token.length() && node != null; c++) {
        node = node.next(token.charAt(c));
        if (node != null) {
          for (Keyword keyword : node.ending) {
            boolean whole = c + 1 == token.length();
            if ((whole || c + 1 > SHORT_WORD)
                && follows(keyword, tokens, i)
                && found.add(keyword)) {
              weight[keyword.sector] += keyword.weight;
              total += keyword.weight;
            }
          }
        }
      }
    }
    return total == 0 ? new Classification(List.of(), List.of()) : rank(weight, total, found);
  }

  private Classification rank(double[] weight, double total, Set<Keyword> found) {
    List<Integer> order = new ArrayList<>();
    for (int s = 0; s < weight.length; s++) {
      if (weight[s] > 0) {
        order.add(s);
      }
    }
    order.sort(
        Comparator.<Integer>comparingDouble(s -> -weight[s])
            .thenComparingInt(s -> sectors.get(s).priority())
            .thenComparing(s -> sectors.get(s).id()));
    int first = order.get(0);
    return new Classification(
        order.stream()
            .map(s -> new SectorScore(sectors.get(s).id(), weight[s] / (NONE_OF_THESE + total)))
            .toList(),
        found.stream()
            .filter(keyword -> keyword.sector == first)
            .sorted(Comparator.<Keyword>comparingDouble(k -> -k.weight).thenComparing(k -> k.text))
            .limit(MAX_EVIDENCE)
            .map(keyword -> keyword.text)
            .toList());
  }

  private static boolean follows(Keyword keyword, List<String> tokens, int at) {
    for (int w = 1; w < keyword.words.size(); w++) {
      if (at + w >= tokens.size() || !meets(keyword.words.get(w), tokens.get(at + w))) {
        return false;
      }
    }
    return true;
  }

  private static boolean meets(String word, String token) {
    for (String form : forms(word)) {
      if (form.length() > SHORT_WORD ? token.startsWith(form) : token.equals(form)) {
        return true;
      }
    }
    return false;
  }

  /** The word, and with its last consonant softened where Turkish does so before a vowel. */
  private static List<String> forms(String word) {
    int last = word.length() - 1;
    char softened =
        switch (word.charAt(last)) {
          case 'p' -> 'b';
          case 't' -> 'd';
          case 'k' -> 'g';
          default -> 0;
        };
    return softened == 0 || last < SHORT_WORD
        ? List.of(word)
        : List.of(word, word.substring(0, last) + softened);
  }

  /** Compared by identity: each is made once. */
  private static final class Keyword {
    final int sector;
    final String text;
    final List<String> words;
    final double weight;

    Keyword(int sector, String text, List<String> words, double weight) {
      this.sector = sector;
      this.text = text;
      this.words = words;
      this.weight = weight;
    }
  }

  /**
   * A place in the trie: edges sorted by character, and the keywords whose first word ends here.
   */
  private static final class Node {
    private char[] characters = new char[0];
    private Node[] nodes = new Node[0];
    private final List<Keyword> ending = new ArrayList<>(0);

    @Nullable Node next(char c) {
      int at = Arrays.binarySearch(characters, c);
      return at < 0 ? null : nodes[at];
    }

    Node at(String word) {
      Node node = this;
      for (int i = 0; i < word.length(); i++) {
        node = node.child(word.charAt(i));
      }
      return node;
    }

    private Node child(char c) {
      int at = Arrays.binarySearch(characters, c);
      if (at >= 0) {
        return nodes[at];
      }
      int place = -at - 1;
      Node made = new Node();
      char[] moreCharacters = new char[characters.length + 1];
      Node[] moreNodes = new Node[nodes.length + 1];
      System.arraycopy(characters, 0, moreCharacters, 0, place);
      System.arraycopy(nodes, 0, moreNodes, 0, place);
      moreCharacters[place] = c;
      moreNodes[place] = made;
      System.arraycopy(characters, place, moreCharacters, place + 1, characters.length - place);
      System.arraycopy(nodes, place, moreNodes, place + 1, nodes.length - place);
      characters = moreCharacters;
      nodes = moreNodes;
      return made;
    }
  }
}
