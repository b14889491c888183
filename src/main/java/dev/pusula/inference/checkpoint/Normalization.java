package dev.pusula.inference.checkpoint;

import java.text.Normalizer;
import java.util.List;
import java.util.Locale;

/** What is done to a text before it is cut into words: the file's {@code normalizer}. */
sealed interface Normalization {

  String apply(String text);

  /** Reads the step and those within it; none where the field is null. */
  static Normalization read(JsonField field) {
    if (!field.present()) {
      return new Steps(List.of());
    }
    return switch (field.type()) {
      case "Sequence" ->
          new Steps(
              field.only("normalizers").at("normalizers").items().stream()
                  .map(Normalization::read)
                  .toList());
      case "NFC", "NFD", "NFKC", "NFKD" -> new Form(Normalizer.Form.valueOf(field.only().type()));
      case "Lowercase" -> new Lowercase();
      case "StripAccents" -> new StripAccents();
      case "Precompiled" ->
          new Precompiled(
              CharacterMap.read(field.only("precompiled_charsmap").at("precompiled_charsmap")));
      case "Strip" -> {
        field.only("strip_left", "strip_right");
        yield new Strip(field.at("strip_left").flag(false), field.at("strip_right").flag(false));
      }
      case "Prepend" -> new Prepend(field.only("prepend").at("prepend").text());
      case "Replace" -> {
        field.only("pattern", "content");
        yield new Replace(TextPattern.read(field.at("pattern")), field.at("content").text());
      }
      default -> throw field.unsupportedType();
    };
  }

  /** One after the other. */
  record Steps(List<Normalization> steps) implements Normalization {
    @Override
    public String apply(String text) {
      String normal = text;
      for (Normalization step : steps) {
        normal = step.apply(normal);
      }
      return normal;
    }
  }

  /** A normal form of Unicode. */
  record Form(Normalizer.Form form) implements Normalization {
    @Override
    public String apply(String text) {
      return Normalizer.normalize(text, form);
    }
  }

  /** Character by character: a final sigma is no other than one within a word. */
  record Lowercase() implements Normalization {
    @Override
    public String apply(String text) {
      StringBuilder lower = new StringBuilder(text.length());
      text.codePoints().forEach(c -> lower.append(Character.toString(c).toLowerCase(Locale.ROOT)));
      return lower.toString();
    }
  }

  /** Leaves combining marks out. */
  record StripAccents() implements Normalization {
    @Override
    public String apply(String text) {
      StringBuilder bare = new StringBuilder(text.length());
      text.codePoints().filter(c -> !Unicode.isMark(c)).forEach(bare::appendCodePoint);
      return bare.toString();
    }
  }

  /** Leaves white space out at the ends. */
  record Strip(boolean left, boolean right) implements Normalization {
    @Override
    public String apply(String text) {
      int from = 0;
      int to = text.length();
      while (left && from < to && Unicode.isWhite(text.charAt(from))) {
        from++;
      }
      while (right && from < to && Unicode.isWhite(text.charAt(to - 1))) {
        to--;
      }
      return text.substring(from, to);
    }
  }

  /** Puts a text before any that is not empty. */
  record Prepend(String prefix) implements Normalization {
    @Override
    public String apply(String text) {
      return text.isEmpty() ? text : prefix + text;
    }
  }

  /** Replaces characters as SentencePiece compiled it. */
  record Precompiled(CharacterMap map) implements Normalization {
    @Override
    public String apply(String text) {
      return map.apply(text);
    }
  }

  /** Puts a text in the place of what is found. */
  record Replace(TextPattern pattern, String by) implements Normalization {
    @Override
    public String apply(String text) {
      return pattern.replace(text, by);
    }
  }
}
