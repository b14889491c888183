package dev.pusula.inference.template;

import dev.pusula.inference.template.Lexer.Kind;
import dev.pusula.inference.template.Statement.Flow;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;

/** Reads the statements of a template. */
final class Parser {

  private final Tokens tokens;
  private final Expressions expressions;
  private int depth;

  Parser(Tokens tokens) {
    this.tokens = tokens;
    this.expressions = new Expressions(tokens);
  }

  Statement template() {
    try {
      Statement body = body(Set.of());
      if (!tokens.at(Kind.END)) {
        throw tokens.failure("unexpected tag");
      }
      return body;
    } catch (TemplateException e) {
      throw String.valueOf(e.getMessage()).startsWith("line ")
          ? e
          : Lexer.failure(tokens.peek().line(), String.valueOf(e.getMessage()));
    }
  }

  /** Statements up to a tag of one of these names, whose name is the next token afterwards. */
  private Statement body(Set<String> ends) {
    if (++depth > Template.MAX_DEPTH) {
      throw tokens.failure("more than " + Template.MAX_DEPTH + " tags in each other");
    }
    List<Statement> statements = new ArrayList<>();
    while (!tokens.at(Kind.END)) {
      if (tokens.at(Kind.TEXT)) {
        String text = tokens.next().text();
        statements.add(Statement.print(scope -> text));
      } else if (tokens.at(Kind.PRINT)) {
        tokens.next();
        statements.add(Statement.print(expressions.list()));
        tokens.expect(Kind.PRINT_END);
      } else {
        tokens.expect(Kind.BLOCK);
        if (tokens.at(Kind.NAME) && ends.contains(tokens.peek().text())) {
          depth--;
          return Statement.all(statements);
        }
        statements.add(tag());
      }
    }
    if (!ends.isEmpty()) {
      throw tokens.failure("expected one of the tags " + ends);
    }
    depth--;
    return Statement.all(statements);
  }

  private Statement bodyUpTo(String end) {
    tokens.expect(Kind.BLOCK_END);
    Statement body = body(Set.of(end));
    tokens.expectName(end);
    tokens.expect(Kind.BLOCK_END);
    return body;
  }

  private Statement tag() {
    String name = tokens.expect(Kind.NAME);
    return switch (name) {
      case "if" -> conditional();
      case "for" -> loop();
      case "set" -> assignment();
      case "macro" -> macro();
      case "generation" -> bodyUpTo("endgeneration");
      case "break" -> ending(Flow.BREAK);
      case "continue" -> ending(Flow.CONTINUE);
      default -> throw tokens.failure("unknown tag '" + name + "'");
    };
  }

  private Statement ending(Flow flow) {
    tokens.expect(Kind.BLOCK_END);
    return (scope, out) -> flow;
  }

  private Statement conditional() {
    Expression condition = expressions.list();
    tokens.expect(Kind.BLOCK_END);
    Statement then = body(Set.of("elif", "else", "endif"));
    Statement otherwise = (scope, out) -> Flow.NEXT;
    if (tokens.skipName("elif")) {
      otherwise = conditional();
    } else if (tokens.skipName("else")) {
      otherwise = bodyUpTo("endif");
    } else {
      tokens.expectName("endif");
      tokens.expect(Kind.BLOCK_END);
    }
    Statement last = otherwise;
    return (scope, out) -> (Values.truth(condition.in(scope)) ? then : last).render(scope, out);
  }

  private Statement loop() {
    BiConsumer<Scope, Object> target = target();
    tokens.expectName("in");
    Expression sequence = expressions.or();
    Expression filter = tokens.skipName("if") ? expressions.one() : scope -> true;
    tokens.expect(Kind.BLOCK_END);
    Statement body = body(Set.of("else", "endfor"));
    Statement otherwise = (scope, out) -> Flow.NEXT;
    if (tokens.skipName("else")) {
      otherwise = bodyUpTo("endfor");
    } else {
      tokens.expectName("endfor");
      tokens.expect(Kind.BLOCK_END);
    }
    Statement none = otherwise;
    return (scope, out) -> {
      List<Object> elements = new ArrayList<>();
      for (Object element : Values.elements(sequence.in(scope))) {
        Scope turn = scope.inner();
        target.accept(turn, element);
        if (Values.truth(filter.in(turn))) {
          elements.add(element);
        }
      }
      if (elements.isEmpty()) {
        return none.render(scope.inner(), out);
      }
      for (int i = 0; i < elements.size(); i++) {
        scope.step();
        Scope turn = scope.inner();
        turn.set("loop", new Loop(elements, i));
        target.accept(turn, elements.get(i));
        if (body.render(turn, out) == Flow.BREAK) {
          break;
        }
      }
      return Flow.NEXT;
    };
  }

  /** The name or names that a value is given to. */
  private BiConsumer<Scope, Object> target() {
    boolean bracket = tokens.skipSign("(");
    List<String> names = new ArrayList<>(List.of(tokens.expect(Kind.NAME)));
    while (tokens.skipSign(",")) {
      names.add(tokens.expect(Kind.NAME));
    }
    if (bracket) {
      tokens.expectSign(")");
    }
    if (names.size() == 1) {
      return (scope, value) -> scope.set(names.get(0), value);
    }
    return (scope, value) -> {
      List<?> parts = Values.elements(value);
      if (parts.size() != names.size()) {
        throw new TemplateException(
            "expected " + names.size() + " values to unpack, got " + parts.size());
      }
      for (int i = 0; i < parts.size(); i++) {
        scope.set(names.get(i), parts.get(i));
      }
    };
  }

  private Statement assignment() {
    BiConsumer<Scope, Object> target;
    if (tokens.at(Kind.NAME) && tokens.followedBy(Kind.SIGN, ".")) {
      String namespace = tokens.next().text();
      tokens.next();
      String attribute = tokens.expect(Kind.NAME);
      target =
          (scope, value) -> {
            if (!(scope.get(namespace) instanceof Functions.Namespace values)) {
              throw new TemplateException("'" + namespace + "' is not a namespace");
            }
            values.set(attribute, value);
          };
    } else {
      target = target();
    }
    if (tokens.skipSign("=")) {
      Expression value = expressions.list();
      tokens.expect(Kind.BLOCK_END);
      return (scope, out) -> {
        target.accept(scope, value.in(scope));
        return Flow.NEXT;
      };
    }
    return block(target);
  }

  /** A {@code set} whose value is what stands up to {@code endset}, through filters. */
  private Statement block(BiConsumer<Scope, Object> target) {
    String rendered = "rendered block";
    Expression value = scope -> scope.get(rendered);
    while (tokens.skipSign("|")) {
      value = expressions.filter(value);
    }
    Expression filtered = value;
    Statement body = bodyUpTo("endset");
    return (scope, out) -> {
      Scope inner = scope.inner();
      inner.set(rendered, rendered(body, inner));
      target.accept(scope, filtered.in(inner));
      return Flow.NEXT;
    };
  }

  private static String rendered(Statement body, Scope scope) {
    StringBuilder text = new StringBuilder();
    body.render(scope, text);
    return text.toString();
  }

  private Statement macro() {
    String name = tokens.expect(Kind.NAME);
    Map<String, Expression> parameters = new LinkedHashMap<>();
    tokens.expectSign("(");
    while (!tokens.skipSign(")")) {
      String parameter = tokens.expect(Kind.NAME);
      parameters.put(
          parameter,
          tokens.skipSign("=")
              ? expressions.one()
              : scope -> new Undefined("parameter '" + parameter + "' was not provided"));
      if (!tokens.atSign(")")) {
        tokens.expectSign(",");
      }
    }
    Statement body = bodyUpTo("endmacro");
    return (scope, out) -> {
      scope.set(name, (Callable) given -> called(name, parameters, body, scope, given));
      return Flow.NEXT;
    };
  }

  private static Object called(
      String name,
      Map<String, Expression> parameters,
      Statement body,
      Scope definition,
      Arguments given) {
    if (given.positional().size() > parameters.size()
        || !parameters.keySet().containsAll(given.named().keySet())) {
      throw new TemplateException(
          "macro '" + name + "' takes the arguments " + parameters.keySet());
    }
    Scope scope = definition.calledFrom(given.caller());
    int index = 0;
    for (Map.Entry<String, Expression> parameter : parameters.entrySet()) {
      Object value =
          given.has(index, parameter.getKey())
              ? given.get(index, parameter.getKey())
              : parameter.getValue().in(scope);
      scope.set(parameter.getKey(), value);
      index++;
    }
    return rendered(body, scope);
  }
}
