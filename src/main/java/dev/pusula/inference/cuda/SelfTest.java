package dev.pusula.inference.cuda;

import jcuda.Pointer;

/** One kernel with a known answer: shows that the driver takes the machine code and runs it. */
final class SelfTest {

  private static final int VALUES = 2_000;
  private static final int LARGEST = 1_234;
  private static final int THREADS = 1024;

  private SelfTest() {}

  static void run(Gpu gpu) {
    float[] values = new float[VALUES];
    values[LARGEST] = 1;
    Memory step = Staging.fixed(gpu, 1, new int[0], new int[0], new int[0]);
    Memory logits = Packing.floats(gpu, values);
    Memory found = gpu.zeros(4);
    Pointer pinned = gpu.pinned(4);
    Arguments arguments =
        new Arguments().begin().add(step).add(logits).add(VALUES).add(VALUES).add(found);
    gpu.launch("argmax", 1, 1, 1, THREADS, 0, arguments.pointer());
    gpu.downloadAsync(pinned, found, 4);
    gpu.await();
    int place = Gpu.bytes(pinned, 4).getInt(0);
    gpu.releasePinned(pinned);
    for (Memory memory : new Memory[] {step, logits, found}) {
      gpu.release(memory);
    }
    if (place != LARGEST) {
      throw new CudaException("a kernel gave a wrong answer: " + place + " for " + LARGEST);
    }
  }
}
