package dev.pusula.inference.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import dev.pusula.inference.checkpoint.TextPattern.Span;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Cuts a text into the words that the model sees: the file's {@code pre_tokenizer}. */
sealed interface PreTokenizer {

  /**
   * A part of the text, never empty.
   *
   * @param first whether it begins where the whole text begins
   */
  record Part(String text, boolean first) {}

  /** What GPT-2 splits by (tokenizers, pre_tokenizers/byte_level.rs). */
  TextPattern GPT2 =
      TextPattern.regex(
          "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+");

  List<Part> split(Part part);

  /** Reads the step and those within it; none where the field is null. */
  static PreTokenizer read(JsonField field) {
    if (!field.present()) {
      return new Steps(List.of());
    }
    return switch (field.type()) {
      case "Sequence" ->
          new Steps(
              field.only("pretokenizers").at("pretokenizers").items().stream()
                  .map(PreTokenizer::read)
                  .toList());
      case "Split" -> {
        field.only("pattern", "behavior", "invert");
        yield new Split(
            TextPattern.read(field.at("pattern")),
            Behavior.read(field.at("behavior")),
            field.at("invert").flag(false));
      }
      case "Digits" ->
          new Split(
              TextPattern.regex("\\p{N}"),
              field.only("individual_digits").at("individual_digits").flag(false)
                  ? Behavior.ISOLATED
                  : Behavior.CONTIGUOUS,
              false);
      case "Punctuation" ->
          new Split(
              TextPattern.regex("[\\p{P}$+<=>^`|~]"),
              Behavior.read(field.only("behavior").at("behavior")),
              false);
      case "Whitespace" -> new Split(TextPattern.regex("\\w+|[^\\w\\s]+"), Behavior.REMOVED, true);
      case "WhitespaceSplit" -> new Split(TextPattern.regex("\\s"), Behavior.REMOVED, false);
      case "ByteLevel" -> {
        field.only("add_prefix_space", "trim_offsets", "use_regex");
        yield new ByteLevel(
            field.at("add_prefix_space").flag(true), field.at("use_regex").flag(true));
      }
      case "Metaspace" -> {
        Metaspace metaspace = Metaspace.read(field);
        JsonField normalizer = JsonField.of(field.file(), "normalizer");
        if (metaspace.prefix() == Metaspace.Prefix.FIRST
            && normalizer.node().findValues("strip_left").stream().anyMatch(JsonNode::asBoolean)) {
          // To the library, a text that lost its start is no first part any more.
          throw field.at("prepend_scheme").refusal("is first, and the normalizer strips the left");
        }
        yield metaspace;
      }
      default -> throw field.unsupportedType();
    };
  }

  /** One after the other, each on what the one before it left. */
  record Steps(List<PreTokenizer> steps) implements PreTokenizer {
    @Override
    public List<Part> split(Part part) {
      List<Part> parts = List.of(part);
      for (PreTokenizer step : steps) {
        List<Part> smaller = new ArrayList<>();
        parts.forEach(one -> smaller.addAll(step.split(one)));
        parts = smaller;
      }
      return parts;
    }
  }

  /** What becomes of the stretches that a split found. */
  enum Behavior {
    REMOVED,
    ISOLATED,
    MERGED_WITH_PREVIOUS,
    MERGED_WITH_NEXT,
    CONTIGUOUS;

    private static final Map<String, Behavior> NAMES =
        Map.of(
            "Removed", REMOVED,
            "Isolated", ISOLATED,
            "MergedWithPrevious", MERGED_WITH_PREVIOUS,
            "MergedWithNext", MERGED_WITH_NEXT,
            "Contiguous", CONTIGUOUS);

    static Behavior read(JsonField field) {
      Behavior behavior = NAMES.get(field.text("Isolated"));
      if (behavior == null) {
        throw field.refusal("is " + field.node() + "; supported are " + NAMES.keySet());
      }
      return behavior;
    }

    /** Whether a stretch belongs to the part that the one before it is in. */
    private boolean joins(boolean previousMatch, boolean match) {
      return switch (this) {
        case REMOVED, ISOLATED -> false;
        case MERGED_WITH_PREVIOUS -> match && !previousMatch;
        case MERGED_WITH_NEXT -> !match && previousMatch;
        case CONTIGUOUS -> match == previousMatch;
      };
    }
  }

  /** Cuts at matches, or with invert at what lies between them. */
  record Split(TextPattern pattern, Behavior behavior, boolean invert) implements PreTokenizer {
    @Override
    public List<Part> split(Part part) {
      List<Part> parts = new ArrayList<>();
      int from = 0;
      int to = 0;
      boolean previous = false;
      for (Span span : pattern.spans(part.text())) {
        boolean match = span.match() != invert;
        if (!behavior.joins(previous, match)) {
          add(parts, part, from, to);
          from = span.from();
        }
        to = span.to();
        if (match && behavior == Behavior.REMOVED) {
          from = to;
        }
        previous = match;
      }
      add(parts, part, from, to);
      return parts;
    }

    private static void add(List<Part> parts, Part whole, int from, int to) {
      if (from < to) {
        parts.add(new Part(whole.text().substring(from, to), whole.first() && from == 0));
      }
    }
  }

  /** Writes every part in the alphabet of bytes, cut as GPT-2 does where the file says so. */
  record ByteLevel(boolean prefixSpace, boolean splits) implements PreTokenizer {

    private static final Split WORDS = new Split(GPT2, Behavior.ISOLATED, false);

    @Override
    public List<Part> split(Part part) {
      Part spaced =
          prefixSpace && !part.text().startsWith(" ")
              ? new Part(" " + part.text(), part.first())
              : part;
      List<Part> parts = new ArrayList<>();
      for (Part word : splits ? WORDS.split(spaced) : List.of(spaced)) {
        parts.add(new Part(ByteAlphabet.write(word.text()), word.first()));
      }
      return parts;
    }
  }

  /** SentencePiece's way: spaces become a visible character that starts a word. */
  record Metaspace(String space, Prefix prefix, boolean splits, Split words)
      implements PreTokenizer {

    /** Before which parts the character is put, where they do not start with it. */
    enum Prefix {
      ALWAYS,
      FIRST,
      NEVER
    }

    static Metaspace read(JsonField field) {
      field.only("replacement", "add_prefix_space", "prepend_scheme", "split", "str_rep");
      String space = field.at("replacement").text();
      return new Metaspace(
          space,
          prefix(field),
          field.at("split").flag(true),
          new Split(TextPattern.literal(space), Behavior.MERGED_WITH_NEXT, false));
    }

    /** Older files say add_prefix_space. */
    static Prefix prefix(JsonField field) {
      JsonField scheme = field.at("prepend_scheme");
      String otherwise = field.at("add_prefix_space").flag(true) ? "always" : "never";
      return switch (scheme.text(otherwise)) {
        case "always" -> Prefix.ALWAYS;
        case "first" -> Prefix.FIRST;
        case "never" -> Prefix.NEVER;
        default -> throw scheme.refusal("must be always, first or never");
      };
    }

    @Override
    public List<Part> split(Part part) {
      String text = part.text().replace(" ", space);
      boolean prepends = prefix == Prefix.ALWAYS || prefix == Prefix.FIRST && part.first();
      if (prepends && !text.startsWith(space)) {
        text = space + text;
      }
      Part spaced = new Part(text, part.first());
      return splits ? words.split(spaced) : List.of(spaced);
    }
  }
}
