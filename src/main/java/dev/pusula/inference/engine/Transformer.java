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
  private final Device.Matrix head;
  private final Device.Vector finalNorm;
  private final Block[] blocks;
  private final long bytesPerStep;

  private final Device.Buffer x;
  private final Device.Buffer normed;
  private final Device.Buffer[] queryKeyValue;
  private final Device.Buffer mixed;
  private final Device.Buffer gated;
  private final Device.Buffer[] added;
  private final Device.Buffer last;
  private final Device.Buffer logits;

  private record Block(
      Device.Vector attentionNorm,
      Device.@Nullable Vector attentionPostNorm,
      Device.Vector feedForwardNorm,
      Device.@Nullable Vector feedForwardPostNorm,
      Device.@Nullable Vector queryNorm,
      Device.@Nullable Vector keyNorm,
      Device.Linear queryKeyValue,
      Device.Linear output,
      Device.Linear gateUp,
      Device.Linear down,
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
        config.tiedHead()
            ? embedding
            : loader.matrix("lm_head.weight", config.vocabulary(), config.hidden());
    Map<Rope, Device.Rotation> rotations = new HashMap<>();
    this.blocks = new Block[config.layers()];
    for (int l = 0; l < blocks.length; l++) {
      Rope rope = config.attention().get(l).rope();
      blocks[l] =
          loader.block(
              l, rotations.computeIfAbsent(rope, r -> device.rotation(r, config.context())));
    }
    loader.refuseUnused();
    this.bytesPerStep = loader.bytesOfBlocks + head.bytes();
    this.x = device.buffer(rows, config.hidden());
    this.normed = device.inputs(rows, config.hidden());
    this.queryKeyValue =
        new Device.Buffer[] {
          device.buffer(rows, config.queryWidth()),
          device.buffer(rows, config.kvWidth()),
          device.buffer(rows, config.kvWidth())
        };
    this.mixed = device.inputs(rows, config.queryWidth());
    this.gated = device.inputs(rows, config.intermediate());
    this.added = new Device.Buffer[] {device.buffer(rows, config.hidden())};
    this.last = device.buffer(wantedRows, config.hidden());
    this.logits = device.buffer(wantedRows, config.vocabulary());
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
    return bytesPerStep;
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
    device.pass(batch, () -> operations(batch, cache));
    return logits;
  }

  private void operations(Batch batch, Device.Cache cache) {
    device.embed(embedding, batch, (float) config.embeddingScale(), x);
    for (int l = 0; l < blocks.length; l++) {
      attention(batch, cache, l);
      feedForward(batch, blocks[l]);
    }
    int wanted = batch.wantedRows();
    if (wanted > 0) {
      device.gather(x, batch, last);
      norm(last, finalNorm, wanted, normed);
      device.multiply(head, normed, wanted, logits);
      if (config.logitCap() > 0) {
        device.cap((float) config.logitCap(), logits, wanted);
      }
      device.finish(logits, wanted);
    }
  }

  private void attention(Batch batch, Device.Cache cache, int l) {
    Block block = blocks[l];
    int rows = batch.rows();
    Device.Buffer queries = queryKeyValue[0];
    Device.Buffer keys = queryKeyValue[1];
    norm(x, block.attentionNorm, rows, normed);
    device.project(block.queryKeyValue, batch, normed, queryKeyValue);
    if (block.queryNorm != null && block.keyNorm != null) {
      norm(queries, block.queryNorm, rows, queries);
      norm(keys, block.keyNorm, rows, keys);
    }
    device.rotateAndStore(block.rotation, cache, l, batch, queries, keys, queryKeyValue[2]);
    device.attend(
        cache,
        l,
        batch,
        (float) config.attentionScale(),
        (float) config.attentionCap(),
        block.attention.window(),
        queries,
        mixed);
    addProjected(block.output, batch, mixed, block.attentionPostNorm);
  }

  private void feedForward(Batch batch, Block block) {
    norm(x, block.feedForwardNorm, batch.rows(), normed);
    device.projectGated(block.gateUp, config.activation(), batch, normed, gated);
    addProjected(block.down, batch, gated, block.feedForwardPostNorm);
  }

  private void addProjected(
      Device.Linear layer, Batch batch, Device.Buffer in, Device.@Nullable Vector postNorm) {
    if (postNorm == null) {
      device.projectOnto(layer, batch, in, x);
    } else {
      device.project(layer, batch, in, added);
      norm(added[0], postNorm, batch.rows(), added[0]);
      device.add(x, added[0], batch.rows());
    }
  }

  private void norm(Device.Buffer in, Device.Vector weight, int rows, Device.Buffer out) {
    device.norm(in, weight, (float) config.normEpsilon(), rows, out);
  }

  /** Hands out tensors once and checks their shapes. */
  private static final class Loader {
    private final Path folder;
    private final ModelConfig config;
    private final Map<String, Tensor> tensors;
    private final Device device;
    private final Set<String> used = new HashSet<>();
    private long bytesOfBlocks;

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
          linear(layer, Projection.QUERY, Projection.KEY, Projection.VALUE),
          linear(layer, Projection.OUTPUT),
          linear(layer, Projection.GATE, Projection.UP),
          linear(layer, Projection.DOWN),
          config.attention().get(layer),
          rotation);
    }

    private Device.Linear linear(int layer, Projection... projections) {
      int n = projections.length;
      Device.Matrix[] matrices = new Device.Matrix[n];
      Device.@Nullable Vector[] biases = new Device.Vector[n];
      int[] slots = new int[n];
      for (int i = 0; i < n; i++) {
        Projection projection = projections[i];
        String module = "model.layers." + layer + "." + projection.module();
        int rows = projection.rows(config);
        matrices[i] = matrix(module + ".weight", rows, projection.columns(config));
        bytesOfBlocks += matrices[i].bytes();
        if (config.biased().contains(projection)) {
          biases[i] = device.vector(take(module + ".bias", rows).floats());
        }
        slots[i] = slot(layer, projection);
      }
      return device.linear(matrices, biases, slots);
    }

    Device.Matrix matrix(String name, int rows, int columns) {
      return device.matrix(take(name, rows, columns));
    }

    /** A norm's factors, whatever the file keeps of them. */
    Device.Vector norm(String name, int length) {
      float[] weight = take(name, length).floats();
      if (config.shiftedNorms()) {
        for (int i = 0; i < weight.length; i++) {
          weight[i] += 1;
        }
      }
      return device.vector(weight);
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
