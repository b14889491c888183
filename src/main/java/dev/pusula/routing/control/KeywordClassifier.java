package dev.pusula.routing.control;

import dev.pusula.routing.entity.RouteDecision;
import dev.pusula.routing.entity.RouteExplanation.Evidence;
import dev.pusula.routing.entity.Sector;
import dev.pusula.text.Skeleton;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
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
  static final double NONE_OF_THESE = 0.5;

  /** Words up to this length must be the whole token. */
  private static final int SHORT_WORD = 3;

  /**
   * A text is judged by its beginning; what is behind this many tokens adds nothing that a person
   * would read for.
   */
  private static final int MAX_TOKENS = 2_000;

  private final List<Sector> sectors;
  private final List<String> labels;
  private final Node root = new Node();

  /**
   * Over the sectors of a configuration.
   *
   * @param sectors in any order
   */
  public KeywordClassifier(List<Sector> sectors) {
    this.sectors = List.copyOf(sectors);
    this.labels =
        Stream.concat(sectors.stream().map(Sector::id), Stream.of(RouteDecision.GENERAL)).toList();
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
  public List<String> labels() {
    return labels;
  }

  /** What the sectors leave of 1 is the score of {@code general}. */
  @Override
  public void score(String text, float[] into) {
    double[] weights = weights(find(text));
    double whole = NONE_OF_THESE + Arrays.stream(weights).sum();
    for (int s = 0; s < weights.length; s++) {
      into[s] = (float) (weights[s] / whole);
    }
    into[weights.length] = (float) (NONE_OF_THESE / whole);
  }

  /** Keywords of both, with their share of all evidence. */
  @Override
  public List<Evidence> explain(String text, int label, int other, int limit) {
    Set<Keyword> found = find(text);
    double whole = NONE_OF_THESE + Arrays.stream(weights(found)).sum();
    return found.stream()
        .filter(keyword -> keyword.sector == label || keyword.sector == other)
        .sorted(Comparator.<Keyword>comparingDouble(k -> -k.weight).thenComparing(k -> k.text))
        .limit(limit)
        .map(
            keyword ->
                new Evidence(
                    keyword.text, (keyword.sector == label ? 1 : -1) * keyword.weight / whole))
        .toList();
  }

  @Override
  public String version() {
    return "keywords";
  }

  @Override
  public double threshold(int label) {
    return 0;
  }

  /** Σ of the weights found, by sector in the configured order. */
  double[] evidence(String text) {
    return weights(find(text));
  }

  private double[] weights(Set<Keyword> found) {
    double[] weights = new double[sectors.size()];
    // In a fixed order, because sums of floating-point numbers depend on it.
    found.stream()
        .sorted(Comparator.comparing((Keyword keyword) -> keyword.text))
        .forEach(keyword -> weights[keyword.sector] += keyword.weight);
    return weights;
  }

  private Set<Keyword> find(String text) {
    List<String> tokens = Skeleton.tokens(text);
    int count = Math.min(tokens.size(), MAX_TOKENS);
    Set<Keyword> found = new HashSet<>();
    for (int i = 0; i < count; i++) {
      String token = tokens.get(i);
      Node node = root;
      for (int c = 0; c < token.length() && node != null; c++) {
        node = node.next(token.charAt(c));
        if (node != null) {
          for (Keyword keyword : node.ending) {
            boolean whole = c + 1 == token.length();
            if ((whole || c + 1 > SHORT_WORD) && follows(keyword, tokens, i)) {
              found.add(keyword);
            }
          }
        }
      }
    }
    return found;
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
