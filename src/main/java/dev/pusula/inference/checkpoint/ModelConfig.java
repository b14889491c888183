package dev.pusula.inference.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A model's shape, from {@code config.json}: what its family fixes, and what its fields say. A
 * field that would change the result and is not supported is refused by name.
 *
 * @param family model_type: llama, mistral, qwen2, qwen3, gemma2 or gemma3_text
 * @param hidden width of the residual stream
 * @param intermediate width of the feed-forward layer
 * @param heads query heads
 * @param kvHeads key and value heads; divides heads
 * @param headDim width of a head; even
 * @param vocabulary rows of the embedding
 * @param context most positions
 * @param normEpsilon of the RMS norms
 * @param shiftedNorms whether a norm multiplies by 1 + weight
 * @param postNorms whether attention and feed-forward are normed again before they are added
 * @param queryKeyNorms whether each query and key head is normed before its rotation
 * @param biased the linear layers that add a bias
 * @param activation of the gate
 * @param embeddingScale factor on the embedding
 * @param attentionScale factor on the products of queries and keys
 * @param attentionCap c in c · tanh(score / c); 0 for none
 * @param logitCap the same for the logits
 * @param attention one for each block
 * @param tiedHead whether the output shares the embedding
 * @param endTokens ids that end a generation
 * @param untrained the synthetic checkpoint of {@code pusula model init}
 * @param id the model's name
 */
public record ModelConfig(
    String family,
    int hidden,
    int intermediate,
    int heads,
    int kvHeads,
    int headDim,
    int vocabulary,
    int context,
    double normEpsilon,
    boolean shiftedNorms,
    boolean postNorms,
    boolean queryKeyNorms,
    Set<Projection> biased,
    Activation activation,
    double embeddingScale,
    double attentionScale,
    double attentionCap,
    double logitCap,
    List<Attention> attention,
    boolean tiedHead,
    Set<Integer> endTokens,
    boolean untrained,
    String id) {

  /** Marks the synthetic checkpoint in its config.json. */
  static final String UNTRAINED = "pusula_untrained";

  private static final String GEMMA2 = "gemma2";
  private static final String GEMMA3 = "gemma3_text";

  /** Families and the people's names of them. */
  private static final Map<String, String> FAMILIES =
      Map.of(
          "llama", "Llama", "mistral", "Mistral", "qwen2", "Qwen2", "qwen3", "Qwen3", GEMMA2,
          "Gemma 2", GEMMA3, "Gemma 3");

  /** Functions on the gate. */
  public enum Activation {
    /** x / (1 + e^−x). */
    SILU,
    /** x/2 · (1 + tanh(√(2/π) (x + 0.044715 x³))). */
    GELU_TANH
  }

  /**
   * What one block's attention sees.
   *
   * @param window positions, its own included, that a token attends to; 0 for all before it
   * @param rope its rotation
   */
  public record Attention(int window, Rope rope) {}

  /** Reads {@code config.json} and, where it is there, {@code generation_config.json}. */
  public static ModelConfig read(Path folder) {
    JsonFile json = JsonFile.read(folder.resolve("config.json"));
    String family = json.text("model_type", "");
    if (!FAMILIES.containsKey(family)) {
      throw json.refusal(
          "model_type",
          "is '" + family + "'; supported are " + FAMILIES.keySet().stream().sorted().toList());
    }
    boolean gemma = family.startsWith("gemma");
    if (json.has("quantization_config")) {
      throw json.refusal(
          "quantization_config", "is not supported: weights must be F32, BF16 or F16");
    }
    if (family.equals(GEMMA3) && json.has("attn_logit_softcapping")) {
      throw json.refusal(
          "attn_logit_softcapping",
          "is set; the reference implementation ignores it in this family");
    }
    if (json.number("partial_rotary_factor", 1) != 1) {
      throw json.refusal("partial_rotary_factor", "must be 1");
    }
    if (json.flag("use_bidirectional_attention", false)) {
      throw json.refusal("use_bidirectional_attention", "is true, which is not supported");
    }
    int hidden = json.integer("hidden_size");
    int heads = json.integer("num_attention_heads");
    int kvHeads =
        json.integer("num_key_value_heads", family.equals("mistral") ? Math.min(8, heads) : heads);
    int headDim = json.integer("head_dim", headDim(family, hidden, heads));
    if (heads % kvHeads != 0) {
      throw json.refusal("num_key_value_heads", "must divide num_attention_heads");
    }
    if (headDim % 2 != 0) {
      throw json.refusal("head_dim", "must be even");
    }
    int context = json.integer("max_position_embeddings", 2048);
    return new ModelConfig(
        family,
        hidden,
        json.integer("intermediate_size"),
        heads,
        kvHeads,
        headDim,
        json.integer("vocab_size"),
        context,
        json.number("rms_norm_eps", 1e-6),
        gemma,
        gemma,
        family.equals(GEMMA3) || family.equals("qwen3"),
        biased(json, family),
        activation(json, gemma),
        gemma ? Math.sqrt(hidden) : 1,
        1 / Math.sqrt(gemma ? json.number("query_pre_attn_scalar", 256) : headDim),
        family.equals(GEMMA2) ? json.number("attn_logit_softcapping", 50) : 0,
        gemma ? json.number("final_logit_softcapping", family.equals(GEMMA2) ? 30 : 0) : 0,
        attention(json, family, headDim, context),
        json.flag("tie_word_embeddings", gemma),
        endTokens(folder, json),
        json.flag(UNTRAINED, false),
        name(folder, json));
  }

  /** What a family's files leave out. */
  private static int headDim(String family, int hidden, int heads) {
    return switch (family) {
      case GEMMA2, GEMMA3 -> 256;
      case "qwen3" -> 128;
      default -> Math.max(1, hidden / heads);
    };
  }

  /** Blocks. */
  public int layers() {
    return attention.size();
  }

  /** Width of the key and of the value at one position. */
  public int kvWidth() {
    return kvHeads * headDim;
  }

  /** Width of all query heads. */
  public int queryWidth() {
    return heads * headDim;
  }

  /** The family as people write it. */
  public String familyName() {
    return FAMILIES.getOrDefault(family, family);
  }

  private static String name(Path folder, JsonFile json) {
    String name = json.text("_name_or_path", "");
    return name.isBlank() || name.contains("/")
        ? folder.toAbsolutePath().normalize().getFileName().toString()
        : name;
  }

  private static Set<Projection> biased(JsonFile json, String family) {
    Set<Projection> biased = EnumSet.noneOf(Projection.class);
    if (family.equals("qwen2")) {
      biased.addAll(List.of(Projection.QUERY, Projection.KEY, Projection.VALUE));
    } else if (json.flag("attention_bias", false)) {
      biased.addAll(List.of(Projection.QUERY, Projection.KEY, Projection.VALUE, Projection.OUTPUT));
    }
    if (json.flag("mlp_bias", false)) {
      biased.addAll(List.of(Projection.GATE, Projection.UP, Projection.DOWN));
    }
    return biased;
  }

  private static Activation activation(JsonFile json, boolean gemma) {
    String field = gemma ? "hidden_activation" : "hidden_act";
    String name = json.text(field, gemma ? "gelu_pytorch_tanh" : "silu");
    return switch (name) {
      case "silu" -> Activation.SILU;
      case "gelu_pytorch_tanh" -> Activation.GELU_TANH;
      default ->
          throw json.refusal(field, "is '" + name + "'; supported are silu and gelu_pytorch_tanh");
    };
  }

  /** Older files tell the sliding layers by numbers, newer ones by a list of names. */
  private static List<Attention> attention(JsonFile json, String family, int headDim, int context) {
    int layers = json.integer("num_hidden_layers");
    boolean gemma3 = family.equals(GEMMA3);
    boolean slides =
        switch (family) {
          case "mistral", GEMMA2, GEMMA3 -> true;
          case "qwen2", "qwen3" -> json.flag("use_sliding_window", false);
          default -> false;
        };
    boolean off = !slides || json.root().path("sliding_window").isNull();
    int window = off ? 0 : json.integer("sliding_window", 4096);
    Rope global = rope(json, "full_attention", gemma3 ? 1_000_000 : 10_000, headDim, context);
    Rope local = gemma3 ? localRope(json, headDim, context) : global;
    List<Attention> attention = new ArrayList<>();
    for (int l = 0; l < layers; l++) {
      attention.add(
          window > 0 && sliding(json, family, l, layers)
              ? new Attention(window, local)
              : new Attention(0, global));
    }
    return List.copyOf(attention);
  }

  private static boolean sliding(JsonFile json, String family, int layer, int layers) {
    JsonNode types = json.root().path("layer_types");
    if (types.isArray()) {
      String type = types.path(layer).asText();
      if (types.size() != layers
          || !type.equals("sliding_attention") && !type.equals("full_attention")) {
        throw json.refusal(
            "layer_types",
            "must name sliding_attention or full_attention for each layer, not '" + type + "'");
      }
      return type.equals("sliding_attention");
    }
    return switch (family) {
      case GEMMA2 -> layer % 2 == 0;
      case GEMMA3 ->
          (layer + 1)
                  % json.integer(
                      json.has("_sliding_window_pattern")
                          ? "_sliding_window_pattern"
                          : "sliding_window_pattern",
                      6)
              != 0;
      case "mistral" -> true;
      default -> layer >= json.root().path("max_window_layers").asInt(28);
    };
  }

  private static Rope rope(
      JsonFile json, String layerType, double theta, int headDim, int context) {
    String field = json.has("rope_scaling") ? "rope_scaling" : "rope_parameters";
    JsonNode parameters = json.root().path(field);
    return Rope.read(
        json,
        field,
        parameters.has(layerType) ? parameters.path(layerType) : parameters,
        json.number("rope_theta", theta),
        headDim,
        context);
  }

  /** Gemma 3's sliding layers have a base of their own and are never scaled. */
  private static Rope localRope(JsonFile json, int headDim, int context) {
    JsonNode own = json.root().path("rope_parameters").path("sliding_attention");
    return Rope.read(
        json,
        "rope_parameters",
        own,
        json.number("rope_local_base_freq", 10_000),
        headDim,
        context);
  }

  private static Set<Integer> endTokens(Path folder, JsonFile config) {
    List<Integer> ids = new ArrayList<>();
    Path generation = folder.resolve("generation_config.json");
    JsonNode first = config.root().path("eos_token_id");
    JsonNode second =
        Files.exists(generation)
            ? JsonFile.read(generation).root().path("eos_token_id")
            : JsonFile.MAPPER.missingNode();
    for (JsonNode node : List.of(first, second)) {
      if (node.isInt()) {
        ids.add(node.intValue());
      }
      node.forEach(id -> ids.add(id.asInt(-1)));
    }
    return Set.copyOf(new LinkedHashSet<>(ids));
  }
}
