package dev.pusula.inference.template;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Writes values as Python's {@code json.dumps} or its {@code repr} does. */
final class Json {

  private final StringBuilder out = new StringBuilder();
  private final boolean json;
  private final boolean ascii;
  private final boolean sorted;
  private final String newline;
  private final String indent;
  private final String comma;
  private final String colon;

  private Json(boolean json, Arguments options) {
    this.json = json;
    this.ascii = options.flag(0, "ensure_ascii", false);
    Object width = options.get(1, "indent", None.NONE);
    this.newline = width == None.NONE ? "" : "\n";
    this.indent =
        width instanceof String text
            ? text
            : width == None.NONE ? "" : " ".repeat((int) Math.min(16, Values.integer(width)));
    Object separators = options.get(2, "separators", None.NONE);
    boolean given = separators instanceof List<?> list && list.size() == 2;
    this.comma = given ? Values.text(Values.item(separators, 0L)) : width == None.NONE ? ", " : ",";
    this.colon = given ? Values.text(Values.item(separators, 1L)) : ": ";
    this.sorted = options.flag(3, "sort_keys", false);
  }

  /** transformers' own filter {@code tojson}. */
  static String dumps(Object value, Arguments options) {
    Json writer = new Json(true, options);
    writer.write(value, 1);
    return writer.out.toString();
  }

  static String python(Object value) {
    Json writer = new Json(false, new Arguments(new Scope(), List.of(), Map.of()));
    writer.write(value, 1);
    return writer.out.toString();
  }

  private void write(Object value, int depth) {
    Values.limited(out.length(), "");
    if (value instanceof String text) {
      quote(text);
    } else if (value instanceof Boolean truth) {
      out.append(json ? truth.toString() : truth ? "True" : "False");
    } else if (value instanceof Double number) {
      out.append(Values.decimal(number));
    } else if (value instanceof Long) {
      out.append(value);
    } else if (value instanceof List<?> list) {
      out.append('[');
      String between = "";
      for (Object element : list) {
        separate(between, depth);
        write(element, depth + 1);
        between = comma;
      }
      close(list.isEmpty(), depth, ']');
    } else if (value instanceof Map<?, ?> map) {
      out.append('{');
      String between = "";
      for (Object key : sorted ? sorted(map) : List.copyOf(map.keySet())) {
        separate(between, depth);
        write(json ? Values.text(key) : key, depth + 1);
        out.append(colon);
        write(Values.item(map, key), depth + 1);
        between = comma;
      }
      close(map.isEmpty(), depth, '}');
    } else if (value == None.NONE) {
      out.append(json ? "null" : "None");
    } else if (json) {
      throw Values.unfit(value, "what JSON can hold");
    } else {
      out.append('<').append(Values.type(value).toLowerCase(Locale.ROOT)).append('>');
    }
  }

  private static List<?> sorted(Map<?, ?> map) {
    return map.keySet().stream().sorted(Comparator.comparing(Values::text)).toList();
  }

  private void separate(String between, int depth) {
    out.append(between).append(newline).append(indent.repeat(depth));
  }

  private void close(boolean empty, int depth, char bracket) {
    out.append(empty ? "" : newline + indent.repeat(depth - 1)).append(bracket);
  }

  private void quote(String text) {
    char quote = json || (text.contains("'") && !text.contains("\"")) ? '"' : '\'';
    out.append(quote);
    text.chars()
        .forEach(
            letter -> {
              int known = "\n\r\t\b\f".indexOf(letter);
              if (letter == quote || letter == '\\') {
                out.append('\\').append((char) letter);
              } else if (known >= 0 && (json || known < 3)) {
                out.append('\\').append("nrtbf".charAt(known));
              } else if (letter < ' ' || (letter > '~' && ascii) || (letter == 0x7f && !json)) {
                out.append(String.format(Locale.ROOT, json ? "\\u%04x" : "\\x%02x", letter));
              } else {
                out.append((char) letter);
              }
            });
    out.append(quote);
  }
}
