package dev.pusula.inference.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.pusula.inference.checkpoint.Tensor;
import dev.pusula.inference.engine.Device;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The Vector API against the scalar reference, on sizes around its blocks. */
class DeviceParityTest {

  /** Of the sum of magnitudes: what reordering float32 sums can cost at these sizes. */
  private static final float RELATIVE = 1e-5f;

  private final Device scalar = CpuDevices.scalar();
  private final Device vector = CpuDevices.best();
  private final Random random = new Random(7);

  @BeforeEach
  void vectorsAreThere() {
    assumeThat(vector.name()).as(vector.remark()).isEqualTo("cpu-vector");
  }

  @ParameterizedTest
  @CsvSource({
    "F32,1,1",
    "F32,3,7",
    "F32,5,31",
    "F32,5,32",
    "F32,5,33",
    "F32,4,64",
    "F32,2,65",
    "F32,7,1031",
    "BF16,1,1",
    "BF16,3,7",
    "BF16,5,31",
    "BF16,5,32",
    "BF16,5,33",
    "BF16,4,64",
    "BF16,2,65",
    "BF16,7,1031",
  })
  void multiply_equalsTheReference(Tensor.Type type, int rows, int columns) {
    Tensor tensor = tensor(type, rows, columns);
    float[] x = values(columns);
    float[] expected = poisoned(rows);
    float[] actual = poisoned(rows);
    scalar.multiply(scalar.matrix(tensor), x, expected);
    vector.multiply(vector.matrix(tensor), x, actual);
    assertClose(actual, expected, columns);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 64, 65, 1031})
  void dotAndAddScaled_equalTheReference(int n) {
    float[] a = values(n + 5);
    float[] b = values(n + 5);
    float[] dots = {vector.dot(a, 2, b, 3, n)};
    assertClose(dots, new float[] {scalar.dot(a, 2, b, 3, n)}, n);
    float[] expected = a.clone();
    float[] actual = a.clone();
    scalar.addScaled(expected, 1, b, 4, 0.3f, n);
    vector.addScaled(actual, 1, b, 4, 0.3f, n);
    assertClose(actual, expected, 1);
  }

  private static void assertClose(float[] actual, float[] expected, int terms) {
    for (int i = 0; i < expected.length; i++) {
      // Written so that NaN fails.
      assertThat(Math.abs(actual[i] - expected[i]) <= RELATIVE * (1 + terms))
          .as("%d: %s for %s", i, actual[i], expected[i])
          .isTrue();
    }
  }

  private Tensor tensor(Tensor.Type type, int rows, int columns) {
    ByteBuffer data =
        ByteBuffer.allocate(rows * columns * type.bytes()).order(ByteOrder.LITTLE_ENDIAN);
    for (float value : values(rows * columns)) {
      if (type == Tensor.Type.F32) {
        data.putFloat(value);
      } else {
        data.putShort((short) (Float.floatToRawIntBits(value) >>> 16));
      }
    }
    return new Tensor("w", type, new int[] {rows, columns}, data.flip());
  }

  private float[] values(int n) {
    float[] values = new float[n];
    for (int i = 0; i < n; i++) {
      values[i] = 2 * random.nextFloat() - 1;
    }
    return values;
  }

  private static float[] poisoned(int n) {
    float[] values = new float[n];
    java.util.Arrays.fill(values, Float.NaN);
    return values;
  }
}
