package dev.pusula.inference.template;

import java.util.List;
import java.util.Map;

/** What a function, filter or test is called with. */
record Arguments(Scope caller, List<Object> positional, Map<String, Object> named) {

  boolean has(int index, String name) {
    return index < positional.size() || named.containsKey(name);
  }

  Object get(int index, String name, Object otherwise) {
    return index < positional.size() ? positional.get(index) : named.getOrDefault(name, otherwise);
  }

  Object get(int index, String name) {
    if (!has(index, name)) {
      throw new TemplateException("missing argument '" + name + "'");
    }
    return get(index, name, None.NONE);
  }

  String text(int index, String name) {
    if (get(index, name) instanceof String text) {
      return text;
    }
    throw new TemplateException("argument '" + name + "' is not text");
  }

  int number(int index, String name, int otherwise) {
    Object value = get(index, name, (long) otherwise);
    return value == None.NONE ? otherwise : Math.toIntExact(Values.integer(value));
  }

  boolean flag(int index, String name, boolean otherwise) {
    return Values.truth(get(index, name, otherwise));
  }

  /** The arguments after the first, as {@code map} and {@code select} hand them on. */
  Arguments rest(int skipped) {
    return new Arguments(
        caller, positional.subList(Math.min(skipped, positional.size()), positional.size()), named);
  }
}
