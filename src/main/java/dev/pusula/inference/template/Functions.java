package dev.pusula.inference.template;

import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The functions that every template sees. */
final class Functions {

  private static final Map<Character, String> FIELDS =
      Map.ofEntries(
          Map.entry('d', "dd"),
          Map.entry('m', "MM"),
          Map.entry('Y', "yyyy"),
          Map.entry('y', "yy"),
          Map.entry('B', "MMMM"),
          Map.entry('b', "MMM"),
          Map.entry('A', "EEEE"),
          Map.entry('a', "EEE"),
          Map.entry('H', "HH"),
          Map.entry('I', "hh"),
          Map.entry('M', "mm"),
          Map.entry('S', "ss"),
          Map.entry('p', "a"),
          Map.entry('j', "DDD"));

  private Functions() {}

  static void define(Scope globals, LocalDateTime now) {
    define(globals, "range", Functions::range);
    define(globals, "dict", given -> new LinkedHashMap<>(given.named()));
    define(globals, "namespace", Namespace::new);
    define(globals, "strftime_now", given -> format(now, given.text(0, "format")));
    define(
        globals,
        "raise_exception",
        given -> {
          throw new TemplateException(Values.text(given.get(0, "message")));
        });
  }

  private static void define(Scope globals, String name, Callable function) {
    globals.set(name, function);
  }

  private static Object range(Arguments given) {
    boolean one = given.positional().size() == 1;
    long from = one ? 0 : Values.integer(given.get(0, "start"));
    long to = Values.integer(given.get(one ? 0 : 1, "stop"));
    long step = given.number(2, "step", 1);
    if (step == 0) {
      throw new TemplateException("a range cannot have a step of zero");
    }
    List<Object> numbers = new ArrayList<>();
    for (long i = from; step > 0 ? i < to : i > to; i = Math.addExact(i, step)) {
      if (numbers.size() >= Template.MAX_ELEMENTS) {
        throw new TemplateException("a range is longer than " + Template.MAX_ELEMENTS);
      }
      numbers.add(i);
    }
    return numbers;
  }

  /** {@code strftime} in English, since that is the language that models were trained with. */
  private static String format(LocalDateTime now, String format) {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < format.length(); i++) {
      char letter = format.charAt(i);
      if (letter != '%' || i + 1 == format.length()) {
        out.append(letter);
        continue;
      }
      char field = format.charAt(++i);
      boolean unpadded = field == '-' && i + 1 < format.length();
      if (unpadded) {
        field = format.charAt(++i);
      }
      String pattern = FIELDS.get(field);
      if (pattern == null && field != '%') {
        throw new TemplateException("strftime_now does not know %" + field);
      }
      out.append(
          pattern == null
              ? "%"
              : DateTimeFormatter.ofPattern(
                      unpadded ? pattern.substring(0, 1) : pattern, Locale.ENGLISH)
                  .format(now));
    }
    return out.toString();
  }

  /** The one thing that a template can change. */
  static final class Namespace implements Attributes {
    private final Map<String, Object> values = new HashMap<>();

    Namespace(Arguments given) {
      given.named().forEach(this::set);
    }

    void set(String name, Object value) {
      if (name.startsWith("_")) {
        throw new TemplateException("a namespace cannot hold '" + name + "'");
      }
      values.put(name, value);
    }

    @Override
    public Object attribute(String name) {
      return values.getOrDefault(
          name, new Undefined("the namespace has no attribute '" + name + "'"));
    }
  }
}
