package dev.pusula.inference.cpu;

import dev.pusula.inference.checkpoint.ModelConfig.Activation;
import dev.pusula.inference.checkpoint.Rope;
import dev.pusula.inference.checkpoint.Tensor;
import dev.pusula.inference.engine.Batch;
import dev.pusula.inference.engine.Device;
import dev.pusula.inference.engine.Weights;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The scalar reference with everything rounded to bfloat16 that the CUDA device keeps so: weights,
 * adapters, keys, values, and what linear layers read. What differs from it is the order of sums.
 */
public final class Bfloat16Device implements Device {

  private final Weights weights;
  private final CpuDevice device;
  private final Set<Buffer> inputs = Collections.newSetFromMap(new IdentityHashMap<>());

  /** With weights as bfloat16 or int8. */
  public Bfloat16Device(Weights weights) {
    this.weights = weights;
    this.device = (CpuDevice) CpuDevices.scalar(weights);
  }

  /** To the nearest, ties to even. */
  static float rounded(float value) {
    int bits = Float.floatToRawIntBits(value);
    return Float.intBitsToFloat(bits + 0x7FFF + (bits >>> 16 & 1) & 0xFFFF0000);
  }

  private static Tensor rounded(Tensor tensor) {
    ByteBuffer data = ByteBuffer.allocate(2 * tensor.size()).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < tensor.size(); i++) {
      data.putShort((short) (Float.floatToRawIntBits(rounded(tensor.at(i))) >>> 16));
    }
    return new Tensor(tensor.name(), Tensor.Type.BF16, tensor.shape(), data.flip());
  }

  private void round(Buffer buffer, int rows) {
    CpuBuffer it = (CpuBuffer) buffer;
    for (int i = 0; i < rows * it.stride(); i++) {
      it.values()[i] = rounded(it.values()[i]);
    }
  }

  private void roundInputs(Buffer buffer, int rows) {
    if (inputs.contains(buffer)) {
      round(buffer, rows);
    }
  }

  @Override
  public String name() {
    return "cpu-bfloat16";
  }

  @Override
  public String remark() {
    return "as the CUDA device rounds";
  }

  @Override
  public Matrix matrix(Tensor tensor) {
    return weights == Weights.INT8 ? device.matrix(tensor) : device.matrix(rounded(tensor));
  }

  @Override
  public Vector vector(float[] values) {
    return device.vector(values);
  }

  @Override
  public Linear linear(Matrix[] matrices, @Nullable Vector[] biases, int[] slots) {
    return device.linear(matrices, biases, slots);
  }

  @Override
  public Adapter adapter(List<LowRank> changes) {
    return device.adapter(
        changes.stream()
            .map(c -> new LowRank(c.slot(), rounded(c.down()), rounded(c.up()), c.scale()))
            .toList());
  }

  @Override
  public Buffer buffer(int rows, int columns) {
    return device.buffer(rows, columns);
  }

  @Override
  public Buffer inputs(int rows, int columns) {
    Buffer buffer = device.inputs(rows, columns);
    inputs.add(buffer);
    return buffer;
  }

  @Override
  public Cache cache(int layers, int kvHeads, int headDim, long bytes, int mostPages) {
    return device.cache(layers, kvHeads, headDim, bytes, mostPages);
  }

  @Override
  public Rotation rotation(Rope rope, int context) {
    return device.rotation(rope, context);
  }

  @Override
  public void embed(Matrix table, Batch batch, float scale, Buffer out) {
    device.embed(table, batch, scale, out);
  }

  @Override
  public void norm(Buffer in, Vector weight, float epsilon, int rows, Buffer out) {
    device.norm(in, weight, epsilon, rows, out);
    roundInputs(out, rows);
  }

  @Override
  public void project(Linear layers, Batch batch, Buffer in, Buffer[] out) {
    device.project(layers, batch, in, out);
  }

  @Override
  public void projectOnto(Linear layer, Batch batch, Buffer in, Buffer x) {
    device.projectOnto(layer, batch, in, x);
  }

  @Override
  public void projectGated(
      Linear gateUp, Activation activation, Batch batch, Buffer in, Buffer out) {
    device.projectGated(gateUp, activation, batch, in, out);
    round(out, batch.rows());
  }

  @Override
  public void multiply(Matrix matrix, Buffer in, int rows, Buffer out) {
    device.multiply(matrix, in, rows, out);
  }

  @Override
  public void rotateAndStore(
      Rotation rotation,
      Cache cache,
      int layer,
      Batch batch,
      Buffer queries,
      Buffer keys,
      Buffer values) {
    int headDim = ((CpuCache) cache).headDim();
    CpuDevice.rotate(rotation, batch, headDim, queries);
    CpuDevice.rotate(rotation, batch, headDim, keys);
    round(keys, batch.rows());
    round(values, batch.rows());
    CpuDevice.store(cache, layer, batch, keys, values);
  }

  @Override
  public void attend(
      Cache cache,
      int layer,
      Batch batch,
      float scale,
      float cap,
      int window,
      Buffer queries,
      Buffer out) {
    device.attend(cache, layer, batch, scale, cap, window, queries, out);
    round(out, batch.rows());
  }

  @Override
  public void add(Buffer x, Buffer y, int rows) {
    device.add(x, y, rows);
  }

  @Override
  public void gather(Buffer in, Batch batch, Buffer out) {
    device.gather(in, batch, out);
  }

  @Override
  public void cap(float cap, Buffer x, int rows) {
    device.cap(cap, x, rows);
  }

  @Override
  public int argmax(Buffer buffer, int row) {
    return device.argmax(buffer, row);
  }

  @Override
  public void read(Buffer buffer, int row, float[] into) {
    device.read(buffer, row, into);
  }

  @Override
  public void close() {
    device.close();
  }
}
