package dev.pusula.inference.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The ids and the texts of the tokenizers library itself, through DJL, on thousands of texts. A
 * decoder that strips the end of tokens is not among the steps: the library ends the process where
 * nothing is left of a token.
 */
class TokenizerParityTest {

  private static final Path FIXTURES = Path.of("src/test/resources/inference/tokenizers");
  private static final int TEXTS = Integer.getInteger("pusula.tokenizer.texts", 20_000);
  private static final long SEED = 20_260;

  private static List<String> sentences = List.of();

  @TempDir private Path folder;

  @BeforeAll
  static void readSentences() throws IOException {
    System.setProperty("ai.djl.offline", "true");
    System.setProperty("DJL_CACHE_DIR", Path.of("target", "djl").toAbsolutePath().toString());
    try (Stream<Path> files = Files.list(Path.of("src/main/corpus/queries"))) {
      sentences = files.sorted().flatMap(TokenizerParityTest::firstColumn).toList();
    }
  }

  private static Stream<String> firstColumn(Path file) {
    try {
      return Files.readAllLines(file).stream().skip(1).map(line -> line.split("\t", 2)[0]);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Stream<Path> folders() throws IOException {
    return Files.list(Path.of(System.getProperty("pusula.tokenizers", FIXTURES.toString())))
        .sorted();
  }

  @ParameterizedTest
  @MethodSource("folders")
  void idsAndTexts_ofAModelsTokenizer_areTheLibrarys(Path folder) throws IOException {
    compare(folder.resolve("tokenizer.json"), TEXTS);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '`',
      value = {
        "gpt2-like; pre_tokenizer; {'type':'ByteLevel','add_prefix_space':true,'trim_offsets':true}",
        "llama2-like; pre_tokenizer; {'type':'Split','pattern':{'String':'a'},'behavior':'Removed','invert':false}",
        "llama2-like; pre_tokenizer; {'type':'Split','pattern':{'Regex':'[aeı]'},'behavior':'Isolated','invert':true}",
        "llama2-like; pre_tokenizer; {'type':'Split','pattern':{'Regex':'\\p{Han}|l'},'behavior':'Contiguous','invert':false}",
        "llama2-like; pre_tokenizer; {'type':'Split','pattern':{'String':'l'},'behavior':'MergedWithNext','invert':false}",
        "llama2-like; pre_tokenizer; {'type':'Split','pattern':{'Regex':'^|$|x*'},'behavior':'MergedWithPrevious','invert':false}",
        "llama2-like; pre_tokenizer; {'type':'Split','pattern':{'Regex':'(?=a)|.a'},'behavior':'MergedWithNext','invert':true}",
        "llama2-like; pre_tokenizer; {'type':'Digits','individual_digits':false}",
        "llama2-like; pre_tokenizer; {'type':'Digits','individual_digits':true}",
        "llama2-like; pre_tokenizer; {'type':'Punctuation'}",
        "llama2-like; pre_tokenizer; {'type':'Punctuation','behavior':'MergedWithPrevious'}",
        "llama2-like; normalizer; {'type':'Prepend','prepend':'ab'}",
        "llama2-like; normalizer; null",
        "llama2-like; normalizer; {'type':'Strip','strip_left':true,'strip_right':true}",
        "mistral-like; pre_tokenizer; {'type':'Whitespace'}",
        "mistral-like; pre_tokenizer; {'type':'Sequence','pretokenizers':[{'type':'WhitespaceSplit'},{'type':'Metaspace','replacement':'▁','prepend_scheme':'first','split':true}]}",
        "mistral-like; pre_tokenizer; {'type':'Metaspace','replacement':'▁','prepend_scheme':'never'}",
        "mistral-like; pre_tokenizer; {'type':'Metaspace','replacement':'▁','add_prefix_space':true,'prepend_scheme':'always','split':false}",
        "mistral-like; normalizer; {'type':'NFKD'}",
        "mistral-like; decoder; {'type':'Metaspace','replacement':'▁','prepend_scheme':'never'}",
        "mistral-like; decoder; {'type':'Sequence','decoders':[{'type':'Strip','content':'a','start':2,'stop':0},{'type':'Replace','pattern':{'Regex':'[▁e]'},'content':'-'}]}",
        "t5-like; normalizer; {'type':'Lowercase'}",
        "t5-like; normalizer; {'type':'NFKC'}",
        "t5-like; normalizer; {'type':'Replace','pattern':{'Regex':'\\s+'},'content':' '}",
        "t5-like; post_processor; {'type':'Sequence','processors':[]}",
      })
  void idsAndTexts_ofAnotherStep_areTheLibrarys(String model, String field, String step)
      throws IOException {
    ObjectMapper mapper = new ObjectMapper();
    ObjectNode json =
        (ObjectNode) mapper.readTree(FIXTURES.resolve(model).resolve("tokenizer.json").toFile());
    json.set(field, mapper.readTree(step.replace("\\", "\\\\").replace('\'', '"')));
    Path file = folder.resolve("tokenizer.json");
    mapper.writeValue(file.toFile(), json);
    compare(file, TEXTS / 20);
  }

  private static void compare(Path file, int texts) throws IOException {
    Tokenizer ours = Tokenizer.read(file.getParent());
    try (HuggingFaceTokenizer library =
        HuggingFaceTokenizer.newInstance(file, Map.of("truncation", "false", "padding", "false"))) {
      new TextGenerator(SEED, sentences, added(file))
          .texts()
          .limit(texts)
          .forEach(text -> compare(ours, library, text));
      SplittableRandom random = new SplittableRandom(SEED);
      for (int i = 0; i < texts / 10; i++) {
        compareDecoded(
            ours, library, IntStream.range(0, 8).map(j -> random.nextInt(ours.size())).toArray());
      }
    }
  }

  private static void compare(Tokenizer ours, HuggingFaceTokenizer library, String text) {
    int[] bare = ints(library.encode(text, false, false).getIds());
    assertThat(ours.encode(text, false)).as("%s", shown(text)).isEqualTo(bare);
    assertThat(ours.encode(text, true))
        .as("with special tokens: %s", shown(text))
        .isEqualTo(ints(library.encode(text, true, false).getIds()));
    compareDecoded(ours, library, bare);
    ByteArrayOutputStream streamed = new ByteArrayOutputStream();
    IntStream.of(bare).forEach(id -> streamed.writeBytes(ours.bytes(id)));
    assertThat(streamed.toString(StandardCharsets.UTF_8).replaceFirst("^ +", ""))
        .as("streamed: %s", shown(text))
        .isEqualTo(ours.decode(bare).replaceFirst("^ +", ""));
  }

  private static void compareDecoded(Tokenizer ours, HuggingFaceTokenizer library, int[] ids) {
    assertThat(ours.decode(ids))
        .as("decoded: %s", Arrays.toString(ids))
        .isEqualTo(library.decode(IntStream.of(ids).asLongStream().toArray(), true));
  }

  private static List<String> added(Path file) {
    JsonNode tokens = JsonFile.read(file).root().path("added_tokens");
    return StreamSupport.stream(tokens.spliterator(), false)
        .map(token -> token.path("content").asText())
        .toList();
  }

  private static int[] ints(long[] ids) {
    return Arrays.stream(ids).mapToInt(Math::toIntExact).toArray();
  }

  /** With what no terminal shows written out. */
  private static String shown(String text) {
    StringBuilder shown = new StringBuilder("'" + text + "' = ");
    text.codePoints().forEach(c -> shown.append("%X ".formatted(c)));
    return shown.toString();
  }
}
