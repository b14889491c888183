package dev.pusula.inference.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.pusula.inference.checkpoint.ModelConfig.Activation;
import dev.pusula.inference.checkpoint.Rope;
import dev.pusula.inference.checkpoint.Tensor;
import dev.pusula.inference.engine.Batch;
import dev.pusula.inference.engine.Device;
import dev.pusula.inference.engine.Device.Buffer;
import dev.pusula.inference.engine.Device.LowRank;
import dev.pusula.inference.engine.Device.Matrix;
import dev.pusula.inference.engine.Rows;
import dev.pusula.inference.engine.Weights;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.BiConsumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The Vector API against the scalar reference on sizes around its blocks, and against itself: a
 * row's result is the same, bit for bit, alone and in any batch, on one thread and on several.
 */
class DeviceParityTest {

  /** Of the number of terms of magnitude 1: what another order of float32 sums can cost. */
  private static final float RELATIVE = 1e-5f;

  private final CpuDevice scalar = (CpuDevice) CpuDevices.scalar(Weights.STORED);
  private CpuDevice vector = (CpuDevice) CpuDevices.best(Weights.STORED, 3);
  private final Random random = new Random(7);

  @BeforeEach
  void vectorsAreThere() {
    assumeThat(vector.name()).as(vector.remark()).isEqualTo("cpu-vector");
  }

  @AfterEach
  void close() {
    vector.close();
  }

  @ParameterizedTest
  @CsvSource({
    "F32,1,1", "F32,3,7", "F32,5,63", "F32,5,64", "F32,5,65", "F32,4,128", "F32,7,1031",
    "BF16,1,1", "BF16,3,7", "BF16,5,63", "BF16,5,64", "BF16,5,65", "BF16,4,128", "BF16,7,1031",
    "INT8,1,1", "INT8,3,7", "INT8,5,63", "INT8,5,64", "INT8,5,65", "INT8,4,128", "INT8,7,1031",
  })
  void multiply_equalsTheReference_andEachRowAlone(String kind, int rows, int columns) {
    boolean bytes = kind.equals("INT8");
    CpuDevice reference = bytes ? (CpuDevice) CpuDevices.scalar(Weights.INT8) : scalar;
    if (bytes) {
      vector.close();
      vector = (CpuDevice) CpuDevices.best(Weights.INT8, 3);
    }
    Tensor tensor = tensor(bytes ? Tensor.Type.BF16 : Tensor.Type.valueOf(kind), rows, columns);
    // A matrix of several blocks of rows beside it, as queries, keys and values are.
    Tensor other = tensor(Tensor.Type.F32, 29, columns);
    Matrix[] expectedOf = {reference.matrix(tensor), reference.matrix(other)};
    Matrix[] actualOf = {vector.matrix(tensor), vector.matrix(other)};
    for (int n : new int[] {1, 2, 3, 4, 5, 7, 16, 33}) {
      float[][] x = values(n, columns);
      Buffer[] expected = {poisoned(n, rows), poisoned(n, 29)};
      Buffer[] actual = {poisoned(n, rows), poisoned(n, 29)};
      reference.multiply(expectedOf, buffer(x), n, expected);
      vector.multiply(actualOf, buffer(x), n, actual);
      for (int m = 0; m < 2; m++) {
        assertClose(actual[m], expected[m], n, columns);
        for (int i = 0; i < n; i++) {
          Buffer[] alone = {poisoned(1, rows), poisoned(1, 29)};
          vector.multiply(actualOf, buffer(new float[][] {x[i]}), 1, alone);
          assertThat(row(actual[m], i)).isEqualTo(row(alone[m], 0));
        }
      }
    }
  }

  /** At most half a step of the row's scale from the weight it stands for. */
  @Test
  void int8_isTheNearestStep() {
    Tensor tensor = tensor(Tensor.Type.F32, 6, 70);
    for (Device device : new Device[] {CpuDevices.scalar(Weights.INT8), int8Vector()}) {
      PackedMatrix matrix = (PackedMatrix) device.matrix(tensor);
      for (int r = 0; r < 6; r++) {
        for (int c = 0; c < 70; c++) {
          assertThat(matrix.at(r, c) * matrix.scale(r))
              .isCloseTo(tensor.at(r * 70 + c), within(0.501f * matrix.scale(r)));
        }
      }
    }
  }

  private CpuDevice int8Vector() {
    vector.close();
    vector = (CpuDevice) CpuDevices.best(Weights.INT8, 2);
    return vector;
  }

  @ParameterizedTest
  @CsvSource({
    "F32,1,1,1",
    "F32,3,70,33",
    "BF16,4,64,64",
    "BF16,8,65,130",
    "BF16,17,31,257",
  })
  void adapt_equalsTheReference_andEachRowAlone(Tensor.Type type, int rank, int columns, int rows) {
    Tensor[] tensors = {
      tensor(type, rank, columns), tensor(type, rows, rank),
      tensor(type, 2, columns), tensor(type, rows, 2)
    };
    float[][] x = values(6, columns);
    float[][] y = values(6, rows);
    Buffer expected = buffer(y);
    Buffer actual = buffer(y);
    scalar.adapt(adapted(scalar, tensors, 0, 6), 0, buffer(x), expected);
    vector.adapt(adapted(vector, tensors, 0, 6), 0, buffer(x), actual);
    assertClose(actual, expected, 6, columns * rank);
    assertThat(row(actual, 4)).as("a row without adapters").isEqualTo(y[4]);
    for (int i = 0; i < 6; i++) {
      Buffer alone = buffer(new float[][] {y[i]});
      vector.adapt(adapted(vector, tensors, i, i + 1), 0, buffer(new float[][] {x[i]}), alone);
      assertThat(row(actual, i)).isEqualTo(row(alone, 0));
    }
  }

  /**
   * Rows with the first adapter, both, the second, both in the other order, none, and the first.
   */
  private static Batch adapted(Device device, Tensor[] tensors, int from, int to) {
    Device.Adapter first = device.adapter(List.of(new LowRank(0, tensors[0], tensors[1], 0.5f)));
    Device.Adapter second = device.adapter(List.of(new LowRank(0, tensors[2], tensors[3], 2)));
    Device.Adapter[][] ofRow = {
      {first}, {first, second}, {second}, {second, first}, {}, {first},
    };
    Rows rows = new Rows(to - from);
    for (int i = from; i < to; i++) {
      rows.adapted(0.3f, ofRow[i]);
    }
    return rows.batch();
  }

  /** Positions in several sequences, over pages out of order, from the first to the sixth page. */
  @ParameterizedTest
  @CsvSource({"1,1,2,0,0", "4,1,8,0,0", "7,1,10,0,0", "8,2,16,0,5", "4,2,64,20,0", "3,3,6,1,2"})
  void attend_equalsTheReference_andEachRowAlone(
      int heads, int kvHeads, int dim, int window, float cap) {
    int[] a = {3, 0, 5, 1, 9, 7};
    int[] b = {2, 8, 4};
    int[] positions = {0, 1, 14, 15, 16, 17, 47, 80, 95};
    float[][] q = values(positions.length + 2, heads * dim);
    BiConsumer<Device, Buffer> compute =
        (device, out) -> {
          Device.Cache cache = filled(device, kvHeads, dim, a, b);
          Rows rows = new Rows(q.length);
          for (int position : positions) {
            rows.add(position, a);
          }
          rows.add(20, b).add(33, b);
          device.attend(cache, 1, rows.batch(), 0.7f, cap, window, buffer(q), out);
        };
    Buffer expected = poisoned(q.length, heads * dim);
    Buffer actual = poisoned(q.length, heads * dim);
    compute.accept(scalar, expected);
    compute.accept(vector, actual);
    assertClose(actual, expected, q.length, dim);
    Device.Cache cache = filled(vector, kvHeads, dim, a, b);
    for (int i = 0; i < positions.length; i++) {
      Buffer alone = poisoned(1, heads * dim);
      Batch one = new Rows(1).add(positions[i], a).batch();
      vector.attend(cache, 1, one, 0.7f, cap, window, buffer(new float[][] {q[i]}), alone);
      assertThat(row(actual, i)).isEqualTo(row(alone, 0));
    }
  }

  private static Device.Cache filled(Device device, int kvHeads, int dim, int[] a, int[] b) {
    Random values = new Random(3);
    Device.Cache cache = device.cache(2, kvHeads, dim, Long.MAX_VALUE, 10);
    for (int[] pages : new int[][] {a, b}) {
      for (int position = 0; position < pages.length * Device.PAGE; position++) {
        float[][] kv = new float[2][kvHeads * dim];
        for (float[] row : kv) {
          for (int i = 0; i < row.length; i++) {
            row[i] = 2 * values.nextFloat() - 1;
          }
        }
        Batch one = new Rows(1).add(position, pages).batch();
        CpuDevice.store(
            cache, 1, one, buffer(new float[][] {kv[0]}), buffer(new float[][] {kv[1]}));
      }
    }
    return cache;
  }

  @ParameterizedTest
  @CsvSource({"1,1", "7,7", "16,8", "64,64", "65,65", "1040,1040", "48,6"})
  void norm_equalsTheReference(int columns, int group) {
    Device.Vector weight = scalar.vector(values(1, group)[0]);
    for (int n : new int[] {1, 3, 40}) {
      float[][] x = values(n, columns);
      Buffer expected = poisoned(n, columns);
      Buffer actual = buffer(x);
      scalar.norm(buffer(x), weight, 1e-5f, n, expected);
      vector.norm(actual, weight, 1e-5f, n, actual);
      assertClose(actual, expected, n, 1);
    }
  }

  @ParameterizedTest
  @EnumSource(Activation.class)
  void gate_equalsTheReference_alsoFarFromZero(Activation activation) {
    float[][] gate = values(20, 1031);
    float[][] up = values(20, 1031);
    for (float[] row : gate) {
      for (int i = 0; i < row.length; i++) {
        row[i] *= i % 3 == 0 ? 1 : i % 3 == 1 ? 20 : 200;
      }
    }
    Buffer expected = buffer(gate);
    Buffer actual = buffer(gate);
    scalar.gate(activation, expected, buffer(up), 20);
    vector.gate(activation, actual, buffer(up), 20);
    assertClose(actual, expected, 20, 20);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 15, 16, 17, 100, 1031})
  void argmaxExponentialsAndCap_equalTheReference(int n) {
    float[][] x = values(2, n);
    x[1][n - 1] = x[1][n / 2] = 5;
    Buffer buffer = buffer(x);
    assertThat(vector.argmax(buffer, 0)).isEqualTo(scalar.argmax(buffer, 0));
    assertThat(vector.argmax(buffer, 1)).as("the first of equals").isEqualTo(n / 2);
    float[] expected = new float[n];
    float[] actual = new float[n];
    double sum = scalar.exponentials(x[1], n, 3, expected);
    assertThat(vector.exponentials(x[1], n, 3, actual)).isCloseTo(sum, within(1e-5 * sum));
    for (int i = 0; i < n; i++) {
      assertThat(Math.abs(actual[i] - expected[i]) <= 2e-6).isTrue();
    }
    Buffer capped = buffer(x);
    Buffer reference = buffer(x);
    vector.cap(2, capped, 2);
    scalar.cap(2, reference, 2);
    assertClose(capped, reference, 2, 1);
  }

  @Test
  void rotation_keepsLengths_andTurnsByPosition() {
    Rope rope = new Rope(new double[] {1, 0.01}, 1);
    Device.Rotation rotation = vector.rotation(rope, 100);
    Buffer x = buffer(new float[][] {{1, 0, 0, 2, 3, 1, 0, 0}});
    CpuDevice.rotate(rotation, new Rows(1).add(50, 0).batch(), 4, x);
    float[] turned = row(x, 0);
    assertThat(turned[0]).isCloseTo((float) Math.cos(50), within(1e-6f));
    assertThat(turned[2]).isCloseTo((float) Math.sin(50), within(1e-6f));
    assertThat(turned[1]).isCloseTo((float) (-2 * Math.sin(0.5)), within(1e-6f));
    assertThat(Math.hypot(turned[4], turned[6])).isCloseTo(3, within(1e-6));
  }

  private static void assertClose(Buffer actual, Buffer expected, int rows, int terms) {
    for (int r = 0; r < rows; r++) {
      float[] a = row(actual, r);
      float[] e = row(expected, r);
      for (int i = 0; i < e.length; i++) {
        // Written so that NaN fails.
        assertThat(Math.abs(a[i] - e[i]) <= RELATIVE * (1 + terms + Math.abs(e[i])))
            .as("row %d, %d: %s for %s", r, i, a[i], e[i])
            .isTrue();
      }
    }
  }

  private Tensor tensor(Tensor.Type type, int rows, int columns) {
    ByteBuffer data =
        ByteBuffer.allocate(rows * columns * type.bytes()).order(ByteOrder.LITTLE_ENDIAN);
    for (float value : values(1, rows * columns)[0]) {
      if (type == Tensor.Type.F32) {
        data.putFloat(value);
      } else {
        data.putShort((short) (Float.floatToRawIntBits(value) >>> 16));
      }
    }
    return new Tensor("w", type, new int[] {rows, columns}, data.flip());
  }

  private float[][] values(int rows, int columns) {
    return IntStream.range(0, rows)
        .mapToObj(
            r -> {
              float[] row = new float[columns];
              for (int i = 0; i < columns; i++) {
                row[i] = 2 * random.nextFloat() - 1;
              }
              return row;
            })
        .toArray(float[][]::new);
  }

  private static CpuBuffer buffer(float[][] rows) {
    CpuBuffer buffer = CpuBuffer.of(rows.length, rows[0].length);
    for (int r = 0; r < rows.length; r++) {
      System.arraycopy(rows[r], 0, buffer.values(), buffer.at(r), rows[r].length);
    }
    return buffer;
  }

  private static CpuBuffer poisoned(int rows, int columns) {
    float[][] values = new float[rows][columns];
    Arrays.stream(values).forEach(row -> Arrays.fill(row, Float.NaN));
    return buffer(values);
  }

  private static float[] row(Buffer buffer, int row) {
    CpuBuffer from = (CpuBuffer) buffer;
    return Arrays.copyOfRange(from.values(), from.at(row), from.at(row) + from.columns());
  }
}
