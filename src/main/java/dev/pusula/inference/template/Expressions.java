package dev.pusula.inference.template;

import dev.pusula.inference.template.Filters.Filter;
import dev.pusula.inference.template.Lexer.Kind;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiPredicate;

/** Reads expressions, by recursive descent in Jinja2's order of precedence. */
final class Expressions {

  private static final Set<String> COMPARISONS = Set.of("==", "!=", "<", "<=", ">", ">=");
  private static final Set<String> AFTER_TEST =
      Set.of("and", "or", "else", "if", "is", "recursive");
  private static final Map<String, Object> CONSTANTS =
      Map.of(
          "true", true, "True", true, "false", false, "False", false, "none", None.NONE, "None",
          None.NONE);

  private final Tokens tokens;
  private int depth;

  Expressions(Tokens tokens) {
    this.tokens = tokens;
  }

  /** An expression, or a list where commas follow. */
  Expression list() {
    Expression first = one();
    if (!tokens.atSign(",")) {
      return first;
    }
    List<Expression> all = new ArrayList<>(List.of(first));
    while (tokens.skipSign(",")) {
      if (tokens.atSign(")") || tokens.at(Kind.BLOCK_END) || tokens.at(Kind.PRINT_END)) {
        break;
      }
      all.add(one());
    }
    return sequence(all);
  }

  Expression one() {
    enter();
    Expression value = or();
    while (tokens.skipName("if")) {
      Expression then = value;
      Expression condition = or();
      Expression otherwise =
          tokens.skipName("else")
              ? one()
              : scope -> new Undefined("the inline if-expression has no else");
      value = scope -> (Values.truth(condition.in(scope)) ? then : otherwise).in(scope);
    }
    depth--;
    return value;
  }

  private void enter() {
    if (++depth > 2 * Template.MAX_DEPTH) {
      throw tokens.failure("too many brackets in each other");
    }
  }

  /** An expression without an {@code if} of its own, as a loop's sequence is. */
  Expression or() {
    Expression left = and();
    while (tokens.skipName("or")) {
      Expression first = left;
      Expression second = and();
      left =
          scope -> {
            Object value = first.in(scope);
            return Values.truth(value) ? value : second.in(scope);
          };
    }
    return left;
  }

  private Expression and() {
    Expression left = not();
    while (tokens.skipName("and")) {
      Expression first = left;
      Expression second = not();
      left =
          scope -> {
            Object value = first.in(scope);
            return Values.truth(value) ? second.in(scope) : value;
          };
    }
    return left;
  }

  private Expression not() {
    int count = 0;
    while (tokens.skipName("not")) {
      count++;
    }
    Expression value = comparison();
    if (count == 0) {
      return value;
    }
    boolean negated = count % 2 == 1;
    return scope -> Values.truth(value.in(scope)) != negated;
  }

  /** One part of a chain such as {@code a < b < c}. */
  private record Link(String sign, Expression right) {
    boolean holds(Object left, Object value) {
      return switch (sign) {
        case "==" -> Values.equal(left, value);
        case "!=" -> !Values.equal(left, value);
        case "<" -> Values.order(left, value) < 0;
        case "<=" -> Values.order(left, value) <= 0;
        case ">" -> Values.order(left, value) > 0;
        case ">=" -> Values.order(left, value) >= 0;
        case "in" -> Values.contains(value, left);
        default -> !Values.contains(value, left);
      };
    }
  }

  private Expression comparison() {
    Expression first = sum();
    List<Link> links = new ArrayList<>();
    while (true) {
      if (tokens.at(Kind.SIGN) && COMPARISONS.contains(tokens.peek().text())) {
        links.add(new Link(tokens.next().text(), sum()));
      } else if (tokens.skipName("in")) {
        links.add(new Link("in", sum()));
      } else if (tokens.atName("not") && tokens.followedBy(Kind.NAME, "in")) {
        tokens.next();
        tokens.next();
        links.add(new Link("not in", sum()));
      } else {
        break;
      }
    }
    if (links.isEmpty()) {
      return first;
    }
    return scope -> {
      Object left = first.in(scope);
      for (Link link : links) {
        Object right = link.right().in(scope);
        if (!link.holds(left, right)) {
          return false;
        }
        left = right;
      }
      return true;
    };
  }

  private Expression sum() {
    Expression left = concatenation();
    while (tokens.atSign("+") || tokens.atSign("-")) {
      left = arithmetic(tokens.next().text(), left, concatenation());
    }
    return left;
  }

  private Expression concatenation() {
    Expression first = product();
    if (!tokens.atSign("~")) {
      return first;
    }
    List<Expression> parts = new ArrayList<>(List.of(first));
    while (tokens.skipSign("~")) {
      parts.add(product());
    }
    return scope -> Methods.join(parts.stream().map(part -> part.in(scope)).toList(), "");
  }

  private Expression product() {
    Expression left = power();
    while (tokens.atSign("*") || tokens.atSign("/") || tokens.atSign("//") || tokens.atSign("%")) {
      left = arithmetic(tokens.next().text(), left, power());
    }
    return left;
  }

  private Expression power() {
    Expression left = unary(true);
    while (tokens.skipSign("**")) {
      left = arithmetic("**", left, unary(true));
    }
    return left;
  }

  private static Expression arithmetic(String sign, Expression left, Expression right) {
    return scope -> Values.arithmetic(sign, left.in(scope), right.in(scope));
  }

  private Expression unary(boolean filtered) {
    Expression value;
    enter();
    if (tokens.skipSign("-")) {
      Expression negated = unary(false);
      value = scope -> Values.arithmetic("-", 0L, negated.in(scope));
    } else if (tokens.skipSign("+")) {
      value = unary(false);
    } else {
      value = primary();
    }
    value = postfix(value);
    depth--;
    return filtered ? filtered(value) : value;
  }

  private Expression primary() {
    Lexer.Token token = tokens.next();
    switch (token.kind()) {
      case NAME -> {
        Object constant = CONSTANTS.get(token.text());
        return constant != null ? scope -> constant : scope -> scope.get(token.text());
      }
      case STRING -> {
        StringBuilder text = new StringBuilder(token.text());
        while (tokens.at(Kind.STRING)) {
          text.append(tokens.next().text());
        }
        String value = text.toString();
        return scope -> value;
      }
      case INTEGER -> {
        try {
          long value = Long.parseLong(token.text());
          return scope -> value;
        } catch (NumberFormatException e) {
          throw tokens.failure("a number is too large");
        }
      }
      case FLOAT -> {
        double value = Double.parseDouble(token.text());
        return scope -> value;
      }
      case SIGN -> {
        return bracketed(token.text());
      }
      default -> throw tokens.failure("unexpected " + token.kind());
    }
  }

  private Expression bracketed(String sign) {
    if (sign.equals("(")) {
      Expression inside = tokens.atSign(")") ? sequence(List.of()) : list();
      tokens.expectSign(")");
      return inside;
    } else if (sign.equals("[")) {
      List<Expression> elements = new ArrayList<>();
      while (!tokens.skipSign("]")) {
        elements.add(one());
        if (!tokens.atSign("]")) {
          tokens.expectSign(",");
        }
      }
      return sequence(elements);
    } else if (sign.equals("{")) {
      return dictionary();
    }
    throw tokens.failure("unexpected '" + sign + "'");
  }

  private Expression dictionary() {
    Map<Expression, Expression> entries = new LinkedHashMap<>();
    while (!tokens.skipSign("}")) {
      Expression key = one();
      tokens.expectSign(":");
      entries.put(key, one());
      if (!tokens.atSign("}")) {
        tokens.expectSign(",");
      }
    }
    return scope -> {
      Map<Object, Object> made = new LinkedHashMap<>();
      entries.forEach((key, value) -> made.put(key.in(scope), value.in(scope)));
      return Collections.unmodifiableMap(made);
    };
  }

  private static Expression sequence(List<Expression> elements) {
    return scope -> elements.stream().map(element -> element.in(scope)).toList();
  }

  private Expression postfix(Expression start) {
    Expression value = start;
    while (true) {
      Expression base = value;
      if (tokens.skipSign(".")) {
        if (tokens.at(Kind.INTEGER)) {
          Expression index = primary();
          value = scope -> Values.item(base.in(scope), index.in(scope));
        } else {
          String name = tokens.expect(Kind.NAME);
          value = scope -> Values.attribute(base.in(scope), name);
        }
      } else if (tokens.skipSign("[")) {
        value = subscript(base);
      } else if (tokens.atSign("(")) {
        value = call(base);
      } else {
        return value;
      }
    }
  }

  private Expression subscript(Expression base) {
    List<Expression> bounds = new ArrayList<>();
    boolean colons = false;
    Expression missing = scope -> None.NONE;
    while (!tokens.atSign("]")) {
      bounds.add(tokens.atSign(":") ? missing : one());
      if (!tokens.skipSign(":")) {
        break;
      }
      colons = true;
    }
    tokens.expectSign("]");
    if (!colons && bounds.size() == 1) {
      Expression key = bounds.get(0);
      return scope -> Values.item(base.in(scope), key.in(scope));
    }
    if (bounds.isEmpty() || bounds.size() > 3) {
      throw tokens.failure("not an index and not a slice");
    }
    bounds.addAll(List.of(missing, missing));
    return scope ->
        Values.slice(
            base.in(scope),
            bounds.get(0).in(scope),
            bounds.get(1).in(scope),
            bounds.get(2).in(scope));
  }

  private Expression call(Expression function) {
    Parameters parameters = parameters();
    return scope -> {
      scope.step();
      Object called = function.in(scope);
      if (called instanceof Callable callable) {
        return callable.call(parameters.in(scope));
      }
      throw Values.unfit(called, "callable");
    };
  }

  private Expression filtered(Expression start) {
    Expression value = start;
    while (true) {
      Expression base = value;
      if (tokens.skipSign("|")) {
        value = filter(base);
      } else if (tokens.skipName("is")) {
        value = test(base);
      } else if (tokens.atSign("(")) {
        value = call(base);
      } else {
        return value;
      }
    }
  }

  /** The filter that follows, applied. */
  Expression filter(Expression base) {
    Filter filter = Filters.named(tokens.expect(Kind.NAME));
    Parameters parameters = tokens.atSign("(") ? parameters() : Parameters.NONE;
    return scope -> {
      scope.step();
      return filter.of(base.in(scope), parameters.in(scope));
    };
  }

  private Expression test(Expression base) {
    boolean wanted = !tokens.skipName("not");
    BiPredicate<Object, Arguments> test = Tests.named(tokens.expect(Kind.NAME));
    Parameters parameters = Parameters.NONE;
    if (tokens.atSign("(")) {
      parameters = parameters();
    } else if ((tokens.at(Kind.NAME) && !AFTER_TEST.contains(tokens.peek().text()))
        || tokens.at(Kind.STRING)
        || tokens.at(Kind.INTEGER)
        || tokens.at(Kind.FLOAT)
        || tokens.atSign("[")
        || tokens.atSign("{")) {
      parameters = new Parameters(List.of(postfix(primary())), Map.of());
    }
    Parameters given = parameters;
    return scope -> test.test(base.in(scope), given.in(scope)) == wanted;
  }

  private record Parameters(List<Expression> positional, Map<String, Expression> named) {
    static final Parameters NONE = new Parameters(List.of(), Map.of());

    Arguments in(Scope scope) {
      Map<String, Object> values = new LinkedHashMap<>();
      named.forEach((name, value) -> values.put(name, value.in(scope)));
      return new Arguments(
          scope, positional.stream().map(value -> value.in(scope)).toList(), values);
    }
  }

  private Parameters parameters() {
    List<Expression> positional = new ArrayList<>();
    Map<String, Expression> named = new LinkedHashMap<>();
    tokens.expectSign("(");
    while (!tokens.skipSign(")")) {
      if (tokens.at(Kind.NAME) && tokens.followedBy(Kind.SIGN, "=")) {
        String name = tokens.next().text();
        tokens.next();
        named.put(name, one());
      } else {
        positional.add(one());
      }
      if (!tokens.atSign(")")) {
        tokens.expectSign(",");
      }
    }
    return new Parameters(positional, named);
  }
}
