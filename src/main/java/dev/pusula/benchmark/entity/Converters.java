package dev.pusula.benchmark.entity;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import dev.pusula.platform.Json;
import jakarta.persistence.AttributeConverter;
import jakarta.persistence.Converter;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PGobject;

/**
 * How columns of PostgreSQL's own types become values. JPA 3.1 knows none of {@code jsonb}, {@code
 * uuid} and {@code timestamptz} as Java does.
 */
final class Converters {

  private Converters() {}

  /** A document of a JSON column. */
  abstract static class OfJson<T> implements AttributeConverter<T, Object> {

    private final TypeReference<T> type;

    OfJson(TypeReference<T> type) {
      this.type = type;
    }

    @Override
    public @Nullable Object convertToDatabaseColumn(@Nullable T document) {
      if (document == null) {
        return null;
      }
      try {
        PGobject column = new PGobject();
        column.setType("jsonb");
        column.setValue(Json.mapper().writeValueAsString(document));
        return column;
      } catch (SQLException | JsonProcessingException e) {
        throw new IllegalArgumentException("cannot be written as JSON", e);
      }
    }

    @Override
    public @Nullable T convertToEntityAttribute(@Nullable Object column) {
      if (column == null) {
        return null;
      }
      try {
        // Lenient: a document of a newer release may know more fields.
        return Json.lenientMapper().readValue(column.toString(), type);
      } catch (JsonProcessingException e) {
        throw new IllegalStateException("a stored document does not have the form of its type", e);
      }
    }
  }

  @Converter
  static final class OfLoadModel extends OfJson<LoadModel> {
    OfLoadModel() {
      super(new TypeReference<>() {});
    }
  }

  @Converter
  static final class OfServed extends OfJson<Served> {
    OfServed() {
      super(new TypeReference<>() {});
    }
  }

  @Converter
  static final class OfEnvironment extends OfJson<Environment> {
    OfEnvironment() {
      super(new TypeReference<>() {});
    }
  }

  @Converter
  static final class OfStrings extends OfJson<List<String>> {
    OfStrings() {
      super(new TypeReference<>() {});
    }
  }

  @Converter
  static final class OfUuid implements AttributeConverter<UUID, Object> {
    @Override
    public @Nullable Object convertToDatabaseColumn(@Nullable UUID value) {
      return value;
    }

    @Override
    public @Nullable UUID convertToEntityAttribute(@Nullable Object column) {
      return column == null ? null : UUID.fromString(column.toString());
    }
  }

  @Converter
  static final class OfInstant implements AttributeConverter<Instant, OffsetDateTime> {
    @Override
    public @Nullable OffsetDateTime convertToDatabaseColumn(@Nullable Instant value) {
      return value == null ? null : value.atOffset(ZoneOffset.UTC);
    }

    @Override
    public @Nullable Instant convertToEntityAttribute(@Nullable OffsetDateTime column) {
      return column == null ? null : column.toInstant();
    }
  }

  @Converter
  static final class OfScope implements AttributeConverter<Scope, String> {
    @Override
    public String convertToDatabaseColumn(Scope value) {
      return value.wireName();
    }

    @Override
    public Scope convertToEntityAttribute(String column) {
      return Scope.valueOf(column.toUpperCase(Locale.ROOT));
    }
  }

  @Converter
  static final class OfStatistic implements AttributeConverter<Statistic, String> {
    @Override
    public String convertToDatabaseColumn(Statistic value) {
      return value.wireName();
    }

    @Override
    public Statistic convertToEntityAttribute(String column) {
      return Statistic.valueOf(column.toUpperCase(Locale.ROOT));
    }
  }
}
