package dev.pusula.inference.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Reads and writes safetensors files: an 8-byte little-endian header length, a JSON header, the
 * data. Everything that the header claims is checked against the file before a tensor is handed
 * out.
 *
 * @see <a href="https://github.com/huggingface/safetensors#format">the format</a>
 */
public final class Safetensors {

  /** The format's own bound, against a header that would fill the memory. */
  private static final long MAX_HEADER = 100_000_000;

  private static final int LENGTH_BYTES = 8;

  private Safetensors() {}

  /** A tensor's place in the file. */
  private record Entry(String name, Tensor.Type type, int[] shape, long from, long to) {}

  /**
   * The tensors of {@code base.safetensors}, or of all shards that {@code
   * base.safetensors.index.json} names.
   *
   * @throws CheckpointException naming the file and the tensor at fault
   */
  public static Map<String, Tensor> readAll(Path folder, String base) {
    Path index = folder.resolve(base + ".safetensors.index.json");
    if (!Files.exists(index)) {
      return read(folder.resolve(base + ".safetensors"));
    }
    JsonNode map = JsonFile.read(index).root().path("weight_map");
    if (!map.isObject() || map.isEmpty()) {
      throw new CheckpointException(index, "field 'weight_map' must name the shard of each tensor");
    }
    Set<String> shards = new LinkedHashSet<>();
    map.forEach(shard -> shards.add(shard.asText()));
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    for (String shard : shards) {
      Path file = folder.resolve(shard).normalize();
      if (!file.startsWith(folder.normalize())) {
        throw new CheckpointException(index, "names a shard outside of its folder: " + shard);
      }
      read(file)
          .forEach(
              (name, tensor) -> {
                if (!map.path(name).asText().equals(shard)) {
                  throw new CheckpointException(
                      file, "holds tensor " + name + ", which the index does not place there");
                }
                tensors.put(name, tensor);
              });
    }
    map.fieldNames()
        .forEachRemaining(
            name -> {
              if (!tensors.containsKey(name)) {
                throw new CheckpointException(
                    index, "names tensor " + name + ", which its shard does not hold");
              }
            });
    return tensors;
  }

  /**
   * The tensors of one file, each mapped by itself, in the order of their data.
   *
   * @throws CheckpointException naming the file and the tensor at fault
   */
  public static Map<String, Tensor> read(Path file) {
    try (FileChannel channel = FileChannel.open(file)) {
      long size = channel.size();
      ByteBuffer length = ByteBuffer.allocate(LENGTH_BYTES).order(ByteOrder.LITTLE_ENDIAN);
      if (size < LENGTH_BYTES || channel.read(length, 0) < LENGTH_BYTES) {
        throw new CheckpointException(
            file, "is too short for a safetensors file: " + size + " bytes");
      }
      long header = length.getLong(0);
      if (header < 2 || header > MAX_HEADER || header > size - LENGTH_BYTES) {
        throw new CheckpointException(
            file,
            "claims a header of "
                + header
                + " bytes in a file of "
                + size
                + "; truncated, or not safetensors");
      }
      ByteBuffer json = ByteBuffer.allocate((int) header);
      while (json.hasRemaining() && channel.read(json, LENGTH_BYTES + json.position()) > 0) {}
      List<Entry> entries =
          entries(file, JsonFile.of(file, json.array()).root(), size - LENGTH_BYTES - header);
      Map<String, Tensor> tensors = new LinkedHashMap<>();
      for (Entry entry : entries) {
        tensors.put(
            entry.name,
            new Tensor(
                entry.name,
                entry.type,
                entry.shape,
                channel.map(
                    FileChannel.MapMode.READ_ONLY,
                    LENGTH_BYTES + header + entry.from,
                    entry.to - entry.from)));
      }
      return tensors;
    } catch (NoSuchFileException e) {
      throw new CheckpointException(file, "is missing", e);
    } catch (IOException e) {
      throw new CheckpointException(file, "cannot be read: " + e.getMessage(), e);
    }
  }

  private static List<Entry> entries(Path file, JsonNode header, long dataBytes) {
    List<Entry> entries = new ArrayList<>();
    header
        .fields()
        .forEachRemaining(
            field -> {
              if (!field.getKey().equals("__metadata__")) {
                entries.add(entry(file, field.getKey(), field.getValue()));
              }
            });
    entries.sort(Comparator.comparingLong(Entry::from).thenComparingLong(Entry::to));
    long end = 0;
    for (Entry entry : entries) {
      if (entry.from != end) {
        throw new CheckpointException(
            file,
            "tensor "
                + entry.name
                + " starts at "
                + entry.from
                + " where "
                + end
                + " is next: a gap or an overlap");
      }
      end = entry.to;
    }
    if (end != dataBytes) {
      throw new CheckpointException(
          file,
          "holds "
              + dataBytes
              + " bytes of data where its header describes "
              + end
              + ": truncated or damaged");
    }
    return entries;
  }

  private static Entry entry(Path file, String name, JsonNode description) {
    Tensor.Type type;
    try {
      type = Tensor.Type.valueOf(description.path("dtype").asText());
    } catch (IllegalArgumentException e) {
      throw new CheckpointException(
          file,
          "tensor "
              + name
              + " has dtype "
              + description.path("dtype")
              + "; read are "
              + List.of(Tensor.Type.values()),
          e);
    }
    JsonNode sizes = description.path("shape");
    JsonNode offsets = description.path("data_offsets");
    if (!sizes.isArray()
        || offsets.size() != 2
        || !offsets.get(0).isIntegralNumber()
        || !offsets.get(1).isIntegralNumber()) {
      throw new CheckpointException(
          file, "tensor " + name + " lacks a shape or a pair of data_offsets");
    }
    int[] shape = new int[sizes.size()];
    long elements = 1;
    for (int i = 0; i < shape.length; i++) {
      if (!sizes.get(i).isInt() || sizes.get(i).intValue() < 0) {
        throw new CheckpointException(file, "tensor " + name + " has the shape " + sizes);
      }
      shape[i] = sizes.get(i).intValue();
      elements = Math.multiplyExact(elements, shape[i]);
    }
    long from = offsets.get(0).longValue();
    long to = offsets.get(1).longValue();
    if (from < 0 || to - from != elements * type.bytes()) {
      throw new CheckpointException(
          file,
          "tensor "
              + name
              + " of shape "
              + sizes
              + " takes "
              + elements * type.bytes()
              + " bytes and has "
              + (to - from));
    }
    if (to - from > Integer.MAX_VALUE) {
      throw new CheckpointException(
          file, "tensor " + name + " is larger than 2 GiB, which is not supported");
    }
    return new Entry(name, type, shape, from, to);
  }

  /** Writes tensors in the given order. */
  public static void write(Path file, List<Tensor> tensors) throws IOException {
    ObjectNode header = JsonFile.MAPPER.createObjectNode();
    header.putObject("__metadata__").put("format", "pt");
    long offset = 0;
    for (Tensor tensor : tensors) {
      ObjectNode entry = header.putObject(tensor.name());
      entry.put("dtype", tensor.type().name());
      for (int size : tensor.shape()) {
        entry.withArray("shape").add(size);
      }
      entry.withArray("data_offsets").add(offset).add(offset + tensor.data().limit());
      offset += tensor.data().limit();
    }
    byte[] json = JsonFile.MAPPER.writeValueAsString(header).getBytes(StandardCharsets.UTF_8);
    // Data starts at a multiple of 8, as the format asks; spaces may follow the header.
    int padding = -json.length & 7;
    try (OutputStream out = Files.newOutputStream(file)) {
      out.write(
          ByteBuffer.allocate(LENGTH_BYTES)
              .order(ByteOrder.LITTLE_ENDIAN)
              .putLong(json.length + padding)
              .array());
      out.write(json);
      out.write(" ".repeat(padding).getBytes(StandardCharsets.US_ASCII));
      for (Tensor tensor : tensors) {
        byte[] bytes = new byte[tensor.data().limit()];
        tensor.data().duplicate().get(bytes);
        out.write(bytes);
      }
    }
  }
}
