package dev.pusula.load;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The labelled queries by sector and the fingerprint of the file they came from. */
record QuerySet(Map<String, List<Query>> bySector, String fingerprint) {
  private static final String HEADER = "id\tsector\talso\tstyle\ttext";

  /** Reads {@code load/queries.tsv} from the class path. */
  static QuerySet bundled() throws IOException {
    try (InputStream in = QuerySet.class.getResourceAsStream("/load/queries.tsv")) {
      if (in == null) {
        throw new IOException("load/queries.tsv is not on the class path");
      }
      return parse(in.readAllBytes());
    }
  }

  /** Parses tab-separated UTF-8 with the header {@code id sector also style text}. */
  static QuerySet parse(byte[] file) throws IOException {
    List<String> lines = new String(file, StandardCharsets.UTF_8).lines().toList();
    if (lines.isEmpty() || !lines.get(0).equals(HEADER)) {
      throw new IOException("queries.tsv: the header must be id, sector, also, style, text");
    }
    Map<String, List<Query>> bySector = new TreeMap<>();
    for (int i = 1; i < lines.size(); i++) {
      if (lines.get(i).isBlank()) {
        continue;
      }
      String[] cell = lines.get(i).split("\t", -1);
      if (cell.length != 5) {
        throw new IOException("queries.tsv line " + (i + 1) + ": 5 columns expected");
      }
      List<String> also = cell[2].isBlank() ? List.of() : List.of(cell[2].split("\\s*,\\s*"));
      Query query = new Query(cell[0], cell[1], also, cell[3], cell[4]);
      bySector.computeIfAbsent(query.sector(), s -> new ArrayList<>()).add(query);
    }
    return new QuerySet(bySector, sha256(file).substring(0, 16));
  }

  /** The sectors in alphabetical order, without "general". */
  List<String> sectors() {
    return bySector.keySet().stream().filter(s -> !s.equals(Query.GENERAL)).toList();
  }

  private static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
