package dev.pusula.inference.checkpoint;

/** Cuts a word into tokens: the file's {@code model}. Immutable and thread-safe. */
sealed interface SubwordModel permits BytePairModel, UnigramModel {

  /** Far above any vocabulary; a larger id is damage, and would take the memory. */
  int MOST_IDS = 1 << 24;

  /** Adds the ids of a word, which is not empty. */
  void encode(String word, IdList out);

  /** The texts of the vocabulary by id; null where an id has none. */
  @org.jspecify.annotations.Nullable
  String[] texts();

  /** Reads the model. */
  static SubwordModel read(JsonField field) {
    return switch (field.type()) {
      // Files from before 2020 do not say what they are.
      case "BPE", "" -> BytePairModel.read(field);
      case "Unigram" -> UnigramModel.read(field);
      default -> throw field.unsupportedType();
    };
  }

  /** The token that stands for a byte where a character has none. */
  static String byteToken(int value) {
    return "<0x%02X>".formatted(value);
  }
}
