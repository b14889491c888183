package dev.pusula.inference.engine;

import dev.pusula.inference.checkpoint.Checkpoint;
import dev.pusula.inference.checkpoint.CheckpointException;
import dev.pusula.inference.checkpoint.ModelConfig;
import dev.pusula.inference.checkpoint.ModelConfig.Attention;
import dev.pusula.inference.checkpoint.Projection;
import dev.pusula.inference.checkpoint.Rope;
import dev.pusula.inference.checkpoint.Tensor;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The forward pass of a batch over a {@link Device}: Llama's, with the turns that Mistral, Qwen and
 * Gemma take. Owns the activations; not thread-safe.
 *
 * <p>For each block: x += [norm] O · attention(rope([norm] Q n), rope([norm] K n), V n) with n =
 * norm(x); x += [norm] D (activation(G m) ⊙ U m) with m = norm(x). Brackets mark what some families
 * do. Each linear layer adds its bias and the deltas of the row's adapters. [1] Touvron et al.
 * 2023; [2] transformers, modeling_llama.py and its siblings, whose half-split rotation is
 * followed; [3] Ainslie et al. 2023 for grouped queries; [4] Kwon et al. 2023 for paged keys and
 * values.
 */
final class Transformer {

  private static final int TARGETS = Projection.values().length;

  private final ModelConfig config;
  private final Device device;
  private final Device.Matrix embedding;
  private final Device.Matrix[] head;
  private final float[] finalNorm;
  private final Block[] blocks;

  private final Device.Buffer x;
  private final Device.Buffer normed;
  private final Device.Buffer mixed;
  private final Device.Buffer[] queryKeyValue;
  private final Device.Buffer[] gateUp;
  private final Device.Buffer[] mixedOut;
  private final Device.Buffer[] logits;

  private record Block(
      float[] attentionNorm,
      float @Nullable [] attentionPostNorm,
      float[] feedForwardNorm,
      float @Nullable [] feedForwardPostNorm,
      float @Nullable [] queryNorm,
      float @Nullable [] keyNorm,
      Device.Matrix[] queryKeyValue,
      Device.Matrix[] output,
      Device.Matrix[] gateUp,
      Device.Matrix[] down,
      float[] @Nullable [] biases,
      Attention attention,
      Device.Rotation rotation) {}

  /**
   * Takes the checkpoint's weights onto the device.
   *
   * @param rows most rows of a batch
   * @param wantedRows most rows whose logits are wanted
   * @throws CheckpointException if a tensor is missing, of the wrong shape, or used by nothing
   */
  Transformer(Checkpoint checkpoint, Device device, int rows, int wantedRows) {
    this.config = checkpoint.config();
    this.device = device;
    Loader loader = new Loader(checkpoint, device);
    this.embedding =
        loader.matrix("model.embed_tokens.weight", config.vocabulary(), config.hidden());
    this.finalNorm = loader.norm("model.norm.weight", config.hidden());
    this.head =
        new Device.Matrix[] {
          config.tiedHead()
              ? embedding
              : loader.matrix("lm_head.weight", config.vocabulary(), config.hidden())
        };
    Map<Rope, Device.Rotation> rotations = new HashMap<>();
    this.blocks = new Block[config.layers()];
    for (int l = 0; l < blocks.length; l++) {
      Rope rope = config.attention().get(l).rope();
      blocks[l] =
          loader.block(
              l, rotations.computeIfAbsent(rope, r -> device.rotation(r, config.context())));
    }
    loader.refuseUnused();
    this.x = device.buffer(rows, config.hidden());
    this.normed = device.buffer(rows, config.hidden());
    this.mixed = device.buffer(rows, config.queryWidth());
    this.queryKeyValue =
        new Device.Buffer[] {
          device.buffer(rows, config.queryWidth()),
          device.buffer(rows, config.kvWidth()),
          device.buffer(rows, config.kvWidth())
        };
    this.gateUp =
        new Device.Buffer[] {
          device.buffer(rows, config.intermediate()), device.buffer(rows, config.intermediate())
        };
    this.mixedOut = new Device.Buffer[] {normed};
    this.logits = new Device.Buffer[] {device.buffer(wantedRows, config.vocabulary())};
  }

  /** The model's shape. */
  ModelConfig config() {
    return config;
  }

  /** Room for the keys and values of this model, at most for so many full contexts. */
  Device.Cache cache(long bytes, int contexts) {
    long pages = (long) contexts * ((config.context() + Device.PAGE - 1) / Device.PAGE);
    return device.cache(
        config.layers(),
        config.kvHeads(),
        config.headDim(),
        bytes,
        (int) Math.min(Integer.MAX_VALUE, pages));
  }

  /** Bytes of the matrices that every forward pass reads. */
  long bytesPerStep() {
    return Stream.concat(
            Arrays.stream(blocks)
                .flatMap(
                    block ->
                        Stream.of(block.queryKeyValue, block.output, block.gateUp, block.down)),
            Stream.<Device.Matrix[]>of(head))
        .flatMap(Arrays::stream)
        .mapToLong(Device.Matrix::bytes)
        .sum();
  }

  /** The place of a linear layer's change in an adapter. */
  static int slot(int layer, Projection projection) {
    return layer * TARGETS + projection.ordinal();
  }

  /**
   * Computes a batch: keys and values go into the cache, and the logits of the wanted rows come
   * back in their order.
   *
   * @return (wanted rows, vocabulary), valid until the next call
   */
  Device.Buffer forward(Batch batch, Device.Cache cache) {
    device.embed(embedding, batch, (float) config.embeddingScale(), x);
    for (int l = 0; l < blocks.length; l++) {
      attention(batch, cache, l);
      feedForward(batch, l);
    }
    int wanted = batch.wantedRows();
    if (wanted > 0) {
      device.gather(x, batch.wanted(), wanted, normed);
      norm(normed, finalNorm, wanted, normed);
      device.multiply(head, normed, wanted, logits);
      if (config.logitCap() > 0) {
        device.cap((float) config.logitCap(), logits[0], wanted);
      }
    }
    return logits[0];
  }

  private void attention(Batch batch, Device.Cache cache, int l) {
    Block block = blocks[l];
    int rows = batch.rows();
    norm(x, block.attentionNorm, rows, normed);
    device.multiply(block.queryKeyValue, normed, rows, queryKeyValue);
    finish(batch, l, Projection.QUERY, normed, queryKeyValue[0]);
    finish(batch, l, Projection.KEY, normed, queryKeyValue[1]);
    finish(batch, l, Projection.VALUE, normed, queryKeyValue[2]);
    if (block.queryNorm != null && block.keyNorm != null) {
      norm(queryKeyValue[0], block.queryNorm, rows, queryKeyValue[0]);
      norm(queryKeyValue[1], block.keyNorm, rows, queryKeyValue[1]);
    }
    device.rotate(block.rotation, batch, config.headDim(), queryKeyValue[0]);
    device.rotate(block.rotation, batch, config.headDim(), queryKeyValue[1]);
    device.store(cache, l, batch, queryKeyValue[1], queryKeyValue[2]);
    device.attend(
        cache,
        l,
        batch,
        (float) config.attentionScale(),
        (float) config.attentionCap(),
        block.attention.window(),
        queryKeyValue[0],
        mixed);
    device.multiply(block.output, mixed, rows, mixedOut);
    finish(batch, l, Projection.OUTPUT, mixed, normed);
    addNormed(block.attentionPostNorm, rows);
  }

  private void feedForward(Batch batch, int l) {
    Block block = blocks[l];
    int rows = batch.rows();
    norm(x, block.feedForwardNorm, rows, normed);
    device.multiply(block.gateUp, normed, rows, gateUp);
    finish(batch, l, Projection.GATE, normed, gateUp[0]);
    finish(batch, l, Projection.UP, normed, gateUp[1]);
    device.gate(config.activation(), gateUp[0], gateUp[1], rows);
    device.multiply(block.down, gateUp[0], rows, mixedOut);
    finish(batch, l, Projection.DOWN, gateUp[0], normed);
    addNormed(block.feedForwardPostNorm, rows);
  }

  /** What a linear layer has beyond its product. */
  private void finish(
      Batch batch, int l, Projection projection, Device.Buffer in, Device.Buffer out) {
    float[] bias = blocks[l].biases[projection.ordinal()];
    if (bias != null) {
      device.addBias(bias, batch.rows(), out);
    }
    device.adapt(batch, slot(l, projection), in, out);
  }

  private void addNormed(float @Nullable [] postNorm, int rows) {
    if (postNorm != null) {
      norm(normed, postNorm, rows, normed);
    }
    device.add(x, normed, rows);
  }

  private void norm(Device.Buffer in, float[] weight, int rows, Device.Buffer out) {
    device.norm(in, weight, (float) config.normEpsilon(), rows, out);
  }

  /** Hands out tensors once and checks their shapes. */
  private static final class Loader {
    private final Path folder;
    private final ModelConfig config;
    private final Map<String, Tensor> tensors;
    private final Device device;
    private final Set<String> used = new HashSet<>();

    Loader(Checkpoint checkpoint, Device device) {
      this.folder = checkpoint.folder();
      this.config = checkpoint.config();
      this.tensors = checkpoint.weights();
      this.device = device;
    }

    Block block(int layer, Device.Rotation rotation) {
      String prefix = "model.layers." + layer + ".";
      boolean sandwich = config.postNorms();
      int hidden = config.hidden();
      float[] @Nullable [] biases = new float[TARGETS][];
      for (Projection projection : config.biased()) {
        biases[projection.ordinal()] =
            take(prefix + projection.module() + ".bias", projection.rows(config)).floats();
      }
      return new Block(
          norm(prefix + "input_layernorm.weight", hidden),
          sandwich ? norm(prefix + "post_attention_layernorm.weight", hidden) : null,
          norm(
              prefix
                  + (sandwich ? "pre_feedforward_layernorm" : "post_attention_layernorm")
                  + ".weight",
              hidden),
          sandwich ? norm(prefix + "post_feedforward_layernorm.weight", hidden) : null,
          config.queryKeyNorms()
              ? norm(prefix + "self_attn.q_norm.weight", config.headDim())
              : null,
          config.queryKeyNorms()
              ? norm(prefix + "self_attn.k_norm.weight", config.headDim())
              : null,
          matrices(prefix, Projection.QUERY, Projection.KEY, Projection.VALUE),
          matrices(prefix, Projection.OUTPUT),
          matrices(prefix, Projection.GATE, Projection.UP),
          matrices(prefix, Projection.DOWN),
          biases,
          config.attention().get(layer),
          rotation);
    }

    Device.Matrix matrix(String name, int rows, int columns) {
      return device.matrix(take(name, rows, columns));
    }

    /** A norm's factors, whatever the file keeps of them. */
    float[] norm(String name, int length) {
      float[] weight = take(name, length).floats();
      if (config.shiftedNorms()) {
        for (int i = 0; i < weight.length; i++) {
          weight[i] += 1;
        }
      }
      return weight;
    }

    /** A tied head may be stored all the same. */
    void refuseUnused() {
      for (String name : tensors.keySet()) {
        boolean known =
            name.endsWith(".rotary_emb.inv_freq")
                || config.tiedHead() && name.equals("lm_head.weight");
        if (!used.contains(name) && !known) {
          throw new CheckpointException(
              folder, "holds tensor " + name + ", which nothing here uses");
        }
      }
    }

    private Device.Matrix[] matrices(String prefix, Projection... projections) {
      return Arrays.stream(projections)
          .map(
              projection ->
                  matrix(
                      prefix + projection.module() + ".weight",
                      projection.rows(config),
                      projection.columns(config)))
          .toArray(Device.Matrix[]::new);
    }

    private Tensor take(String name, int... shape) {
      @Nullable Tensor tensor = tensors.get(name);
      if (tensor == null) {
        throw new CheckpointException(folder, "has no tensor " + name);
      }
      if (!Arrays.equals(tensor.shape(), shape)) {
        throw new CheckpointException(
            folder,
            "tensor "
                + name
                + " has shape "
                + tensor.shapeText()
                + "; config.json asks for "
                + Arrays.toString(shape));
      }
      used.add(name);
      return tensor;
    }
  }
}
