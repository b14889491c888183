package dev.pusula.inference.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SafetensorsTest {

  private static final Path FIXTURE =
      Path.of("src/test/resources/inference/llama-tied/model.safetensors");

  @TempDir private Path folder;

  @Test
  void read_ofWhatTheLibraryWrote_findsEveryTensor() {
    Map<String, Tensor> tensors = Safetensors.read(FIXTURE);
    // 9 tensors in each of 2 blocks, the embedding and the last norm.
    assertThat(tensors).hasSize(20);
    assertThat(tensors.get("model.embed_tokens.weight").shape()).containsExactly(320, 32);
  }

  @Test
  void everyType_isReadAsItsValue() throws IOException {
    Path file =
        file(
            "{\"single\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},"
                + "\"brain\":{\"dtype\":\"BF16\",\"shape\":[1],\"data_offsets\":[4,6]},"
                + "\"half\":{\"dtype\":\"F16\",\"shape\":[3],\"data_offsets\":[6,12]}}",
            // −2.5; 1.0; 1.5, the smallest subnormal, infinity
            ByteBuffer.allocate(12)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putFloat(-2.5f)
                .putShort((short) 0x3F80)
                .putShort((short) 0x3E00)
                .putShort((short) 0x0001)
                .putShort((short) 0x7C00)
                .array());
    Map<String, Tensor> tensors = Safetensors.read(file);
    assertThat(tensors.get("single").floats()).containsExactly(-2.5f);
    assertThat(tensors.get("brain").floats()).containsExactly(1f);
    assertThat(tensors.get("half").floats())
        .containsExactly(1.5f, 0x1p-24f, Float.POSITIVE_INFINITY);
  }

  @ParameterizedTest
  @CsvSource({"0", "7", "8", "200", "100000"})
  void truncatedFile_isRefusedByName(int bytes) throws IOException {
    byte[] whole = Files.readAllBytes(FIXTURE);
    assertThat(whole.length).isGreaterThan(bytes);
    Path file = folder.resolve("cut.safetensors");
    Files.write(file, java.util.Arrays.copyOf(whole, bytes));
    assertThatThrownBy(() -> Safetensors.read(file))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("cut.safetensors");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "not json | JSON",
        "[] | object",
        "{\"a\":{\"dtype\":\"F64\",\"shape\":[1],\"data_offsets\":[0,8]}} | F64",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,4]}} | takes 8",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[-1],\"data_offsets\":[0,4]}} | shape",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}} | gap",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}} | truncated or damaged",
        "{\"a\":{\"dtype\":\"F32\",\"data_offsets\":[0,8]}} | lacks a shape",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[0,0]},"
            + "\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}} | Duplicate",
      })
  void malformedHeader_isRefusedByName(String header, String told) throws IOException {
    Path file = file(header, new byte[8]);
    assertThatThrownBy(() -> Safetensors.read(file))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining(file.getFileName().toString())
        .hasMessageContaining(told);
  }

  @Test
  void headerLongerThanTheFile_isRefused() throws IOException {
    Path file = folder.resolve("long.safetensors");
    Files.write(
        file,
        ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN).putLong(Long.MAX_VALUE).array());
    assertThatThrownBy(() -> Safetensors.read(file)).isInstanceOf(CheckpointException.class);
  }

  private Path file(String header, byte[] data) throws IOException {
    byte[] json = header.getBytes(StandardCharsets.UTF_8);
    Path file = folder.resolve("made.safetensors");
    Files.write(
        file,
        ByteBuffer.allocate(8 + json.length + data.length)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putLong(json.length)
            .put(json)
            .put(data)
            .array());
    return file;
  }
}
