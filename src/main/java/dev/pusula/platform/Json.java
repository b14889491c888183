package dev.pusula.platform;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.cfg.CoercionAction;
import com.fasterxml.jackson.databind.cfg.CoercionInputShape;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.type.LogicalType;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import com.fasterxml.jackson.module.paramnames.ParameterNamesModule;

/**
 * The one JSON dialect of the product: snake_case names, ISO-8601 instants, unknown fields refused,
 * and no number where a text is due or the other way round.
 */
public final class Json {

  /**
   * Longest string that a body may hold, in characters; a longer one is refused while it is read.
   */
  private static final int MAX_STRING = 2_000_000;

  private static final ObjectMapper MAPPER = build(true);
  private static final ObjectMapper LENIENT = build(false);

  private Json() {}

  /**
   * The shared mapper; refuses unknown fields, so that a misspelt one is an error and not a
   * default.
   */
  public static ObjectMapper mapper() {
    return MAPPER;
  }

  /** The same dialect for bodies whose schema others extend: unknown fields are skipped. */
  public static ObjectMapper lenientMapper() {
    return LENIENT;
  }

  /** What a reader objected to, without the packages of our classes and without its advice. */
  public static String reason(JsonProcessingException refused) {
    String message = refused.getOriginalMessage();
    int advice = message.indexOf(" (but ");
    return (advice < 0 ? message : message.substring(0, advice))
        .replaceAll("`[\\w.$]*?(\\w+)`", "$1");
  }

  private static ObjectMapper build(boolean strict) {
    ObjectMapper mapper =
        JsonMapper.builder()
            .addModules(new Jdk8Module(), new JavaTimeModule(), new ParameterNamesModule())
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
            .disable(SerializationFeature.WRITE_DURATIONS_AS_TIMESTAMPS)
            .configure(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES, strict)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
            .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
            .withCoercionConfig(
                LogicalType.Textual,
                text ->
                    text.setCoercion(CoercionInputShape.Integer, CoercionAction.Fail)
                        .setCoercion(CoercionInputShape.Float, CoercionAction.Fail)
                        .setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail))
            .serializationInclusion(JsonInclude.Include.ALWAYS)
            .build();
    mapper
        .getFactory()
        .setStreamReadConstraints(
            StreamReadConstraints.builder()
                .maxStringLength(MAX_STRING)
                .maxNestingDepth(64)
                .build());
    return mapper;
  }
}
