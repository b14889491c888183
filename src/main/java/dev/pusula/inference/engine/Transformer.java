package dev.pusula.inference.engine;

import dev.pusula.inference.checkpoint.Checkpoint;
import dev.pusula.inference.checkpoint.CheckpointException;
import dev.pusula.inference.checkpoint.ModelConfig;
import dev.pusula.inference.checkpoint.Projection;
import dev.pusula.inference.checkpoint.Tensor;
import dev.pusula.inference.engine.LoraAdapter.Delta;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The Llama forward pass, one token at a time, over a {@link Device}. Immutable and thread-safe;
 * what a sequence needs is in its {@link Sequence}.
 *
 * <p>For each block: x += O · attention(rope(Q n), rope(K n), V n) with n = rmsnorm(x); x += D
 * (silu(G m) ⊙ U m) with m = rmsnorm(x). Each projection adds the deltas of the sequence's
 * adapters. [1] Touvron et al. 2023; [2] transformers, modeling_llama.py, whose half-split rotation
 * is followed; [3] Ainslie et al. 2023 for grouped queries.
 */
public final class Transformer {

  /** An adapter with its weight in one sequence. */
  record Applied(LoraAdapter adapter, float weight) {}

  private final ModelConfig config;
  private final Device device;
  private final Device.Matrix embedding;
  private final Device.Matrix head;
  private final float[] finalNorm;
  private final Block[] blocks;

  private record Block(
      float[] attentionNorm, float[] feedForwardNorm, Device.Matrix[] projections) {
    Device.Matrix of(Projection projection) {
      return projections[projection.ordinal()];
    }
  }

  /**
   * Takes the checkpoint's weights onto the device.
   *
   * @throws CheckpointException if a tensor is missing, of the wrong shape, or used by nothing
   */
  public Transformer(Checkpoint checkpoint, Device device) {
    this.config = checkpoint.config();
    this.device = device;
    Loader loader = new Loader(checkpoint.folder(), checkpoint.weights(), device);
    this.embedding =
        loader.matrix("model.embed_tokens.weight", config.vocabulary(), config.hidden());
    this.finalNorm = loader.vector("model.norm.weight", config.hidden());
    this.head =
        config.tiedHead()
            ? embedding
            : loader.matrix("lm_head.weight", config.vocabulary(), config.hidden());
    this.blocks = new Block[config.layers()];
    for (int l = 0; l < blocks.length; l++) {
      String prefix = "model.layers." + l + ".";
      Device.Matrix[] projections = new Device.Matrix[Projection.values().length];
      for (Projection projection : Projection.values()) {
        projections[projection.ordinal()] =
            loader.matrix(
                prefix + projection.module() + ".weight",
                projection.rows(config),
                projection.columns(config));
      }
      blocks[l] =
          new Block(
              loader.vector(prefix + "input_layernorm.weight", config.hidden()),
              loader.vector(prefix + "post_attention_layernorm.weight", config.hidden()),
              projections);
    }
    loader.refuseUnused(config.tiedHead());
  }

  /** The model's shape. */
  public ModelConfig config() {
    return config;
  }

  /** Reads an adapter for this model. */
  LoraAdapter adapter(Path folder) {
    return LoraAdapter.read(folder, config, device);
  }

  /**
   * Appends a token to a sequence.
   *
   * @param token its id
   * @param wantLogits false for all but the last token of a prompt, whose logits nobody reads
   * @return the logits of the next token, (vocabulary), valid until the next call; empty where not
   *     wanted
   * @throws IllegalStateException if the sequence fills the context
   */
  float[] append(Sequence s, int token, boolean wantLogits) {
    if (s.length >= config.context()) {
      throw new IllegalStateException("the context of " + config.context() + " tokens is full");
    }
    s.makeRoom();
    rotations(s);
    embedding.row(token, s.x);
    for (int l = 0; l < blocks.length; l++) {
      attention(s, l);
      feedForward(s, l);
    }
    s.length++;
    if (!wantLogits) {
      return NO_LOGITS;
    }
    norm(s.x, finalNorm, s.normed);
    device.multiply(head, s.normed, s.logits);
    return s.logits;
  }

  private static final float[] NO_LOGITS = new float[0];

  private void attention(Sequence s, int l) {
    Block block = blocks[l];
    norm(s.x, block.attentionNorm, s.normed);
    project(s, l, Projection.QUERY, s.normed, s.query);
    project(s, l, Projection.KEY, s.normed, s.key);
    project(s, l, Projection.VALUE, s.normed, s.value);
    rotate(s, s.query, config.heads());
    rotate(s, s.key, config.kvHeads());
    int width = config.kvWidth();
    int dim = config.headDim();
    System.arraycopy(s.key, 0, s.keys[l], s.length * width, width);
    System.arraycopy(s.value, 0, s.values[l], s.length * width, width);
    int positions = s.length + 1;
    int group = config.heads() / config.kvHeads();
    float scale = (float) (1 / Math.sqrt(dim));
    Arrays.fill(s.attended, 0);
    for (int h = 0; h < config.heads(); h++) {
      int kv = h / group * dim;
      for (int p = 0; p < positions; p++) {
        s.scores[p] = scale * device.dot(s.query, h * dim, s.keys[l], p * width + kv, dim);
      }
      softmax(s.scores, positions);
      for (int p = 0; p < positions; p++) {
        device.addScaled(s.attended, h * dim, s.values[l], p * width + kv, s.scores[p], dim);
      }
    }
    project(s, l, Projection.OUTPUT, s.attended, s.normed);
    device.addScaled(s.x, 0, s.normed, 0, 1, config.hidden());
  }

  private void feedForward(Sequence s, int l) {
    Block block = blocks[l];
    norm(s.x, block.feedForwardNorm, s.normed);
    project(s, l, Projection.GATE, s.normed, s.gate);
    project(s, l, Projection.UP, s.normed, s.up);
    for (int i = 0; i < config.intermediate(); i++) {
      float g = s.gate[i];
      s.gate[i] = (float) (g / (1 + Math.exp(-g))) * s.up[i];
    }
    project(s, l, Projection.DOWN, s.gate, s.normed);
    device.addScaled(s.x, 0, s.normed, 0, 1, config.hidden());
  }

  /**
   * out = W in, and for each adapter of the sequence that touches W: out += weight · scale · B (A
   * in).
   */
  private void project(Sequence s, int l, Projection projection, float[] in, float[] out) {
    device.multiply(blocks[l].of(projection), in, out);
    for (Applied applied : s.adapters) {
      Delta delta = applied.adapter.delta(l, projection);
      if (delta != null) {
        device.multiply(delta.down(), in, s.low);
        device.multiply(delta.up(), s.low, s.delta);
        device.addScaled(out, 0, s.delta, 0, applied.weight * delta.scale(), delta.up().rows());
      }
    }
  }

  private void norm(float[] x, float[] weight, float[] out) {
    int n = weight.length;
    float mean = device.dot(x, 0, x, 0, n) / n;
    float factor = (float) (1 / Math.sqrt(mean + config.normEpsilon()));
    for (int i = 0; i < n; i++) {
      out[i] = x[i] * factor * weight[i];
    }
  }

  private void rotations(Sequence s) {
    double[] frequencies = config.rope();
    for (int i = 0; i < frequencies.length; i++) {
      double angle = s.length * frequencies[i];
      s.cos[i] = (float) Math.cos(angle);
      s.sin[i] = (float) Math.sin(angle);
    }
  }

  /** Rotates pair (i, i + d/2) of each head. */
  private void rotate(Sequence s, float[] vector, int heads) {
    int half = config.headDim() / 2;
    for (int h = 0; h < heads; h++) {
      int at = h * config.headDim();
      for (int i = 0; i < half; i++) {
        float a = vector[at + i];
        float b = vector[at + half + i];
        vector[at + i] = a * s.cos[i] - b * s.sin[i];
        vector[at + half + i] = b * s.cos[i] + a * s.sin[i];
      }
    }
  }

  private static void softmax(float[] x, int n) {
    float max = Float.NEGATIVE_INFINITY;
    for (int i = 0; i < n; i++) {
      max = Math.max(max, x[i]);
    }
    float sum = 0;
    for (int i = 0; i < n; i++) {
      x[i] = (float) Math.exp(x[i] - max);
      sum += x[i];
    }
    for (int i = 0; i < n; i++) {
      x[i] /= sum;
    }
  }

  /**
   * One sequence under way: its keys and values, and scratch for the pass. Reused from request to
   * request; not thread-safe.
   */
  static final class Sequence {
    private static final int FIRST_POSITIONS = 64;

    private final ModelConfig config;
    private int length;
    private List<Applied> adapters = List.of();
    // (positions, kvHeads, headDim) for each layer
    private final float[][] keys;
    private final float[][] values;
    private float[] scores = new float[0];
    private final float[] x;
    private final float[] normed;
    private final float[] query;
    private final float[] key;
    private final float[] value;
    private final float[] attended;
    private final float[] gate;
    private final float[] up;
    private final float[] delta;
    private final float[] logits;
    private final float[] cos;
    private final float[] sin;
    private float[] low = new float[0];

    Sequence(ModelConfig config) {
      this.config = config;
      this.keys = new float[config.layers()][0];
      this.values = new float[config.layers()][0];
      this.x = new float[config.hidden()];
      this.normed = new float[config.hidden()];
      this.query = new float[config.queryWidth()];
      this.key = new float[config.kvWidth()];
      this.value = new float[config.kvWidth()];
      this.attended = new float[config.queryWidth()];
      this.gate = new float[config.intermediate()];
      this.up = new float[config.intermediate()];
      this.delta =
          new float
              [Math.max(Math.max(config.intermediate(), config.hidden()), config.queryWidth())];
      this.logits = new float[config.vocabulary()];
      this.cos = new float[config.headDim() / 2];
      this.sin = new float[config.headDim() / 2];
    }

    /** Starts anew with these adapters; what was kept of the sequence before is forgotten. */
    void restart(List<Applied> applied) {
      length = 0;
      adapters = List.copyOf(applied);
      int rank = applied.stream().mapToInt(a -> a.adapter.rank()).max().orElse(0);
      if (low.length < rank) {
        low = new float[rank];
      }
    }

    int length() {
      return length;
    }

    /**
     * Doubles the room when it is used up, so that a short sequence of a long-context model stays
     * small.
     */
    private void makeRoom() {
      if (length < scores.length) {
        return;
      }
      int positions = Math.min(config.context(), Math.max(FIRST_POSITIONS, 2 * scores.length));
      for (int l = 0; l < keys.length; l++) {
        keys[l] = Arrays.copyOf(keys[l], positions * config.kvWidth());
        values[l] = Arrays.copyOf(values[l], positions * config.kvWidth());
      }
      scores = new float[positions];
    }
  }

  /** Hands out tensors once and checks their shapes. */
  private static final class Loader {
    private final Path folder;
    private final Map<String, Tensor> tensors;
    private final Device device;
    private final Set<String> used = new HashSet<>();

    Loader(Path folder, Map<String, Tensor> tensors, Device device) {
      this.folder = folder;
      this.tensors = tensors;
      this.device = device;
    }

    Device.Matrix matrix(String name, int rows, int columns) {
      return device.matrix(take(name, rows, columns));
    }

    float[] vector(String name, int length) {
      return take(name, length).floats();
    }

    /** A tied head may be stored all the same. */
    void refuseUnused(boolean tiedHead) {
      for (String name : tensors.keySet()) {
        boolean known =
            name.endsWith(".rotary_emb.inv_freq") || tiedHead && name.equals("lm_head.weight");
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
