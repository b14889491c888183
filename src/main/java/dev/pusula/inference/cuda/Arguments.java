package dev.pusula.inference.cuda;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import jcuda.NativePointerObject;
import jcuda.Pointer;
import org.jspecify.annotations.Nullable;

/** The arguments of a kernel, written over those of the one before: a launch makes no garbage. */
final class Arguments {

  private static final int MOST = 20;
  private static final int WIDTH = Long.BYTES;

  private final ByteBuffer values =
      ByteBuffer.allocateDirect(MOST * WIDTH).order(ByteOrder.nativeOrder());
  private final Pointer pointer;
  private int n;

  Arguments() {
    NativePointerObject[] places = new NativePointerObject[MOST];
    for (int i = 0; i < MOST; i++) {
      places[i] = Pointer.to(values).withByteOffset((long) i * WIDTH);
    }
    pointer = Pointer.to(places);
  }

  Arguments begin() {
    n = 0;
    return this;
  }

  /** A place in the GPU's memory; null for none. */
  Arguments add(@Nullable Memory place) {
    values.putLong(WIDTH * n++, place == null ? 0 : place.address());
    return this;
  }

  /** So many bytes after the beginning of a stretch. */
  Arguments add(Memory place, long offset) {
    values.putLong(WIDTH * n++, place.address() + offset);
    return this;
  }

  Arguments add(int value) {
    values.putInt(WIDTH * n++, value);
    return this;
  }

  Arguments add(float value) {
    values.putFloat(WIDTH * n++, value);
    return this;
  }

  Pointer pointer() {
    return pointer;
  }
}
