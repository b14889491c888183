package dev.pusula.inference.checkpoint;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Makes text of tokens: the file's {@code decoder}. A whole sequence goes through its steps as they
 * stand; one token from within a sequence through those that look at one token.
 */
final class Decoder {

  private static final Pattern BYTE = Pattern.compile("<0x([0-9A-Fa-f]{2})>");

  private final List<Step> steps = new ArrayList<>();

  private sealed interface Step {}

  /** Changes each token by itself. */
  private sealed interface Each extends Step {
    String apply(String token, boolean first);
  }

  private record Replace(TextPattern pattern, String by) implements Each {
    @Override
    public String apply(String token, boolean first) {
      return pattern.replace(token, by);
    }
  }

  /** Leaves out up to so many of a character at each end. */
  private record Strip(int character, int start, int stop) implements Each {
    @Override
    public String apply(String token, boolean first) {
      int[] characters = token.codePoints().toArray();
      int from = 0;
      while (from < Math.min(start, characters.length) && characters[from] == character) {
        from++;
      }
      int to = characters.length;
      while (to > Math.max(from, characters.length - stop) && characters[to - 1] == character) {
        to--;
      }
      return new String(characters, from, to - from);
    }
  }

  /** The first token loses the spaces that were put there when it was encoded. */
  private record Metaspace(String space, boolean prepended) implements Each {
    @Override
    public String apply(String token, boolean first) {
      return token.replace(space, first && prepended ? "" : " ");
    }
  }

  private enum Whole implements Step {
    BYTE_LEVEL,
    BYTE_FALLBACK,
    FUSE;

    List<String> apply(List<String> tokens) {
      return switch (this) {
        case BYTE_LEVEL -> List.of(byteLevel(tokens));
        case BYTE_FALLBACK -> byteFallback(tokens);
        case FUSE -> List.of(String.join("", tokens));
      };
    }
  }

  /** Reads the step and those within it. */
  static Decoder read(JsonField field) {
    if (!field.present()) {
      throw field.refusal("is missing: what stands between tokens would be a guess");
    }
    Decoder decoder = new Decoder();
    decoder.add(field);
    return decoder;
  }

  private void add(JsonField field) {
    switch (field.type()) {
      case "Sequence" -> field.only("decoders").at("decoders").items().forEach(this::add);
      case "ByteLevel" -> {
        field.only("add_prefix_space", "trim_offsets", "use_regex");
        steps.add(Whole.BYTE_LEVEL);
      }
      case "ByteFallback" -> steps.add(Whole.BYTE_FALLBACK);
      case "Fuse" -> steps.add(Whole.FUSE);
      case "Replace" -> {
        field.only("pattern", "content");
        steps.add(new Replace(TextPattern.read(field.at("pattern")), field.at("content").text()));
      }
      case "Strip" -> {
        field.only("content", "start", "stop");
        steps.add(
            new Strip(
                field.at("content").text().codePointAt(0),
                field.at("start").count(),
                field.at("stop").count()));
      }
      case "Metaspace" -> {
        PreTokenizer.Metaspace metaspace = PreTokenizer.Metaspace.read(field);
        steps.add(
            new Metaspace(
                metaspace.space(), metaspace.prefix() != PreTokenizer.Metaspace.Prefix.NEVER));
      }
      default -> throw field.unsupportedType();
    }
  }

  /** The text of a whole sequence. */
  String decode(List<String> tokens) {
    List<String> texts = tokens;
    for (Step step : steps) {
      if (step instanceof Whole whole) {
        texts = whole.apply(texts);
      } else if (step instanceof Each each) {
        List<String> changed = new ArrayList<>(texts.size());
        for (String text : texts) {
          changed.add(each.apply(text, changed.isEmpty()));
        }
        texts = changed;
      }
    }
    return String.join("", texts);
  }

  /** What a token within a sequence adds to the text; it may end within a character. */
  byte[] bytes(String token) {
    String text = token;
    boolean fused = false;
    for (Step step : steps) {
      if (step == Whole.BYTE_LEVEL) {
        return ByteAlphabet.read(text);
      }
      OptionalInt fallback = step == Whole.BYTE_FALLBACK ? byteOf(text) : OptionalInt.empty();
      if (fallback.isPresent()) {
        return new byte[] {(byte) fallback.getAsInt()};
      }
      fused |= step == Whole.FUSE;
      // Once fused, the ends that are stripped are those of the sequence.
      if (step instanceof Each each && !(fused && each instanceof Strip)) {
        text = each.apply(text, false);
      }
    }
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String byteLevel(List<String> tokens) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    tokens.forEach(token -> all.writeBytes(ByteAlphabet.read(token)));
    byte[] bytes = all.toByteArray();
    for (int i = 0; i + 1 < bytes.length; i++) {
      // The start of a surrogate: Java would make one U+FFFD of all its bytes, Unicode and Rust
      // make one of each.
      if (bytes[i] == (byte) 0xED && (bytes[i + 1] & 0xE0) == 0xA0) {
        bytes[i] = (byte) 0xFF;
      }
    }
    return new String(bytes, StandardCharsets.UTF_8);
  }

  /** A run of byte tokens that is no UTF-8 becomes as many U+FFFD as it has bytes. */
  private static List<String> byteFallback(List<String> tokens) {
    List<String> texts = new ArrayList<>(tokens.size());
    ByteArrayOutputStream run = new ByteArrayOutputStream();
    for (String token : tokens) {
      OptionalInt value = byteOf(token);
      if (value.isPresent()) {
        run.write(value.getAsInt());
      } else {
        flush(run, texts);
        texts.add(token);
      }
    }
    flush(run, texts);
    return texts;
  }

  private static void flush(ByteArrayOutputStream run, List<String> texts) {
    if (run.size() == 0) {
      return;
    }
    try {
      texts.add(
          StandardCharsets.UTF_8
              .newDecoder()
              .decode(ByteBuffer.wrap(run.toByteArray()))
              .toString());
    } catch (CharacterCodingException e) {
      texts.addAll(Collections.nCopies(run.size(), "\uFFFD"));
    }
    run.reset();
  }

  private static OptionalInt byteOf(String token) {
    Matcher matcher = BYTE.matcher(token);
    return matcher.matches()
        ? OptionalInt.of(Integer.parseInt(matcher.group(1), 16))
        : OptionalInt.empty();
  }
}
