package dev.pusula.inference.template;

import java.util.List;

/** A statement or piece of text, ready to be rendered. */
interface Statement {

  /** How a statement ended, for the loop around it. */
  enum Flow {
    NEXT,
    BREAK,
    CONTINUE
  }

  Flow render(Scope scope, StringBuilder out);

  static Statement all(List<Statement> statements) {
    return (scope, out) -> {
      for (Statement statement : statements) {
        scope.step();
        Flow flow = statement.render(scope, out);
        if (flow != Flow.NEXT) {
          return flow;
        }
      }
      return Flow.NEXT;
    };
  }

  static Statement print(Expression value) {
    return (scope, out) -> {
      String text = Values.text(value.in(scope));
      if (out.length() + (long) text.length() > Template.MAX_LENGTH) {
        throw new TemplateException("the text is longer than " + Template.MAX_LENGTH);
      }
      out.append(text);
      return Flow.NEXT;
    };
  }
}
