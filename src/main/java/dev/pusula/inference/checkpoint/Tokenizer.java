package dev.pusula.inference.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * Byte-level BPE from a Hugging Face {@code tokenizer.json}, as GPT-2 and Llama 3 use it. Immutable
 * and thread-safe.
 *
 * <p>How it works. Added tokens are cut out of the text first. The rest is normalised, split into
 * words by the file's regular expressions, written as UTF-8 bytes, each of which stands for one
 * character of the vocabulary's own alphabet, and merged pair by pair, the pair of the lowest rank
 * first. [1] Sennrich et al. 2016; [2] huggingface/tokenizers.
 */
public final class Tokenizer {

  /**
   * What ByteLevel splits by when {@code use_regex} is set (tokenizers,
   * pre_tokenizers/byte_level.rs).
   */
  private static final Pattern BYTE_LEVEL =
      Pattern.compile(
          "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+",
          Pattern.UNICODE_CHARACTER_CLASS);

  /** The character that stands for each byte, and back. */
  private static final char[] CHARACTER_OF_BYTE = byteAlphabet();

  private static final Map<Character, Integer> BYTE_OF_CHARACTER = inverse();

  private final Map<String, Integer> ids = new HashMap<>();
  private final byte[][] bytesOfId;
  private final Map<Long, Merge> merges = new HashMap<>();
  private final Map<String, Integer> added = new HashMap<>();
  private final Set<Integer> special = new HashSet<>();
  private final Pattern addedPattern;
  private final List<Pattern> splits = new ArrayList<>();
  private final int[] byteIds = new int[256];
  private final List<Integer> prefix = new ArrayList<>();
  private final boolean nfc;
  private final boolean ignoreMerges;
  private final boolean prefixSpace;

  private record Merge(int rank, int result) {}

  /**
   * Reads {@code tokenizer.json}.
   *
   * @throws CheckpointException naming the part that is not supported
   */
  public static Tokenizer read(Path folder) {
    return new Tokenizer(JsonFile.read(folder.resolve("tokenizer.json")));
  }

  private Tokenizer(JsonFile json) {
    JsonNode model = json.root().path("model");
    if (!model.path("type").asText("BPE").equals("BPE") || !model.path("vocab").isObject()) {
      throw json.refusal("model", "must be BPE with a vocab, not " + model.path("type"));
    }
    if (model.path("byte_fallback").asBoolean(false)) {
      throw json.refusal(
          "model.byte_fallback",
          "is true: SentencePiece-style BPE is not supported, byte-level BPE is");
    }
    for (String field : List.of("continuing_subword_prefix", "end_of_word_suffix")) {
      if (!model.path(field).asText("").isEmpty() && !model.path(field).isNull()) {
        throw json.refusal("model." + field, "is not supported");
      }
    }
    this.ignoreMerges = model.path("ignore_merges").asBoolean(false);
    this.nfc = normalizer(json);
    this.prefixSpace = preTokenizer(json, json.root().path("pre_tokenizer"));
    int size = 0;
    for (var entry : (Iterable<Map.Entry<String, JsonNode>>) () -> model.path("vocab").fields()) {
      ids.put(entry.getKey(), entry.getValue().asInt());
      size = Math.max(size, entry.getValue().asInt() + 1);
    }
    for (JsonNode token : json.root().path("added_tokens")) {
      added(json, token);
      size = Math.max(size, token.path("id").asInt() + 1);
    }
    this.bytesOfId = new byte[size][];
    ids.forEach((text, id) -> bytesOfId[id] = bytes(text));
    added.forEach((text, id) -> bytesOfId[id] = text.getBytes(StandardCharsets.UTF_8));
    for (int b = 0; b < byteIds.length; b++) {
      Integer id = ids.get(String.valueOf(CHARACTER_OF_BYTE[b]));
      if (id == null) {
        throw json.refusal("model.vocab", "has no entry for byte " + b + ": not byte-level");
      }
      byteIds[b] = id;
    }
    merges(json, model.path("merges"));
    this.addedPattern =
        Pattern.compile(
            added.keySet().stream()
                .sorted(Comparator.comparingInt(String::length).reversed().thenComparing(t -> t))
                .map(Pattern::quote)
                .reduce((a, b) -> a + "|" + b)
                .orElse("(?!)"));
    prefix(json, json.root().path("post_processor"));
  }

  /** The number of ids, added tokens included. */
  public int size() {
    return bytesOfId.length;
  }

  /**
   * The ids of a text; added tokens that stand in it are recognised.
   *
   * @param withPrefix whether the tokens that the file puts before a text (a begin token) are put
   *     there
   */
  public int[] encode(String text, boolean withPrefix) {
    List<Integer> out = new ArrayList<>(withPrefix ? prefix : List.of());
    Matcher matcher = addedPattern.matcher(text);
    int from = 0;
    while (matcher.find()) {
      plain(text.substring(from, matcher.start()), out);
      out.add(added.get(matcher.group()));
      from = matcher.end();
    }
    plain(text.substring(from), out);
    return out.stream().mapToInt(Integer::intValue).toArray();
  }

  /** The text of ids, special tokens left out; broken UTF-8 becomes U+FFFD. */
  public String decode(int[] tokens) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (int id : tokens) {
      bytes.writeBytes(bytes(id));
    }
    return bytes.toString(StandardCharsets.UTF_8);
  }

  /**
   * The bytes that a token adds to the text; none for a special token. May end within a character.
   */
  public byte[] bytes(int id) {
    byte[] bytes = id < 0 || id >= bytesOfId.length || special.contains(id) ? null : bytesOfId[id];
    return bytes == null ? new byte[0] : bytes;
  }

  private void plain(String text, List<Integer> out) {
    if (text.isEmpty()) {
      return;
    }
    String normal = nfc ? Normalizer.normalize(text, Normalizer.Form.NFC) : text;
    List<String> words = List.of(prefixSpace && !normal.startsWith(" ") ? " " + normal : normal);
    for (Pattern split : splits) {
      words = words.stream().flatMap(word -> isolate(split, word).stream()).toList();
    }
    words.forEach(word -> word(word.getBytes(StandardCharsets.UTF_8), out));
  }

  /** Cuts a text into the matches and what lies between them. */
  private static List<String> isolate(Pattern pattern, String text) {
    List<String> parts = new ArrayList<>();
    Matcher matcher = pattern.matcher(text);
    int from = 0;
    while (matcher.find()) {
      if (matcher.end() > matcher.start()) {
        if (matcher.start() > from) {
          parts.add(text.substring(from, matcher.start()));
        }
        parts.add(matcher.group());
        from = matcher.end();
      }
    }
    if (from < text.length()) {
      parts.add(text.substring(from));
    }
    return parts;
  }

  /**
   * Merges one word. Its symbols are a linked list over arrays; a heap holds the pairs that can be
   * merged, by rank and then from the left. An entry whose symbols have changed since is skipped.
   */
  private void word(byte[] word, List<Integer> out) {
    if (ignoreMerges) {
      Integer whole = ids.get(alphabet(word));
      if (whole != null) {
        out.add(whole);
        return;
      }
    }
    int n = word.length;
    int[] id = new int[n];
    int[] next = new int[n];
    int[] previous = new int[n];
    for (int i = 0; i < n; i++) {
      id[i] = byteIds[word[i] & 0xFF];
      next[i] = i + 1 < n ? i + 1 : -1;
      previous[i] = i - 1;
    }
    PriorityQueue<long[]> pairs =
        new PriorityQueue<>(
            Comparator.<long[]>comparingLong(p -> p[0]).thenComparingLong(p -> p[1]));
    for (int i = 0; i + 1 < n; i++) {
      offer(pairs, id, i, i + 1);
    }
    for (long[] pair = pairs.poll(); pair != null; pair = pairs.poll()) {
      int left = (int) pair[1];
      int right = next[left];
      if (id[left] < 0 || right < 0 || key(id[left], id[right]) != pair[2]) {
        continue;
      }
      Merge merge = merges.get(pair[2]);
      if (merge == null) {
        continue;
      }
      id[left] = merge.result;
      id[right] = -1;
      next[left] = next[right];
      if (next[left] >= 0) {
        previous[next[left]] = left;
        offer(pairs, id, left, next[left]);
      }
      if (previous[left] >= 0) {
        offer(pairs, id, previous[left], left);
      }
    }
    for (int i = 0; i >= 0 && n > 0; i = next[i]) {
      out.add(id[i]);
    }
  }

  private void offer(PriorityQueue<long[]> pairs, int[] id, int left, int right) {
    long key = key(id[left], id[right]);
    Merge merge = merges.get(key);
    if (merge != null) {
      pairs.add(new long[] {merge.rank, left, key});
    }
  }

  private static long key(int left, int right) {
    return (long) left << 32 | right;
  }

  private void added(JsonFile json, JsonNode token) {
    String text = token.path("content").asText();
    for (String flag : List.of("lstrip", "rstrip", "single_word")) {
      if (token.path(flag).asBoolean(false)) {
        throw json.refusal(
            "added_tokens", "has " + text + " with " + flag + ", which is not supported");
      }
    }
    added.put(text, token.path("id").asInt());
    if (token.path("special").asBoolean(false)) {
      special.add(token.path("id").asInt());
    }
  }

  private void merges(JsonFile json, JsonNode list) {
    int rank = 0;
    for (JsonNode merge : list) {
      String[] pair =
          merge.isArray() && merge.size() == 2
              ? new String[] {merge.get(0).asText(), merge.get(1).asText()}
              : merge.asText().split(" ", 2);
      Integer left = ids.get(pair[0]);
      Integer right = pair.length == 2 ? ids.get(pair[1]) : null;
      Integer result = pair.length == 2 ? ids.get(pair[0] + pair[1]) : null;
      if (left == null || right == null || result == null) {
        throw json.refusal(
            "model.merges", "names '" + merge.asText() + "', which the vocab does not hold");
      }
      merges.putIfAbsent(key(left, right), new Merge(rank++, result));
    }
  }

  private static boolean normalizer(JsonFile json) {
    JsonNode normalizer = json.root().path("normalizer");
    if (normalizer.isMissingNode() || normalizer.isNull()) {
      return false;
    }
    if (!normalizer.path("type").asText().equals("NFC")) {
      throw json.refusal(
          "normalizer", "is of type " + normalizer.path("type") + "; supported is NFC or none");
    }
    return true;
  }

  /** Collects the splits; true where a space is put before the text. */
  private boolean preTokenizer(JsonFile json, JsonNode step) {
    switch (step.path("type").asText()) {
      case "Sequence" -> {
        boolean space = false;
        for (JsonNode part : step.path("pretokenizers")) {
          space |= preTokenizer(json, part);
        }
        return space;
      }
      case "ByteLevel" -> {
        if (step.path("use_regex").asBoolean(true)) {
          splits.add(BYTE_LEVEL);
        }
        return step.path("add_prefix_space").asBoolean(false);
      }
      case "Split" -> {
        String regex = step.path("pattern").path("Regex").asText("");
        if (regex.isEmpty()
            || !step.path("behavior").asText().equals("Isolated")
            || step.path("invert").asBoolean(false)) {
          throw json.refusal("pre_tokenizer", "has a Split that is not an isolating Regex");
        }
        try {
          splits.add(Pattern.compile(regex, Pattern.UNICODE_CHARACTER_CLASS));
        } catch (PatternSyntaxException e) {
          throw json.refusal(
              "pre_tokenizer",
              "has the regular expression " + regex + ", which Java does not know");
        }
        return false;
      }
      default ->
          throw json.refusal(
              "pre_tokenizer",
              "is of type " + step.path("type") + "; supported are ByteLevel, Split, Sequence");
    }
  }

  /** The special tokens that a template puts before a single text. */
  private void prefix(JsonFile json, JsonNode processor) {
    switch (processor.path("type").asText("none")) {
      case "none", "null", "ByteLevel" -> {}
      case "Sequence" -> processor.path("processors").forEach(part -> prefix(json, part));
      case "TemplateProcessing" -> {
        boolean behind = false;
        for (JsonNode piece : processor.path("single")) {
          if (piece.has("Sequence")) {
            behind = true;
          } else if (behind) {
            throw json.refusal(
                "post_processor", "puts tokens behind a text, which is not supported");
          } else {
            String name = piece.path("SpecialToken").path("id").asText();
            processor
                .path("special_tokens")
                .path(name)
                .path("ids")
                .forEach(id -> prefix.add(id.asInt()));
          }
        }
      }
      default ->
          throw json.refusal(
              "post_processor",
              "is of type " + processor.path("type") + ", which is not supported");
    }
  }

  private static String alphabet(byte[] word) {
    char[] characters = new char[word.length];
    for (int i = 0; i < word.length; i++) {
      characters[i] = CHARACTER_OF_BYTE[word[i] & 0xFF];
    }
    return new String(characters);
  }

  private static byte[] bytes(String text) {
    byte[] bytes = new byte[text.length()];
    for (int i = 0; i < bytes.length; i++) {
      Integer value = BYTE_OF_CHARACTER.get(text.charAt(i));
      if (value == null) {
        // Not written in the alphabet of bytes: an added token that stands in the vocab too.
        return text.getBytes(StandardCharsets.UTF_8);
      }
      bytes[i] = value.byteValue();
    }
    return bytes;
  }

  /**
   * Printable Latin-1 stands for itself, the others for the characters from U+0100 on (GPT-2's
   * bytes_to_unicode).
   */
  static char[] byteAlphabet() {
    char[] alphabet = new char[256];
    int other = 0x100;
    for (int b = 0; b < 256; b++) {
      boolean printable = b >= '!' && b <= '~' || b >= 0xA1 && b <= 0xAC || b >= 0xAE;
      alphabet[b] = (char) (printable ? b : other++);
    }
    return alphabet;
  }

  private static Map<Character, Integer> inverse() {
    Map<Character, Integer> inverse = new HashMap<>();
    for (int b = 0; b < 256; b++) {
      inverse.put(CHARACTER_OF_BYTE[b], b);
    }
    return inverse;
  }

  @Override
  public String toString() {
    return "byte-level BPE, "
        + size()
        + " tokens, "
        + merges.size()
        + " merges, prefix "
        + Arrays.toString(prefix.toArray());
  }
}
