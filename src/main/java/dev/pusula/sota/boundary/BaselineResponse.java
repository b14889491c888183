package dev.pusula.sota.boundary;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.pusula.sota.entity.Baseline;

/**
 * A baseline on the wire.
 *
 * @param baseline the figure with its source
 * @param stale whether it is too old to be trusted
 */
public record BaselineResponse(@JsonUnwrapped Baseline baseline, boolean stale) {}
