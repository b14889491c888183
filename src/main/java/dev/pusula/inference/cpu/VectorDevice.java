package dev.pusula.inference.cpu;

import dev.pusula.inference.checkpoint.Tensor;
import dev.pusula.inference.engine.Device;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * The Vector API. Four accumulators hide the latency of the fused multiply-add; tails are scalar. A
 * bfloat16 pair is widened by a shift for its lower and a mask for its upper half, against x taken
 * apart into even and odd places once per product.
 */
final class VectorDevice implements Device {

  private static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_PREFERRED;
  private static final VectorSpecies<Integer> INTS = IntVector.SPECIES_PREFERRED;
  private static final int LANES = FLOATS.length();
  private static final int UPPER = 0xFFFF0000;

  /** x's even places, then its odd ones; one for each thread that computes. */
  private final ThreadLocal<float[]> taken = ThreadLocal.withInitial(() -> new float[0]);

  VectorDevice() {
    if (LANES < 2) {
      throw new UnsupportedOperationException("this CPU has no float vectors");
    }
  }

  @Override
  public String name() {
    return "cpu-vector";
  }

  @Override
  public String remark() {
    return "Vector API, " + FLOATS.vectorBitSize() + " bit";
  }

  @Override
  public Matrix matrix(Tensor tensor) {
    return PackedMatrix.of(tensor);
  }

  @Override
  public void multiply(Matrix matrix, float[] x, float[] y) {
    if (matrix instanceof PackedMatrix.BrainFloats m) {
      multiply(m, x, y);
    } else {
      PackedMatrix.Floats m = (PackedMatrix.Floats) matrix;
      for (int r = 0; r < m.rows(); r++) {
        y[r] = dot(m.values(), r * m.columns(), x, 0, m.columns());
      }
    }
  }

  private void multiply(PackedMatrix.BrainFloats m, float[] x, float[] y) {
    int n = m.pairsPerRow();
    float[] apart = taken.get();
    if (apart.length < 2 * n) {
      apart = new float[2 * n];
      taken.set(apart);
    }
    // An odd last column is paired with a zero weight; its partner in x must be finite.
    for (int i = 0; i < n; i++) {
      apart[i] = x[2 * i];
      apart[n + i] = 2 * i + 1 < m.columns() ? x[2 * i + 1] : 0;
    }
    for (int r = 0; r < m.rows(); r++) {
      y[r] = row(m.pairs(), r * n, apart, n);
    }
  }

  private static float row(int[] pairs, int from, float[] apart, int n) {
    FloatVector a = FloatVector.zero(FLOATS);
    FloatVector b = a;
    FloatVector c = a;
    FloatVector d = a;
    int i = 0;
    for (; i + 2 * LANES <= n; i += 2 * LANES) {
      IntVector first = IntVector.fromArray(INTS, pairs, from + i);
      IntVector second = IntVector.fromArray(INTS, pairs, from + i + LANES);
      a = lower(first).fma(FloatVector.fromArray(FLOATS, apart, i), a);
      b = upper(first).fma(FloatVector.fromArray(FLOATS, apart, n + i), b);
      c = lower(second).fma(FloatVector.fromArray(FLOATS, apart, i + LANES), c);
      d = upper(second).fma(FloatVector.fromArray(FLOATS, apart, n + i + LANES), d);
    }
    float sum = a.add(b).add(c.add(d)).reduceLanes(VectorOperators.ADD);
    for (; i < n; i++) {
      int pair = pairs[from + i];
      sum +=
          Float.intBitsToFloat(pair << 16) * apart[i]
              + Float.intBitsToFloat(pair & UPPER) * apart[n + i];
    }
    return sum;
  }

  private static FloatVector lower(IntVector pairs) {
    return pairs.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats();
  }

  private static FloatVector upper(IntVector pairs) {
    return pairs.and(UPPER).reinterpretAsFloats();
  }

  @Override
  public float dot(float[] a, int aFrom, float[] b, int bFrom, int n) {
    FloatVector s0 = FloatVector.zero(FLOATS);
    FloatVector s1 = s0;
    FloatVector s2 = s0;
    FloatVector s3 = s0;
    int i = 0;
    for (; i + 4 * LANES <= n; i += 4 * LANES) {
      s0 = at(a, aFrom + i).fma(at(b, bFrom + i), s0);
      s1 = at(a, aFrom + i + LANES).fma(at(b, bFrom + i + LANES), s1);
      s2 = at(a, aFrom + i + 2 * LANES).fma(at(b, bFrom + i + 2 * LANES), s2);
      s3 = at(a, aFrom + i + 3 * LANES).fma(at(b, bFrom + i + 3 * LANES), s3);
    }
    for (; i + LANES <= n; i += LANES) {
      s0 = at(a, aFrom + i).fma(at(b, bFrom + i), s0);
    }
    float sum = s0.add(s1).add(s2.add(s3)).reduceLanes(VectorOperators.ADD);
    for (; i < n; i++) {
      sum += a[aFrom + i] * b[bFrom + i];
    }
    return sum;
  }

  private static FloatVector at(float[] values, int from) {
    return FloatVector.fromArray(FLOATS, values, from);
  }

  @Override
  public void addScaled(float[] y, int yFrom, float[] x, int xFrom, float scale, int n) {
    int i = 0;
    for (; i + LANES <= n; i += LANES) {
      at(x, xFrom + i).mul(scale).add(at(y, yFrom + i)).intoArray(y, yFrom + i);
    }
    for (; i < n; i++) {
      y[yFrom + i] += scale * x[xFrom + i];
    }
  }

  @Override
  public void close() {
    taken.remove();
  }
}
