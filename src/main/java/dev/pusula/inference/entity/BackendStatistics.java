package dev.pusula.inference.entity;

import java.util.Map;

/**
 * What a backend did since it was opened, and what it holds now. Totals never go back. Fields that
 * a backend cannot know are 0.
 *
 * @param waiting requests queued now
 * @param running requests computed now
 * @param pages key and value pages in all
 * @param pagesUsed pages that running requests hold now
 * @param pagesCached pages kept for requests with the same beginning, free when needed
 * @param requests requests taken
 * @param refused requests turned away because the queue was full
 * @param preemptions requests put back to the queue because pages ran out
 * @param promptTokens tokens of prompts computed
 * @param cachedTokens tokens of prompts taken from kept pages instead
 * @param generatedTokens tokens drawn
 * @param steps forward passes
 * @param rows rows of all forward passes: {@code rows / steps} is the mean batch
 * @param queueNanos time that requests waited before their first forward pass
 * @param prefillNanos time of requests from there to their first token
 * @param decodeNanos time of requests from there to their last token
 * @param adapterLoads adapters read into memory
 * @param adapterEvictions adapters put out of memory to make room
 * @param adapterSwitches neighbouring rows of a batch with different adapters: what a server that
 *     runs one adapter at a time would have to switch
 * @param byAdapter the share of each adapter, {@code base} for none
 */
public record BackendStatistics(
    int waiting,
    int running,
    int pages,
    int pagesUsed,
    int pagesCached,
    long requests,
    long refused,
    long preemptions,
    long promptTokens,
    long cachedTokens,
    long generatedTokens,
    long steps,
    long rows,
    long queueNanos,
    long prefillNanos,
    long decodeNanos,
    long adapterLoads,
    long adapterEvictions,
    long adapterSwitches,
    Map<String, AdapterShare> byAdapter) {

  /** Nothing done, nothing held. */
  public static final BackendStatistics NONE =
      new BackendStatistics(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, Map.of());

  /** Copies the map. */
  public BackendStatistics {
    byAdapter = Map.copyOf(byAdapter);
  }

  /**
   * One adapter's part. A request with several adapters counts for each of them.
   *
   * @param requests taken
   * @param promptTokens of their prompts
   * @param generatedTokens drawn for them
   */
  public record AdapterShare(long requests, long promptTokens, long generatedTokens) {}
}
