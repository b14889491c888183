package dev.pusula.load;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** One question with the answer that a person wrote to it. */
record ReferenceAnswer(String id, String sector, String question, String answer) {
  private static final String HEADER = "id\tsector\tquestion\tanswer";

  /** Reads {@code load/answers.tsv} from the class path. */
  static List<ReferenceAnswer> bundled() throws IOException {
    try (InputStream in = ReferenceAnswer.class.getResourceAsStream("/load/answers.tsv")) {
      if (in == null) {
        throw new IOException("load/answers.tsv is not on the class path");
      }
      return parse(in.readAllBytes());
    }
  }

  /**
   * Parses tab-separated UTF-8 with the header {@code id sector question answer}; the sectors take
   * turns, so that any beginning of the list has about as many of each.
   */
  static List<ReferenceAnswer> parse(byte[] file) throws IOException {
    List<String> lines = new String(file, StandardCharsets.UTF_8).lines().toList();
    if (lines.isEmpty() || !lines.get(0).equals(HEADER)) {
      throw new IOException("answers.tsv: the header must be id, sector, question, answer");
    }
    Map<String, Deque<ReferenceAnswer>> bySector = new TreeMap<>();
    for (int i = 1; i < lines.size(); i++) {
      String[] cell = lines.get(i).split("\t", -1);
      if (cell.length != 4 || List.of(cell).stream().anyMatch(String::isBlank)) {
        throw new IOException("answers.tsv line " + (i + 1) + ": 4 columns with text expected");
      }
      bySector
          .computeIfAbsent(cell[1], sector -> new ArrayDeque<>())
          .add(new ReferenceAnswer(cell[0], cell[1], cell[2], cell[3]));
    }
    List<ReferenceAnswer> answers = new ArrayList<>(lines.size());
    while (!bySector.isEmpty()) {
      bySector.values().forEach(left -> answers.add(left.removeFirst()));
      bySector.values().removeIf(Deque::isEmpty);
    }
    return answers;
  }
}
