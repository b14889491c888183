package dev.pusula.inference.template;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The names that a part of a template sees; not thread-safe. */
final class Scope {

  private final @Nullable Scope outer;
  private final Map<String, Object> names = new HashMap<>();
  private final int[] steps;
  private final int depth;

  Scope() {
    this.outer = null;
    this.steps = new int[1];
    this.depth = 0;
  }

  private Scope(Scope outer, int depth) {
    this.outer = outer;
    this.steps = outer.steps;
    this.depth = depth;
    if (depth > Template.MAX_DEPTH) {
      throw new TemplateException("more than " + Template.MAX_DEPTH + " scopes in each other");
    }
  }

  Scope inner() {
    return new Scope(this, depth + 1);
  }

  /** The scope of a macro's body, which was defined here and is called from elsewhere. */
  Scope calledFrom(Scope caller) {
    return new Scope(this, Math.max(depth, caller.depth) + 1);
  }

  void set(String name, Object value) {
    names.put(name, value);
  }

  Object get(String name) {
    for (Scope scope = this; scope != null; scope = scope.outer) {
      Object value = scope.names.get(name);
      if (value != null) {
        return value;
      }
    }
    return new Undefined("'" + name + "' is undefined");
  }

  void step() {
    if (++steps[0] > Template.MAX_STEPS) {
      throw new TemplateException("more than " + Template.MAX_STEPS + " steps");
    }
  }
}
