package dev.pusula.inference.template;

import java.util.List;

/** A loop's own variable {@code loop}, at one of its turns. */
record Loop(List<?> elements, int index) implements Attributes {

  @Override
  public Object attribute(String name) {
    return switch (name) {
      case "index" -> index + 1L;
      case "index0" -> (long) index;
      case "revindex" -> (long) elements.size() - index;
      case "revindex0" -> elements.size() - index - 1L;
      case "length" -> (long) elements.size();
      case "first" -> index == 0;
      case "last" -> index == elements.size() - 1;
      case "previtem" -> neighbour(index - 1);
      case "nextitem" -> neighbour(index + 1);
      case "cycle" -> (Callable) given -> given.positional().get(index % given.positional().size());
      default -> new Undefined("'loop' has no attribute '" + name + "'");
    };
  }

  private Object neighbour(int at) {
    return at < 0 || at >= elements.size()
        ? new Undefined("the loop has no such item")
        : elements.get(at);
  }
}
