package dev.pusula.inference.checkpoint;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/**
 * Writes a small Llama checkpoint with seeded random weights, so that a machine without a model can
 * run everything. It is marked untrained in its config.json and wherever it is served: its answers
 * are noise.
 *
 * <p>The tokenizer is a real one, learnt from a few Turkish words. The output rows of tokens that
 * are no readable text are zero, so that noise is mostly letters. No token ends an answer: noise
 * has no end, and a measured answer gets the length asked for.
 */
public final class SyntheticCheckpoint {

  /** Enough pairs to learn from; what they say does not matter. */
  private static final String WORDS =
      "merhaba nasıl kredi faiz banka hesap ödeme sigorta poliçe hasar kasko hastane doktor ilaç randevu okul öğrenci"
          + " sınav ders kitap gazete yayın dava avukat sözleşme belediye kimlik başvuru fabrika üretim makine kalite"
          + " takip cihaz enerji elektrik fatura tarım buğday sulama otobüs tren uçak bilet kargo depo gümrük telefon"
          + " internet modem inşaat bina beton mimar şehir altyapı araç bisiklet savunma güvenlik deprem yangın tahliye"
          + " otel tatil rezervasyon sipariş iade sepet satıcı için olan bir daha gibi çok şey sonra kadar nedir"
          + " istiyorum gerekiyor yapılır lütfen bilgi verir misiniz";

  private static final List<String> SPECIAL =
      List.of("<|begin|>", "<|end|>", "<|system|>", "<|user|>", "<|assistant|>");

  private static final String TEMPLATE =
      "<|begin|>{% for message in messages %}<|{{ message.role }}|>{{ message.content }}<|end|>{% endfor %}"
          + "{% if add_generation_prompt %}<|assistant|>{% endif %}";

  private static final int END = 1;

  private final Options options;
  private final Map<String, Integer> vocabulary = new LinkedHashMap<>();
  private final List<String> merges = new ArrayList<>();

  /**
   * The shape.
   *
   * @param hidden width; divisible by heads into an even head width
   * @param intermediate width of the feed-forward layer
   * @param layers blocks
   * @param heads query heads
   * @param kvHeads divides heads
   * @param context positions
   * @param merges learnt pairs: the vocabulary is 261 more
   * @param rank of every adapter
   * @param seed of the weights
   * @param adapters names of the adapters' folders
   */
  public record Options(
      int hidden,
      int intermediate,
      int layers,
      int heads,
      int kvHeads,
      int context,
      int merges,
      int rank,
      long seed,
      List<String> adapters) {

    /** Checks what the format cannot express. */
    public Options {
      adapters = List.copyOf(adapters);
      if (Math.min(Math.min(hidden, intermediate), Math.min(layers, heads)) < 1
          || Math.min(Math.min(kvHeads, context), rank) < 1
          || merges < 0) {
        throw new IllegalArgumentException("sizes must be positive");
      }
      if (hidden % (2 * heads) != 0) {
        throw new IllegalArgumentException(
            "hidden must be an even multiple of heads: " + hidden + ", " + heads);
      }
      if (heads % kvHeads != 0) {
        throw new IllegalArgumentException("kv heads must divide heads: " + kvHeads + ", " + heads);
      }
    }

    /** The shape that a fresh machine serves: 0.9 M parameters, fast on one core. */
    public static Options of(List<String> adapters) {
      return new Options(128, 352, 4, 8, 4, 2048, 256, 8, 42, adapters);
    }
  }

  private SyntheticCheckpoint(Options options) {
    this.options = options;
  }

  /**
   * Writes the checkpoint beside its place and moves it there whole, so that a half-written one is
   * never found.
   *
   * @throws FileAlreadyExistsException if the folder is there and not empty
   */
  public static void write(Path folder, Options options) throws IOException {
    if (Files.isDirectory(folder)) {
      try (Stream<Path> entries = Files.list(folder)) {
        if (entries.findAny().isPresent()) {
          throw new FileAlreadyExistsException(folder.toString(), null, "is not empty");
        }
      }
      Files.delete(folder);
    }
    Path absolute = folder.toAbsolutePath();
    Files.createDirectories(absolute.getParent());
    Path beside = Files.createTempDirectory(absolute.getParent(), absolute.getFileName() + ".new-");
    new SyntheticCheckpoint(options).writeInto(beside);
    Files.move(beside, absolute);
  }

  private void writeInto(Path folder) throws IOException {
    learn();
    SPECIAL.forEach(token -> vocabulary.put(token, vocabulary.size()));
    write(folder.resolve("config.json"), config());
    write(folder.resolve("tokenizer.json"), tokenizer());
    write(
        folder.resolve("tokenizer_config.json"),
        JsonFile.MAPPER
            .createObjectNode()
            .put("tokenizer_class", "PreTrainedTokenizerFast")
            .put("bos_token", SPECIAL.get(0))
            .put("eos_token", SPECIAL.get(END))
            .put("chat_template", TEMPLATE));
    SplittableRandom random = new SplittableRandom(options.seed());
    Safetensors.write(folder.resolve("model.safetensors"), weights(random));
    for (String name : options.adapters()) {
      Path adapter = Files.createDirectories(folder.resolve("adapters").resolve(name));
      write(adapter.resolve("adapter_config.json"), adapterConfig());
      Safetensors.write(adapter.resolve("adapter_model.safetensors"), deltas(random));
    }
  }

  private int id(int special) {
    return vocabulary.size() - SPECIAL.size() + special;
  }

  /**
   * Byte-pair encoding over the words: the most frequent pair first, of equal ones the first in the
   * alphabet.
   */
  private void learn() {
    char[] alphabet = ByteAlphabet.characters();
    Arrays.stream(alphabetOrder(alphabet))
        .forEach(symbol -> vocabulary.put(symbol, vocabulary.size()));
    List<List<String>> words = new ArrayList<>();
    for (String word : WORDS.split(" ")) {
      List<String> symbols = new ArrayList<>();
      for (byte b : (" " + word).getBytes(StandardCharsets.UTF_8)) {
        symbols.add(String.valueOf(alphabet[b & 0xFF]));
      }
      words.add(symbols);
    }
    for (int m = 0; m < options.merges(); m++) {
      Map<List<String>, Integer> counts = new HashMap<>();
      words.forEach(
          word -> {
            for (int i = 0; i + 1 < word.size(); i++) {
              counts.merge(List.of(word.get(i), word.get(i + 1)), 1, Integer::sum);
            }
          });
      List<String> best =
          counts.entrySet().stream()
              .max(
                  Map.Entry.<List<String>, Integer>comparingByValue()
                      .thenComparing(
                          entry -> String.join(" ", entry.getKey()), Comparator.reverseOrder()))
              .map(Map.Entry::getKey)
              .orElseThrow(
                  () ->
                      new IllegalArgumentException(
                          "the words hold fewer than " + options.merges() + " pairs"));
      merges.add(String.join(" ", best));
      vocabulary.putIfAbsent(String.join("", best), vocabulary.size());
      words.forEach(word -> merge(word, best));
    }
  }

  private static String[] alphabetOrder(char[] alphabet) {
    String[] symbols = new String[alphabet.length];
    for (int i = 0; i < symbols.length; i++) {
      symbols[i] = String.valueOf(alphabet[i]);
    }
    Arrays.sort(symbols);
    return symbols;
  }

  private static void merge(List<String> word, List<String> pair) {
    for (int i = 0; i + 1 < word.size(); i++) {
      if (word.get(i).equals(pair.get(0)) && word.get(i + 1).equals(pair.get(1))) {
        word.set(i, pair.get(0) + pair.get(1));
        word.remove(i + 1);
      }
    }
  }

  private ObjectNode config() {
    ObjectNode config = JsonFile.MAPPER.createObjectNode();
    config.put("_name_or_path", "pusula-untrained").put(ModelConfig.UNTRAINED, true);
    config.withArray("architectures").add("LlamaForCausalLM");
    return config
        .put("model_type", "llama")
        .put("hidden_act", "silu")
        .put("hidden_size", options.hidden())
        .put("intermediate_size", options.intermediate())
        .put("num_hidden_layers", options.layers())
        .put("num_attention_heads", options.heads())
        .put("num_key_value_heads", options.kvHeads())
        .put("head_dim", options.hidden() / options.heads())
        .put("vocab_size", vocabulary.size())
        .put("max_position_embeddings", options.context())
        .put("rms_norm_eps", 1e-5)
        .put("rope_theta", 10_000.0)
        .put("tie_word_embeddings", false)
        .put("torch_dtype", "bfloat16")
        .put("bos_token_id", id(0));
  }

  private ObjectNode tokenizer() {
    ObjectNode json = JsonFile.MAPPER.createObjectNode().put("version", "1.0");
    json.putNull("truncation").putNull("padding");
    ArrayNode added = json.putArray("added_tokens");
    for (int i = 0; i < SPECIAL.size(); i++) {
      added
          .addObject()
          .put("id", id(i))
          .put("content", SPECIAL.get(i))
          .put("single_word", false)
          .put("lstrip", false)
          .put("rstrip", false)
          .put("normalized", false)
          .put("special", true);
    }
    json.putNull("normalizer");
    ObjectNode byteLevel =
        JsonFile.MAPPER
            .createObjectNode()
            .put("type", "ByteLevel")
            .put("add_prefix_space", false)
            .put("trim_offsets", true)
            .put("use_regex", true);
    json.set("pre_tokenizer", byteLevel);
    ObjectNode template = json.putObject("post_processor").put("type", "TemplateProcessing");
    ArrayNode single = template.putArray("single");
    single.addObject().putObject("SpecialToken").put("id", SPECIAL.get(0)).put("type_id", 0);
    single.addObject().putObject("Sequence").put("id", "A").put("type_id", 0);
    template.putArray("pair").addObject().putObject("Sequence").put("id", "A").put("type_id", 0);
    template.withArray("pair").addObject().putObject("Sequence").put("id", "B").put("type_id", 1);
    ObjectNode begin = template.putObject("special_tokens").putObject(SPECIAL.get(0));
    begin.put("id", SPECIAL.get(0)).putArray("ids").add(id(0));
    begin.putArray("tokens").add(SPECIAL.get(0));
    json.set("decoder", byteLevel.deepCopy());
    ObjectNode model =
        json.putObject("model").put("type", "BPE").putNull("dropout").putNull("unk_token");
    model.putNull("continuing_subword_prefix").putNull("end_of_word_suffix");
    model.put("fuse_unk", false).put("byte_fallback", false).put("ignore_merges", false);
    ObjectNode vocab = model.putObject("vocab");
    vocabulary.forEach(vocab::put);
    merges.forEach(model.putArray("merges")::add);
    return json;
  }

  private List<Tensor> weights(SplittableRandom random) {
    List<Tensor> tensors = new ArrayList<>();
    int hidden = options.hidden();
    // Random features of unit variance keep their scale through a product with weights of variance
    // 1 / columns.
    tensors.add(gaussian(random, "model.embed_tokens.weight", vocabulary.size(), hidden, 1));
    for (int l = 0; l < options.layers(); l++) {
      String prefix = "model.layers." + l + ".";
      tensors.add(ones(prefix + "input_layernorm.weight"));
      for (Projection projection : Projection.values()) {
        tensors.add(
            gaussian(
                random,
                prefix + projection.module() + ".weight",
                rows(projection),
                columns(projection),
                1 / Math.sqrt(columns(projection))));
      }
      tensors.add(ones(prefix + "post_attention_layernorm.weight"));
    }
    tensors.add(ones("model.norm.weight"));
    Tensor head =
        gaussian(random, "lm_head.weight", vocabulary.size(), hidden, 2 / Math.sqrt(hidden));
    ByteBuffer readable = ByteBuffer.allocate(head.data().limit()).order(ByteOrder.LITTLE_ENDIAN);
    readable.put(head.data().duplicate()).flip();
    vocabulary.forEach(
        (symbol, id) -> {
          if (!symbol.matches("[a-zĠ].*") || symbol.startsWith("<|")) {
            for (int c = 0; c < hidden; c++) {
              readable.putShort(2 * (id * hidden + c), (short) 0);
            }
          }
        });
    tensors.add(new Tensor(head.name(), head.type(), head.shape(), readable));
    return tensors;
  }

  private List<Tensor> deltas(SplittableRandom random) {
    List<Tensor> tensors = new ArrayList<>();
    for (int l = 0; l < options.layers(); l++) {
      for (Projection projection : Projection.values()) {
        String stem = "base_model.model.model.layers." + l + "." + projection.module() + ".lora_";
        int columns = columns(projection);
        tensors.add(
            gaussian(random, stem + "A.weight", options.rank(), columns, 1 / Math.sqrt(columns)));
        tensors.add(
            gaussian(
                random,
                stem + "B.weight",
                rows(projection),
                options.rank(),
                0.5 / Math.sqrt(options.rank())));
      }
    }
    return tensors;
  }

  private ObjectNode adapterConfig() {
    ObjectNode config =
        JsonFile.MAPPER
            .createObjectNode()
            .put("peft_type", "LORA")
            .put("task_type", "CAUSAL_LM")
            .put("base_model_name_or_path", "pusula-untrained")
            .put("r", options.rank())
            .put("lora_alpha", options.rank())
            .put("lora_dropout", 0.0)
            .put("bias", "none")
            .put("fan_in_fan_out", false)
            .put("use_dora", false)
            .put("use_rslora", false);
    for (Projection projection : Projection.values()) {
      config
          .withArray("target_modules")
          .add(projection.module().substring(projection.module().indexOf('.') + 1));
    }
    return config;
  }

  private int rows(Projection projection) {
    int kv = options.hidden() / options.heads() * options.kvHeads();
    return switch (projection) {
      case QUERY, OUTPUT, DOWN -> options.hidden();
      case KEY, VALUE -> kv;
      case GATE, UP -> options.intermediate();
    };
  }

  private int columns(Projection projection) {
    return projection == Projection.DOWN ? options.intermediate() : options.hidden();
  }

  private Tensor ones(String name) {
    short[] bits = new short[options.hidden()];
    Arrays.fill(bits, (short) (Float.floatToIntBits(1) >>> 16));
    return brainFloats(name, bits, options.hidden());
  }

  private static Tensor gaussian(
      SplittableRandom random, String name, int rows, int columns, double deviation) {
    short[] bits = new short[Math.multiplyExact(rows, columns)];
    for (int i = 0; i < bits.length; i++) {
      bits[i] = (short) (Float.floatToIntBits((float) (deviation * random.nextGaussian())) >>> 16);
    }
    return brainFloats(name, bits, rows, columns);
  }

  private static Tensor brainFloats(String name, short[] bits, int... shape) {
    ByteBuffer data = ByteBuffer.allocate(2 * bits.length).order(ByteOrder.LITTLE_ENDIAN);
    data.asShortBuffer().put(bits);
    return new Tensor(name, Tensor.Type.BF16, shape, data);
  }

  private static void write(Path file, ObjectNode json) throws IOException {
    Files.writeString(
        file, JsonFile.MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(json) + "\n");
  }
}
