package dev.pusula.inference.engine;

/**
 * How much an engine takes on.
 *
 * @param running requests computed at once, at least 1
 * @param queue requests that wait, at least 1; one more is refused
 * @param chunk prompt tokens of a step that has no answers under way, at least 1
 * @param sharedChunk prompt tokens of a step that has, at least 1 and at most chunk
 * @param cacheBytes most memory for keys and values
 * @param adapterBytes most memory for adapters; the longest unused one makes room
 */
public record Capacity(
    int running, int queue, int chunk, int sharedChunk, long cacheBytes, long adapterBytes) {

  /** Rows of a step whose logits may be wanted to score the prompts themselves. */
  static final int SCORED_ROWS = 32;

  /** Checks the ranges. */
  public Capacity {
    if (Math.min(Math.min(running, queue), Math.min(sharedChunk, chunk)) < 1
        || sharedChunk > chunk) {
      throw new IllegalArgumentException("sizes must be positive, and sharedChunk within chunk");
    }
  }

  /**
   * 64 requests at once and 256 waiting; prompts in chunks of 128 tokens, or 32 beside answers,
   * which holds an answer up by about one step of a full batch; a quarter of the heap each for
   * pages and adapters.
   */
  public static Capacity ofMachine() {
    long quarter = Runtime.getRuntime().maxMemory() / 4;
    return new Capacity(64, 256, 128, 32, quarter, quarter);
  }

  /** Most rows of a batch. */
  int rows() {
    return running + chunk;
  }

  /** Most rows of a batch whose logits are wanted. */
  int wantedRows() {
    return running + Math.min(chunk, SCORED_ROWS);
  }
}
