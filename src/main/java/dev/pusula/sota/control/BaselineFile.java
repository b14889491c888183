package dev.pusula.sota.control;

import dev.pusula.sota.entity.Baseline;
import dev.pusula.sota.entity.SettingKey;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Baselines as CSV (RFC 4180, UTF-8) with the columns of {@link #HEADER}. */
public final class BaselineFile {

  /** The first line. */
  static final String HEADER =
      "model,metric,value,unit,setting_key,setting,source_title,source_url,source_date,confidence,kind";

  private static final int COLUMNS = 11;

  private BaselineFile() {}

  /** The baselines that come with the product. */
  public static List<Baseline> bundled() {
    try (InputStream in = BaselineFile.class.getResourceAsStream("/sota/baselines.csv")) {
      if (in == null) {
        throw new IllegalStateException("sota/baselines.csv is missing from the product");
      }
      return read(new InputStreamReader(in, StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Reads all rows.
   *
   * @throws IllegalArgumentException naming the row (1 is the header) and what is wrong with it
   */
  public static List<Baseline> read(Reader reader) throws IOException {
    List<List<String>> rows = rows(new BufferedReader(reader));
    if (rows.isEmpty() || !String.join(",", rows.get(0)).equals(HEADER)) {
      throw new IllegalArgumentException("row 1: expected the header " + HEADER);
    }
    List<Baseline> baselines = new ArrayList<>();
    for (int i = 1; i < rows.size(); i++) {
      try {
        baselines.add(baseline(rows.get(i)));
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException("row " + (i + 1) + ": " + e.getMessage(), e);
      }
    }
    return List.copyOf(baselines);
  }

  private static Baseline baseline(List<String> row) {
    if (row.size() != COLUMNS) {
      throw new IllegalArgumentException(row.size() + " columns instead of " + COLUMNS);
    }
    return new Baseline(
        row.get(0),
        row.get(1),
        Double.parseDouble(row.get(2)),
        row.get(3),
        SettingKey.parse(row.get(4)),
        row.get(5),
        orNull(row.get(6)),
        orNull(row.get(7)),
        orNull(row.get(8)),
        row.get(9),
        row.get(10));
  }

  private static @Nullable String orNull(String text) {
    return text.isBlank() ? null : text;
  }

  private static List<List<String>> rows(Reader in) throws IOException {
    List<List<String>> rows = new ArrayList<>();
    List<String> row = new ArrayList<>();
    StringBuilder field = new StringBuilder();
    boolean quoted = false;
    int c;
    while ((c = in.read()) >= 0) {
      if (c == '"') {
        in.mark(1);
        boolean doubled = quoted && in.read() == '"';
        if (doubled) {
          field.append('"');
        } else {
          if (quoted) {
            in.reset();
          }
          quoted = !quoted;
        }
      } else if (quoted || (c != ',' && c != '\n' && c != '\r')) {
        field.append((char) c);
      } else if (c != '\r') {
        row.add(field.toString());
        field.setLength(0);
        if (c == '\n') {
          rows.add(row);
          row = new ArrayList<>();
        }
      }
    }
    if (quoted) {
      throw new IllegalArgumentException("row " + (rows.size() + 1) + ": a quote is not closed");
    }
    if (field.length() > 0 || !row.isEmpty()) {
      row.add(field.toString());
      rows.add(row);
    }
    return rows;
  }
}
