package dev.pusula.inference.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * A place in a JSON file that knows its own name, so that whatever is wrong there is refused by it.
 *
 * @param name from the root, as {@code decoder.decoders[1]}
 */
record JsonField(JsonFile file, String name, JsonNode node) {

  static JsonField of(JsonFile file, String field) {
    return new JsonField(file, field, file.root().path(field));
  }

  JsonField at(String field) {
    return new JsonField(file, name + "." + field, node.path(field));
  }

  List<JsonField> items() {
    List<JsonField> items = new ArrayList<>(node.size());
    for (int i = 0; i < node.size(); i++) {
      items.add(new JsonField(file, name + "[" + i + "]", node.get(i)));
    }
    return items;
  }

  /** False where it is missing or null. */
  boolean present() {
    return !node.isMissingNode() && !node.isNull();
  }

  /** What the object says it is. */
  String type() {
    return node.path("type").asText("");
  }

  /** This, once every field of the object is one of those. */
  JsonField only(String... known) {
    Set<String> names = Set.of(known);
    node.fieldNames()
        .forEachRemaining(
            field -> {
              if (!field.equals("type") && !names.contains(field)) {
                throw at(field).refusal("is not supported");
              }
            });
    return this;
  }

  String text() {
    if (!node.isTextual()) {
      throw refusal("must be a text, not " + node);
    }
    return node.textValue();
  }

  String text(String otherwise) {
    return present() ? text() : otherwise;
  }

  boolean flag(boolean otherwise) {
    if (!present()) {
      return otherwise;
    }
    if (!node.isBoolean()) {
      throw refusal("must be true or false, not " + node);
    }
    return node.booleanValue();
  }

  /** A number of something: not negative. */
  int count() {
    if (!node.isInt() || node.intValue() < 0) {
      throw refusal("must be an integer from 0 on, not " + node);
    }
    return node.intValue();
  }

  CheckpointException refusal(String detail) {
    return file.refusal(name, detail);
  }

  CheckpointException unsupportedType() {
    return refusal("is of type " + node.path("type") + ", which is not supported");
  }
}
