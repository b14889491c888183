package dev.pusula.inference.template;

import java.time.LocalDateTime;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A chat template, read once and rendered often. Thread-safe. */
public final class Template {

  /** No conversation that fits a model's context comes near; a template that doubles text does. */
  static final int MAX_LENGTH = 1 << 24;

  /** As many as the sandbox of Jinja2 allows for a range. */
  static final int MAX_ELEMENTS = 100_000;

  /** A message takes some fifty steps. */
  static final int MAX_STEPS = 5_000_000;

  /** Macros that call each other end here and not with the thread's stack. */
  static final int MAX_DEPTH = 100;

  private final Statement body;

  private Template(Statement body) {
    this.body = body;
  }

  /**
   * Reads a template.
   *
   * @throws TemplateException if it is not one, or uses what is not supported; names the line
   */
  public static Template parse(String source) {
    return new Template(new Parser(new Tokens(Lexer.tokens(source))).template());
  }

  /**
   * Renders.
   *
   * @param variables what the template's names stand for: text, numbers, booleans, lists, maps and
   *     null for none
   * @param now what {@code strftime_now} formats
   * @throws TemplateException if the template raises an exception, uses a value for what it is not,
   *     or comes to a limit
   */
  public String render(Map<String, ? extends @Nullable Object> variables, LocalDateTime now) {
    Scope globals = new Scope();
    Functions.define(globals, now);
    variables.forEach((name, value) -> globals.set(name, Values.of(value)));
    StringBuilder out = new StringBuilder();
    try {
      body.render(globals.inner(), out);
    } catch (ArithmeticException e) {
      throw new TemplateException("a number is too large");
    } catch (StackOverflowError e) {
      throw new TemplateException("values stand too deep in each other");
    }
    return out.toString();
  }
}
