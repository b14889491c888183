package dev.pusula.routing.training;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Labelled texts in tab-separated files. The first line names the columns, of which {@code text}
 * and {@code sector} are needed; {@code also} (ids separated by commas), {@code style} and {@code
 * split} are read where they are there, others are skipped. A file without such a line, whose first
 * row has a label in its second column, has them in this order. UTF-8, with or without a byte order
 * mark.
 */
public final class LabelledFile {

  private static final List<String> ORDER = List.of("text", "sector", "also", "style", "split");

  private LabelledFile() {}

  /**
   * Reads a file, or all files of a folder that end in {@code .tsv}, in the order of their names.
   *
   * @param labels the ids that a row may name
   * @throws InvalidFileException naming file, line and what is wrong
   */
  public static List<LabelledText> read(Path path, Set<String> labels) {
    try {
      if (!Files.isDirectory(path)) {
        return rows(path, labels);
      }
      try (Stream<Path> files = Files.list(path)) {
        List<LabelledText> all = new ArrayList<>();
        files
            .filter(file -> file.toString().endsWith(".tsv"))
            .sorted()
            .forEach(file -> all.addAll(rows(file, labels)));
        return List.copyOf(all);
      }
    } catch (IOException e) {
      throw new InvalidFileException("cannot read " + path + ": " + e.getMessage(), e);
    }
  }

  private static List<LabelledText> rows(Path file, Set<String> labels) {
    List<String> lines = lines(file);
    if (lines.isEmpty()) {
      throw new InvalidFileException(file + " is empty");
    }
    if (lines.get(0).startsWith("\uFEFF")) {
      lines.set(0, lines.get(0).substring(1));
    }
    List<String> first = Arrays.asList(lines.get(0).split("\t", -1));
    boolean headed =
        first.size() < 2 || first.size() > ORDER.size() || !labels.contains(first.get(1));
    List<String> columns = headed ? first : ORDER.subList(0, first.size());
    for (String needed : List.of("text", "sector")) {
      if (!columns.contains(needed)) {
        throw new InvalidFileException(
            file + " line 1: the header has no column '" + needed + "', but " + columns);
      }
    }
    List<LabelledText> rows = new ArrayList<>();
    for (int i = headed ? 1 : 0; i < lines.size(); i++) {
      if (!lines.get(i).isBlank()) {
        rows.add(row(file + " line " + (i + 1), columns, lines.get(i).split("\t", -1), labels));
      }
    }
    return rows;
  }

  private static LabelledText row(
      String place, List<String> columns, String[] cells, Set<String> labels) {
    if (cells.length != columns.size()) {
      throw new InvalidFileException(
          place + ": " + cells.length + " columns where the header has " + columns.size());
    }
    String text = cell(columns, cells, "text");
    String sector = cell(columns, cells, "sector");
    String also = cell(columns, cells, "also");
    List<String> further = also.isBlank() ? List.of() : Stream.of(also.split("[,;|\\s]+")).toList();
    if (text.isBlank()) {
      throw new InvalidFileException(place + ": the text is blank");
    }
    for (String label : Stream.concat(Stream.of(sector), further.stream()).toList()) {
      if (!labels.contains(label)) {
        throw new InvalidFileException(place + ": there is no sector '" + label + "'");
      }
    }
    return new LabelledText(
        text, sector, further, cell(columns, cells, "style"), cell(columns, cells, "split"));
  }

  private static String cell(List<String> columns, String[] cells, String name) {
    int column = columns.indexOf(name);
    return column < 0 ? "" : cells[column].strip();
  }

  private static List<String> lines(Path file) {
    try {
      return Files.readAllLines(file);
    } catch (NoSuchFileException e) {
      throw new InvalidFileException("there is no file " + file, e);
    } catch (CharacterCodingException e) {
      throw new InvalidFileException(file + " is not UTF-8", e);
    } catch (IOException e) {
      throw new InvalidFileException("cannot read " + file + ": " + e.getMessage(), e);
    }
  }

  /** A file that cannot be used. */
  public static final class InvalidFileException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    InvalidFileException(String message) {
      super(message);
    }

    InvalidFileException(String message, Throwable cause) {
      super(message, cause);
    }
  }
}
