package dev.pusula.launch;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Runs a command when this process ends, however it ends.
 *
 * <p>A shell waits on a pipe whose other end this process holds. {@code kill -9} closes the pipe as
 * surely as an orderly exit does; the shell then runs the command. It ignores the terminal's
 * Ctrl-C, which is meant for the launcher.
 */
final class Tether implements AutoCloseable {

  private final Process shell;

  private Tether(Process shell) {
    this.shell = shell;
  }

  /** Runs {@code command} (program and arguments) when this process is gone. */
  static Tether atEnd(List<String> command) {
    List<String> line =
        new ArrayList<>(List.of("sh", "-c", "trap '' INT; cat >/dev/null; exec \"$@\"", "tether"));
    line.addAll(command);
    try {
      return new Tether(
          new ProcessBuilder(line)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start());
    } catch (IOException e) {
      throw new Failure("cannot start sh", e);
    }
  }

  /** A child that ignores the terminal's Ctrl-C: the launcher decides when it ends. */
  static List<String> untouchedByInterrupt(List<String> command) {
    List<String> line = new ArrayList<>(List.of("sh", "-c", "trap '' INT; exec \"$@\"", "child"));
    line.addAll(command);
    return line;
  }

  /** Lets go: the command is not run. */
  @Override
  public void close() {
    shell.destroyForcibly();
  }
}
