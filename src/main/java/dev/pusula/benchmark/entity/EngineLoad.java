package dev.pusula.benchmark.entity;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * What a server's inference was doing at one moment, and since the sample before.
 *
 * @param waiting requests queued
 * @param running requests computed
 * @param pages key and value pages in all
 * @param pagesUsed pages held by requests
 * @param batchRows mean rows of a forward pass since the sample before; 0 if there was none
 * @param promptTokens prompt tokens computed since the sample before
 * @param generatedTokens tokens drawn since the sample before
 * @param adapterSwitches neighbouring rows with different adapters since the sample before
 */
public record EngineLoad(
    @JsonProperty(required = true) int waiting,
    @JsonProperty(required = true) int running,
    @JsonProperty(required = true) int pages,
    @JsonProperty(required = true) int pagesUsed,
    @JsonProperty(required = true) double batchRows,
    @JsonProperty(required = true) long promptTokens,
    @JsonProperty(required = true) long generatedTokens,
    @JsonProperty(required = true) long adapterSwitches) {

  /** Checks the ranges. */
  public EngineLoad {
    if (waiting < 0
        || running < 0
        || pagesUsed < 0
        || pagesUsed > pages
        || !(batchRows >= 0)
        || promptTokens < 0
        || generatedTokens < 0
        || adapterSwitches < 0) {
      throw new IllegalArgumentException(
          "engine must hold counts of at least 0 and no more pages in use than there are");
    }
  }
}
