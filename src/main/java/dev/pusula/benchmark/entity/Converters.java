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
 * uuid} and {@code timestamptz} as Java does. Public because JPA makes them by their public
 * constructors, and each says its own types because EclipseLink does not look into a generic
 * parent.
 */
public final class Converters {

  private Converters() {}

  private static @Nullable Object write(@Nullable Object document) {
    if (document == null) {
      return null;
    }
    try {
      return column("jsonb", Json.mapper().writeValueAsString(document));
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("cannot be written as JSON", e);
    }
  }

  private static PGobject column(String type, @Nullable String value) {
    try {
      PGobject column = new PGobject();
      column.setType(type);
      column.setValue(value);
      return column;
    } catch (SQLException e) {
      throw new IllegalStateException("a plain PGobject takes any value", e);
    }
  }

  private static <T> @Nullable T read(@Nullable Object column, TypeReference<T> type) {
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

  /** A load model in {@code jsonb}. */
  @Converter
  public static final class OfLoadModel implements AttributeConverter<LoadModel, Object> {
    @Override
    public @Nullable Object convertToDatabaseColumn(@Nullable LoadModel value) {
      return write(value);
    }

    @Override
    public @Nullable LoadModel convertToEntityAttribute(@Nullable Object column) {
      return read(column, new TypeReference<>() {});
    }
  }

  /** What served, in {@code jsonb}. */
  @Converter
  public static final class OfServed implements AttributeConverter<Served, Object> {
    @Override
    public @Nullable Object convertToDatabaseColumn(@Nullable Served value) {
      return write(value);
    }

    @Override
    public @Nullable Served convertToEntityAttribute(@Nullable Object column) {
      return read(column, new TypeReference<>() {});
    }
  }

  /** An environment in {@code jsonb}. */
  @Converter
  public static final class OfEnvironment implements AttributeConverter<Environment, Object> {
    @Override
    public @Nullable Object convertToDatabaseColumn(@Nullable Environment value) {
      return write(value);
    }

    @Override
    public @Nullable Environment convertToEntityAttribute(@Nullable Object column) {
      return read(column, new TypeReference<>() {});
    }
  }

  /** A list of texts in {@code jsonb}. */
  @Converter
  public static final class OfStrings implements AttributeConverter<List<String>, Object> {
    @Override
    public @Nullable Object convertToDatabaseColumn(@Nullable List<String> value) {
      return write(value);
    }

    @Override
    public @Nullable List<String> convertToEntityAttribute(@Nullable Object column) {
      return read(column, new TypeReference<>() {});
    }
  }

  /** A {@code uuid} column. */
  @Converter
  public static final class OfUuid implements AttributeConverter<UUID, Object> {
    @Override
    public Object convertToDatabaseColumn(@Nullable UUID value) {
      return value == null ? column("uuid", null) : value; // an untyped null would be a varchar
    }

    @Override
    public @Nullable UUID convertToEntityAttribute(@Nullable Object column) {
      return column == null ? null : UUID.fromString(column.toString());
    }
  }

  /** A {@code timestamptz} column. */
  @Converter
  public static final class OfInstant implements AttributeConverter<Instant, OffsetDateTime> {
    @Override
    public @Nullable OffsetDateTime convertToDatabaseColumn(@Nullable Instant value) {
      return value == null ? null : value.atOffset(ZoneOffset.UTC);
    }

    @Override
    public @Nullable Instant convertToEntityAttribute(@Nullable OffsetDateTime column) {
      return column == null ? null : column.toInstant();
    }
  }

  /** A scope by its name on the wire. */
  @Converter
  public static final class OfScope implements AttributeConverter<Scope, String> {
    @Override
    public String convertToDatabaseColumn(Scope value) {
      return value.wireName();
    }

    @Override
    public Scope convertToEntityAttribute(String column) {
      return Scope.valueOf(column.toUpperCase(Locale.ROOT));
    }
  }

  /** A statistic by its name on the wire. */
  @Converter
  public static final class OfStatistic implements AttributeConverter<Statistic, String> {
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
