package dev.pusula.inference.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * A Llama model's shape, from {@code config.json}.
 *
 * @param hidden width of the residual stream
 * @param intermediate width of the feed-forward layer
 * @param layers number of blocks
 * @param heads query heads
 * @param kvHeads key and value heads; divides heads
 * @param headDim width of a head; even
 * @param vocabulary rows of the embedding
 * @param context most positions
 * @param normEpsilon of the RMS norms
 * @param rope rotation frequencies, one for each pair of a head
 * @param tiedHead whether the output shares the embedding
 * @param endTokens ids that end a generation
 * @param untrained the synthetic checkpoint of {@code pusula model init}
 * @param id the model's name
 */
public record ModelConfig(
    int hidden,
    int intermediate,
    int layers,
    int heads,
    int kvHeads,
    int headDim,
    int vocabulary,
    int context,
    double normEpsilon,
    double[] rope,
    boolean tiedHead,
    Set<Integer> endTokens,
    boolean untrained,
    String id) {

  /** Marks the synthetic checkpoint in its config.json. */
  static final String UNTRAINED = "pusula_untrained";

  /** Reads {@code config.json} and, where it is there, {@code generation_config.json}. */
  public static ModelConfig read(Path folder) {
    JsonFile json = JsonFile.read(folder.resolve("config.json"));
    String type = json.text("model_type", "");
    if (!type.equals("llama")) {
      throw json.refusal("model_type", "is '" + type + "'; supported is llama");
    }
    require(json, "hidden_act", "silu");
    refuseTrue(json, "attention_bias");
    refuseTrue(json, "mlp_bias");
    if (json.has("quantization_config")) {
      throw json.refusal(
          "quantization_config", "is not supported: weights must be F32, BF16 or F16");
    }
    int hidden = json.integer("hidden_size");
    int heads = json.integer("num_attention_heads");
    int kvHeads = json.integer("num_key_value_heads", heads);
    int headDim = json.integer("head_dim", hidden / heads);
    if (heads % kvHeads != 0) {
      throw json.refusal("num_key_value_heads", "must divide num_attention_heads");
    }
    if (headDim % 2 != 0) {
      throw json.refusal("head_dim", "must be even");
    }
    String name = json.text("_name_or_path", "");
    return new ModelConfig(
        hidden,
        json.integer("intermediate_size"),
        json.integer("num_hidden_layers"),
        heads,
        kvHeads,
        headDim,
        json.integer("vocab_size"),
        json.integer("max_position_embeddings", 2048),
        json.number("rms_norm_eps", 1e-6),
        rope(json, headDim),
        json.flag("tie_word_embeddings", false),
        endTokens(folder, json),
        json.flag(UNTRAINED, false),
        name.isBlank() || name.contains("/")
            ? folder.toAbsolutePath().normalize().getFileName().toString()
            : name);
  }

  /** Width of the key and of the value at one position. */
  public int kvWidth() {
    return kvHeads * headDim;
  }

  /** Width of all query heads. */
  public int queryWidth() {
    return heads * headDim;
  }

  private static void require(JsonFile json, String field, String value) {
    if (!json.text(field, value).equals(value)) {
      throw json.refusal(field, "is '" + json.text(field, "") + "'; supported is " + value);
    }
  }

  private static void refuseTrue(JsonFile json, String field) {
    if (json.flag(field, false)) {
      throw json.refusal(field, "is true; biases are not supported");
    }
  }

  /**
   * θ^(−2i/d), and for Llama 3.1 and later the smooth scaling of its low frequencies (transformers,
   * modeling_rope_utils, _compute_llama3_parameters).
   */
  private static double[] rope(JsonFile json, int headDim) {
    JsonNode scaling =
        json.root().path(json.has("rope_parameters") ? "rope_parameters" : "rope_scaling");
    double theta = scaling.path("rope_theta").asDouble(json.number("rope_theta", 10_000));
    double[] frequencies = new double[headDim / 2];
    for (int i = 0; i < frequencies.length; i++) {
      frequencies[i] = Math.pow(theta, -2.0 * i / headDim);
    }
    if (!scaling.isObject()) {
      return frequencies;
    }
    String kind = scaling.path("rope_type").asText(scaling.path("type").asText("default"));
    if (kind.equals("default")) {
      return frequencies;
    }
    if (!kind.equals("llama3")) {
      throw json.refusal(
          "rope_scaling", "is of type '" + kind + "'; supported are default and llama3");
    }
    double factor = scaling.path("factor").asDouble(Double.NaN);
    double low = scaling.path("low_freq_factor").asDouble(Double.NaN);
    double high = scaling.path("high_freq_factor").asDouble(Double.NaN);
    double original = scaling.path("original_max_position_embeddings").asDouble(Double.NaN);
    if (!(factor > 0 && low > 0 && high > low && original > 0)) {
      throw json.refusal(
          "rope_scaling",
          "needs factor, low_freq_factor < high_freq_factor and original_max_position_embeddings");
    }
    for (int i = 0; i < frequencies.length; i++) {
      double wavelength = 2 * Math.PI / frequencies[i];
      if (wavelength > original / low) {
        frequencies[i] /= factor;
      } else if (wavelength > original / high) {
        double smooth = (original / wavelength - low) / (high - low);
        frequencies[i] = (1 - smooth) * frequencies[i] / factor + smooth * frequencies[i];
      }
    }
    return frequencies;
  }

  private static Set<Integer> endTokens(Path folder, JsonFile config) {
    List<Integer> ids = new ArrayList<>();
    Path generation = folder.resolve("generation_config.json");
    JsonNode first = config.root().path("eos_token_id");
    JsonNode second =
        java.nio.file.Files.exists(generation)
            ? JsonFile.read(generation).root().path("eos_token_id")
            : JsonFile.MAPPER.missingNode();
    for (JsonNode node : List.of(first, second)) {
      if (node.isInt()) {
        ids.add(node.intValue());
      }
      node.forEach(id -> ids.add(id.asInt(-1)));
    }
    return Set.copyOf(new java.util.LinkedHashSet<>(ids));
  }
}
