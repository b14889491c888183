package dev.pusula.routing.control;

import java.util.List;

/** A sectors file that cannot be used, with everything that is wrong in it. */
public final class InvalidConfigurationException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final transient List<Fault> faults;

  InvalidConfigurationException(String file, List<Fault> faults) {
    super(
        file
            + " cannot be used:\n"
            + String.join("\n", faults.stream().map(fault -> "  " + fault.describe()).toList()));
    this.faults = List.copyOf(faults);
  }

  /** All of them, in the order of the file. */
  public List<Fault> faults() {
    return faults;
  }

  /**
   * One thing that is wrong.
   *
   * @param line from 1; 0 where no place can be named
   * @param column from 1; 0 where no place can be named
   * @param field path such as {@code sectors[3].priority}; empty for the whole file
   * @param detail what would be right
   */
  public record Fault(int line, int column, String field, String detail) {
    /** For people: {@code sectors[3].priority (line 41, column 15): must be …}. */
    public String describe() {
      String subject = field.isEmpty() ? "file" : field;
      return subject + (line > 0 ? " (" + place() + ")" : "") + ": " + detail;
    }

    /** For people, behind a field that is named already: {@code line 41, column 15: must be …}. */
    public String located() {
      return line > 0 ? place() + ": " + detail : detail;
    }

    private String place() {
      return "line " + line + ", column " + column;
    }
  }
}
