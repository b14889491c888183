package dev.pusula.inference.checkpoint;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * A checkpoint folder in the Hugging Face layout, with adapters under {@code adapters/}.
 *
 * @param folder where it lies
 * @param config its shape
 * @param tokenizer its tokenizer
 * @param weights its tensors by name, mapped
 */
public record Checkpoint(
    Path folder, ModelConfig config, Tokenizer tokenizer, Map<String, Tensor> weights) {

  /** A file up to this size is hashed whole; of a larger one its size and both ends. */
  private static final long HASHED_WHOLE = 64L << 20;

  private static final int HASHED_END = 1 << 20;
  private static final int FINGERPRINT = 16;

  /** Reads everything but the adapters. */
  public static Checkpoint read(Path folder) {
    if (!Files.isDirectory(folder)) {
      throw new CheckpointException(folder, "is not a folder");
    }
    ModelConfig config = ModelConfig.read(folder);
    Tokenizer tokenizer = Tokenizer.read(folder);
    if (tokenizer.modelSize() > config.vocabulary()) {
      throw new CheckpointException(
          folder,
          "tokenizer.json has a vocab of "
              + tokenizer.modelSize()
              + " tokens, config.json a vocab_size of "
              + config.vocabulary());
    }
    return new Checkpoint(folder, config, tokenizer, Safetensors.readAll(folder, "model"));
  }

  /** The adapter folders by name. */
  public Map<String, Path> adapterFolders() {
    Map<String, Path> folders = new TreeMap<>();
    Path adapters = folder.resolve("adapters");
    if (Files.isDirectory(adapters)) {
      try (Stream<Path> entries = Files.list(adapters)) {
        entries
            .filter(entry -> Files.exists(entry.resolve("adapter_config.json")))
            .forEach(entry -> folders.put(entry.getFileName().toString(), entry));
      } catch (IOException e) {
        throw new CheckpointException(adapters, "cannot be listed: " + e.getMessage(), e);
      }
    }
    return folders;
  }

  /** Name of the precision that most weights are stored in. */
  public String precision() {
    return weights.values().stream()
        .max(Comparator.comparingLong(tensor -> tensor.data().limit()))
        .map(
            tensor ->
                switch (tensor.type()) {
                  case F32 -> "float32";
                  case BF16 -> "bfloat16";
                  case F16 -> "float16";
                })
        .orElse("none");
  }

  /**
   * First 16 hexadecimal digits of a SHA-256 over the JSON and safetensors files of a folder, their
   * names and sizes; of files above 64 MiB the first and the last MiB, so that a start does not
   * read a whole model.
   */
  public static String fingerprint(Path folder) {
    try (Stream<Path> entries = Files.list(folder)) {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      List<Path> files =
          entries
              .filter(
                  file ->
                      file.toString().endsWith(".json") || file.toString().endsWith(".safetensors"))
              .sorted()
              .toList();
      for (Path file : files) {
        long size = Files.size(file);
        digest.update((file.getFileName() + " " + size + "\n").getBytes(StandardCharsets.UTF_8));
        try (FileChannel channel = FileChannel.open(file)) {
          if (size <= HASHED_WHOLE) {
            digest.update(channel.map(FileChannel.MapMode.READ_ONLY, 0, size));
          } else {
            digest.update(channel.map(FileChannel.MapMode.READ_ONLY, 0, HASHED_END));
            digest.update(
                channel.map(FileChannel.MapMode.READ_ONLY, size - HASHED_END, HASHED_END));
          }
        }
      }
      return HexFormat.of().formatHex(digest.digest()).substring(0, FINGERPRINT);
    } catch (IOException e) {
      throw new CheckpointException(folder, "cannot be read: " + e.getMessage(), e);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
