package dev.pusula.inference.template;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.IntPredicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The methods of Python's text and dictionaries that change nothing. */
final class Methods {

  private Methods() {}

  static @Nullable Callable of(Object base, String name) {
    if (base instanceof String text) {
      return ofText(text, name);
    } else if (base instanceof Map<?, ?> map) {
      return ofDictionary(map, name);
    }
    return null;
  }

  private static @Nullable Callable ofDictionary(Map<?, ?> map, String name) {
    return switch (name) {
      case "items" -> given -> items(map);
      case "keys" -> given -> List.copyOf(map.keySet());
      case "values" -> given -> List.copyOf(map.values());
      case "get" ->
          given -> {
            Object value = map.get(given.get(0, "key"));
            return value != null ? value : given.get(1, "default", None.NONE);
          };
      default -> null;
    };
  }

  static List<?> items(Map<?, ?> map) {
    return map.entrySet().stream().map(e -> List.of(e.getKey(), e.getValue())).toList();
  }

  private static @Nullable Callable ofText(String text, String name) {
    return switch (name) {
      case "strip" -> given -> strip(text, given, true, true);
      case "lstrip" -> given -> strip(text, given, true, false);
      case "rstrip" -> given -> strip(text, given, false, true);
      case "split" -> given -> split(text, given, false);
      case "rsplit" -> given -> split(text, given, true);
      case "splitlines" -> given -> text.lines().toList();
      case "startswith" -> given -> affixes(given).stream().anyMatch(text::startsWith);
      case "endswith" -> given -> affixes(given).stream().anyMatch(text::endsWith);
      case "removeprefix" ->
          given -> {
            String prefix = given.text(0, "prefix");
            return text.startsWith(prefix) ? text.substring(prefix.length()) : text;
          };
      case "removesuffix" ->
          given -> {
            String suffix = given.text(0, "suffix");
            return text.endsWith(suffix)
                ? text.substring(0, text.length() - suffix.length())
                : text;
          };
      case "upper" -> given -> text.toUpperCase(Locale.ROOT);
      case "lower" -> given -> text.toLowerCase(Locale.ROOT);
      case "title" -> given -> title(text);
      case "capitalize" -> given -> capitalize(text);
      case "replace" ->
          given ->
              replace(
                  text, given.text(0, "old"), given.text(1, "new"), given.number(2, "count", -1));
      case "find" ->
          given -> {
            int at = text.indexOf(given.text(0, "sub"));
            return (long) (at < 0 ? at : text.codePointCount(0, at));
          };
      case "count" ->
          given -> (long) pieces(text, given.text(0, "sub"), Integer.MAX_VALUE, false).size() - 1;
      case "join" -> given -> join(Values.elements(given.get(0, "iterable")), text);
      case "isdigit" -> given -> all(text, Character::isDigit);
      case "isalpha" -> given -> all(text, Character::isLetter);
      case "isspace" -> given -> all(text, Values::blank);
      default -> null;
    };
  }

  static String strip(String text, Arguments given, boolean left, boolean right) {
    return Values.strip(text, given.get(0, "chars", None.NONE), left, right);
  }

  static String join(List<?> elements, String between) {
    long length =
        elements.stream().mapToLong(e -> Values.text(e).length() + between.length()).sum();
    return elements.stream()
        .map(Values::text)
        .collect(Collectors.joining(Values.limited(length, between)));
  }

  static String replace(String text, String old, String with, int count) {
    int limit = count < 0 ? Integer.MAX_VALUE : count;
    if (old.isEmpty()) {
      throw new TemplateException("nothing cannot be replaced");
    }
    return join(pieces(text, old, limit, false), with);
  }

  static String capitalize(String text) {
    int first = text.isEmpty() ? 0 : text.offsetByCodePoints(0, 1);
    return text.substring(0, first).toUpperCase(Locale.ROOT)
        + text.substring(first).toLowerCase(Locale.ROOT);
  }

  static String title(String text) {
    StringBuilder out = new StringBuilder();
    int before = ' ';
    for (int letter : text.codePoints().toArray()) {
      out.appendCodePoint(
          Character.isLetter(before)
              ? Character.toLowerCase(letter)
              : Character.toTitleCase(letter));
      before = letter;
    }
    return out.toString();
  }

  private static boolean all(String text, IntPredicate kind) {
    return !text.isEmpty() && text.codePoints().allMatch(kind);
  }

  private static List<String> affixes(Arguments given) {
    return given.get(0, "prefix") instanceof List<?> several
        ? several.stream().map(Values::text).toList()
        : List.of(given.text(0, "prefix"));
  }

  private static List<String> split(String text, Arguments given, boolean fromRight) {
    int limit = given.number(1, "maxsplit", -1);
    int most = limit < 0 ? Integer.MAX_VALUE : limit;
    if (given.get(0, "sep", None.NONE) != None.NONE) {
      String separator = given.text(0, "sep");
      if (separator.isEmpty()) {
        throw new TemplateException("an empty separator");
      }
      return pieces(text, separator, most, fromRight);
    } else if (limit >= 0) {
      throw new TemplateException("split at white space takes no maxsplit");
    }
    StringBuilder spaced = new StringBuilder();
    text.codePoints().forEach(c -> spaced.appendCodePoint(Values.blank(c) ? ' ' : c));
    return pieces(spaced.toString(), " ", most, false).stream()
        .filter(piece -> !piece.isEmpty())
        .toList();
  }

  private static List<String> pieces(String text, String separator, int most, boolean fromRight) {
    List<String> pieces = new ArrayList<>();
    int from = 0;
    int to = text.length();
    int at = fromRight ? text.lastIndexOf(separator) : text.indexOf(separator);
    while (at >= 0 && pieces.size() < most) {
      int after = at + separator.length();
      pieces.add(fromRight ? text.substring(after, to) : text.substring(from, at));
      Values.limited(pieces);
      if (fromRight) {
        to = at;
        at = text.lastIndexOf(separator, to - separator.length());
      } else {
        from = after;
        at = text.indexOf(separator, from);
      }
    }
    pieces.add(text.substring(from, to));
    if (fromRight) {
      Collections.reverse(pieces);
    }
    return pieces;
  }
}
