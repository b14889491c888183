package dev.pusula.inference.cpu;

import static dev.pusula.inference.cpu.Lanes.COUNT;
import static dev.pusula.inference.cpu.Lanes.at;
import static dev.pusula.inference.cpu.Lanes.broadcast;
import static dev.pusula.inference.cpu.Lanes.lower;
import static dev.pusula.inference.cpu.Lanes.signedByte;
import static dev.pusula.inference.cpu.Lanes.upper;
import static dev.pusula.inference.cpu.Lanes.zero;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;

/**
 * Products of one block of matrix rows with some vectors, four at a time and then one by one. With
 * one vector the memory's bandwidth is the limit; with four a weight is used four times in
 * registers.
 *
 * <p>Methods are unrolled by hand and do nothing but load, multiply and store, so that the compiler
 * holds every accumulator in a register: a vector that is passed on or chosen between lands on the
 * heap.
 */
final class Kernels {

  private Kernels() {}

  /**
   * y = W x for the rows of a block and several vectors, scales included.
   *
   * @param x vectors, xStride apart, zero up to the matrix's depth
   * @param n how many
   * @param y results, yStride apart; a whole block of them is written
   */
  static void multiply(
      PackedMatrix matrix,
      int block,
      float[] x,
      int xAt,
      int xStride,
      int n,
      float[] y,
      int yAt,
      int yStride) {
    int depth = matrix.depth();
    int i = 0;
    if (matrix instanceof PackedMatrix.BrainFloats m) {
      int from = block * (depth / 2) * COUNT;
      for (; i + 4 <= n; i += 4) {
        pairs4(
            m.pairs(), from, depth, x, xAt + i * xStride, xStride, y, yAt + i * yStride, yStride);
      }
      for (; i < n; i++) {
        pairs1(m.pairs(), from, depth, x, xAt + i * xStride, y, yAt + i * yStride);
      }
    } else if (matrix instanceof PackedMatrix.Bytes m) {
      int from = block * (depth / 4) * COUNT;
      for (; i + 4 <= n; i += 4) {
        quads4(
            m.quads(), from, depth, x, xAt + i * xStride, xStride, y, yAt + i * yStride, yStride);
      }
      for (; i < n; i++) {
        quads1(m.quads(), from, depth, x, xAt + i * xStride, y, yAt + i * yStride);
      }
      for (i = 0; i < n; i++) {
        int to = yAt + i * yStride;
        at(y, to).mul(at(m.scales(), block * COUNT)).intoArray(y, to);
      }
    } else {
      PackedMatrix.Floats m = (PackedMatrix.Floats) matrix;
      int from = block * depth * COUNT;
      for (; i + 4 <= n; i += 4) {
        floats4(
            m.values(), from, depth, x, xAt + i * xStride, xStride, y, yAt + i * yStride, yStride);
      }
      for (; i < n; i++) {
        floats1(m.values(), from, depth, x, xAt + i * xStride, y, yAt + i * yStride);
      }
    }
  }

  private static void pairs4(
      int[] w,
      int from,
      int depth,
      float[] x,
      int x0,
      int xStride,
      float[] y,
      int yAt,
      int yStride) {
    int x1 = x0 + xStride;
    int x2 = x1 + xStride;
    int x3 = x2 + xStride;
    FloatVector even0 = zero();
    FloatVector odd0 = even0;
    FloatVector even1 = even0;
    FloatVector odd1 = even0;
    FloatVector even2 = even0;
    FloatVector odd2 = even0;
    FloatVector even3 = even0;
    FloatVector odd3 = even0;
    for (int k = 0, i = from; k < depth; k += 2, i += COUNT) {
      IntVector pairs = at(w, i);
      FloatVector a = lower(pairs);
      FloatVector b = upper(pairs);
      even0 = a.fma(broadcast(x[x0 + k]), even0);
      odd0 = b.fma(broadcast(x[x0 + k + 1]), odd0);
      even1 = a.fma(broadcast(x[x1 + k]), even1);
      odd1 = b.fma(broadcast(x[x1 + k + 1]), odd1);
      even2 = a.fma(broadcast(x[x2 + k]), even2);
      odd2 = b.fma(broadcast(x[x2 + k + 1]), odd2);
      even3 = a.fma(broadcast(x[x3 + k]), even3);
      odd3 = b.fma(broadcast(x[x3 + k + 1]), odd3);
    }
    even0.add(odd0).intoArray(y, yAt);
    even1.add(odd1).intoArray(y, yAt + yStride);
    even2.add(odd2).intoArray(y, yAt + 2 * yStride);
    even3.add(odd3).intoArray(y, yAt + 3 * yStride);
  }

  private static void pairs1(int[] w, int from, int depth, float[] x, int x0, float[] y, int yAt) {
    FloatVector even0 = zero();
    FloatVector odd0 = even0;
    for (int k = 0, i = from; k < depth; k += 2, i += COUNT) {
      IntVector pairs = at(w, i);
      FloatVector a = lower(pairs);
      FloatVector b = upper(pairs);
      even0 = a.fma(broadcast(x[x0 + k]), even0);
      odd0 = b.fma(broadcast(x[x0 + k + 1]), odd0);
    }
    even0.add(odd0).intoArray(y, yAt);
  }

  private static void quads4(
      int[] w,
      int from,
      int depth,
      float[] x,
      int x0,
      int xStride,
      float[] y,
      int yAt,
      int yStride) {
    int x1 = x0 + xStride;
    int x2 = x1 + xStride;
    int x3 = x2 + xStride;
    FloatVector even0 = zero();
    FloatVector odd0 = even0;
    FloatVector even1 = even0;
    FloatVector odd1 = even0;
    FloatVector even2 = even0;
    FloatVector odd2 = even0;
    FloatVector even3 = even0;
    FloatVector odd3 = even0;
    for (int k = 0, i = from; k < depth; k += 4, i += COUNT) {
      IntVector quads = at(w, i);
      FloatVector a = signedByte(quads, 24);
      FloatVector b = signedByte(quads, 16);
      even0 = a.fma(broadcast(x[x0 + k]), even0);
      odd0 = b.fma(broadcast(x[x0 + k + 1]), odd0);
      even1 = a.fma(broadcast(x[x1 + k]), even1);
      odd1 = b.fma(broadcast(x[x1 + k + 1]), odd1);
      even2 = a.fma(broadcast(x[x2 + k]), even2);
      odd2 = b.fma(broadcast(x[x2 + k + 1]), odd2);
      even3 = a.fma(broadcast(x[x3 + k]), even3);
      odd3 = b.fma(broadcast(x[x3 + k + 1]), odd3);
      a = signedByte(quads, 8);
      b = signedByte(quads, 0);
      even0 = a.fma(broadcast(x[x0 + k + 2]), even0);
      odd0 = b.fma(broadcast(x[x0 + k + 3]), odd0);
      even1 = a.fma(broadcast(x[x1 + k + 2]), even1);
      odd1 = b.fma(broadcast(x[x1 + k + 3]), odd1);
      even2 = a.fma(broadcast(x[x2 + k + 2]), even2);
      odd2 = b.fma(broadcast(x[x2 + k + 3]), odd2);
      even3 = a.fma(broadcast(x[x3 + k + 2]), even3);
      odd3 = b.fma(broadcast(x[x3 + k + 3]), odd3);
    }
    even0.add(odd0).intoArray(y, yAt);
    even1.add(odd1).intoArray(y, yAt + yStride);
    even2.add(odd2).intoArray(y, yAt + 2 * yStride);
    even3.add(odd3).intoArray(y, yAt + 3 * yStride);
  }

  private static void quads1(int[] w, int from, int depth, float[] x, int x0, float[] y, int yAt) {
    FloatVector even0 = zero();
    FloatVector odd0 = even0;
    for (int k = 0, i = from; k < depth; k += 4, i += COUNT) {
      IntVector quads = at(w, i);
      FloatVector a = signedByte(quads, 24);
      FloatVector b = signedByte(quads, 16);
      even0 = a.fma(broadcast(x[x0 + k]), even0);
      odd0 = b.fma(broadcast(x[x0 + k + 1]), odd0);
      a = signedByte(quads, 8);
      b = signedByte(quads, 0);
      even0 = a.fma(broadcast(x[x0 + k + 2]), even0);
      odd0 = b.fma(broadcast(x[x0 + k + 3]), odd0);
    }
    even0.add(odd0).intoArray(y, yAt);
  }

  private static void floats4(
      float[] w,
      int from,
      int depth,
      float[] x,
      int x0,
      int xStride,
      float[] y,
      int yAt,
      int yStride) {
    int x1 = x0 + xStride;
    int x2 = x1 + xStride;
    int x3 = x2 + xStride;
    FloatVector even0 = zero();
    FloatVector odd0 = even0;
    FloatVector even1 = even0;
    FloatVector odd1 = even0;
    FloatVector even2 = even0;
    FloatVector odd2 = even0;
    FloatVector even3 = even0;
    FloatVector odd3 = even0;
    for (int k = 0, i = from; k < depth; k += 2, i += 2 * COUNT) {
      FloatVector a = at(w, i);
      FloatVector b = at(w, i + COUNT);
      even0 = a.fma(broadcast(x[x0 + k]), even0);
      odd0 = b.fma(broadcast(x[x0 + k + 1]), odd0);
      even1 = a.fma(broadcast(x[x1 + k]), even1);
      odd1 = b.fma(broadcast(x[x1 + k + 1]), odd1);
      even2 = a.fma(broadcast(x[x2 + k]), even2);
      odd2 = b.fma(broadcast(x[x2 + k + 1]), odd2);
      even3 = a.fma(broadcast(x[x3 + k]), even3);
      odd3 = b.fma(broadcast(x[x3 + k + 1]), odd3);
    }
    even0.add(odd0).intoArray(y, yAt);
    even1.add(odd1).intoArray(y, yAt + yStride);
    even2.add(odd2).intoArray(y, yAt + 2 * yStride);
    even3.add(odd3).intoArray(y, yAt + 3 * yStride);
  }

  private static void floats1(
      float[] w, int from, int depth, float[] x, int x0, float[] y, int yAt) {
    FloatVector even0 = zero();
    FloatVector odd0 = even0;
    for (int k = 0, i = from; k < depth; k += 2, i += 2 * COUNT) {
      FloatVector a = at(w, i);
      FloatVector b = at(w, i + COUNT);
      even0 = a.fma(broadcast(x[x0 + k]), even0);
      odd0 = b.fma(broadcast(x[x0 + k + 1]), odd0);
    }
    even0.add(odd0).intoArray(y, yAt);
  }
}
