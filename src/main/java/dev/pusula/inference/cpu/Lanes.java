package dev.pusula.inference.cpu;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Vectors of this machine's width, and the functions on them. Every function is made of operations
 * that are exact or correctly rounded in each lane, so that interpreted and compiled code agree in
 * every bit: a request's tokens must not change when the compiler catches up.
 */
final class Lanes {

  static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_PREFERRED;
  static final VectorSpecies<Integer> INTS = IntVector.SPECIES_PREFERRED;

  /** Floats in a vector: 4, 8 or 16. */
  static final int COUNT = FLOATS.length();

  private static final int UPPER = 0xFFFF0000;

  private static final float LOG2_E = 1.44269504f;
  private static final float LN2_HIGH = 0.693359375f;
  private static final float LN2_LOW = -2.12194440e-4f;

  /** Added and taken away again it rounds to an integer, which its lowest bits then show. */
  private static final float ROUND = 12_582_912f;

  /** Below it e^x is no normal float. */
  private static final float LOWEST = -87.3f;

  private static final float HIGHEST = 88.3f;

  private Lanes() {}

  static FloatVector zero() {
    return FloatVector.zero(FLOATS);
  }

  static FloatVector at(float[] values, int from) {
    return FloatVector.fromArray(FLOATS, values, from);
  }

  static IntVector at(int[] values, int from) {
    return IntVector.fromArray(INTS, values, from);
  }

  /** The bfloat16 in the lower half of each pair. */
  static FloatVector lower(IntVector pairs) {
    return pairs.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats();
  }

  /** The bfloat16 in the upper half of each pair. */
  static FloatVector upper(IntVector pairs) {
    return pairs.and(UPPER).reinterpretAsFloats();
  }

  /** The signed byte of each quad that starts at bit {@code 24 − left}. */
  static FloatVector signedByte(IntVector quads, int left) {
    return (FloatVector)
        quads
            .lanewise(VectorOperators.LSHL, left)
            .lanewise(VectorOperators.ASHR, 24)
            .convertShape(VectorOperators.I2F, FLOATS, 0);
  }

  /**
   * The sum of all lanes, as a tree. reduceLanes leaves the order open.
   *
   * @param s scratch of {@link #COUNT} values
   */
  static float sum(FloatVector v, float[] s) {
    v.intoArray(s, 0);
    if (COUNT == 16) {
      return ((s[0] + s[8]) + (s[4] + s[12]) + ((s[2] + s[10]) + (s[6] + s[14])))
          + ((s[1] + s[9]) + (s[5] + s[13]) + ((s[3] + s[11]) + (s[7] + s[15])));
    }
    for (int half = COUNT / 2; half > 0; half /= 2) {
      for (int i = 0; i < half; i++) {
        s[i] += s[half + i];
      }
    }
    return s[0];
  }

  /**
   * e^x to about one unit in the last place; 0 below −87.3, e^88.3 above. Reduced by ln 2 in two
   * parts, then a polynomial of degree 6 (Cody and Waite 1980).
   */
  static FloatVector exp(FloatVector x) {
    FloatVector bounded = x.max(LOWEST).min(HIGHEST);
    FloatVector shifted = bounded.mul(LOG2_E).add(ROUND);
    FloatVector n = shifted.sub(ROUND);
    FloatVector r = n.fma(broadcast(-LN2_HIGH), bounded);
    r = n.fma(broadcast(-LN2_LOW), r);
    FloatVector p = broadcast(1.9875691500e-4f);
    p = p.fma(r, broadcast(1.3981999507e-3f));
    p = p.fma(r, broadcast(8.3334519073e-3f));
    p = p.fma(r, broadcast(4.1665795894e-2f));
    p = p.fma(r, broadcast(1.6666665459e-1f));
    p = p.fma(r, broadcast(5.0000001201e-1f));
    FloatVector e = p.fma(r.mul(r), r).add(1);
    FloatVector power =
        shifted
            .reinterpretAsInts()
            .lanewise(VectorOperators.LSHL, 23)
            .add(0x3F800000)
            .reinterpretAsFloats();
    return e.mul(power).blend(0f, x.compare(VectorOperators.LT, LOWEST));
  }

  /** The hyperbolic tangent as 1 − 2 / (e^2x + 1). */
  static FloatVector tanh(FloatVector x) {
    return broadcast(1).sub(broadcast(2).div(exp(x.add(x)).add(1)));
  }

  static FloatVector broadcast(float value) {
    return FloatVector.broadcast(FLOATS, value);
  }
}
