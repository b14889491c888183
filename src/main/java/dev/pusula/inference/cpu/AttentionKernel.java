package dev.pusula.inference.cpu;

import static dev.pusula.inference.cpu.Lanes.COUNT;
import static dev.pusula.inference.cpu.Lanes.at;
import static dev.pusula.inference.cpu.Lanes.broadcast;
import static dev.pusula.inference.cpu.Lanes.zero;

import dev.pusula.inference.engine.Device;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Attention of one token for up to four query heads that share a key head. Scratch of one thread.
 *
 * <p>Scores are computed a page at a time: a vector holds one dimension of the page's positions, so
 * that nothing is summed across lanes. Softmax and mixing then pass over all pages. Every sum's
 * order depends on the token's own position alone.
 */
final class AttentionKernel {

  /** Query heads that are computed together: four chains hide the latency of a multiply-add. */
  static final int HEADS = 4;

  private static final int PAGE = Device.PAGE;

  private final float[] lanes;
  private float[] scores = new float[0];
  private float[] mixed = new float[0];

  AttentionKernel(float[] lanes) {
    this.lanes = lanes;
  }

  /**
   * out = softmax(cap(scale · q Kᵀ)) V for heads that follow each other in q and out.
   *
   * @param heads 1…{@link #HEADS}
   * @param pages the sequence's pages
   * @param first the first position that is seen
   * @param last the last one
   */
  void attend(
      CpuCache cache,
      int layer,
      int kvHead,
      int[] pages,
      int first,
      int last,
      float scale,
      float cap,
      int heads,
      float[] q,
      int qAt,
      float[] out,
      int outAt) {
    int firstPage = first / PAGE;
    int width = (last / PAGE - firstPage + 1) * PAGE;
    if (scores.length < HEADS * width) {
      scores = new float[HEADS * Math.max(width, 2 * scores.length / HEADS)];
    }
    int dim = cache.headDim();
    for (int p = firstPage; p <= last / PAGE; p++) {
      float[] keys = cache.keys(layer, pages[p]);
      int keyAt = cache.keyAt(pages[p], kvHead);
      int to = (p - firstPage) * PAGE;
      for (int lane = 0; lane < PAGE; lane += COUNT) {
        if (heads == HEADS) {
          scores4(q, qAt, dim, keys, keyAt + lane, to + lane, width);
        } else {
          for (int head = 0; head < heads; head++) {
            scores1(q, qAt + head * dim, dim, keys, keyAt + lane, head * width + to + lane);
          }
        }
      }
    }
    int paddedDim = cache.paddedDim();
    if (mixed.length < HEADS * paddedDim) {
      mixed = new float[HEADS * paddedDim];
    }
    Arrays.fill(mixed, 0, heads * paddedDim, 0);
    int skipped = first - firstPage * PAGE;
    int seen = last - firstPage * PAGE + 1;
    float[] sums = lanesOfHeads;
    for (int head = 0; head < heads; head++) {
      sums[head] = softmax(head * width, width, skipped, seen, scale, cap);
    }
    for (int p = firstPage; p <= last / PAGE; p++) {
      float[] values = cache.values(layer, pages[p]);
      int valueAt = cache.valueAt(pages[p], kvHead);
      int from = (p - firstPage) * PAGE;
      int n = Math.min(PAGE, seen - from);
      if (heads == HEADS) {
        mix4(values, valueAt, paddedDim, from, width, n);
      } else {
        for (int head = 0; head < heads; head++) {
          mix1(values, valueAt, paddedDim, head * width + from, head * paddedDim, n);
        }
      }
    }
    for (int head = 0; head < heads; head++) {
      for (int d = 0; d < dim; d++) {
        out[outAt + head * dim + d] = mixed[head * paddedDim + d] / sums[head];
      }
    }
  }

  private final float[] lanesOfHeads = new float[HEADS];

  private void scores1(float[] q, int qAt, int dim, float[] keys, int keyAt, int to) {
    FloatVector even = zero();
    FloatVector odd = even;
    for (int d = 0; d < dim; d += 2) {
      int k = keyAt + d * PAGE;
      even = at(keys, k).fma(broadcast(q[qAt + d]), even);
      odd = at(keys, k + PAGE).fma(broadcast(q[qAt + d + 1]), odd);
    }
    even.add(odd).intoArray(scores, to);
  }

  private void scores4(float[] q, int qAt, int dim, float[] keys, int keyAt, int to, int width) {
    int q1 = qAt + dim;
    int q2 = q1 + dim;
    int q3 = q2 + dim;
    FloatVector a = zero();
    FloatVector b = a;
    FloatVector c = a;
    FloatVector e = a;
    FloatVector aOdd = a;
    FloatVector bOdd = a;
    FloatVector cOdd = a;
    FloatVector eOdd = a;
    for (int d = 0; d < dim; d += 2) {
      FloatVector k = at(keys, keyAt + d * PAGE);
      a = k.fma(broadcast(q[qAt + d]), a);
      b = k.fma(broadcast(q[q1 + d]), b);
      c = k.fma(broadcast(q[q2 + d]), c);
      e = k.fma(broadcast(q[q3 + d]), e);
      k = at(keys, keyAt + (d + 1) * PAGE);
      aOdd = k.fma(broadcast(q[qAt + d + 1]), aOdd);
      bOdd = k.fma(broadcast(q[q1 + d + 1]), bOdd);
      cOdd = k.fma(broadcast(q[q2 + d + 1]), cOdd);
      eOdd = k.fma(broadcast(q[q3 + d + 1]), eOdd);
    }
    a.add(aOdd).intoArray(scores, to);
    b.add(bOdd).intoArray(scores, to + width);
    c.add(cOdd).intoArray(scores, to + 2 * width);
    e.add(eOdd).intoArray(scores, to + 3 * width);
  }

  /** Turns scores into weights whose sum it returns; what is not seen weighs 0. */
  private float softmax(int from, int width, int skipped, int seen, float scale, float cap) {
    for (int i = from; i < from + width; i += COUNT) {
      at(scores, i).mul(scale).intoArray(scores, i);
    }
    if (cap > 0) {
      for (int i = from; i < from + width; i += COUNT) {
        Lanes.tanh(at(scores, i).div(cap)).mul(cap).intoArray(scores, i);
      }
    }
    Arrays.fill(scores, from, from + skipped, Float.NEGATIVE_INFINITY);
    Arrays.fill(scores, from + seen, from + width, Float.NEGATIVE_INFINITY);
    FloatVector greatest = broadcast(Float.NEGATIVE_INFINITY);
    for (int i = 0; i < width; i += COUNT) {
      greatest = greatest.max(at(scores, from + i));
    }
    // The largest of some numbers is the same in any order.
    float max = greatest.reduceLanes(VectorOperators.MAX);
    FloatVector sum = zero();
    for (int i = 0; i < width; i += COUNT) {
      FloatVector weight = Lanes.exp(at(scores, from + i).sub(max));
      weight.intoArray(scores, from + i);
      sum = sum.add(weight);
    }
    return Lanes.sum(sum, lanes);
  }

  private void mix1(float[] values, int valueAt, int paddedDim, int from, int to, int n) {
    for (int d = 0; d < paddedDim; d += COUNT) {
      FloatVector a = at(mixed, to + d);
      for (int p = 0; p < n; p++) {
        a = at(values, valueAt + p * paddedDim + d).fma(broadcast(scores[from + p]), a);
      }
      a.intoArray(mixed, to + d);
    }
  }

  private void mix4(float[] values, int valueAt, int paddedDim, int from, int width, int n) {
    int f1 = from + width;
    int f2 = f1 + width;
    int f3 = f2 + width;
    for (int d = 0; d < paddedDim; d += COUNT) {
      FloatVector a = at(mixed, d);
      FloatVector b = at(mixed, paddedDim + d);
      FloatVector c = at(mixed, 2 * paddedDim + d);
      FloatVector e = at(mixed, 3 * paddedDim + d);
      for (int p = 0; p < n; p++) {
        FloatVector v = at(values, valueAt + p * paddedDim + d);
        a = v.fma(broadcast(scores[from + p]), a);
        b = v.fma(broadcast(scores[f1 + p]), b);
        c = v.fma(broadcast(scores[f2 + p]), c);
        e = v.fma(broadcast(scores[f3 + p]), e);
      }
      a.intoArray(mixed, d);
      b.intoArray(mixed, paddedDim + d);
      c.intoArray(mixed, 2 * paddedDim + d);
      e.intoArray(mixed, 3 * paddedDim + d);
    }
  }
}
