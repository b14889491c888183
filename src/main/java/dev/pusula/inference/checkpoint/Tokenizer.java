package dev.pusula.inference.checkpoint;

import dev.pusula.inference.checkpoint.AddedTokens.Cut;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A tokenizer from a Hugging Face {@code tokenizer.json}: byte-level BPE as GPT-2, Llama 3 and Qwen
 * use it, SentencePiece's BPE as Llama 2, Mistral and Gemma do, and unigram models. It gives the
 * ids that the tokenizers library gives, and refuses by name a step that it does not follow.
 * Immutable and thread-safe.
 *
 * <p>How it works. Added tokens are cut out of the text first. The rest is normalised, split into
 * words, and each word is cut by the model.
 *
 * @see <a href="https://huggingface.co/docs/tokenizers/pipeline">the steps</a>
 */
public final class Tokenizer {

  private final Normalization normalization;
  private final AddedTokens added;
  private final PreTokenizer preTokenizer;
  private final SubwordModel model;
  private final WordCache words;
  private final TokenTemplate template;
  private final Decoder decoder;
  private final @Nullable String[] texts;
  private final BitSet special = new BitSet();

  /**
   * Reads {@code tokenizer.json}.
   *
   * @throws CheckpointException naming the part that is not supported
   */
  public static Tokenizer read(Path folder) {
    return new Tokenizer(JsonFile.read(folder.resolve("tokenizer.json")));
  }

  private Tokenizer(JsonFile json) {
    this.normalization = Normalization.read(JsonField.of(json, "normalizer"));
    this.added = AddedTokens.read(JsonField.of(json, "added_tokens"), normalization);
    this.preTokenizer = PreTokenizer.read(JsonField.of(json, "pre_tokenizer"));
    this.model = SubwordModel.read(JsonField.of(json, "model"));
    this.words = new WordCache(model);
    this.template = TokenTemplate.read(JsonField.of(json, "post_processor"));
    this.decoder = Decoder.read(JsonField.of(json, "decoder"));
    int size = added.tokens().stream().mapToInt(token -> token.id() + 1).max().orElse(0);
    this.texts = Arrays.copyOf(model.texts(), Math.max(size, model.texts().length));
    for (AddedTokens.Token token : added.tokens()) {
      texts[token.id()] = token.text();
      special.set(token.id(), token.special());
    }
  }

  /** The number of ids without added tokens, which may lie beyond what the weights know. */
  int modelSize() {
    return model.texts().length;
  }

  /** The number of ids, added tokens included. */
  public int size() {
    return texts.length;
  }

  /**
   * The ids of a text; added tokens that stand in it are recognised.
   *
   * @param withPrefix whether the tokens that the file puts around a text (a begin token, seldom an
   *     end token) are put there
   */
  public int[] encode(String text, boolean withPrefix) {
    IdList out = new IdList();
    if (withPrefix) {
      out.addAll(template.before());
    }
    for (Cut cut : added.cutRaw(text)) {
      if (cut.id() == AddedTokens.NO_TOKEN) {
        encodeNormalized(cut, out);
      } else {
        out.add(cut.id());
      }
    }
    if (withPrefix) {
      out.addAll(template.after());
    }
    return out.toArray();
  }

  private void encodeNormalized(Cut part, IdList out) {
    for (Cut cut : added.cutNormalized(normalization.apply(part.text()))) {
      if (cut.id() == AddedTokens.NO_TOKEN) {
        boolean first = part.from() == 0 && cut.from() == 0;
        preTokenizer
            .split(new PreTokenizer.Part(cut.text(), first))
            .forEach(word -> words.encode(word.text(), out));
      } else {
        out.add(cut.id());
      }
    }
  }

  /**
   * The text of a whole sequence of ids, special tokens and unknown ids left out; broken UTF-8
   * becomes U+FFFD. Where the file puts a space before a text, it is taken away again: of a part of
   * a sequence, {@link #bytes} tells what it adds.
   */
  public String decode(int[] tokens) {
    List<String> kept = new ArrayList<>(tokens.length);
    for (int id : tokens) {
      String text = text(id);
      if (text != null) {
        kept.add(text);
      }
    }
    return decoder.decode(kept);
  }

  /**
   * The bytes that a token adds to the text of a sequence that it continues, with the space that it
   * starts with; none for a special token. May end within a character.
   */
  public byte[] bytes(int id) {
    String text = text(id);
    return text == null ? new byte[0] : decoder.bytes(text);
  }

  private @Nullable String text(int id) {
    return id < 0 || id >= texts.length || special.get(id) ? null : texts[id];
  }

  @Override
  public String toString() {
    return model + ", " + size() + " tokens";
  }
}
