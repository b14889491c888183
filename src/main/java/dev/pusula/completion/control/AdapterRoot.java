package dev.pusula.completion.control;

import dev.pusula.platform.Problem;
import dev.pusula.platform.ProblemException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;

/**
 * The only folder whose adapters a request may load. A path is relative to it, steps nowhere up,
 * and is inside it after every symbolic link on the way is followed; nothing outside is looked at,
 * so that an answer does not tell whether it exists.
 */
public final class AdapterRoot {

  private final Path folder;

  /** The folder itself may be reached through links, and may come into being later. */
  public AdapterRoot(Path folder) {
    this.folder = folder;
  }

  /**
   * The adapter's real folder.
   *
   * @param field the request's field, for the error
   * @param path as the request gives it
   * @throws ProblemException 403 if it leads out of the root, 422 if there is no such folder
   */
  public Path confine(String field, String path) {
    Path asked = parse(field, path);
    if (asked.getRoot() != null) {
      throw ProblemException.forbidden("must be relative to the adapter root", field);
    }
    for (Path step : asked) {
      if (step.toString().equals("..")) {
        throw ProblemException.forbidden("must not step up with ..", field);
      }
    }
    try {
      Path root = folder.toRealPath();
      Path real = root.resolve(asked).toRealPath();
      if (!real.startsWith(root) || real.equals(root)) {
        throw ProblemException.forbidden("must lead to a folder inside the adapter root", field);
      }
      if (!Files.isDirectory(real)) {
        throw missing(field, path);
      }
      return real;
    } catch (IOException e) {
      throw missing(field, path);
    }
  }

  private static Path parse(String field, String path) {
    try {
      return Path.of(path);
    } catch (InvalidPathException e) {
      throw ProblemException.forbidden("is not a path", field);
    }
  }

  private static ProblemException missing(String field, String path) {
    String detail = "there is no folder " + path + " in the adapter root";
    return ProblemException.unprocessable(detail, List.of(new Problem.FieldError(field, detail)));
  }
}
