package dev.pusula.load;

/** What the request number {@code index} of a run asks. */
record PlannedRequest(long index, Kind kind, Query query) {
  /** A streamed completion or a bare routing decision. */
  enum Kind {
    CHAT,
    ROUTE
  }
}
