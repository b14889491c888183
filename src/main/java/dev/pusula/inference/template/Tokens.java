package dev.pusula.inference.template;

import dev.pusula.inference.template.Lexer.Kind;
import dev.pusula.inference.template.Lexer.Token;
import java.util.List;

/** A position in the tokens of a template; not thread-safe. */
final class Tokens {

  private final List<Token> tokens;
  private int position;

  Tokens(List<Token> tokens) {
    this.tokens = tokens;
  }

  Token peek() {
    return tokens.get(position);
  }

  Token next() {
    Token token = peek();
    if (token.kind() != Kind.END) {
      position++;
    }
    return token;
  }

  boolean at(Kind kind) {
    return peek().kind() == kind;
  }

  boolean at(Kind kind, String text) {
    return peek().is(kind, text);
  }

  boolean atSign(String sign) {
    return at(Kind.SIGN, sign);
  }

  boolean atName(String name) {
    return at(Kind.NAME, name);
  }

  boolean followedBy(Kind kind, String text) {
    return position + 1 < tokens.size() && tokens.get(position + 1).is(kind, text);
  }

  boolean skipSign(String sign) {
    return skip(atSign(sign));
  }

  boolean skipName(String name) {
    return skip(atName(name));
  }

  private boolean skip(boolean there) {
    if (there) {
      position++;
    }
    return there;
  }

  void expectSign(String sign) {
    if (!skipSign(sign)) {
      throw failure("expected '" + sign + "'");
    }
  }

  void expectName(String name) {
    if (!skipName(name)) {
      throw failure("expected '" + name + "'");
    }
  }

  String expect(Kind kind) {
    if (!at(kind)) {
      throw failure("expected " + kind);
    }
    return next().text();
  }

  TemplateException failure(String what) {
    Token token = peek();
    return Lexer.failure(
        token.line(), what + ", got " + (token.text().isEmpty() ? token.kind() : token.text()));
  }
}
