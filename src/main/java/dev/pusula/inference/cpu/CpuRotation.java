package dev.pusula.inference.cpu;

import dev.pusula.inference.checkpoint.Rope;
import dev.pusula.inference.engine.Device;

/** Cosines, then sines, of each position; computed when a position is first met. */
final class CpuRotation implements Device.Rotation {

  private final Rope rope;
  private final float[][] byPosition;

  CpuRotation(Rope rope, int context) {
    this.rope = rope;
    this.byPosition = new float[context][];
  }

  /** (2, headDim / 2) for one position. */
  float[] at(int position) {
    float[] turned = byPosition[position];
    if (turned == null) {
      int half = rope.frequencies().length;
      turned = new float[2 * half];
      for (int i = 0; i < half; i++) {
        double angle = position * rope.frequencies()[i];
        turned[i] = (float) (rope.amplitude() * Math.cos(angle));
        turned[half + i] = (float) (rope.amplitude() * Math.sin(angle));
      }
      byPosition[position] = turned;
    }
    return turned;
  }
}
