package dev.pusula.inference.remote;

import java.util.function.Consumer;

/**
 * Server-sent events from lines, as the HTML standard reads them: the data of an event's lines
 * joined, comments and other fields skipped. Lines end before they come here, whatever ended them.
 * Not thread-safe.
 */
final class EventStream {

  private static final String DATA = "data";
  private static final String BYTE_ORDER_MARK = "\uFEFF";

  private final Consumer<String> sink;
  private final StringBuilder data = new StringBuilder();
  private boolean some;
  private boolean first = true;

  EventStream(Consumer<String> sink) {
    this.sink = sink;
  }

  void line(String line) {
    String text = first && line.startsWith(BYTE_ORDER_MARK) ? line.substring(1) : line;
    first = false;
    if (text.isEmpty()) {
      end();
      return;
    }
    int colon = text.indexOf(':');
    String field = colon < 0 ? text : text.substring(0, colon);
    if (field.equals(DATA)) {
      if (some) {
        data.append('\n');
      }
      some = true;
      if (colon >= 0) {
        data.append(text, text.startsWith(" ", colon + 1) ? colon + 2 : colon + 1, text.length());
      }
    }
  }

  /**
   * Ends the event that is being read. The standard forgets one that the stream breaks off; servers
   * that end without the last empty line are more frequent than half an event that is valid JSON.
   */
  void end() {
    if (some) {
      String event = data.toString();
      data.setLength(0);
      some = false;
      sink.accept(event);
    }
  }
}
