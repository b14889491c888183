package dev.pusula.inference.checkpoint;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * What a tokenizer file looks for in a text: a literal, or an expression that was written for
 * Oniguruma.
 */
record TextPattern(Pattern pattern) {

  /** Oniguruma's classes are Unicode's, its ^ and $ stand at every line and only LF ends one. */
  private static final int FLAGS =
      Pattern.UNICODE_CHARACTER_CLASS | Pattern.MULTILINE | Pattern.UNIX_LINES;

  /**
   * Scripts and binary properties, which Java wants with an Is; the POSIX classes it knows as they
   * are.
   */
  private static final Pattern PROPERTY =
      Pattern.compile(
          "\\\\([pP])\\{(?!Is|In|Alpha\\}|Alnum|Digit|Upper\\}|Lower\\}|Punct\\}|Space\\}|XDigit)"
              + "([A-Z][A-Za-z_]{2,})\\}");

  /** A stretch of a text, and whether it is what was looked for. */
  record Span(int from, int to, boolean match) {}

  /** Reads {@code {"String": …}} or {@code {"Regex": …}}. */
  static TextPattern read(JsonField field) {
    field.only("String", "Regex");
    JsonField regex = field.at("Regex");
    if (!regex.present()) {
      return literal(field.at("String").text());
    }
    try {
      return regex(regex.text());
    } catch (PatternSyntaxException e) {
      throw regex.refusal("is " + regex.text() + ", which Java does not know: " + e.getMessage());
    }
  }

  static TextPattern literal(String text) {
    return new TextPattern(
        text.isEmpty() ? Pattern.compile("(?!)") : Pattern.compile(text, Pattern.LITERAL));
  }

  static TextPattern regex(String regex) {
    return new TextPattern(
        Pattern.compile(PROPERTY.matcher(regex).replaceAll("\\\\$1{Is$2}"), FLAGS));
  }

  /** The whole text, match by match and what lies between. */
  List<Span> spans(String text) {
    List<Span> spans = new ArrayList<>();
    Matcher matcher = pattern.matcher(text);
    int end = 0;
    int at = 0;
    while (at <= text.length() && matcher.find(at)) {
      boolean empty = matcher.start() == matcher.end();
      if (matcher.start() > end) {
        spans.add(new Span(end, matcher.start(), false));
      }
      // Oniguruma has no empty match where a match has just ended.
      if (!empty || matcher.start() > end || spans.isEmpty()) {
        spans.add(new Span(matcher.start(), matcher.end(), true));
      }
      end = matcher.end();
      // By itself the matcher would go on within a surrogate pair.
      at = empty ? next(text, end) : end;
    }
    if (end < text.length()) {
      spans.add(new Span(end, text.length(), false));
    }
    return spans;
  }

  private static int next(String text, int at) {
    return at < text.length() ? text.offsetByCodePoints(at, 1) : at + 1;
  }

  /** The text with another in place of each match. */
  String replace(String text, String by) {
    StringBuilder replaced = new StringBuilder(text.length());
    for (Span span : spans(text)) {
      if (span.match()) {
        replaced.append(by);
      } else {
        replaced.append(text, span.from(), span.to());
      }
    }
    return replaced.toString();
  }
}
