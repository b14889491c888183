package dev.pusula.load;

import java.util.List;

/** One labelled query; {@code sector} is "general" for a query of no sector. */
record Query(String id, String sector, List<String> also, String style, String text) {
  static final String GENERAL = "general";

  Query {
    if (id.isBlank() || sector.isBlank() || text.isBlank()) {
      throw new IllegalArgumentException("a query needs id, sector and text");
    }
    also = List.copyOf(also);
  }
}
