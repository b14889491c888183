package dev.pusula.inference.cpu;

import static dev.pusula.inference.cpu.Lanes.COUNT;
import static dev.pusula.inference.cpu.Lanes.at;
import static dev.pusula.inference.cpu.Lanes.lower;
import static dev.pusula.inference.cpu.Lanes.signedByte;
import static dev.pusula.inference.cpu.Lanes.sum;
import static dev.pusula.inference.cpu.Lanes.upper;
import static dev.pusula.inference.cpu.Lanes.zero;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;

/**
 * Products of one block of matrix rows with one or more vectors.
 *
 * <p>For one vector a block is computed from its packed form: the memory's bandwidth is the limit.
 * For more it is widened to floats once, which stay in the nearest cache while all vectors pass. In
 * both ways a product is one chain of fused multiply-adds in each lane, in the order that {@link
 * PackedMatrix} tells, so that they agree in every bit. Methods are unrolled by hand and kept short
 * enough for the compiler to hold all accumulators in registers.
 */
final class Kernels {

  private Kernels() {}

  /** y[0…3] = four packed rows · x, before their scales. */
  static void packed(
      PackedMatrix matrix, int row, float[] x, int xAt, float[] y, int yAt, float[] lanes) {
    if (matrix instanceof PackedMatrix.BrainFloats m) {
      int half = m.stride() / 2;
      brainFloats(m.pairs(), row * half, half, x, xAt, y, yAt, lanes);
    } else if (matrix instanceof PackedMatrix.Bytes m) {
      bytes(m.quads(), row * (m.stride() / 4), m.stride() / 2, x, xAt, y, yAt, lanes);
    } else {
      PackedMatrix.Floats m = (PackedMatrix.Floats) matrix;
      floats1(m.values(), row * m.stride(), m.stride(), x, xAt, y, yAt, lanes);
    }
  }

  private static void brainFloats(
      int[] w, int w0, int half, float[] x, int xAt, float[] y, int yAt, float[] lanes) {
    int w1 = w0 + half;
    int w2 = w1 + half;
    int w3 = w2 + half;
    FloatVector a = zero();
    FloatVector b = a;
    FloatVector c = a;
    FloatVector d = a;
    for (int i = 0; i < half; i += COUNT) {
      FloatVector left = at(x, xAt + i);
      FloatVector right = at(x, xAt + half + i);
      IntVector v = at(w, w0 + i);
      a = upper(v).fma(right, lower(v).fma(left, a));
      v = at(w, w1 + i);
      b = upper(v).fma(right, lower(v).fma(left, b));
      v = at(w, w2 + i);
      c = upper(v).fma(right, lower(v).fma(left, c));
      v = at(w, w3 + i);
      d = upper(v).fma(right, lower(v).fma(left, d));
    }
    store(a, b, c, d, y, yAt, lanes);
  }

  private static void bytes(
      int[] w, int w0, int half, float[] x, int xAt, float[] y, int yAt, float[] lanes) {
    int quarter = half / 2;
    int w1 = w0 + quarter;
    int w2 = w1 + quarter;
    int w3 = w2 + quarter;
    FloatVector a = zero();
    FloatVector b = a;
    FloatVector c = a;
    FloatVector d = a;
    int from = xAt;
    for (int i = 0; i < quarter; i += COUNT) {
      FloatVector left = at(x, from);
      FloatVector right = at(x, from + half);
      IntVector v0 = at(w, w0 + i);
      IntVector v1 = at(w, w1 + i);
      IntVector v2 = at(w, w2 + i);
      IntVector v3 = at(w, w3 + i);
      a = signedByte(v0, 16).fma(right, signedByte(v0, 24).fma(left, a));
      b = signedByte(v1, 16).fma(right, signedByte(v1, 24).fma(left, b));
      c = signedByte(v2, 16).fma(right, signedByte(v2, 24).fma(left, c));
      d = signedByte(v3, 16).fma(right, signedByte(v3, 24).fma(left, d));
      left = at(x, from + COUNT);
      right = at(x, from + half + COUNT);
      a = signedByte(v0, 0).fma(right, signedByte(v0, 8).fma(left, a));
      b = signedByte(v1, 0).fma(right, signedByte(v1, 8).fma(left, b));
      c = signedByte(v2, 0).fma(right, signedByte(v2, 8).fma(left, c));
      d = signedByte(v3, 0).fma(right, signedByte(v3, 8).fma(left, d));
      from += 2 * COUNT;
    }
    store(a, b, c, d, y, yAt, lanes);
  }

  /** Four rows as floats, before their scales: (BLOCK, stride). */
  static void widen(PackedMatrix matrix, int row, float[] into) {
    int stride = matrix.stride();
    for (int r = 0; r < PackedMatrix.BLOCK; r++) {
      if (matrix instanceof PackedMatrix.BrainFloats m) {
        widenPairs(m.pairs(), (row + r) * (stride / 2), stride / 2, into, r * stride);
      } else if (matrix instanceof PackedMatrix.Bytes m) {
        widenQuads(m.quads(), (row + r) * (stride / 4), stride / 2, into, r * stride);
      } else {
        System.arraycopy(
            ((PackedMatrix.Floats) matrix).values(), (row + r) * stride, into, r * stride, stride);
      }
    }
  }

  private static void widenPairs(int[] w, int from, int half, float[] into, int to) {
    for (int i = 0; i < half; i += COUNT) {
      IntVector v = at(w, from + i);
      lower(v).intoArray(into, to + i);
      upper(v).intoArray(into, to + half + i);
    }
  }

  private static void widenQuads(int[] w, int from, int half, float[] into, int to) {
    for (int i = 0; i < half / 2; i += COUNT) {
      IntVector v = at(w, from + i);
      int at = to + 2 * i;
      signedByte(v, 24).intoArray(into, at);
      signedByte(v, 16).intoArray(into, at + half);
      signedByte(v, 8).intoArray(into, at + COUNT);
      signedByte(v, 0).intoArray(into, at + half + COUNT);
    }
  }

  /** Four rows by one vector. */
  static void floats1(
      float[] w, int w0, int stride, float[] x, int xAt, float[] y, int yAt, float[] lanes) {
    int half = stride / 2;
    int w1 = w0 + stride;
    int w2 = w1 + stride;
    int w3 = w2 + stride;
    FloatVector a = zero();
    FloatVector b = a;
    FloatVector c = a;
    FloatVector d = a;
    for (int i = 0; i < half; i += COUNT) {
      int j = half + i;
      FloatVector left = at(x, xAt + i);
      FloatVector right = at(x, xAt + j);
      a = at(w, w0 + j).fma(right, at(w, w0 + i).fma(left, a));
      b = at(w, w1 + j).fma(right, at(w, w1 + i).fma(left, b));
      c = at(w, w2 + j).fma(right, at(w, w2 + i).fma(left, c));
      d = at(w, w3 + j).fma(right, at(w, w3 + i).fma(left, d));
    }
    store(a, b, c, d, y, yAt, lanes);
  }

  /** Four rows by two vectors; y's are yStride apart. */
  static void floats2(
      float[] w,
      int stride,
      float[] x,
      int x0,
      int xStride,
      float[] y,
      int yAt,
      int yStride,
      float[] lanes) {
    int half = stride / 2;
    int w2 = 2 * stride;
    int w3 = 3 * stride;
    int x1 = x0 + xStride;
    FloatVector a0 = zero();
    FloatVector b0 = a0;
    FloatVector c0 = a0;
    FloatVector d0 = a0;
    FloatVector a1 = a0;
    FloatVector b1 = a0;
    FloatVector c1 = a0;
    FloatVector d1 = a0;
    for (int i = 0; i < half; i += COUNT) {
      FloatVector p = at(x, x0 + i);
      FloatVector q = at(x, x1 + i);
      FloatVector v = at(w, i);
      a0 = v.fma(p, a0);
      a1 = v.fma(q, a1);
      v = at(w, stride + i);
      b0 = v.fma(p, b0);
      b1 = v.fma(q, b1);
      v = at(w, w2 + i);
      c0 = v.fma(p, c0);
      c1 = v.fma(q, c1);
      v = at(w, w3 + i);
      d0 = v.fma(p, d0);
      d1 = v.fma(q, d1);
      int j = half + i;
      p = at(x, x0 + j);
      q = at(x, x1 + j);
      v = at(w, j);
      a0 = v.fma(p, a0);
      a1 = v.fma(q, a1);
      v = at(w, stride + j);
      b0 = v.fma(p, b0);
      b1 = v.fma(q, b1);
      v = at(w, w2 + j);
      c0 = v.fma(p, c0);
      c1 = v.fma(q, c1);
      v = at(w, w3 + j);
      d0 = v.fma(p, d0);
      d1 = v.fma(q, d1);
    }
    store(a0, b0, c0, d0, y, yAt, lanes);
    store(a1, b1, c1, d1, y, yAt + yStride, lanes);
  }

  /** Four rows by four vectors; y's are yStride apart. */
  static void floats4(
      float[] w,
      int stride,
      float[] x,
      int x0,
      int xStride,
      float[] y,
      int yAt,
      int yStride,
      float[] lanes) {
    int half = stride / 2;
    int w2 = 2 * stride;
    int w3 = 3 * stride;
    int x1 = x0 + xStride;
    int x2 = x1 + xStride;
    int x3 = x2 + xStride;
    FloatVector a0 = zero();
    FloatVector b0 = a0;
    FloatVector c0 = a0;
    FloatVector d0 = a0;
    FloatVector a1 = a0;
    FloatVector b1 = a0;
    FloatVector c1 = a0;
    FloatVector d1 = a0;
    FloatVector a2 = a0;
    FloatVector b2 = a0;
    FloatVector c2 = a0;
    FloatVector d2 = a0;
    FloatVector a3 = a0;
    FloatVector b3 = a0;
    FloatVector c3 = a0;
    FloatVector d3 = a0;
    for (int i = 0; i < half; i += COUNT) {
      FloatVector a = at(w, i);
      FloatVector b = at(w, stride + i);
      FloatVector c = at(w, w2 + i);
      FloatVector d = at(w, w3 + i);
      FloatVector p = at(x, x0 + i);
      a0 = a.fma(p, a0);
      b0 = b.fma(p, b0);
      c0 = c.fma(p, c0);
      d0 = d.fma(p, d0);
      p = at(x, x1 + i);
      a1 = a.fma(p, a1);
      b1 = b.fma(p, b1);
      c1 = c.fma(p, c1);
      d1 = d.fma(p, d1);
      p = at(x, x2 + i);
      a2 = a.fma(p, a2);
      b2 = b.fma(p, b2);
      c2 = c.fma(p, c2);
      d2 = d.fma(p, d2);
      p = at(x, x3 + i);
      a3 = a.fma(p, a3);
      b3 = b.fma(p, b3);
      c3 = c.fma(p, c3);
      d3 = d.fma(p, d3);
      int j = half + i;
      a = at(w, j);
      b = at(w, stride + j);
      c = at(w, w2 + j);
      d = at(w, w3 + j);
      p = at(x, x0 + j);
      a0 = a.fma(p, a0);
      b0 = b.fma(p, b0);
      c0 = c.fma(p, c0);
      d0 = d.fma(p, d0);
      p = at(x, x1 + j);
      a1 = a.fma(p, a1);
      b1 = b.fma(p, b1);
      c1 = c.fma(p, c1);
      d1 = d.fma(p, d1);
      p = at(x, x2 + j);
      a2 = a.fma(p, a2);
      b2 = b.fma(p, b2);
      c2 = c.fma(p, c2);
      d2 = d.fma(p, d2);
      p = at(x, x3 + j);
      a3 = a.fma(p, a3);
      b3 = b.fma(p, b3);
      c3 = c.fma(p, c3);
      d3 = d.fma(p, d3);
    }
    store(a0, b0, c0, d0, y, yAt, lanes);
    store(a1, b1, c1, d1, y, yAt + yStride, lanes);
    store(a2, b2, c2, d2, y, yAt + 2 * yStride, lanes);
    store(a3, b3, c3, d3, y, yAt + 3 * yStride, lanes);
  }

  private static void store(
      FloatVector a,
      FloatVector b,
      FloatVector c,
      FloatVector d,
      float[] y,
      int yAt,
      float[] lanes) {
    y[yAt] = sum(a, lanes);
    y[yAt + 1] = sum(b, lanes);
    y[yAt + 2] = sum(c, lanes);
    y[yAt + 3] = sum(d, lanes);
  }

  /**
   * y += Σ low[k] · row k of the matrix, in the order of k; the matrix has y's stride.
   *
   * @param y padded as {@link CpuBuffer} does
   */
  static void addRows(PackedMatrix matrix, float[] low, float[] y, int yAt) {
    if (matrix instanceof PackedMatrix.BrainFloats m) {
      int half = m.stride() / 2;
      for (int i = 0; i < half; i += COUNT) {
        FloatVector left = at(y, yAt + i);
        FloatVector right = at(y, yAt + half + i);
        for (int k = 0, w = i; k < m.rows(); k++, w += half) {
          IntVector v = at(m.pairs(), w);
          FloatVector factor = Lanes.broadcast(low[k]);
          left = lower(v).fma(factor, left);
          right = upper(v).fma(factor, right);
        }
        left.intoArray(y, yAt + i);
        right.intoArray(y, yAt + half + i);
      }
    } else {
      PackedMatrix.Floats m = (PackedMatrix.Floats) matrix;
      for (int i = 0; i < m.stride(); i += COUNT) {
        FloatVector sum = at(y, yAt + i);
        for (int k = 0, w = i; k < m.rows(); k++, w += m.stride()) {
          sum = at(m.values(), w).fma(Lanes.broadcast(low[k]), sum);
        }
        sum.intoArray(y, yAt + i);
      }
    }
  }
}
