package dev.pusula.benchmark.control;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonMappingException.Reference;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import dev.pusula.benchmark.entity.RequestSample;
import dev.pusula.platform.Json;
import dev.pusula.platform.Problem;
import dev.pusula.platform.ProblemException;
import java.io.BufferedReader;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;

/**
 * Reads a batch of samples: NDJSON in UTF-8, one {@link RequestSample} a line, plain or gzip. One
 * bad line refuses the batch with a problem that names line and field. Blank lines are skipped.
 */
public final class SampleReader {

  /** Bound on a decompressed batch, so that a small body cannot unfold into the whole heap. */
  static final int MAX_BYTES = 8 << 20;

  /** Bound on the lines of a batch: a COPY of that size takes well under a second. */
  static final int MAX_LINES = 10_000;

  private static final ObjectReader LINE = Json.mapper().readerFor(RequestSample.class);

  /** "Missing required creator property 'seq' …" and our own "sent_us must not be …". */
  private static final Pattern FIELD = Pattern.compile("property '(\\w+)'|^(\\w+) ");

  private SampleReader() {}

  /**
   * Reads to the end; the caller closes.
   *
   * @param encoding the Content-Encoding: null, {@code identity} or {@code gzip}
   * @throws ProblemException 413 over a bound, 415 for another encoding, 422 for a bad line
   */
  public static List<RequestSample> read(InputStream body, @Nullable String encoding)
      throws IOException {
    try {
      BufferedReader reader =
          new BufferedReader(
              new InputStreamReader(
                  new Bounded(decoded(body, encoding)), StandardCharsets.UTF_8.newDecoder()));
      List<RequestSample> samples = new ArrayList<>();
      int number = 0;
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        number++;
        if (line.isBlank()) {
          continue;
        }
        if (samples.size() == MAX_LINES) {
          throw ProblemException.tooLarge("a batch holds at most " + MAX_LINES + " samples");
        }
        samples.add(sample(line, number));
      }
      return samples;
    } catch (CharacterCodingException e) {
      throw unreadable("the body is not UTF-8");
    } catch (ZipException | java.io.EOFException e) {
      throw unreadable("the body is not whole gzip data");
    }
  }

  private static InputStream decoded(InputStream body, @Nullable String encoding)
      throws IOException {
    return switch (encoding == null ? "identity" : encoding.toLowerCase(Locale.ROOT)) {
      case "identity" -> body;
      case "gzip" -> new GZIPInputStream(body);
      default ->
          throw ProblemException.unsupportedMediaType(
              "Content-Encoding must be gzip or identity, not " + encoding);
    };
  }

  private static RequestSample sample(String line, int number) throws IOException {
    try {
      return LINE.readValue(line);
    } catch (JsonProcessingException e) {
      String field = field(e);
      String detail = detail(e);
      throw ProblemException.unprocessable(
          "line " + number + ": " + (field.isEmpty() ? "" : field + ": ") + detail,
          List.of(
              new Problem.FieldError(
                  "line " + number + (field.isEmpty() ? "" : "." + field), detail)));
    }
  }

  private static String field(JsonProcessingException e) {
    if (!(e instanceof JsonMappingException mapping)) {
      return "";
    }
    String path =
        mapping.getPath().stream()
            .map(Reference::getFieldName)
            .filter(name -> name != null)
            .collect(Collectors.joining("."));
    if (!path.isEmpty()) {
      return path;
    }
    Matcher named = FIELD.matcher(detail(e));
    return !named.find() ? "" : named.group(1) != null ? named.group(1) : named.group(2);
  }

  private static String detail(JsonProcessingException e) {
    if (e instanceof UnrecognizedPropertyException) {
      return "unknown field";
    }
    if (e.getCause() instanceof IllegalArgumentException rule && rule.getMessage() != null) {
      return rule.getMessage();
    }
    if (e.getOriginalMessage().startsWith("Missing required creator property")) {
      return "must be given";
    }
    return Json.reason(e);
  }

  private static ProblemException unreadable(String detail) {
    return ProblemException.unprocessable(detail, List.of());
  }

  /** Fails once more than {@link #MAX_BYTES} have been read. */
  private static final class Bounded extends FilterInputStream {

    private long left = MAX_BYTES;

    Bounded(InputStream in) {
      super(in);
    }

    @Override
    public int read() throws IOException {
      int read = super.read();
      count(read < 0 ? 0 : 1);
      return read;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      int read = super.read(buffer, offset, length);
      count(Math.max(read, 0));
      return read;
    }

    private void count(int bytes) {
      left -= bytes;
      if (left < 0) {
        throw ProblemException.tooLarge(
            "a batch holds at most " + (MAX_BYTES >> 20) + " MiB when decompressed");
      }
    }
  }
}
