package dev.pusula.inference.template;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Cuts a template into text and the tokens of its tags, with Jinja2's white space control under
 * {@code trim_blocks} and {@code lstrip_blocks}.
 */
final class Lexer {

  /** What a token is. */
  enum Kind {
    TEXT,
    BLOCK,
    BLOCK_END,
    PRINT,
    PRINT_END,
    NAME,
    STRING,
    INTEGER,
    FLOAT,
    SIGN,
    END
  }

  /** A token with the line where it begins, from 1. */
  record Token(Kind kind, String text, int line) {
    boolean is(Kind otherKind, String otherText) {
      return kind == otherKind && text.equals(otherText);
    }
  }

  private static final Pattern OPENING = Pattern.compile("\\{[%{#]");
  private static final Pattern RAW = Pattern.compile("\\{%[-+]?\\s*raw\\s*(-?)%\\}");
  private static final Pattern END_RAW = Pattern.compile("\\{%([-+]?)\\s*endraw\\s*([-+]?)%\\}");
  private static final Pattern TOKEN =
      Pattern.compile(
          "(?<blank>\\s+)"
              + "|(?<float>\\d[\\d_]*(?:\\.\\d+(?:[eE][-+]?\\d+)?|[eE][-+]?\\d+))"
              + "|(?<integer>\\d[\\d_]*)"
              + "|(?<name>[\\p{L}_][\\p{L}\\p{N}_]*)"
              + "|(?<string>'(?:[^'\\\\]|\\\\.)*+'|\"(?:[^\"\\\\]|\\\\.)*+\")"
              + "|(?<sign>//|\\*\\*|[=!<>]=|[-+/*%~\\[\\](){}<>=.:|,])",
          Pattern.DOTALL);
  private static final Pattern ESCAPE =
      Pattern.compile(
          "\\\\(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|U([0-9a-fA-F]{8})|(.))", Pattern.DOTALL);
  private static final String ESCAPED = "nrtbfav0\\'\"\n";
  private static final String MEANT = "\n\r\t\b\f\u0007\u000b\0\\'\"";

  private final String source;
  private final List<Token> tokens = new ArrayList<>();
  private int position;
  private int counted;
  private int line = 1;

  private Lexer(String source) {
    String lines = source.replace("\r\n", "\n").replace('\r', '\n');
    this.source = lines.endsWith("\n") ? lines.substring(0, lines.length() - 1) : lines;
  }

  static List<Token> tokens(String source) {
    Lexer lexer = new Lexer(source);
    lexer.run();
    return lexer.tokens;
  }

  static TemplateException failure(int line, String what) {
    return new TemplateException("line " + line + ": " + what);
  }

  private void run() {
    Matcher opening = OPENING.matcher(source);
    while (opening.find(position)) {
      int tag = opening.start();
      char kind = source.charAt(tag + 1);
      char sign = tag + 2 < source.length() ? source.charAt(tag + 2) : ' ';
      text(tag, sign, kind != '{');
      position = tag + (sign == '-' || sign == '+' ? 3 : 2);
      Matcher raw = RAW.matcher(source).region(tag, source.length());
      if (kind == '#') {
        int end = source.indexOf("#}", position);
        if (end < 0) {
          throw failure(line(tag), "a comment does not end");
        }
        char last = end > position ? source.charAt(end - 1) : ' ';
        position = end + 2;
        trimAfter(last, true);
      } else if (raw.lookingAt()) {
        raw(raw);
      } else {
        tag(kind == '{', tag);
      }
    }
    text(source.length(), '+', false);
    add(Kind.END, "", position);
  }

  private void text(int end, char sign, boolean block) {
    int start = position;
    String text = source.substring(start, end);
    int lineStart = text.lastIndexOf('\n') + 1;
    boolean atLineStart = lineStart > 0 || start == 0 || source.charAt(start - 1) == '\n';
    if (sign == '-') {
      text = Values.strip(text, None.NONE, false, true);
    } else if (block
        && sign != '+'
        && atLineStart
        && Values.strip(text.substring(lineStart), None.NONE, true, true).isEmpty()) {
      text = text.substring(0, lineStart);
    }
    if (!text.isEmpty()) {
      add(Kind.TEXT, text, start);
    }
  }

  private void trimAfter(char sign, boolean block) {
    if (sign == '-') {
      while (position < source.length() && Values.blank(source.charAt(position))) {
        position++;
      }
    } else if (block && sign != '+' && source.startsWith("\n", position)) {
      position++;
    }
  }

  private void raw(Matcher begin) {
    position = begin.end();
    trimAfter(begin.group(1).isEmpty() ? '+' : '-', true);
    Matcher end = END_RAW.matcher(source);
    if (!end.find(position)) {
      throw failure(line(begin.start()), "a raw block does not end");
    }
    text(end.start(), end.group(1).isEmpty() ? ' ' : end.group(1).charAt(0), true);
    position = end.end();
    trimAfter(end.group(2).isEmpty() ? ' ' : end.group(2).charAt(0), true);
  }

  private void tag(boolean print, int start) {
    add(print ? Kind.PRINT : Kind.BLOCK, "", start);
    String closing = print ? "}}" : "%}";
    int open = 0;
    while (true) {
      boolean signed =
          source.startsWith("-" + closing, position)
              || (!print && source.startsWith("+" + closing, position));
      if (open == 0 && (signed || source.startsWith(closing, position))) {
        add(print ? Kind.PRINT_END : Kind.BLOCK_END, "", position);
        char sign = signed ? source.charAt(position) : ' ';
        position += closing.length() + (signed ? 1 : 0);
        trimAfter(sign, !print);
        return;
      }
      Matcher token = TOKEN.matcher(source).region(position, source.length());
      if (!token.lookingAt()) {
        throw failure(line(position), "a tag does not end or holds what is no token");
      }
      open += token(token);
      position = token.end();
    }
  }

  /** Adds a token; gives by how much it opens brackets. */
  private int token(Matcher token) {
    String text = token.group();
    if (token.group("name") != null) {
      add(Kind.NAME, text, position);
    } else if (token.group("integer") != null) {
      add(Kind.INTEGER, text.replace("_", ""), position);
    } else if (token.group("float") != null) {
      add(Kind.FLOAT, text.replace("_", ""), position);
    } else if (token.group("string") != null) {
      add(Kind.STRING, unescape(text.substring(1, text.length() - 1)), position);
    } else if (token.group("sign") != null) {
      add(Kind.SIGN, text, position);
      return "([{".contains(text) ? 1 : ")]}".contains(text) ? -1 : 0;
    }
    return 0;
  }

  private static String unescape(String text) {
    return ESCAPE
        .matcher(text)
        .replaceAll(
            found -> {
              for (int group = 1; group <= 3; group++) {
                if (found.group(group) != null) {
                  return Matcher.quoteReplacement(
                      Character.toString(Integer.parseUnsignedInt(found.group(group), 16)));
                }
              }
              int known = ESCAPED.indexOf(found.group(4));
              return Matcher.quoteReplacement(
                  known < 0
                      ? found.group()
                      : known < MEANT.length() ? MEANT.substring(known, known + 1) : "");
            });
  }

  private void add(Kind kind, String text, int at) {
    tokens.add(new Token(kind, text, line(at)));
  }

  /** The line of a position, counted on from the last one asked for where that is before it. */
  private int line(int at) {
    if (at < counted) {
      counted = 0;
      line = 1;
    }
    for (; counted < Math.min(at, source.length()); counted++) {
      line += source.charAt(counted) == '\n' ? 1 : 0;
    }
    return line;
  }
}
