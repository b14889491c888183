package dev.pusula.inference.template;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** The filters that stand after {@code |}. */
final class Filters {

  /** What a filter makes of a value. */
  interface Filter {
    Object of(Object value, Arguments given);
  }

  private static final Map<String, Filter> ALL =
      Map.ofEntries(
          Map.entry("trim", (v, given) -> Methods.strip(Values.text(v), given, true, true)),
          Map.entry("upper", (v, given) -> Values.text(v).toUpperCase(Locale.ROOT)),
          Map.entry("lower", (v, given) -> Values.text(v).toLowerCase(Locale.ROOT)),
          Map.entry("title", (v, given) -> Methods.title(Values.text(v))),
          Map.entry("capitalize", (v, given) -> Methods.capitalize(Values.text(v))),
          Map.entry("string", (v, given) -> Values.text(v)),
          Map.entry("safe", (v, given) -> v),
          Map.entry("replace", Filters::replace),
          Map.entry("indent", Filters::indent),
          Map.entry("tojson", (v, given) -> Json.dumps(v, given)),
          Map.entry("int", (v, given) -> (long) number(v, given.number(0, "default", 0))),
          Map.entry("float", (v, given) -> number(v, given.number(0, "default", 0))),
          Map.entry("abs", (v, given) -> absolute(v)),
          Map.entry("length", (v, given) -> Values.length(v)),
          Map.entry("count", (v, given) -> Values.length(v)),
          Map.entry("list", (v, given) -> Values.elements(v)),
          Map.entry("first", (v, given) -> end(v, 0)),
          Map.entry("last", (v, given) -> end(v, -1)),
          Map.entry("reverse", (v, given) -> Values.slice(v, None.NONE, None.NONE, -1L)),
          Map.entry("join", Filters::join),
          Map.entry("sort", Filters::sort),
          Map.entry("unique", (v, given) -> unique(Values.elements(v))),
          Map.entry("items", (v, given) -> v instanceof Undefined ? v : Methods.items(map(v))),
          Map.entry("dictsort", Filters::dictsort),
          Map.entry("default", Filters::otherwise),
          Map.entry("d", Filters::otherwise),
          Map.entry("map", Filters::map),
          Map.entry("select", (v, given) -> select(v, test(given, 0), true)),
          Map.entry("reject", (v, given) -> select(v, test(given, 0), false)),
          Map.entry("selectattr", (v, given) -> select(v, attributeTest(given), true)),
          Map.entry("rejectattr", (v, given) -> select(v, attributeTest(given), false)));

  private Filters() {}

  static Filter named(String name) {
    Filter filter = ALL.get(name);
    if (filter == null) {
      throw new TemplateException("No filter named '" + name + "'.");
    }
    return filter;
  }

  private static Object replace(Object value, Arguments given) {
    return Methods.replace(
        Values.text(value), given.text(0, "s"), given.text(1, "new"), given.number(2, "count", -1));
  }

  private static Object indent(Object value, Arguments given) {
    Object width = given.get(0, "width", 4L);
    String margin =
        width instanceof String text ? text : (String) Values.arithmetic("*", " ", width);
    boolean first = given.flag(1, "first", false);
    boolean blank = given.flag(2, "blank", false);
    List<String> lines = new ArrayList<>();
    for (String line : Values.text(value).split("\n", -1)) {
      boolean moved = lines.isEmpty() ? first : blank || !line.isEmpty();
      lines.add(moved ? margin + line : line);
    }
    return Methods.join(lines, "\n");
  }

  private static double number(Object value, int otherwise) {
    if (Values.isNumber(value)) {
      return Values.real(value);
    }
    try {
      return Double.parseDouble(Values.text(value).strip());
    } catch (NumberFormatException e) {
      return otherwise;
    }
  }

  private static Object absolute(Object value) {
    return Values.order(value, 0L) < 0 ? Values.arithmetic("-", 0L, value) : value;
  }

  private static Object end(Object value, long index) {
    List<?> elements = Values.elements(value);
    return elements.isEmpty()
        ? new Undefined("No element, the sequence was empty.")
        : Values.item(elements, index);
  }

  private static Object join(Object value, Arguments given) {
    List<?> elements = Values.elements(value);
    Object attribute = given.get(1, "attribute", None.NONE);
    return Methods.join(
        attribute == None.NONE
            ? elements
            : elements.stream().map(element -> deep(element, attribute)).toList(),
        Values.text(given.get(0, "d", "")));
  }

  private static Object sort(Object value, Arguments given) {
    Object attribute = given.get(2, "attribute", None.NONE);
    boolean cased = given.flag(1, "case_sensitive", false);
    Comparator<Object> order =
        Comparator.comparing(
            element -> {
              Object key = attribute == None.NONE ? element : deep(element, attribute);
              return key instanceof String text && !cased ? text.toLowerCase(Locale.ROOT) : key;
            },
            Values::order);
    return Values.elements(value).stream()
        .sorted(given.flag(0, "reverse", false) ? order.reversed() : order)
        .toList();
  }

  private static Object dictsort(Object value, Arguments given) {
    return sort(
        Methods.items(map(value)),
        new Arguments(given.caller(), List.of(), Map.of("attribute", 0L)));
  }

  private static List<?> unique(List<?> elements) {
    List<Object> kept = new ArrayList<>();
    elements.stream().filter(element -> !Values.contains(kept, element)).forEach(kept::add);
    return kept;
  }

  private static Map<?, ?> map(Object value) {
    if (value instanceof Map<?, ?> map) {
      return map;
    }
    throw Values.unfit(value, "a mapping");
  }

  private static Object otherwise(Object value, Arguments given) {
    boolean missing =
        value instanceof Undefined || (given.flag(1, "boolean", false) && !Values.truth(value));
    return missing ? given.get(0, "default_value", "") : value;
  }

  private static Object map(Object value, Arguments given) {
    List<?> elements = Values.elements(value);
    if (given.named().containsKey("attribute")) {
      return elements.stream()
          .map(
              element -> {
                Object found = deep(element, given.get(1, "attribute"));
                return found instanceof Undefined ? given.get(2, "default", found) : found;
              })
          .collect(Collectors.toList());
    }
    Filter filter = named(given.text(0, "filter"));
    return elements.stream()
        .map(element -> filter.of(element, given.rest(1)))
        .collect(Collectors.toList());
  }

  private static List<?> select(Object value, Predicate<Object> test, boolean wanted) {
    return Values.elements(value).stream()
        .filter(element -> test.test(element) == wanted)
        .collect(Collectors.toList());
  }

  private static Predicate<Object> test(Arguments given, int index) {
    if (!given.has(index, "test")) {
      return Values::truth;
    }
    var test = Tests.named(given.text(index, "test"));
    return element -> test.test(element, given.rest(index + 1));
  }

  private static Predicate<Object> attributeTest(Arguments given) {
    Object attribute = given.get(0, "attribute");
    Predicate<Object> test = test(given, 1);
    return element -> test.test(deep(element, attribute));
  }

  /** An attribute's value; a name with dots leads through several. */
  private static Object deep(Object element, Object attribute) {
    if (!(attribute instanceof String path)) {
      return Values.item(element, attribute);
    }
    Object found = element;
    for (String name : path.split("\\.", -1)) {
      found = found instanceof Map ? Values.item(found, name) : Values.attribute(found, name);
    }
    return found;
  }
}
