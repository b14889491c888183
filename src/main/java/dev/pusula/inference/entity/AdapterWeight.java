package dev.pusula.inference.entity;

import java.util.Objects;

/**
 * One adapter's share in a generation.
 *
 * @param adapter the adapter's name as {@code /v1/models} lists it
 * @param weight the factor on the adapter's own scale, finite and greater than 0; 1 is the adapter
 *     as trained
 */
public record AdapterWeight(String adapter, double weight) {

  /** Checks the name and the range of the weight. */
  public AdapterWeight {
    Objects.requireNonNull(adapter, "adapter");
    if (!(weight > 0) || Double.isInfinite(weight)) {
      throw new IllegalArgumentException(
          "weight of " + adapter + " must be finite and > 0: " + weight);
    }
  }
}
