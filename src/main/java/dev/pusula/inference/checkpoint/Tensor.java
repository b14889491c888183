package dev.pusula.inference.checkpoint;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * A tensor as it lies in a file.
 *
 * @param name as in the file
 * @param type of its elements
 * @param shape outermost first; empty for a scalar
 * @param data its bytes, little-endian, from position 0
 */
public record Tensor(String name, Type type, int[] shape, ByteBuffer data) {

  /** The element types that are read. */
  public enum Type {
    /** IEEE single. */
    F32(4),
    /** The upper half of an IEEE single. */
    BF16(2),
    /** IEEE half. */
    F16(2);

    private final int bytes;

    Type(int bytes) {
      this.bytes = bytes;
    }

    /** Bytes of one element. */
    public int bytes() {
      return bytes;
    }
  }

  /** Takes the buffer's order as little-endian whatever it was. */
  public Tensor {
    data = data.slice().order(ByteOrder.LITTLE_ENDIAN);
  }

  /** The number of elements. */
  public int size() {
    return data.limit() / type.bytes();
  }

  /** Element i in row-major order. */
  public float at(int i) {
    return switch (type) {
      case F32 -> data.getFloat(4 * i);
      case BF16 -> Float.intBitsToFloat(data.getShort(2 * i) << 16);
      case F16 -> half(data.getShort(2 * i));
    };
  }

  /** All elements in row-major order. */
  public float[] floats() {
    float[] values = new float[size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = at(i);
    }
    return values;
  }

  /** The shape as people write it. */
  public String shapeText() {
    return Arrays.toString(shape);
  }

  /** Java 17 has no conversion of its own; IEEE 754-2019, binary16. */
  private static float half(short bits) {
    int sign = (bits & 0x8000) << 16;
    int exponent = (bits >>> 10) & 0x1F;
    int fraction = bits & 0x3FF;
    if (exponent == 0) {
      float magnitude = fraction * 0x1p-24f;
      return sign == 0 ? magnitude : -magnitude;
    }
    int wide = exponent == 0x1F ? 0xFF : exponent - 15 + 127;
    return Float.intBitsToFloat(sign | wide << 23 | fraction << 13);
  }
}
