package dev.pusula.inference.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The committed kernels are those of the committed sources; src/main/cuda/build.py makes them. */
class CudaModuleTest {

  private static final Path SOURCES = Path.of("src/main/cuda");
  private static final Path MODULE = Path.of("src/main/resources/cuda");
  private static final int FATBINARY = 0xBA55ED50;

  @Test
  void kernels_belongToTheirSources() throws IOException, NoSuchAlgorithmException {
    MessageDigest digest = MessageDigest.getInstance("SHA-256");
    for (Path source : sources()) {
      digest.update((source.getFileName() + "\0").getBytes(StandardCharsets.UTF_8));
      digest.update(Files.readAllBytes(source));
    }
    assertThat(Files.readString(MODULE.resolve("pusula.sources")))
        .startsWith(HexFormat.of().formatHex(digest.digest()) + "  NVRTC 12.");
  }

  @Test
  void kernels_areAFatbinary() throws IOException {
    byte[] module = Files.readAllBytes(MODULE.resolve("pusula.fatbin"));
    assertThat(ByteBuffer.wrap(module).order(ByteOrder.LITTLE_ENDIAN).getInt())
        .isEqualTo(FATBINARY);
  }

  private static List<Path> sources() throws IOException {
    try (Stream<Path> files = Files.list(SOURCES)) {
      return files
          .filter(file -> file.toString().endsWith(".cu") || file.toString().endsWith(".cuh"))
          .sorted(Comparator.comparing(file -> file.getFileName().toString()))
          .toList();
    }
  }
}
