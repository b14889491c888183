package dev.pusula.inference.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Against the tokenizers library, whose ids {@code src/test/oracles/family_fixtures.py} recorded.
 */
@Tag("locale")
class TokenizerTest {

  private static final Path FIXTURES = Path.of("src/test/resources/inference");
  private static final Path CHECKPOINT = FIXTURES.resolve("llama-tied");
  private static final Tokenizer TOKENIZER = Tokenizer.read(CHECKPOINT);

  @TempDir private Path folder;

  static Stream<JsonNode> encodings() throws IOException {
    JsonNode all = new ObjectMapper().readTree(FIXTURES.resolve("encodings.json").toFile());
    return StreamSupport.stream(all.spliterator(), false);
  }

  @ParameterizedTest
  @MethodSource("encodings")
  void encode_anyText_givesTheLibrarysIds(JsonNode encoding) {
    int[] expected =
        StreamSupport.stream(encoding.get("ids").spliterator(), false)
            .mapToInt(JsonNode::intValue)
            .toArray();
    assertThat(TOKENIZER.encode(encoding.get("text").asText(), true)).isEqualTo(expected);
  }

  /** What the special tokens stood for is all that a round trip may lose. */
  @ParameterizedTest
  @MethodSource("encodings")
  void decode_ofEncoded_isTheText(JsonNode encoding) {
    String text = encoding.get("text").asText();
    assertThat(TOKENIZER.decode(TOKENIZER.encode(text, true)))
        .isEqualTo(text.replace("<|begin|>", "").replace("<|end|>", ""));
  }

  @Test
  void bytes_ofAPartOfALetter_areThatPart() {
    byte[] letter = "ğ".getBytes(StandardCharsets.UTF_8);
    int[] ids = TOKENIZER.encode("ğ", false);
    assertThat(Stream.of(ids).flatMapToInt(java.util.Arrays::stream).count())
        .isLessThanOrEqualTo(letter.length);
    assertThat(TOKENIZER.bytes(-1)).isEmpty();
    assertThat(TOKENIZER.bytes(TOKENIZER.size())).isEmpty();
  }

  @Test
  void bytes_ofATokenThatContinuesAText_keepTheSpaceThatDecodingTakes() {
    Tokenizer tokenizer = Tokenizer.read(FIXTURES.resolve("tokenizers/mistral-like"));
    int[] ids = tokenizer.encode("kredi 🚀", false);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    IntStream.of(ids).forEach(id -> bytes.writeBytes(tokenizer.bytes(id)));
    assertThat(tokenizer.decode(ids)).isEqualTo("kredi 🚀");
    assertThat(bytes.toString(StandardCharsets.UTF_8)).isEqualTo(" kredi 🚀");
  }

  @Test
  void encode_fromManyThreads_givesTheIdsOfOne() {
    List<String> texts =
        IntStream.range(0, 50_000).mapToObj(i -> "kredi " + Integer.toString(i, 36)).toList();
    List<List<Integer>> alone = texts.stream().map(TokenizerTest::ids).toList();
    assertThat(texts.parallelStream().map(TokenizerTest::ids).toList()).isEqualTo(alone);
  }

  private static List<Integer> ids(String text) {
    return IntStream.of(TOKENIZER.encode(text, false)).boxed().toList();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"type\": \"BPE\"         | \"type\": \"WordPiece\"   | model",
        "\"dropout\": null        | \"dropout\": 0.1         | model.dropout",
        "\"fuse_unk\": false      | \"fuse_unk\": 1           | model.fuse_unk",
        "\"ignore_merges\": false | \"ignore_matches\": false | model.ignore_matches",
        "\"normalizer\": null | \"normalizer\": {\"type\": \"Precompiled\", \"precompiled_charsmap\": \"AAAA\"} | precompiled_charsmap",
        "\"id\": 1, | \"id\": 2000000000, | added_tokens[1].id",
        "\"!\": 2, | \"!\": 2000000000, | model.vocab",
        "\"decoder\": { | \"decoder\": null, \"was\": { | decoder",
        "\"normalizer\": null     | \"normalizer\": {\"type\": \"Nmt\"} | normalizer",
        "\"behavior\": \"Isolated\" | \"behavior\": \"Isolate\" | pretokenizers[0].behavior",
        "\"use_regex\": false     | \"use_regexp\": false    | pretokenizers[1].use_regexp",
        "\"type\": \"TemplateProcessing\" | \"type\": \"BertProcessing\" | post_processor",
        "\"end_of_word_suffix\": null | \"end_of_word_suffix\": \"</w>\" | end_of_word_suffix",
      })
  void unsupportedFile_isRefusedByName(String supported, String other, String named)
      throws IOException {
    String json = Files.readString(CHECKPOINT.resolve("tokenizer.json"));
    assertThat(json).contains(supported);
    Files.writeString(folder.resolve("tokenizer.json"), json.replace(supported, other));
    assertThatThrownBy(() -> Tokenizer.read(folder))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("tokenizer.json")
        .hasMessageContaining(named);
  }
}
