package dev.pusula.inference.checkpoint;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Reads JSON files of a checkpoint; a field of the wrong type is refused with its name. */
public record JsonFile(Path path, JsonNode root) {

  public static final ObjectMapper MAPPER =
      JsonMapper.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  public static JsonFile read(Path path) {
    try {
      return of(path, Files.readAllBytes(path));
    } catch (NoSuchFileException e) {
      throw new CheckpointException(path, "is missing", e);
    } catch (IOException e) {
      throw new CheckpointException(path, "cannot be read: " + e.getMessage(), e);
    }
  }

  public static JsonFile of(Path path, byte[] json) {
    try {
      JsonNode root = MAPPER.readTree(json);
      if (root == null || !root.isObject()) {
        throw new CheckpointException(path, "must hold a JSON object");
      }
      return new JsonFile(path, root);
    } catch (JsonProcessingException e) {
      throw new CheckpointException(path, "is not valid JSON: " + e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw new CheckpointException(path, "cannot be read: " + e.getMessage(), e);
    }
  }

  public boolean has(String field) {
    return root.hasNonNull(field);
  }

  public int integer(String field) {
    JsonNode value = root.path(field);
    if (!value.isInt() || value.intValue() < 1) {
      throw refusal(field, "must be a positive integer, not " + value);
    }
    return value.intValue();
  }

  public int integer(String field, int otherwise) {
    return has(field) ? integer(field) : otherwise;
  }

  public double number(String field, double otherwise) {
    if (!has(field)) {
      return otherwise;
    }
    JsonNode value = root.path(field);
    if (!value.isNumber()) {
      throw refusal(field, "must be a number, not " + value);
    }
    return value.doubleValue();
  }

  public boolean flag(String field, boolean otherwise) {
    if (!has(field)) {
      return otherwise;
    }
    JsonNode value = root.path(field);
    if (!value.isBoolean()) {
      throw refusal(field, "must be true or false, not " + value);
    }
    return value.booleanValue();
  }

  public String text(String field, String otherwise) {
    return has(field) ? root.path(field).asText() : otherwise;
  }

  public CheckpointException refusal(String field, String detail) {
    return new CheckpointException(path, "field '" + field + "' " + detail);
  }
}
