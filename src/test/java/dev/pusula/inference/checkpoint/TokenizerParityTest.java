package dev.pusula.inference.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The ids and the texts of the tokenizers library itself, through DJL, on thousands of texts. */
class TokenizerParityTest {

  private static final Path FIXTURES = Path.of("src/test/resources/inference/tokenizers");
  private static final int TEXTS = Integer.getInteger("pusula.tokenizer.texts", 20_000);
  private static final long SEED = 20_260;

  private static List<String> sentences = List.of();

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
  void idsAndTexts_ofTheLibrarysTokenizer_areTheSame(Path folder) throws IOException {
    Tokenizer ours = Tokenizer.read(folder);
    try (HuggingFaceTokenizer library =
        HuggingFaceTokenizer.newInstance(
            folder.resolve("tokenizer.json"), Map.of("truncation", "false", "padding", "false"))) {
      new TextGenerator(SEED, sentences, added(folder))
          .texts()
          .limit(TEXTS)
          .forEach(text -> compare(ours, library, text));
      SplittableRandom random = new SplittableRandom(SEED);
      for (int i = 0; i < TEXTS / 10; i++) {
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
  }

  private static void compareDecoded(Tokenizer ours, HuggingFaceTokenizer library, int[] ids) {
    assertThat(ours.decode(ids))
        .as("decoded: %s", Arrays.toString(ids))
        .isEqualTo(library.decode(IntStream.of(ids).asLongStream().toArray(), true));
  }

  private static List<String> added(Path folder) {
    JsonNode tokens = JsonFile.read(folder.resolve("tokenizer.json")).root().path("added_tokens");
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
