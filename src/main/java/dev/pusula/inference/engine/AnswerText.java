package dev.pusula.inference.engine;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * Turns tokens' bytes into text that can be sent as it comes: whole characters only, and nothing
 * that may yet turn out to be the start of a stop text. Bytes that are no UTF-8 become U+FFFD. Not
 * thread-safe.
 */
final class AnswerText {

  private final List<String> stops;
  private final StringBuilder held = new StringBuilder();
  private byte[] open = new byte[0];
  private boolean stopped;

  AnswerText(List<String> stops) {
    this.stops = stops;
  }

  /** Takes a token's bytes; returns what can be sent now, perhaps nothing. */
  String append(byte[] bytes) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    all.writeBytes(open);
    all.writeBytes(bytes);
    byte[] joined = all.toByteArray();
    int whole = joined.length - unfinished(joined);
    open = Arrays.copyOfRange(joined, whole, joined.length);
    held.append(new String(joined, 0, whole, StandardCharsets.UTF_8));
    return release(false);
  }

  /** What is left at the end. */
  String end() {
    if (!stopped && open.length > 0) {
      held.append(new String(open, StandardCharsets.UTF_8));
      open = new byte[0];
    }
    return release(true);
  }

  /** Whether a stop text was met; what is before it was sent, it and what is behind it never is. */
  boolean stopped() {
    return stopped;
  }

  private String release(boolean all) {
    if (stopped) {
      return "";
    }
    int cut = -1;
    for (String stop : stops) {
      int at = held.indexOf(stop);
      if (at >= 0 && (cut < 0 || at < cut)) {
        cut = at;
      }
    }
    if (cut >= 0) {
      stopped = true;
      return take(cut);
    }
    return take(all ? held.length() : held.length() - startOfStop());
  }

  private String take(int length) {
    String text = held.substring(0, length);
    held.delete(0, length);
    return text;
  }

  /** Length of the longest end of what is held that a stop text starts with. */
  private int startOfStop() {
    int longest = 0;
    for (String stop : stops) {
      for (int n = Math.min(stop.length() - 1, held.length()); n > longest; n--) {
        if (stop.startsWith(held.substring(held.length() - n))) {
          longest = n;
        }
      }
    }
    return longest;
  }

  /** How many bytes at the end are the start of a character whose rest may still come. */
  private static int unfinished(byte[] bytes) {
    for (int back = 1; back <= Math.min(3, bytes.length); back++) {
      int b = bytes[bytes.length - back] & 0xFF;
      if (b >= 0xC0) {
        int needed = b >= 0xF0 ? 4 : b >= 0xE0 ? 3 : 2;
        return needed > back ? back : 0;
      }
      if (b < 0x80) {
        return 0;
      }
    }
    return 0;
  }
}
