package dev.pusula.routing.control;

import dev.pusula.routing.control.InvalidConfigurationException.Fault;
import dev.pusula.routing.model.ModelFile;
import dev.pusula.routing.model.SectorModel;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Finds the router's model. */
public final class RouterModel {

  /** The model that the product brings. */
  static final String BUILT_IN = "router/model.bin";

  private RouterModel() {}

  /**
   * Reads a model.
   *
   * @param file its path; null for the one that the product brings
   * @throws InvalidConfigurationException if it cannot be read or is damaged
   */
  public static SectorModel load(@Nullable String file) {
    try (InputStream in = file == null ? builtIn() : Files.newInputStream(Path.of(file))) {
      return ModelFile.read(in);
    } catch (NoSuchFileException e) {
      throw unusable(file, "there is no such file");
    } catch (IOException | InvalidPathException e) {
      throw unusable(file, String.valueOf(e.getMessage()));
    }
  }

  private static InputStream builtIn() throws IOException {
    InputStream in = RouterModel.class.getResourceAsStream("/" + BUILT_IN);
    if (in == null) {
      throw new IOException("it is missing in the archive");
    }
    return in;
  }

  private static InvalidConfigurationException unusable(@Nullable String file, String detail) {
    return new InvalidConfigurationException(
        file == null ? BUILT_IN : file, List.of(new Fault(0, 0, "", detail)));
  }
}
