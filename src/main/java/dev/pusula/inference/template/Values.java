package dev.pusula.inference.template;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What Python's operators and built-in functions make of values. */
final class Values {

  private Values() {}

  /** A value of a template for one of Java. */
  static Object of(@Nullable Object given) {
    if (given == null) {
      return None.NONE;
    } else if (given instanceof Integer number) {
      return number.longValue();
    } else if (given instanceof List<?> list) {
      return list.stream().map(Values::of).toList();
    } else if (given instanceof Map<?, ?> map) {
      Map<Object, Object> copy = new LinkedHashMap<>();
      map.forEach((key, value) -> copy.put(of(key), of(value)));
      return Collections.unmodifiableMap(copy);
    }
    return given;
  }

  static String type(Object value) {
    if (value instanceof Boolean) {
      return "bool";
    } else if (value instanceof Long) {
      return "int";
    } else if (value instanceof Double) {
      return "float";
    } else if (value instanceof String) {
      return "str";
    } else if (value instanceof List) {
      return "list";
    } else if (value instanceof Map) {
      return "dict";
    }
    return value == None.NONE ? "None" : value.getClass().getSimpleName();
  }

  static boolean truth(Object value) {
    if (value instanceof Boolean truth) {
      return truth;
    } else if (value instanceof Number number) {
      return number.doubleValue() != 0;
    } else if (value instanceof String text) {
      return !text.isEmpty();
    } else if (value instanceof List<?> list) {
      return !list.isEmpty();
    } else if (value instanceof Map<?, ?> map) {
      return !map.isEmpty();
    }
    return value != None.NONE && !(value instanceof Undefined);
  }

  static boolean equal(Object left, Object right) {
    if (isNumber(left) && isNumber(right)) {
      return order(left, right) == 0;
    } else if (left instanceof List<?> a && right instanceof List<?> b) {
      for (int i = 0; i < a.size() && i < b.size(); i++) {
        if (!equal(a.get(i), b.get(i))) {
          return false;
        }
      }
      return a.size() == b.size();
    } else if (left instanceof Map<?, ?> a && right instanceof Map<?, ?> b) {
      return a.keySet().equals(b.keySet())
          && a.entrySet().stream().allMatch(e -> equal(e.getValue(), item(b, e.getKey())));
    }
    return left.equals(right);
  }

  static int order(Object left, Object right) {
    if (left instanceof String a && right instanceof String b) {
      return a.compareTo(b);
    } else if (isNumber(left) && isNumber(right)) {
      return isReal(left) || isReal(right)
          ? Double.compare(real(left), real(right))
          : Long.compare(integer(left), integer(right));
    }
    throw new TemplateException(
        "'<' is not supported between " + type(left) + " and " + type(right));
  }

  static boolean contains(Object container, Object value) {
    if (container instanceof String text && value instanceof String part) {
      return text.contains(part);
    } else if (container instanceof Map<?, ?> map) {
      return map.containsKey(value);
    } else if (container instanceof List || container instanceof Undefined) {
      return elements(container).stream().anyMatch(element -> equal(element, value));
    }
    throw new TemplateException("'in' is not supported by " + type(container));
  }

  static boolean isNumber(Object value) {
    return value instanceof Number || value instanceof Boolean;
  }

  private static boolean isReal(Object value) {
    return value instanceof Double;
  }

  static long integer(Object value) {
    if (value instanceof Boolean truth) {
      return truth ? 1 : 0;
    } else if (value instanceof Long number) {
      return number;
    }
    throw unfit(value, "an integer");
  }

  static double real(Object value) {
    return value instanceof Double number ? number : integer(value);
  }

  /** The elements of what can be iterated over: a dictionary's keys, a text's code points. */
  static List<?> elements(Object value) {
    if (value instanceof List<?> list) {
      return list;
    } else if (value instanceof Map<?, ?> map) {
      return List.copyOf(map.keySet());
    } else if (value instanceof String text) {
      return text.codePoints().mapToObj(Character::toString).toList();
    } else if (value instanceof Undefined) {
      return List.of();
    }
    throw unfit(value, "iterable");
  }

  static long length(Object value) {
    return value instanceof String text
        ? text.codePointCount(0, text.length())
        : elements(value).size();
  }

  /** An element or entry; undefined where there is none. */
  static Object item(Object base, Object key) {
    if (base instanceof Undefined undefined) {
      throw undefined.failure();
    } else if (base instanceof Map<?, ?> map) {
      Object value = map.get(key);
      if (value != null) {
        return value;
      }
    } else if ((base instanceof List || base instanceof String) && key instanceof Long index) {
      List<?> elements = elements(base);
      long at = index < 0 ? index + elements.size() : index;
      if (at >= 0 && at < elements.size()) {
        return elements.get((int) at);
      }
    }
    if (key instanceof String name && !(base instanceof Map)) {
      return attribute(base, name);
    }
    return new Undefined("'" + type(base) + " object' has no element " + text(key));
  }

  /** A method or attribute, or else an entry; undefined where there is none. */
  static Object attribute(Object base, String name) {
    if (base instanceof Undefined undefined) {
      throw undefined.failure();
    } else if (base instanceof Attributes attributes) {
      return attributes.attribute(name);
    }
    Callable method = Methods.of(base, name);
    if (method != null) {
      return method;
    }
    Object value = base instanceof Map<?, ?> map ? map.get(name) : null;
    return value != null
        ? value
        : new Undefined("'" + type(base) + " object' has no attribute '" + name + "'");
  }

  /** Python's {@code base[from:to:step]}, where none stands for what is left out. */
  static Object slice(Object base, Object from, Object to, Object step) {
    if (!(base instanceof List || base instanceof String)) {
      throw unfit(base, "a sequence");
    }
    List<?> elements = elements(base);
    long stride = step == None.NONE ? 1 : integer(step);
    if (stride == 0) {
      throw new TemplateException("a slice cannot have a step of zero");
    }
    int size = elements.size();
    long low = stride > 0 ? 0 : -1;
    long high = stride > 0 ? size : size - 1L;
    long start = from == None.NONE ? (stride > 0 ? low : high) : bound(from, size, low, high);
    long end = to == None.NONE ? (stride > 0 ? high : low) : bound(to, size, low, high);
    List<Object> taken = new ArrayList<>();
    for (long i = start; stride > 0 ? i < end : i > end; i += stride) {
      taken.add(elements.get((int) i));
    }
    return base instanceof String
        ? taken.stream().map(String::valueOf).collect(Collectors.joining())
        : taken;
  }

  private static long bound(Object index, int size, long low, long high) {
    long at = integer(index);
    return Math.max(low, Math.min(high, at < 0 ? at + size : at));
  }

  static Object arithmetic(String sign, Object left, Object right) {
    if (left instanceof Undefined undefined) {
      throw undefined.failure();
    } else if (right instanceof Undefined undefined) {
      throw undefined.failure();
    } else if (isNumber(left) && isNumber(right)) {
      boolean real = isReal(left) || isReal(right) || sign.equals("/");
      return real
          ? calculated(sign, real(left), real(right))
          : calculated(sign, integer(left), integer(right));
    } else if (sign.equals("+") && left instanceof String a && right instanceof String b) {
      return limited(a.length() + (long) b.length(), a) + b;
    } else if (sign.equals("+") && left instanceof List<?> a && right instanceof List<?> b) {
      List<Object> both = new ArrayList<>(a);
      both.addAll(b);
      return limited(both);
    } else if (sign.equals("*") && left instanceof String text && right instanceof Long times) {
      int count = (int) Math.max(0, Math.min(times, Template.MAX_LENGTH + 1L));
      return limited(text.length() * (long) count, text).repeat(count);
    }
    throw new TemplateException(
        "'" + sign + "' is not supported between " + type(left) + " and " + type(right));
  }

  private static Object calculated(String sign, double a, double b) {
    if (b == 0 && "//%".contains(sign)) {
      throw new TemplateException("division by zero");
    }
    return switch (sign) {
      case "+" -> a + b;
      case "-" -> a - b;
      case "*" -> a * b;
      case "/" -> a / b;
      case "//" -> Math.floor(a / b);
      case "%" -> a - b * Math.floor(a / b);
      default -> Math.pow(a, b);
    };
  }

  private static Object calculated(String sign, long a, long b) {
    return switch (sign) {
      case "+" -> Math.addExact(a, b);
      case "-" -> Math.subtractExact(a, b);
      case "*" -> Math.multiplyExact(a, b);
      case "//" -> Math.floorDiv(a, b);
      case "%" -> Math.floorMod(a, b);
      default -> power(a, b);
    };
  }

  private static Object power(long base, long exponent) {
    if (exponent < 0) {
      return Math.pow(base, exponent);
    }
    if (exponent > Long.SIZE && Math.abs(base) > 1) {
      throw new TemplateException("a number is too large");
    }
    long power = 1;
    for (long i = 0; i < exponent % (2L * Long.SIZE); i++) {
      power = Math.multiplyExact(power, base);
    }
    return power;
  }

  /** The text itself, unless what becomes of it is too long. */
  static String limited(long length, String text) {
    if (length > Template.MAX_LENGTH) {
      throw new TemplateException("a text is longer than " + Template.MAX_LENGTH);
    }
    return text;
  }

  static List<?> limited(List<?> list) {
    if (list.size() > Template.MAX_ELEMENTS) {
      throw new TemplateException("a list is longer than " + Template.MAX_ELEMENTS);
    }
    return list;
  }

  /** Python's {@code str}. */
  static String text(Object value) {
    return value instanceof String text
        ? text
        : value instanceof Undefined ? "" : Json.python(value);
  }

  /** Python's {@code repr} of a float. */
  static String decimal(double value) {
    if (Double.isNaN(value) || Double.isInfinite(value)) {
      return Double.isNaN(value) ? "nan" : value > 0 ? "inf" : "-inf";
    }
    BigDecimal digits = new BigDecimal(Double.toString(value)).stripTrailingZeros();
    int exponent = digits.precision() - digits.scale() - 1;
    if (value == 0 || (exponent >= -4 && exponent < 16)) {
      String plain = value == 0 ? Double.toString(value) : digits.toPlainString();
      return plain.contains(".") ? plain : plain + ".0";
    }
    String unscaled = digits.unscaledValue().abs().toString();
    return (value < 0 ? "-" : "")
        + unscaled.charAt(0)
        + (unscaled.length() > 1 ? "." + unscaled.substring(1) : "")
        + (exponent < 0 ? "e-" : "e+")
        + (Math.abs(exponent) < 10 ? "0" : "")
        + Math.abs(exponent);
  }

  static boolean blank(int letter) {
    return Character.isWhitespace(letter) || Character.isSpaceChar(letter) || letter == 0x85;
  }

  /** Python's {@code strip}, of the letters given or of white space. */
  static String strip(String text, Object letters, boolean left, boolean right) {
    if (!(letters instanceof String || letters == None.NONE)) {
      throw unfit(letters, "text");
    }
    int from = 0;
    int to = text.length();
    while (left && from < to && stripped(text.codePointAt(from), letters)) {
      from += Character.charCount(text.codePointAt(from));
    }
    while (right && to > from && stripped(text.codePointBefore(to), letters)) {
      to -= Character.charCount(text.codePointBefore(to));
    }
    return text.substring(from, to);
  }

  private static boolean stripped(int letter, Object letters) {
    return letters instanceof String set ? set.indexOf(letter) >= 0 : blank(letter);
  }

  static TemplateException unfit(Object value, String what) {
    return value instanceof Undefined undefined
        ? undefined.failure()
        : new TemplateException("'" + type(value) + "' is not " + what);
  }
}
