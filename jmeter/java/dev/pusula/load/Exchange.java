package dev.pusula.load;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.netty.channel.Channel;
import java.io.IOException;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/**
 * One request under way and what was seen of it. Stamps are {@link System#nanoTime()}, 0 where
 * nothing was seen. Written by its event loop only; others read it after {@link #await()}.
 */
final class Exchange {
  /** How a request ended. */
  enum Outcome {
    COMPLETED,
    FAILED,
    REFUSED,
    TIMED_OUT,
    CANCELLED
  }

  private static final JsonFactory JSON = new JsonFactory();

  final PlannedRequest planned;
  final int user;
  @Nullable Channel channel;
  long sent;
  long headers;
  long firstText;
  long firstAnswer;
  long lastText;
  long end;
  long[] gaps = new long[64];
  int chunks;
  int status;
  int promptTokens = -1;
  int outputTokens = -1;
  @Nullable String routedSector;
  @Nullable Double routedScore;
  @Nullable String adapters;
  @Nullable String backend;
  @Nullable Long routerMicros;
  @Nullable String error;
  private boolean done;
  private volatile @Nullable Outcome outcome;
  private final CountDownLatch ended = new CountDownLatch(1);

  Exchange(PlannedRequest planned, int user) {
    this.planned = planned;
    this.user = user;
  }

  /** Takes one event of the stream, read at {@code now}. */
  void event(byte[] data, int length, long now) {
    if (length == 6 && data[0] == '[') { // [DONE]
      done = true;
      end = now;
      return;
    }
    boolean answer = false;
    boolean reasoning = false;
    try (JsonParser json = JSON.createParser(data, 0, length)) {
      for (JsonToken t = json.nextToken(); t != null; t = json.nextToken()) {
        if (t != JsonToken.FIELD_NAME) {
          continue;
        }
        String field = json.currentName();
        JsonToken value = json.nextToken();
        boolean text = value == JsonToken.VALUE_STRING && json.getTextLength() > 0;
        switch (field) {
          case "content" -> answer |= text;
          case "reasoning_content", "reasoning" -> reasoning |= text;
          case "prompt_tokens" -> promptTokens = number(json, value, promptTokens);
          case "completion_tokens" -> outputTokens = number(json, value, outputTokens);
          case "error" -> {
            if (value != JsonToken.VALUE_NULL && error == null) {
              error = "error event in the stream";
            }
          }
          default -> {}
        }
      }
    } catch (IOException e) {
      error = "a chunk is not JSON";
    }
    if (answer && firstAnswer == 0) {
      firstAnswer = now;
    }
    if (answer || reasoning) {
      text(now);
    }
  }

  private static int number(JsonParser json, JsonToken value, int otherwise) throws IOException {
    return value == JsonToken.VALUE_NUMBER_INT ? json.getIntValue() : otherwise;
  }

  private void text(long now) {
    if (chunks == 0) {
      firstText = now;
    } else {
      if (chunks > gaps.length) {
        gaps = Arrays.copyOf(gaps, gaps.length * 2);
      }
      gaps[chunks - 1] = now - lastText;
    }
    lastText = now;
    chunks++;
  }

  /** Reads the answer of the router's endpoint. */
  void route(byte[] body) {
    int depth = 0;
    try (JsonParser json = JSON.createParser(body)) {
      for (JsonToken t = json.nextToken(); t != null; t = json.nextToken()) {
        depth += t.isStructStart() ? 1 : t.isStructEnd() ? -1 : 0;
        if (t != JsonToken.FIELD_NAME || depth != 1) {
          continue;
        }
        String field = json.currentName();
        JsonToken value = json.nextToken();
        depth += value.isStructStart() ? 1 : 0;
        switch (field) {
          case "sector" -> routedSector = json.getValueAsString();
          case "score" -> routedScore = json.getValueAsDouble();
          case "micros" -> routerMicros = json.getValueAsLong();
          default -> {}
        }
      }
    } catch (IOException e) {
      error = "the answer is not JSON";
    }
  }

  /** The body is complete: decides between success and failure. */
  void complete(long now) {
    if (!done) {
      end = now;
    }
    boolean empty = planned.kind() == PlannedRequest.Kind.CHAT ? chunks == 0 : routedSector == null;
    if (status == 429 || status == 503) {
      finish(Outcome.REFUSED, "HTTP " + status, end);
    } else if (status < 200 || status > 299) {
      finish(Outcome.FAILED, "HTTP " + status, end);
    } else if (error != null) {
      finish(Outcome.FAILED, error, end);
    } else if (empty) {
      finish(Outcome.FAILED, "empty answer", end);
    } else {
      finish(Outcome.COMPLETED, null, end);
    }
  }

  /** Ends the exchange once; a later end is ignored. */
  boolean finish(Outcome how, @Nullable String why, long now) {
    if (outcome != null) {
      return false;
    }
    end = now;
    error = why;
    outcome = how;
    return true;
  }

  /** Wakes the waiting user; called after the sample went to the log. */
  void release() {
    ended.countDown();
  }

  void await() throws InterruptedException {
    ended.await();
  }

  /** How it ended, or null while it is under way. */
  @Nullable Outcome outcome() {
    return outcome;
  }
}
