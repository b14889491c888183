package dev.pusula.benchmark.control;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Rows in the text format of PostgreSQL's COPY: columns parted by tabs, null as {@code \N}, arrays
 * as literals with every element quoted. Not thread-safe.
 */
final class CopyText {

  private final StringBuilder rows = new StringBuilder();
  private boolean first = true;

  /** Appends a column. */
  CopyText value(@Nullable Object value) {
    separate();
    if (value == null) {
      rows.append("\\N");
    } else {
      escape(value.toString());
    }
    return this;
  }

  /** Appends an array column. */
  CopyText array(List<?> elements) {
    separate();
    StringBuilder literal = new StringBuilder("{");
    for (Object element : elements) {
      literal.append(literal.length() == 1 ? "\"" : ",\"");
      literal.append(element.toString().replace("\\", "\\\\").replace("\"", "\\\"")).append('"');
    }
    escape(literal.append('}').toString());
    return this;
  }

  /** Ends the row. */
  void endRow() {
    rows.append('\n');
    first = true;
  }

  /** All rows. */
  @Override
  public String toString() {
    return rows.toString();
  }

  private void separate() {
    if (!first) {
      rows.append('\t');
    }
    first = false;
  }

  private void escape(String value) {
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      switch (c) {
        case '\\' -> rows.append("\\\\");
        case '\t' -> rows.append("\\t");
        case '\n' -> rows.append("\\n");
        case '\r' -> rows.append("\\r");
        default -> rows.append(c);
      }
    }
  }
}
