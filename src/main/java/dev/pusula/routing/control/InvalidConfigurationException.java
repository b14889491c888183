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
   * @param line from 1; 0 where no line can be named
   * @param field path such as {@code sectors[3].priority}; empty for the whole file
   * @param detail what would be right
   */
  public record Fault(int line, String field, String detail) {
    String describe() {
      return (line > 0 ? "line " + line + ": " : "")
          + (field.isEmpty() ? "" : field + ": ")
          + detail;
    }
  }
}
