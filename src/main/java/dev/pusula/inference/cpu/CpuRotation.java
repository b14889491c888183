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
      turned = new float[2 * rope.frequencies().length];
      rope.turn(position, turned, 0);
      byPosition[position] = turned;
    }
    return turned;
  }
}
