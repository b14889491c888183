package dev.pusula.launch;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.pusula.platform.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Which source is measured.
 *
 * @param commit the git commit, null where the product does not run from a git checkout
 * @param dirty whether tracked files differ from it; null where the commit is
 */
record Checkout(@Nullable String commit, @Nullable Boolean dirty) {

  /** Asks git; a missing git or checkout gives nulls. */
  static Checkout of(Path root) {
    Optional<String> commit = git(root, "rev-parse", "HEAD");
    return commit
        .map(
            hash ->
                new Checkout(
                    hash,
                    git(root, "status", "--porcelain", "--untracked-files=no")
                        .map(s -> !s.isEmpty())
                        .orElse(null)))
        .orElseGet(() -> new Checkout(null, null));
  }

  /** The fields of a run's environment. */
  String json() {
    ObjectNode node = Json.mapper().createObjectNode();
    node.put("git_commit", commit);
    node.put("git_dirty", dirty);
    return node.toString();
  }

  private static Optional<String> git(Path root, String... arguments) {
    String[] command = new String[arguments.length + 3];
    command[0] = "git";
    command[1] = "-C";
    command[2] = root.toString();
    System.arraycopy(arguments, 0, command, 3, arguments.length);
    try {
      Process git =
          new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
      String answer =
          new String(git.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
      return git.waitFor() == 0 ? Optional.of(answer) : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }
}
