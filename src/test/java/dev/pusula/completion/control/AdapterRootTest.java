package dev.pusula.completion.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pusula.platform.ProblemException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AdapterRootTest {

  @TempDir private Path temporary;
  private Path folder;
  private AdapterRoot root;

  @BeforeEach
  void layOut() throws IOException {
    folder = Files.createDirectories(temporary.resolve("adapters"));
    Files.createDirectories(folder.resolve("insurance/v2"));
    Files.writeString(folder.resolve("file"), "x");
    Files.createDirectories(temporary.resolve("secret/legal"));
    // Begins with the root's name without being inside it.
    Files.createDirectories(temporary.resolve("adapters-old/legal"));
    root = new AdapterRoot(folder);
  }

  @Test
  void confine_ofAFolderInside_isItsRealPath() throws IOException {
    assertThat(root.confine("path", "insurance"))
        .isEqualTo(folder.toRealPath().resolve("insurance"));
    assertThat(root.confine("path", "./insurance/v2/"))
        .isEqualTo(folder.toRealPath().resolve("insurance/v2"));
  }

  @Test
  void confine_ofALinkInside_followsIt() throws IOException {
    Files.createSymbolicLink(folder.resolve("current"), Path.of("insurance", "v2"));
    assertThat(root.confine("path", "current"))
        .isEqualTo(folder.toRealPath().resolve("insurance/v2"));
  }

  @Test
  void confine_belowARootThatIsALink_works() throws IOException {
    Path link = Files.createSymbolicLink(temporary.resolve("link"), folder);
    assertThat(new AdapterRoot(link).confine("path", "insurance"))
        .isEqualTo(folder.toRealPath().resolve("insurance"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "..",
        "../secret",
        "insurance/../../secret",
        "insurance/..",
        "/etc",
        ".",
        "./",
        "a\0b"
      })
  void confine_ofAWayOut_isForbidden(String path) {
    assertForbidden(path);
  }

  @Test
  void confine_ofAnAbsolutePathInside_isForbidden() {
    assertForbidden(folder.resolve("insurance").toString());
  }

  @Test
  void confine_ofALinkOut_isForbidden() throws IOException {
    Files.createSymbolicLink(folder.resolve("out"), temporary.resolve("secret"));
    Files.createSymbolicLink(folder.resolve("old"), temporary.resolve("adapters-old"));
    assertForbidden("out");
    assertForbidden("out/legal");
    assertForbidden("old/legal");
  }

  @ParameterizedTest
  @ValueSource(strings = {"nothing", "insurance/v3", "file", "file/x"})
  void confine_ofNoFolder_isUnprocessable(String path) {
    assertStatus(path, 422);
  }

  @Test
  void confine_belowNoRoot_isUnprocessableAndTellsNoPathOfTheMachine() {
    AdapterRoot none = new AdapterRoot(temporary.resolve("none"));
    assertThatThrownBy(() -> none.confine("path", "insurance"))
        .isInstanceOf(ProblemException.class)
        .hasMessageNotContaining(temporary.toString());
  }

  private void assertForbidden(String path) {
    assertStatus(path, 403);
  }

  private void assertStatus(String path, int status) {
    assertThatThrownBy(() -> root.confine("path", path))
        .isInstanceOfSatisfying(
            ProblemException.class,
            problem -> {
              assertThat(problem.problem().status()).isEqualTo(status);
              assertThat(problem.problem().errors()).extracting("field").containsExactly("path");
            });
  }
}
