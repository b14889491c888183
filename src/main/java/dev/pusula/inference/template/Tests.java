package dev.pusula.inference.template;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BiPredicate;
import java.util.function.Predicate;

/** The tests that stand after {@code is}. */
final class Tests {

  private static final Map<String, BiPredicate<Object, Arguments>> ALL =
      Map.ofEntries(
          of("defined", value -> !(value instanceof Undefined)),
          of("undefined", Undefined.class::isInstance),
          of("none", value -> value == None.NONE),
          of("string", String.class::isInstance),
          of("mapping", Map.class::isInstance),
          of("sequence", Tests::iterable),
          of("iterable", Tests::iterable),
          of("number", Values::isNumber),
          of("integer", Long.class::isInstance),
          of("float", Double.class::isInstance),
          of("boolean", Boolean.class::isInstance),
          of("true", value -> value.equals(true)),
          of("false", value -> value.equals(false)),
          of("callable", Callable.class::isInstance),
          of("odd", value -> Values.integer(value) % 2 != 0),
          of("even", value -> Values.integer(value) % 2 == 0),
          of("lower", value -> cased(value, false)),
          of("upper", value -> cased(value, true)),
          of("divisibleby", (value, by) -> Values.integer(value) % Values.integer(by) == 0),
          of("in", (value, in) -> Values.contains(in, value)),
          of("sameas", Object::equals),
          of("eq", Values::equal),
          of("equalto", Values::equal),
          of("==", Values::equal),
          of("ne", (value, other) -> !Values.equal(value, other)),
          of("lt", (value, other) -> Values.order(value, other) < 0),
          of("le", (value, other) -> Values.order(value, other) <= 0),
          of("gt", (value, other) -> Values.order(value, other) > 0),
          of("ge", (value, other) -> Values.order(value, other) >= 0));

  private Tests() {}

  static BiPredicate<Object, Arguments> named(String name) {
    BiPredicate<Object, Arguments> test = ALL.get(name);
    if (test == null) {
      throw new TemplateException("No test named '" + name + "'.");
    }
    return test;
  }

  private static boolean iterable(Object value) {
    return value instanceof String
        || value instanceof List
        || value instanceof Map
        || value instanceof Undefined;
  }

  private static boolean cased(Object value, boolean upper) {
    String text = Values.text(value);
    return text.equals(upper ? text.toUpperCase(Locale.ROOT) : text.toLowerCase(Locale.ROOT))
        && !text.toUpperCase(Locale.ROOT).equals(text.toLowerCase(Locale.ROOT));
  }

  private static Map.Entry<String, BiPredicate<Object, Arguments>> of(
      String name, Predicate<Object> test) {
    return Map.entry(name, (value, given) -> test.test(value));
  }

  private static Map.Entry<String, BiPredicate<Object, Arguments>> of(
      String name, BiPredicate<Object, Object> test) {
    return Map.entry(name, (value, given) -> test.test(value, given.get(0, "other")));
  }
}
