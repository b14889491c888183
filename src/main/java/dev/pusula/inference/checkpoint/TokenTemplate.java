package dev.pusula.inference.checkpoint;

import java.util.stream.IntStream;

/**
 * The special tokens that stand around a text: the file's {@code post_processor}.
 *
 * @param before ids, in order
 * @param after ids, in order
 */
record TokenTemplate(int[] before, int[] after) {

  private static final TokenTemplate NONE = new TokenTemplate(new int[0], new int[0]);

  /** Reads the step and those within it; none where the field is null. */
  static TokenTemplate read(JsonField field) {
    if (!field.present()) {
      return NONE;
    }
    return switch (field.type()) {
      case "Sequence" ->
          field.only("processors").at("processors").items().stream()
              .map(TokenTemplate::read)
              .reduce(NONE, TokenTemplate::within);
      // It moves offsets, which nobody asks for here.
      case "ByteLevel" -> NONE;
      case "TemplateProcessing" -> template(field.only("single", "pair", "special_tokens"));
      default -> throw field.unsupportedType();
    };
  }

  private TokenTemplate within(TokenTemplate outer) {
    return new TokenTemplate(joined(outer.before, before), joined(after, outer.after));
  }

  private static TokenTemplate template(JsonField field) {
    IdList before = new IdList();
    IdList after = new IdList();
    int texts = 0;
    for (JsonField piece : field.at("single").items()) {
      if (piece.at("Sequence").present()) {
        texts++;
      } else {
        String name = piece.at("SpecialToken").at("id").text();
        JsonField token = field.at("special_tokens").at(name);
        if (!token.at("ids").node().isArray()) {
          throw token.refusal("is missing, and the template names it");
        }
        IdList side = texts == 0 ? before : after;
        token.at("ids").items().forEach(id -> side.add(id.count()));
      }
    }
    if (texts != 1) {
      throw field.at("single").refusal("must hold the text once");
    }
    return new TokenTemplate(before.toArray(), after.toArray());
  }

  private static int[] joined(int[] left, int[] right) {
    return IntStream.concat(IntStream.of(left), IntStream.of(right)).toArray();
  }
}
